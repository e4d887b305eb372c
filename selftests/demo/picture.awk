# SPDX-License-Identifier: GPL-2.0
#
# awk -f picture.awk: draw a terminal that has what the demo said, from its first chapter
# to the one about users. Chapters and what is typed stand out.

BEGIN {
	line_height = 18
	pad = 18
}

/^== / {
	chapter++
}

!chapter || done {
	next
}

/^== A function moves/ {
	done = 1
	next
}

{
	sub(/^   /, "")
	if (length($0) > longest)
		longest = length($0)
	lines[n++] = $0
}

END {
	while (n && lines[n - 1] == "")
		n--
	width = 2 * pad + longest * 7.85
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n",
		width, 2 * pad + n * line_height
	print "<title>Three functions go to VFIO and back, by one write each</title>"
	print "<style>"
	print "rect { fill: #1e2227 } text { font: 13px monospace; fill: #c8ccd4; white-space: pre }"
	print ".chapter { fill: #7cc4ff; font-weight: bold } .typed { fill: #a5e075 }"
	print "</style>"
	print "<rect width=\"100%\" height=\"100%\" rx=\"8\"/>"
	for (i = 0; i < n; i++) {
		line = lines[i]
		class = ""
		if (line ~ /^== /) {
			class = " class=\"chapter\""
			sub(/^== /, "", line)
		} else if (line ~ /^# /) {
			class = " class=\"typed\""
		}
		gsub(/&/, "\\&amp;", line)
		gsub(/</, "\\&lt;", line)
		if (line != "")
			printf "<text x=\"%d\" y=\"%d\" xml:space=\"preserve\"%s>%s</text>\n", pad,
				pad + (i + 1) * line_height - 5, class, line
	}
	print "</svg>"
}
