# SPDX-License-Identifier: GPL-2.0
#
# awk -v programs="NAME…" -f ktap.awk: read what run-selftests printed, count
# the test points of each program, and print
#
#   N passed, N failed, N skipped
#
# and what failed, was skipped or was not begun, as it was too late, before it, a
# line each. Exits with 1 if anything failed, with 2 if nothing was counted at all.
#
# What counts is KTAP's leaves: a result line that sums up results of a deeper
# level is not counted again. A program fails once more when it dies, is not
# heard of, or has fewer points than its plan announces.

function note(text) {
	notes[++noted] = text
}

function fail(what) {
	failed++
	note("not ok: " what)
}

# What the lines of a program add up to, level by level: a level is closed by
# the first line of a lower one.
function close_levels(above, l) {
	for (l = deepest; l > above; l--) {
		if ((l in plan) && plan[l] != points[l])
			fail(program ": " points[l] + 0 " results of " plan[l] " planned")
		delete plan[l]
		delete points[l]
		delete bad[l]
	}
	if (deepest > above)
		deepest = above
}

function level_of(line) {
	match(line, /^ */)
	return int(RLENGTH / 2) + 1
}

function open_level(l) {
	if (l > deepest)
		deepest = l
}

# What a program printed whose machine did not last, for no fault of the tests or the
# project, counts for nothing: it is run again.
/^# vm: void/ {
	if (!running)
		next
	passed = passed_before
	failed = failed_before
	skipped = skipped_before
	noted = noted_before
	for (l = deepest; l > 0; l--) {
		delete plan[l]
		delete points[l]
		delete bad[l]
	}
	deepest = 0
	delete heard[program]
	delete program_failed[program]
	running = 0
	next
}

/^# vm: late / {
	late[$4] = 1
	note("too late for: " $4)
	next
}

/^# vm: begin / {
	program = $4
	heard[program] = 1
	running = 1
	passed_before = passed
	failed_before = failed
	skipped_before = skipped
	noted_before = noted
	deepest = counted = 0
	next
}

/^# vm: end / {
	close_levels(0)
	running = 0
	ended[$4] = 1
	# 1: tests failed, which their lines say; 4: all skipped, as kselftest has it
	if ($5 == 137)
		fail(program ": killed: it ran too long, or crashed")
	else if ($5 > 127)
		fail(program ": died of signal " $5 - 128)
	else if ($5 != 0 && $5 != 1 && $5 != 4)
		fail(program ": exited with " $5)
	else if (!counted)
		fail(program ": printed no result")
	else if ($5 == 1 && !program_failed[program])
		fail(program ": exited with 1, and no result says why")
	next
}

!running { next }

{ sub(/\r$/, "") }

/^ *1\.\.[0-9]+/ {
	l = level_of($0)
	close_levels(l)
	open_level(l)
	text = $0
	sub(/^ *1\.\./, "", text)
	plan[l] = text + 0
	skip_all = $0 ~ /# SKIP/
	if (skip_all) {
		skipped++
		counted++
		note("skip: " program ": " $0)
	}
	next
}

/^ *(not )?ok( |$)/ {
	l = level_of($0)
	ok = $0 !~ /^ *not ok/
	# It sums up what is below it, unless it knows of something else.
	summary = deepest > l && points[l + 1] > 0 && (ok || bad[l + 1])
	close_levels(l)
	open_level(l)
	points[l]++
	if (!ok) {
		program_failed[program] = 1
		bad[l] = 1
	}
	if (summary)
		next

	counted++
	text = $0
	sub(/^ */, "", text)
	if (text ~ /# *(SKIP|skip)/) {
		skipped++
		note("skip: " program ": " text)
	} else if (ok || text ~ /# *(XFAIL|TODO)/) {
		passed++
	} else {
		fail(program ": " text)
	}
	next
}

/^Bail out!/ {
	fail(program ": " $0)
	program_failed[program] = 1
	counted++
}

END {
	n = split(programs, expected, " ")
	for (i = 1; i <= n; i++) {
		if (expected[i] in late)
			continue
		if (!(expected[i] in heard))
			fail(expected[i] ": did not run")
		else if (!(expected[i] in ended))
			fail(expected[i] ": did not end")
	}
	for (i = 1; i <= noted; i++)
		print notes[i]
	printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
	exit failed > 0 ? 1 : passed + skipped == 0 ? 2 : 0
}
