// SPDX-License-Identifier: GPL-2.0
/*
 * stress [--minutes N] [--seed N]: everything at once, on shared functions.
 *
 * In rounds: a storm, in which the model says of each outcome whether it is legal;
 * then a calm, in which each function has to work. Ends after so many minutes
 * (by default after one round, with a seed that never changes), or when something
 * went wrong. The seed of a round makes its operations the same again, as those of
 * the first one.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "kselftest.h"
#include "stress.h"
#include "wait.h"

#define STORM_SECONDS	20

int report_fd;

struct result {
	int storm;	/* 0, or an operation hung */
	int calm;
	int unload;
	unsigned int rounds;
};

static void rage(struct storm *storm, struct result *result, u64 seed,
		 unsigned int minutes)
{
	u64 end = now_ms() + minutes * 60000ULL;

	do {
		report("round %u: --seed %#llx", ++result->rounds,
		       (unsigned long long)seed);
		result->storm = storm_rage(storm, seed, STORM_SECONDS);
		if (result->storm)
			return;
		result->calm = calm_check(storm);
		if (result->calm || storm->illegal)
			return;
		random_next(&seed);
	} while (now_ms() < end);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "minutes", required_argument, NULL, 'm' },
		{ "seed", required_argument, NULL, 's' },
		{}
	};
	struct result result = {};
	unsigned int minutes = 0;
	struct storm *storm;
	u64 seed = 1;
	bool seeded = false;
	int option;

	setlinebuf(stdout);
	report_fd = dup(STDERR_FILENO);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'm') {
			minutes = atoi(optarg);
		} else if (option == 's') {
			seed = strtoull(optarg, NULL, 0);
			seeded = true;
		} else {
			return KSFT_FAIL;
		}
	}
	if (minutes && !seeded && getrandom(&seed, sizeof(seed), 0) < 0)
		seed = now_ms();

	ksft_print_header();
	if (!subjects_present())
		ksft_exit_skip("this needs the lab of selftests/vm\n");
	ksft_set_plan(4);
	storm = storm_new();
	if (!storm || calm_note())
		ksft_exit_fail_msg("nothing can begin\n");

	rage(storm, &result, seed, minutes);
	model_report(storm);
	ksft_test_result(!result.storm, "nothing hangs\n");
	ksft_test_result(!storm->illegal, "every outcome is legal\n");
	if (result.storm)
		ksft_exit_fail_msg("whatever hangs, makes the rest pointless\n");
	ksft_test_result(!result.calm, "each function works afterwards\n");
	ksft_test_result(!calm_unload(), "all modules can go\n");
	ksft_finished();
}
