# SPDX-License-Identifier: GPL-2.0
#
# awk -F '\t' -v title=TEXT -f plot.awk: from the rows that the benchmarks printed (see
# lib/stats.h), draw the flips there and back as an SVG: a bar for each way, on a
# logarithmic axis whose 1 is the floor, with a line over the half of its rounds that is
# nearest to the median.

BEGIN {
	left = 230
	width = 520
	bar = 16
	step = 24
	low = 0.1
	high = 10
}

function log10(x) {
	return log(x) / log(10)
}

function x_of(ratio) {
	if (ratio < low)
		ratio = low
	return left + width * log10(ratio / low) / log10(high / low)
}

function text(x, y, anchor, class, what) {
	gsub(/&/, "\\&amp;", what)
	gsub(/</, "\\&lt;", what)
	printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n", x, y,
		anchor, class, what
}

function line(x1, y1, x2, y2, class) {
	printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1,
		x2, y2, class
}

$1 == "row" && $2 == "one flip" && $5 == "the floor" && $4 ~ /, there and back$/ {
	n++
	subject[n] = $3
	way[n] = $4
	sub(/, there and back$/, "", way[n])
	median[n] = $7
	first[n] = $8
	third[n] = $9
	while ($9 > high)
		high *= 10
	headings += $3 != subject[n - 1]
}

END {
	if (!n)
		exit
	height = 70 + n * step + headings * 34
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n",
		left + width + 90, height + 30
	print "<title>How long a flip takes, there and back</title>"
	print "<style>"
	print "rect.page { fill: #fff } rect.ours { fill: #2a6f97 } rect.other { fill: #adb5bd }"
	print "text { font: 13px sans-serif; fill: #212529 } .head { font-weight: bold }"
	print ".note { fill: #6c757d; font-size: 12px } line.grid { stroke: #e9ecef }"
	print "line.one { stroke: #868e96; stroke-dasharray: 4 3 } line.half { stroke: #212529 }"
	print "</style>"
	print "<rect class=\"page\" width=\"100%\" height=\"100%\"/>"
	text(12, 24, "start", "head", "A flip to VFIO and back: times of what the kernel's own files take")
	text(12, 42, "start", "note", title)
	for (tick = low; tick <= high * 1.01; tick *= 10) {
		line(x_of(tick), 54, x_of(tick), height, tick > 0.9 && tick < 1.1 ? "one" : "grid")
		text(x_of(tick), height + 18, "middle", "note", tick < 1 ? "1/" int(1 / tick + 0.5) : int(tick + 0.5))
	}
	y = 54
	for (i = 1; i <= n; i++) {
		if (subject[i] != subject[i - 1]) {
			y += 30
			text(12, y - 6, "start", "head", subject[i])
		}
		text(left - 8, y + bar - 3, "end", "way", way[i])
		printf "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" class=\"%s\"/>\n", left, y,
			x_of(median[i]) - left, bar,
			way[i] ~ /^(method|fallback|vfio-personality)/ ? "ours" : "other"
		line(x_of(first[i]), y + bar / 2, x_of(third[i]), y + bar / 2, "half")
		text(x_of(third[i]) + 6, y + bar - 3, "start", "note", sprintf("%.3g", median[i]))
		y += step
	}
	print "</svg>"
}
