// SPDX-License-Identifier: GPL-2.0
/*
 * options: the command line.
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "diag.h"
#include "execute.h"
#include "usage.h"

#define BIT(n) (1U << (n))
#define SWITCHES (BIT(VERB_ENABLE) | BIT(VERB_DISABLE))
#define SAVES (BIT(VERB_SAVE) | BIT(VERB_UNSAVE))
#define SELECTS (BIT(VERB_LIST) | BIT(VERB_STATUS) | BIT(VERB_CHECK) | SWITCHES | SAVES)
#define WRITES (SWITCHES | SAVES | BIT(VERB_APPLY))
#define DESCRIBES (BIT(VERB_ENABLE) | BIT(VERB_SAVE))

static const char *const verbs[VERBS] = {
	[VERB_LIST] = "list",
	[VERB_STATUS] = "status",
	[VERB_CHECK] = "check",
	[VERB_ENABLE] = "enable",
	[VERB_DISABLE] = "disable",
	[VERB_SAVE] = "save",
	[VERB_UNSAVE] = "unsave",
	[VERB_APPLY] = "apply",
	[VERB_UDEV] = "udev",
};

enum {
	OPT_JSON = 256,
	OPT_NO_LEGEND,
	OPT_CLASS,
	OPT_ALL,
	OPT_GROUP,
	OPT_KEEP_GOING,
	OPT_JOBS,
	OPT_FORCE,
	OPT_DRIVER,
	OPT_VFS,
	OPT_PERSIST,
	OPT_WAIT,
	OPT_TIMEOUT,
	OPT_FOR,
	OPT_USER,
	OPT_OWNER_GROUP,
	OPT_MODE,
	OPT_ON_BIND,
	OPT_ROOT,
};

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "no-legend", no_argument, NULL, OPT_NO_LEGEND },
	{ "class", required_argument, NULL, OPT_CLASS },
	{ "all", no_argument, NULL, OPT_ALL },
	{ "group", no_argument, NULL, OPT_GROUP },
	{ "keep-going", no_argument, NULL, OPT_KEEP_GOING },
	{ "jobs", required_argument, NULL, OPT_JOBS },
	{ "force", required_argument, NULL, OPT_FORCE },
	{ "driver", required_argument, NULL, OPT_DRIVER },
	{ "vfs", required_argument, NULL, OPT_VFS },
	{ "persist", no_argument, NULL, OPT_PERSIST },
	{ "wait", no_argument, NULL, OPT_WAIT },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "for", required_argument, NULL, OPT_FOR },
	{ "user", required_argument, NULL, OPT_USER },
	{ "owner-group", required_argument, NULL, OPT_OWNER_GROUP },
	{ "mode", required_argument, NULL, OPT_MODE },
	{ "on-bind", no_argument, NULL, OPT_ON_BIND },
	{ "sysfs-root", required_argument, NULL, OPT_ROOT },
	{ 0 }
};

/* The verbs that know an option; those not here are for all */
static const struct {
	int option;
	unsigned int verbs;
} knows[] = {
	{ 's', SELECTS },
	{ 'd', SELECTS },
	{ OPT_CLASS, SELECTS },
	{ 'n', WRITES },
	{ OPT_ALL, SWITCHES | SAVES },
	{ OPT_GROUP, SWITCHES | BIT(VERB_CHECK) },
	{ OPT_KEEP_GOING, SWITCHES },
	{ OPT_JOBS, SWITCHES | BIT(VERB_APPLY) },
	{ OPT_FORCE, SWITCHES | BIT(VERB_CHECK) | BIT(VERB_SAVE) | BIT(VERB_APPLY) },
	{ OPT_DRIVER, DESCRIBES | BIT(VERB_CHECK) },
	{ OPT_VFS, SWITCHES },
	{ OPT_PERSIST, SWITCHES },
	{ OPT_WAIT, SWITCHES },
	{ OPT_TIMEOUT, SWITCHES | BIT(VERB_APPLY) },
	{ OPT_FOR, BIT(VERB_CHECK) },
	{ OPT_USER, DESCRIBES },
	{ OPT_OWNER_GROUP, DESCRIBES },
	{ OPT_MODE, DESCRIBES },
	{ OPT_ON_BIND, BIT(VERB_APPLY) },
};

const char *verb_name(enum verb verb)
{
	return verbs[verb];
}

bool verb_writes(enum verb verb)
{
	return WRITES & BIT(verb);
}

static bool verb_knows(enum verb verb, int option)
{
	for (size_t i = 0; i < ARRAY_SIZE(knows); i++)
		if (knows[i].option == option)
			return knows[i].verbs & BIT(verb);
	return true;
}

static const char *option_name(int option)
{
	for (const struct option *o = long_options; o->name; o++)
		if (o->val == option)
			return o->name;
	return option == 's' ? "s" : "d";
}

static bool add_filter(struct options *o, const char *text,
		       const char *(*parse)(struct selector *s, const char *text))
{
	struct selection *sel = &o->selection;
	const char *why;

	if (sel->filter_count == ARRAY_SIZE(sel->filters)) {
		say("too many of -s, -d and --class");
		return false;
	}
	why = parse(&sel->filters[sel->filter_count++], text);
	if (why)
		say("'%s' selects nothing: %s", text, why);
	return !why;
}

