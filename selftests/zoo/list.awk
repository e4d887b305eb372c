# SPDX-License-Identifier: GPL-2.0
#
# awk -f list.awk list: the list as a table in C. Slots are counted as in machine.sh.

BEGIN {
	print "/* Generated from selftests/zoo/list */"
	print "#include \"zoo.h\"\n"
	print "const struct animal zoo[] = {"
}

/^[a-z]/ {
	port = sub("/port$", "", $4)
	gsub("~", " ", $3)
	printf "\t{ \"%s\", \"%s\", \"%s\", \"%s\", %d, %s },\n", $1, $2, $3, $4,
		++slot[$1], port ? "true" : "false"
}

END {
	print "\t{ }\n};"
}
