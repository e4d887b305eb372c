/* SPDX-License-Identifier: GPL-2.0 */
/*
 * words: verbs, options and what these take, in the one table that the command line is
 * read by. --help, completions and the manual page's synopsis are made from it.
 */
#ifndef VP_WORDS_H
#define VP_WORDS_H

#include "options.h"

/* What getopt_long() gives for an option that has no letter */
enum {
	OPT_JSON = 256,
	OPT_FILTER,
	OPT_TREE,
	OPT_CDI,
	OPT_TRY,
	OPT_NO_LEGEND,
	OPT_CLASS,
	OPT_ALL,
	OPT_GROUP,
	OPT_KEEP_GOING,
	OPT_JOBS,
	OPT_FORCE,
	OPT_DRIVER,
	OPT_VFS,
	OPT_VF,
	OPT_PERSIST,
	OPT_WAIT,
	OPT_TIMEOUT,
	OPT_FOR,
	OPT_PERSONALITY,
	OPT_USER,
	OPT_OWNER_GROUP,
	OPT_MODE,
	OPT_ON_BIND,
	OPT_CHECK,
	OPT_ROOT,
	OPT_HELP,
};

/**
 * struct option_word - an option
 * @name: its long name, NULL if it has a letter only
 * @letter: its letter, or 0
 * @value: a value above
 * @argument: what it takes, in a word for --help, NULL if nothing
 * @verbs: bit n: verb n knows it
 * @help: what it does
 * @choices: tells the words that it takes, or takes usually, with commas between; to be
 *	freed
 */
struct option_word {
	const char *name;
	char letter;
	int value;
	const char *argument;
	unsigned int verbs;
	const char *help;
	char *(*choices)(enum verb verb);
};

extern const struct option_word option_words[];

#define for_each_option_word(w) for ((w) = option_words; (w)->help; (w)++)

const struct option_word *option_word_find(int value);

/*
 * For completions: "verbs"; "options VERB"; "choices VERB --OPTION"; "formats VERB", which
 * come before its selectors. One word a line.
 * EXIT_DONE, or EXIT_USAGE.
 */
int words_print(int argc, char **argv);

#endif