static bool take_name(const char **to, const char *text, const char *what)
{
	*to = text;
	if (is_word(text, NAME_LEN))
		return true;
	say("'%s' is not the name of a %s", text, what);
	return false;
}

static bool take_number(unsigned long *to, const char *text, int base, unsigned long min,
			unsigned long max, const char *what)
{
	if (parse_number(text, base, min, max, to))
		return true;
	say("'%s' is not %s", text, what);
	return false;
}

static bool take_option(struct options *o, int option, const char *value)
{
	unsigned long number;

	switch (option) {
	case 's':
		return add_filter(o, value, selector_parse_slot);
	case 'd':
		return add_filter(o, value, selector_parse_id);
	case OPT_CLASS:
		return add_filter(o, value, selector_parse_class);
	case 'o':
		o->columns = value;
		return true;
	case 'n':
		return o->dry_run = true;
	case OPT_JSON:
		return o->json = true;
	case OPT_NO_LEGEND:
		o->legend = false;
		return true;
	case OPT_ALL:
		return o->all = true;
	case OPT_GROUP:
		return o->group = true;
	case OPT_KEEP_GOING:
		return o->keep_going = true;
	case OPT_JOBS:
		return take_number(&o->jobs, value, 10, 1, EXECUTE_MAX_JOBS,
				   "a number of jobs, 1 to 64");
	case OPT_FORCE:
		return check_parse_force(value, &o->force);
	case OPT_DRIVER:
		return take_name(&o->driver, value, "driver");
	case OPT_VFS:
		if (!take_number(&number, value, 10, 0, 65535, "a number of VFs"))
			return false;
		o->vfs = (long)number;
		return true;
	case OPT_PERSIST:
		return o->persist = true;
	case OPT_WAIT:
		return o->wait = true;
	case OPT_TIMEOUT:
		return take_number(&o->timeout, value, 10, 0, 86400, "a number of seconds");
	case OPT_FOR:
		o->consumer = value;
		return true;
	case OPT_USER:
		return take_name(&o->user, value, "user");
	case OPT_OWNER_GROUP:
		return take_name(&o->owner_group, value, "group");
	case OPT_MODE:
		o->mode = value;
		return take_number(&number, value, 8, 0, 0777, "a file mode, as 0660");
	case OPT_ON_BIND:
		return o->on_bind = true;
	case OPT_ROOT:
		o->root = value;
		return true;
	}
	return false;
}

static bool take_arguments(struct options *o, int argc, char **argv)
{
	struct selection *sel = &o->selection;
	const char *why;

	sel->named = xcalloc((size_t)argc, sizeof(*sel->named));
	for (int i = 0; i < argc; i++) {
		why = selector_parse(&sel->named[sel->named_count++], argv[i]);
		if (why) {
			say("'%s' selects nothing: %s", argv[i], why);
			return false;
		}
	}
	return true;
}

static bool find_verb(struct options *o, const char *word)
{
	for (int verb = 0; verb < VERBS; verb++)
		if (!strcmp(word, verbs[verb])) {
			o->verb = (enum verb)verb;
			return true;
		}
	return false;
}

static bool check_combination(const struct options *o)
{
	const struct selection *sel = &o->selection;
	bool needs = SELECTS & BIT(o->verb) && o->verb != VERB_LIST && o->verb != VERB_STATUS;

	if (needs && !sel->named_count && !sel->filter_count)
		say("which function? Give an address, an interface or a disk; see --help");
	else if (o->verb == VERB_ENABLE && (o->user || o->owner_group || o->mode) && !o->persist)
		say("--user, --owner-group and --mode are kept with --persist only");
	else if (o->vfs >= 0 && o->group)
		say("--vfs and --group: VFs have IOMMU groups of their own; choose one");
	else
		return true;
	return false;
}

static bool parse(struct options *o, int argc, char **argv, int *code)
{
	int option;

	*code = EXIT_USAGE;
	while ((option = getopt_long(argc, argv, "s:d:o:nh", long_options, NULL)) != -1) {
		if (option == '?') {
			say("see vfio-personality %s --help", verbs[o->verb]);
			return false;
		}
		if (option == 'h') {
			usage_verb(stdout, o->verb);
			*code = EXIT_DONE;
			return false;
		}
		if (!verb_knows(o->verb, option)) {
			say("%s has no option --%s; see vfio-personality %s --help",
			    verbs[o->verb], option_name(option), verbs[o->verb]);
			return false;
		}
		if (!take_option(o, option, optarg))
			return false;
	}
	return take_arguments(o, argc - optind, argv + optind) && check_combination(o);
}

bool options_parse(struct options *o, int argc, char **argv, int *code)
{
	const char *word = argc > 1 ? argv[1] : "";

	*o = (struct options){
		.root = "/", .legend = true, .timeout = 10, .jobs = EXECUTE_MAX_JOBS, .vfs = -1,
	};
	*code = EXIT_DONE;
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		usage_all(stdout);
		return false;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts("vfio-personality " VERSION);
		return false;
	}
	if (!find_verb(o, word)) {
		*code = EXIT_USAGE;
		if (*word)
			say("there is no verb '%s'; see vfio-personality --help", word);
		else
			usage_all(stderr);
		return false;
	}
	/* What getopt_long() begins its messages with */
	argv[1] = program_invocation_short_name;
	return parse(o, argc - 1, argv + 1, code);
}

void options_free(struct options *o)
{
	free(o->selection.named);
}
