# SPDX-License-Identifier: GPL-2.0
#
# awk -f lanes.awk: read lines that begin with the name of the lane they come from, and
# print them without it, so that what a program printed stays together although other
# lanes printed meanwhile: as a whole, once it has ended.

{
	lane = $1
	said[lane] = said[lane] substr($0, length(lane) + 2) "\n"
}

$2 " " $3 " " $4 == "# vm: end" {
	printf "%s", said[lane]
	fflush()
	said[lane] = ""
}

END {
	for (lane in said)
		printf "%s", said[lane]
}
