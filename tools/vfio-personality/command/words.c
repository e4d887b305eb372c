// SPDX-License-Identifier: GPL-2.0
/*
 * words: verbs, options and what these take, in one table.
 */
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "consumer.h"
#include "diag.h"
#include "emit.h"
#include "output.h"
#include "verbs.h"

#define BIT(n) (1U << (n))
#define SWITCHES (BIT(VERB_ENABLE) | BIT(VERB_DISABLE))
#define SAVES (BIT(VERB_SAVE) | BIT(VERB_UNSAVE))
#define LOOKS (BIT(VERB_LIST) | BIT(VERB_STATUS) | BIT(VERB_CHECK))
#define SHOWS (BIT(VERB_LIST) | BIT(VERB_STATUS))
#define SELECTS (LOOKS | SWITCHES | SAVES)
#define APPLIES BIT(VERB_APPLY)
#define DESCRIBES (BIT(VERB_ENABLE) | BIT(VERB_SAVE) | BIT(VERB_CREATE))
#define TAKES (BIT(VERB_ENABLE) | BIT(VERB_CHECK))
#define EMITS BIT(VERB_EMIT)
#define RUNS BIT(VERB_RUN)
#define UNDOES BIT(VERB_UNDO)
#define EXPLAINS BIT(VERB_EXPLAIN)
#define WATCHES BIT(VERB_MONITOR)
#define DIFFERS BIT(VERB_DIFF)
#define PICKS (SELECTS | EMITS | RUNS | EXPLAINS | DIFFERS)
#define DOCTOR BIT(VERB_DOCTOR)
#define MAKES (BIT(VERB_CREATE) | BIT(VERB_DESTROY))
#define TABLES (BIT(VERB_LIST) | DOCTOR | UNDOES | EXPLAINS | BIT(VERB_CHECK) | SWITCHES | \
		SAVES | APPLIES | DIFFERS | MAKES)
#define DOCUMENTS (SELECTS | DOCTOR | EMITS | APPLIES | UNDOES | EXPLAINS | WATCHES | DIFFERS | \
		   BIT(VERB_CONFIRM) | MAKES)
#define ALL (PICKS | DOCTOR | UNDOES | WATCHES | BIT(VERB_CONFIRM) | APPLIES | BIT(VERB_UDEV) | \
	     BIT(VERB_HOLD) | MAKES)

static char *words_of_force(enum verb verb)
{
	(void)verb;
	return check_force_names(~0UL);
}

static char *words_of_drivers(enum verb verb)
{
	(void)verb;
	return xstrdup("auto,bound,vfio-pci");
}

static char *words_of_personality(enum verb verb)
{
	(void)verb;
	return xstrdup("vfio,native");
}

static char *words_of_class(enum verb verb)
{
	(void)verb;
	return selector_class_words();
}

static char *words_of_consumer(enum verb verb)
{
	(void)verb;
	return consumer_words();
}

static char *words_of_columns(enum verb verb)
{
	const struct options o = { .verb = verb };

	return output_words(&o);
}

