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
#include "emit.h"
#include "execute.h"
#include "usage.h"
#include "verbs.h"
#include "vf.h"
#include "words.h"

/* The letters and names that getopt_long() is asked for, and room for their ends */
#define WORDS_MAX 40

/**
 * struct getopt_words - the table of words as getopt_long() wants it
 * @letters: short options
 * @names: long options
 */
struct getopt_words {
	char letters[2 * WORDS_MAX];
	struct option names[WORDS_MAX];
};

static void make_words(struct getopt_words *words)
{
	const struct option_word *word;
	char *letter = words->letters;
	struct option *name = words->names;

	for_each_option_word(word) {
		if (word->letter)
			*letter++ = word->letter;
		if (word->letter && word->argument)
			*letter++ = ':';
		if (word->name)
			*name++ = (struct option){
				.name = word->name,
				.has_arg = word->argument ? required_argument : no_argument,
				.val = word->value,
			};
	}
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

static bool add_term(struct options *o, const char *text)
{
	const char *why;

	if (o->filter_count == ARRAY_SIZE(o->filters)) {
		say("too many of --filter");
		return false;
	}
	why = filter_parse(&o->filters[o->filter_count++], text);
	if (why)
		say("'%s' is no filter: %s", text, why);
	return !why;
}

static bool take_vf(struct options *o, const char *text)
{
	const char *why;

	if (!o->vf)
		o->vf = "";
	why = vf_add(&o->vf, text);
	if (why)
		say("--vf '%s': %s", text, why);
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

static bool take_force(struct options *o, const char *text)
{
	char *why;

	if (check_parse_force(text, &o->force, &why))
		return true;
	say("--force: %s", why);
	free(why);
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
	case OPT_FILTER:
		return add_term(o, value);
	case OPT_TREE:
		return o->tree = true;
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
		return take_force(o, value);
	case OPT_DRIVER:
		return take_name(&o->driver, value, "driver");
	case OPT_VFS:
		if (!take_number(&number, value, 10, 0, 65535, "a number of VFs"))
			return false;
		o->vfs = (long)number;
		return true;
	case OPT_VF:
		return take_vf(o, value);
	case OPT_PERSIST:
		return o->persist = true;
	case OPT_CDI:
		return o->cdi = true;
	case OPT_TRY:
		return take_number(&o->trial, value, 10, 1, 86400, "a number of seconds");
	case OPT_WAIT:
		return o->wait = true;
	case OPT_TIMEOUT:
		return take_number(&o->timeout, value, 10, 0, 86400, "a number of seconds");
	case OPT_FOR:
		o->consumer = value;
		return true;
	case OPT_PERSONALITY:
		o->personality = value;
		if (!strcmp(value, "vfio") || !strcmp(value, "native"))
			return true;
		say("--personality: '%s' is neither vfio nor native", value);
		return false;
	case OPT_USER:
		return take_name(&o->user, value, "user");
	case OPT_OWNER_GROUP:
		return take_name(&o->owner_group, value, "group");
	case OPT_MODE:
		o->mode = value;
		return take_number(&number, value, 8, 0, 0777, "a file mode, as 0660");
	case OPT_CHECK:
		return o->check = o->dry_run = true;
	case 'v':
		return o->verbose = true;
	case OPT_ON_BIND:
		return o->on_bind = true;
	case OPT_ROOT:
		o->root = value;
		return true;
	}
	return false;
}

static bool take_format(struct options *o, const char *text)
{
	char *words;

	o->format = text;
	if (emit_knows(text))
		return true;
	words = emit_words();
	say("emit what? '%s' is not known; there are %s", text, words);
	free(words);
	return false;
}

/* "TYPE/NAME" behind the address's @slash, which is cut; what is missing is empty */
static void cut_instance(char *slash, char **type, char **name)
{
	*slash = '\0';
	*type = slash + 1;
	*name = strchr(*type, '/');
	if (*name)
		*(*name)++ = '\0';
	else
		*name = slash;
}

static bool set_instance(struct instance_name *to, const char *type, const char *name)
{
	const char *why = instance_name_set(to, type, name);

	if (why)
		say("'%s/%s' cannot be: %s", type, name, why);
	return !why;
}

/* TYPE NAME KEY=VALUE..., or, if @slash is behind the address, it has TYPE/NAME already */
static bool take_instance(struct options *o, char *slash, int argc, char **argv)
{
	char *type = argc ? argv[0] : "", *name = argc > 1 ? argv[1] : "";
	int used = slash ? 0 : argc < 2 ? argc : 2;
	const char *why;

	if (slash)
		cut_instance(slash, &type, &name);
	if (!*type || !*name) {
		say("%s what? Give ADDRESS TYPE NAME, as 01:00.0 edu-slice guest7; see status",
		    verb_name(o->verb));
		return false;
	}
	if (!set_instance(&o->instance, type, name))
		return false;
	if (o->verb == VERB_DESTROY && used < argc) {
		say("destroy takes ADDRESS TYPE NAME and nothing more, not '%s'", argv[used]);
		return false;
	}
	for (int i = used; i < argc; i++) {
		why = instance_name_add(&o->instance, argv[i]);
		if (why) {
			say("'%s': %s", argv[i], why);
			return false;
		}
	}
	return true;
}

static bool is_about_instance(const struct options *o)
{
	return o->verb == VERB_CREATE || o->verb == VERB_DESTROY;
}

/* What is in a folder of its own, of /dev or /sys, is one */
static char *slash_behind_address(char *text)
{
	return *text == '/' ? NULL : strchr(text, '/');
}

/* ADDRESS/TYPE/NAME is what has been created on a function; else @to stays empty */
static bool take_created(struct instance_name *to, char *text)
{
	char *slash = slash_behind_address(text), *type, *name;

	if (!slash)
		return true;
	cut_instance(slash, &type, &name);
	if (*type && *name)
		return set_instance(to, type, name);
	say("'%s/%s' is nothing to emit; that is written ADDRESS/TYPE/NAME, as 01:00.0/edu-slice/a",
	    text, type);
	return false;
}

static bool take_selector(struct options *o, char *text)
{
	struct selection *sel = &o->selection;
	const char *why;

	if (o->verb == VERB_EMIT && !take_created(&sel->instances[sel->named_count], text))
		return false;
	why = selector_parse(&sel->named[sel->named_count++], text);
	if (why)
		say("'%s' selects nothing: %s", text, why);
	return !why;
}

static bool take_arguments(struct options *o, int argc, char **argv)
{
	struct selection *sel = &o->selection;

	if (o->verb == VERB_EMIT && argc) {
		if (!take_format(o, *argv++))
			return false;
		argc--;
	}
	if (is_about_instance(o) && argc) {
		if (!take_instance(o, slash_behind_address(argv[0]), argc - 1, argv + 1))
			return false;
		argc = 1;
	}
	sel->named = xcalloc((size_t)argc, sizeof(*sel->named));
	if (o->verb == VERB_EMIT)
		sel->instances = xcalloc((size_t)argc, sizeof(*sel->instances));
	for (int i = 0; i < argc; i++)
		if (!take_selector(o, argv[i]))
			return false;
	return true;
}

static bool check_vf(const struct options *o)
{
	const char *why = o->vf ? vf_check(o->vf, o->vfs) : NULL;

	if (why && o->vfs <= 0)
		say("--vf goes with --vfs, which says how many VFs there are to be");
	else if (why)
		say("--vf, of %ld VFs: %s", o->vfs, why);
	return !why;
}

static bool check_combination(const struct options *o)
{
	const struct selection *sel = &o->selection;
	bool needs = verb_words[o->verb].flags & VERB_SELECTS;

	if (o->verb == VERB_EMIT && !o->format)
		say("emit what? See vfio-personality emit --help");
	else if (needs && !sel->named_count && !sel->filter_count)
		say("which function? Give an address, an interface or a disk; see --help");
	else if (sel->named_count && !*verb_words[o->verb].arguments)
		say("%s takes no arguments", verb_name(o->verb));
	else if ((o->verb == VERB_ENABLE || o->verb == VERB_CREATE) &&
		 (o->user || o->owner_group || o->mode) && !o->persist)
		say("--user, --owner-group and --mode are kept with --persist only");
	else if (o->verb == VERB_RUN && !o->command)
		say("run what? The command goes behind --, as in: run 01:00.0 -- qemu ...");
	else if (o->trial && (o->persist || o->vfs >= 0 || o->dry_run))
		say("--try goes without --vfs, --persist and -n; confirm it, and then save it");
	else if (o->vfs >= 0 && o->group)
		say("--vfs and --group: VFs have IOMMU groups of their own; choose one");
	else
		return check_vf(o);
	return false;
}

/* What is behind -- is run's command, and none of our words */
static int split_command(struct options *o, int argc, char **argv)
{
	for (int i = 1; o->verb == VERB_RUN && i < argc; i++)
		if (!strcmp(argv[i], "--")) {
			o->command = i + 1 < argc ? argv + i + 1 : NULL;
			argv[i] = NULL;
			return i;
		}
	return argc;
}

static bool parse(struct options *o, int argc, char **argv, int *code)
{
	struct getopt_words words = { 0 };
	const struct option_word *word;
	int option;

	*code = EXIT_USAGE;
	argc = split_command(o, argc, argv);
	make_words(&words);
	while ((option = getopt_long(argc, argv, words.letters, words.names, NULL)) != -1) {
		if (option == '?') {
			say("see vfio-personality %s --help", verb_name(o->verb));
			return false;
		}
		if (option == 'h') {
			usage_verb(stdout, o->verb);
			*code = EXIT_DONE;
			return false;
		}
		word = option_word_find(option);
		if (!(word->verbs & 1U << o->verb)) {
			say("%s has no option -%s%.*s; see vfio-personality %s --help",
			    verb_name(o->verb), word->name ? "-" : "", word->name ? 32 : 1,
			    word->name ? word->name : &word->letter, verb_name(o->verb));
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
	if (!strcmp(word, "help") && argc > 2 && verb_find(argv[2], &o->verb)) {
		usage_verb(stdout, o->verb);
		return false;
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		usage_all(stdout);
		return false;
	}
	if (!strcmp(word, "words")) {
		*code = words_print(argc - 2, argv + 2);
		return false;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		puts("vfio-personality " VERSION);
		return false;
	}
	if (!verb_find(word, &o->verb)) {
		*code = EXIT_USAGE;
		if (*word == '-')
			say("the verb comes first, then the options: see vfio-personality --help");
		else if (*word)
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
	free(o->selection.instances);
	instance_name_free(&o->instance);
}
