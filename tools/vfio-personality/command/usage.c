// SPDX-License-Identifier: GPL-2.0
/*
 * usage: what --help says.
 */
#include "usage.h"

#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "emit.h"
#include "verbs.h"
#include "words.h"

/* Where the helps begin, and where they end */
#define INDENT 23
#define WIDTH 80

void usage_all(FILE *to)
{
	fputs("usage: vfio-personality VERB [OPTIONS] [SELECTOR...]\n\n"
	      "Switches PCI functions between their native drivers and VFIO.\n\n", to);
	for (const struct verb_word *verb = verb_words; verb < verb_words + VERBS; verb++)
		if (!(verb->flags & VERB_HIDDEN))
			fprintf(to, "  %s %-*s %s\n", verb->name, 25 - (int)strlen(verb->name),
				verb->arguments, verb->summary);
	fputs("\nA SELECTOR is an address (0000:01:10.0, 01:10.0, pci_0000_01_10_0, or\n"
	      "01:10.0@8086:10ca to be sure), a slot (01:10), group:N, a pattern ('nvme*'), or\n"
	      "the name of a network interface, a disk or another device. VERB --help tells the\n"
	      "options; vfio-personality(8) the rest.\n",
	      to);
}

/* The words of @text, broken where they would not fit */
static void print_wrapped(FILE *to, const char *text)
{
	int column = INDENT;
	size_t len;

	for (; *text; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		if (column > INDENT && column + (int)len >= WIDTH)
			column = fprintf(to, "\n%*s", INDENT, "") - 1;
		else if (column > INDENT)
			column += fprintf(to, " ");
		column += fprintf(to, "%.*s", (int)len, text);
	}
	fputc('\n', to);
}

/* "lift these checks: mounted, swap, ..." */
static char *help_of(const struct option_word *word, enum verb verb)
{
	char *list = word->choices ? word->choices(verb) : NULL, *text, *spaced;
	struct names names;

	/* Of these, the help says it better */
	if (!list || strstr(word->help, "vfio-pci") || word->value == OPT_DRIVER ||
	    word->value == 'o') {
		free(list);
		return xstrdup(word->help);
	}
	names = names_split(list);
	text = xasprintf("%s:", word->help);
	for (size_t i = 0; i < names.n; i++) {
		spaced = xasprintf("%s%s %s", text, i ? "," : "", names.v[i]);
		free(text);
		text = spaced;
	}
	names_free(&names);
	free(list);
	return text;
}

static void print_option(FILE *to, const struct option_word *word, enum verb verb)
{
	char letter[8] = "   ", *head, *help = help_of(word, verb);

	if (word->letter)
		snprintf(letter, sizeof(letter), "-%c%s", word->letter, word->name ? "," : "");
	head = xasprintf("  %s %s%s%s%s", letter, word->name ? "--" : "",
			 word->name ? word->name : "", word->name && word->argument ? " " : "",
			 word->argument ? word->argument : "");
	if (strlen(head) < INDENT)
		fprintf(to, "%-*s", INDENT, head);
	else
		fprintf(to, "%s\n%*s", head, INDENT, "");
	print_wrapped(to, help);
	free(head);
	free(help);
}

/* Frees @list */
static void print_words(FILE *to, char *list)
{
	for (char *c = list; *c; c++)
		*c = *c == ',' ? ' ' : *c;
	fprintf(to, "%*s", INDENT, "");
	print_wrapped(to, list);
	free(list);
}

/* The columns of a verb's table, and of list's what each is */
static void print_columns(FILE *to, enum verb verb)
{
	const struct option_word *word = option_word_find('o');
	const struct column *column;

	if (!(word->verbs & 1U << verb))
		return;
	fputs("\nColumns:\n", to);
	if (verb == VERB_LIST) {
		for_each_column(column)
			fprintf(to, "  %-*s%s\n", INDENT - 2, column->key, column->help);
		return;
	}
	print_words(to, word->choices(verb));
}

void usage_verb(FILE *to, enum verb verb)
{
	const struct option_word *word;

	fprintf(to, "usage: vfio-personality %s %s\n\n%s.\n\n", verb_words[verb].name,
		verb_words[verb].arguments, verb_words[verb].summary);
	for_each_option_word(word)
		if (word->verbs & 1U << verb)
			print_option(to, word, verb);
	if (verb == VERB_EMIT) {
		fputs("\nFormats:\n", to);
		print_words(to, emit_words());
	}
	print_columns(to, verb);
}