const struct option_word option_words[] = {
	{ NULL, 's', 's', "[[[[D]:]B]:][S][.[F]]", PICKS,
	  "these addresses only, as lspci does", NULL },
	{ NULL, 'd', 'd', "[V]:[D][:C]", PICKS,
	  "these vendors, devices, classes only, as lspci does", NULL },
	{ "class", 0, OPT_CLASS, "WORD", PICKS,
	  "these classes only; may be given several times", words_of_class },
	{ "for", 0, OPT_FOR, "CONSUMER", BIT(VERB_CHECK),
	  "ask for this program, too", words_of_consumer },
	{ "driver", 0, OPT_DRIVER, "NAME", TAKES | RUNS | BIT(VERB_SAVE),
	  "auto, bound (its own method only), or a driver's name", words_of_drivers },
	{ "group", 0, OPT_GROUP, NULL, SWITCHES | BIT(VERB_CHECK) | EMITS | RUNS,
	  "all that is in the same IOMMU group as well", NULL },
	{ "force", 0, OPT_FORCE, "LIST",
	  TAKES | RUNS | BIT(VERB_DISABLE) | BIT(VERB_SAVE) | APPLIES | UNDOES,
	  "lift these checks", words_of_force },
	{ "keep-going", 0, OPT_KEEP_GOING, NULL, SWITCHES,
	  "what one group cannot do does not undo the others", NULL },
	{ "vfs", 0, OPT_VFS, "N", SWITCHES,
	  "the functions stay; they get N VFs in that personality", NULL },
	{ "vf", 0, OPT_VF, "WHICH:SETTINGS", SWITCHES,
	  "with --vfs, set up VFs before they are used: mac, vlan, qos, proto, max_tx_rate, min_tx_rate, spoofchk, trust and state, as 0:mac=52:54:00:00:00:01,vlan=100; WHICH is a number, two as 0-3, or all; may be given several times",
	  NULL },
	{ "persist", 0, OPT_PERSIST, NULL, SWITCHES | MAKES,
	  "for always: see save (enable, create) and unsave (disable, destroy)", NULL },
	{ "personality", 0, OPT_PERSONALITY, "WORD", BIT(VERB_SAVE),
	  "save this one, not what they have now", words_of_personality },
	{ "user", 0, OPT_USER, "USER", DESCRIBES,
	  "owner of the device files, as kept by save and --persist", NULL },
	{ "owner-group", 0, OPT_OWNER_GROUP, "GROUP", DESCRIBES, "their group", NULL },
	{ "mode", 0, OPT_MODE, "MODE", DESCRIBES, "their permissions, as 0660", NULL },
	{ "cdi", 0, OPT_CDI, NULL, BIT(VERB_ENABLE) | BIT(VERB_SAVE),
	  "with a CDI specification for containers, until they are disabled", NULL },
	{ "try", 0, OPT_TRY, "S", BIT(VERB_ENABLE),
	  "after so many seconds they go back, unless confirm says that all is well", NULL },
	{ "wait", 0, OPT_WAIT, NULL, BIT(VERB_ENABLE), "until the device files are there", NULL },
	{ "timeout", 0, OPT_TIMEOUT, "S", SWITCHES | APPLIES | RUNS | UNDOES | MAKES,
	  "wait at most so many seconds (10)", NULL },
	{ "jobs", 0, OPT_JOBS, "N", SWITCHES | APPLIES | RUNS | UNDOES,
	  "so many groups at a time at most (64); 1 for in order", NULL },
	{ "on-bind", 0, OPT_ON_BIND, NULL, APPLIES,
	  "only what has to wait for its driver, which is there now", NULL },
	{ "check", 0, OPT_CHECK, NULL, APPLIES,
	  "only tell what would be done, and exit with 1 if that is anything", NULL },
	{ "verbose", 'v', 'v', NULL, APPLIES,
	  "tell which file wants what, and which rules match nothing", NULL },
	{ "dry-run", 'n', 'n', NULL, SWITCHES | SAVES | APPLIES | UNDOES | MAKES,
	  "only tell what would be done", NULL },
	{ "all", 0, OPT_ALL, NULL, SWITCHES | SAVES | RUNS,
	  "a selector may mean several functions", NULL },
	{ "output", 'o', 'o', "LIST", TABLES,
	  "these columns, or with + before them, these besides the usual ones",
	  words_of_columns },
	{ "filter", 0, OPT_FILTER, "COLUMN=PATTERN", SHOWS,
	  "only those of which a column has (!=: has not) this; nothing after the = is for what has nothing there; may be given several times",
	  NULL },
	{ "tree", 0, OPT_TREE, NULL, BIT(VERB_LIST),
	  "VFs below their PFs, and group members below the first, with -o as well", NULL },
	{ "no-legend", 0, OPT_NO_LEGEND, NULL, TABLES, "no heading", NULL },
	{ "json", 0, OPT_JSON, NULL, DOCUMENTS, "answer with a JSON document", NULL },
	{ "sysfs-root", 0, OPT_ROOT, "DIR", ALL,
	  "look at DIR/sys, DIR/dev, ... instead of /sys, /dev, ...", NULL },
	{ "help", 'h', 'h', NULL, ALL, "this", NULL },
	{ 0 }
};

const struct option_word *option_word_find(int value)
{
	const struct option_word *word;

	for_each_option_word(word)
		if (word->value == value)
			return word;
	return NULL;
}

static void print_options(unsigned int verb)
{
	const struct option_word *word;

	for_each_option_word(word) {
		if (!(word->verbs & BIT(verb)))
			continue;
		if (word->letter)
			printf("-%c\n", word->letter);
		if (word->name)
			printf("--%s\n", word->name);
	}
}

static void print_list(char *list)
{
	struct names names = names_split(list);

	for (size_t i = 0; *list && i < names.n; i++)
		puts(names.v[i]);
	names_free(&names);
	free(list);
}

/* "--output", "-o" */
static bool is_option(const struct option_word *word, const char *text)
{
	if (!strncmp(text, "--", 2))
		return word->name && !strcmp(text + 2, word->name);
	return text[0] == '-' && text[1] && text[1] == word->letter && !text[2];
}

static void print_choices(const struct option_word *word, enum verb verb)
{
	print_list(word->choices ? word->choices(verb) : xstrdup(""));
}

int words_print(int argc, char **argv)
{
	const struct option_word *word;
	enum verb verb;

	if (argc == 1 && !strcmp(argv[0], "verbs")) {
		for (int v = 0; v < VERBS; v++)
			if (!(verb_words[v].flags & VERB_HIDDEN))
				puts(verb_words[v].name);
		return EXIT_DONE;
	}
	if (argc < 2 || !verb_find(argv[1], &verb))
		return EXIT_USAGE;
	if (!strcmp(argv[0], "options"))
		print_options(verb);
	if (!strcmp(argv[0], "formats") && verb == VERB_EMIT)
		print_list(emit_words());
	for_each_option_word(word)
		if (argc > 2 && !strcmp(argv[0], "choices") && word->verbs & BIT(verb) &&
		    is_option(word, argv[2]))
			print_choices(word, verb);
	return EXIT_DONE;
}
