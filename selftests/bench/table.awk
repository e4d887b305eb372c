# SPDX-License-Identifier: GPL-2.0
#
# awk -F '\t' -f table.awk: from the rows that the benchmarks printed (see
# lib/stats.h), make the table and, in the file named by json, the same as JSON.

function quoted(text) {
	gsub(/["\\]/, "\\\\&", text)
	return "\"" text "\""
}

function short(number) {
	return sprintf(number < 1000 ? "%.3g" : "%.0f", number)
}

function of(what) {
	return what ~ /^(bytes|us)$/ ? what : "of " what
}

# What a median should be, at most or at least.
function goal(subject, what, against, relation, wanted,   is) {
	if (!((subject, what, against) in median))
		return
	is = median[subject, what, against]
	printf "%-12s %-54s %8s of %-22s %s %s: %s\n", subject, what, short(is), against,
		relation, wanted, (relation == "<=" ? is <= wanted : is >= wanted) ? "yes" : "no"
}

function begin_object() {
	printf "%s\n    {\"section\": %s, \"subject\": %s, \"what\": %s, ", objects++ ? "," : "",
		quoted($2), quoted($3), quoted($4) >json
}

BEGIN {
	printf "{\n  \"kernel\": %s,\n  \"cpus\": %d,\n  \"accelerator\": %s,\n", quoted(kernel),
		cpus, quoted(accel) >json
	printf "  \"load_average\": {\"before\": %s, \"after\": %s},\n  \"rows\": [",
		quoted(before), quoted(after) >json
	form = "%-12s %-54s %8s %-25s %17s %4s\n"
}

$1 == "row" || $1 == "lacking" {
	if ($2 != section) {
		section = $2
		printf "\n%s\n\n", toupper(section)
		printf form, "on", "what", "median", "", "half within", "n"
	}
	begin_object()
}

$1 == "row" {
	printf form, $3, $4, short($7), of($5), short($8) " - " short($9), $6
	median[$3, $4, $5] = $7
	printf "\"of\": %s, \"n\": %d, \"median\": %s, \"quartiles\": [%s, %s], \"us\": %s}",
		quoted($5), $6, $7, $8, $9, $10 >json
}

$1 == "lacking" {
	printf "%-12s %-54s %8s (%s)\n", $3, $4, "-", $5
	printf "\"lacking\": %s}", quoted($5) >json
}

END {
	printf "\n  ]\n}\n" >json
	print "\nGOALS\n"
	goal("igbvf", "method, there and back", "the floor", "<=", 0.25)
	goal("edu", "fallback (vfio-pci), there and back", "the floor", "<=", 1.05)
	goal("nvme", "fallback (vfio-pci), there and back", "the floor", "<=", 1.05)
	goal("nvme", "fallback (auto), there and back", "the floor", "<=", 1.05)
	goal("igbvf", "fallback (vfio-pci), there and back", "the floor", "<=", 1.05)
	goal("edu", "driverctl", "the method", ">=", 20)
	goal("igbvf", "driverctl", "the method", ">=", 20)
	goal("igbvf", "dpdk-devbind", "the method", ">=", 20)
	printf "\n%s, %d CPUs, %s; load average before %s, after %s\n", kernel, cpus, accel,
		before, after
}
