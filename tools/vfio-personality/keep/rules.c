// SPDX-License-Identifier: GPL-2.0
/*
 * rules: the contents of a file of rules, read strictly, as a file of one function is.
 */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "selector.h"

static const char *const keys[RULE_KEYS] = {
	[RULE_SERIAL] = "serial",
	[RULE_PATH] = "path",
	[RULE_ADDRESS] = "address",
	[RULE_SLOT] = "slot",
	[RULE_PF] = "pf",
	[RULE_ID] = "id",
	[RULE_CLASS] = "class",
};

/**
 * struct parsing - a file under way
 * @rules: what it has so far
 * @rule: the one that is being read
 * @section: of which this is being read
 * @seen: the keys of its [Function] that came
 */
struct parsing {
	struct rules rules;
	struct rule rule;
	enum { NOWHERE, IN_MATCH, IN_FUNCTION } section;
	unsigned int seen;
};

static void rule_free(struct rule *rule)
{
	for (int k = 0; k < RULE_KEYS; k++)
		names_free(&rule->like[k]);
}

void rules_free(struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		rule_free(&rules->v[i]);
	free(rules->v);
	names_free(&rules->broken);
	*rules = (struct rules){ 0 };
}

static bool is_hex(const char *text, size_t len)
{
	return len == 4 && strspn(text, "0123456789abcdefABCDEF") >= len;
}

/* VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE], four digits or * each */
static bool is_id(const char *text)
{
	unsigned int parts = 0;
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, ":");
		parts++;
		if (!is_hex(text, len) && !(len == 1 && *text == '*'))
			return false;
		if (!text[len])
			return parts == 2 || parts == 4;
	}
}

/* A word of --class, or the first digits of a class's number */
static bool is_class(const char *text)
{
	size_t len = strlen(text);
	struct selector s;

	return !selector_parse_class(&s, text) ||
	       ((len == 2 || len == 4 || len == 6) &&
		strspn(text, "0123456789abcdefABCDEF") == len);
}

/* What devices and addresses are called, as far as a pattern of the shell goes */
static bool is_pattern(const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/*?[]!";
	size_t len = strspn(text, letters);

	return len && !text[len] && len < IDENTITY_LEN;
}

/* dsn:..., nvme:..., mac:... */
static bool is_serial(const char *text)
{
	static const char *const kinds[] = { "dsn:", "nvme:", "mac:" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(text, kinds[i], strlen(kinds[i])))
			return is_pattern(text);
	return false;
}

#define NO_ID "an id is VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE], four hexadecimal digits or * each"
#define NO_CLASS "a class is a word that list --help names, or 2, 4 or 6 hexadecimal digits"

static const char *check_value(enum rule_key key, const char *value)
{
	switch (key) {
	case RULE_ID:
		return is_id(value) ? NULL : NO_ID;
	case RULE_CLASS:
		return is_class(value) ? NULL : NO_CLASS;
	case RULE_SERIAL:
		return is_serial(value) ? NULL :
			"a serial number begins with its kind: dsn:, nvme: or mac:";
	default:
		return is_pattern(value) ? NULL : "this key cannot have that value";
	}
}

static const char *take_match(struct rule *rule, const char *line)
{
	const char *value = strchr(line, '='), *why;
	struct names values;
	size_t len;

	if (!value)
		return "this is not KEY=VALUE";
	len = (size_t)(value++ - line);
	for (int key = 0; key < RULE_KEYS; key++) {
		if (strlen(keys[key]) != len || strncmp(line, keys[key], len))
			continue;
		if (rule->like[key].n)
			return "this key is there twice; its values have commas between them";
		values = names_split(value);
		why = NULL;
		for (size_t i = 0; !why && i < values.n; i++)
			why = check_value((enum rule_key)key, values.v[i]);
		rule->like[key] = values;
		return why;
	}
	return "nothing is matched by such a key";
}

static bool matches_by_something(const struct rule *rule)
{
	for (int key = 0; key < RULE_KEYS; key++)
		if (rule->like[key].n)
			return true;
	return false;
}

/* The rule that was being read is whole, if there is one */
static const char *finish(struct parsing *p)
{
	const char *why;

	if (p->section == NOWHERE)
		return NULL;
	if (!matches_by_something(&p->rule))
		return "it matches by nothing; say at least one key below [Match]";
	if (p->section == IN_MATCH)
		return "below [Match] goes [Function], with what is wanted";
	why = config_check(&p->rule.config, p->seen, true);
	if (why)
		return why;
	p->rules.v = xrealloc(p->rules.v, p->rules.n + 1, sizeof(*p->rules.v));
	p->rules.v[p->rules.n++] = p->rule;
	p->rule = (struct rule){ 0 };
	p->section = NOWHERE;
	return NULL;
}

static const char *take_section(struct parsing *p, const char *line, const char *file,
				unsigned int number)
{
	const char *why = NULL;

	if (!strcmp(line, "[Function]") && p->section == IN_MATCH) {
		p->section = IN_FUNCTION;
		return NULL;
	}
	if (!strcmp(line, "[Function]"))
		return "before [Function] goes [Match]";
	if (strcmp(line, "[Match]"))
		return "there is no such section; there are [Match] and [Function]";
	why = finish(p);
	if (why)
		return why;
	p->rule = (struct rule){ .file = file, .line = number, .config = config_empty() };
	p->section = IN_MATCH;
	p->seen = 0;
	return NULL;
}

/* Without blanks at its ends, and around its first = */
static void trim(char *line)
{
	static const char blanks[] = " \t\r";
	char *value = strchr(line, '='), *end, *start;

	if (value) {
		start = value + 1 + strspn(value + 1, blanks);
		for (end = value; end > line && strchr(blanks, end[-1]); end--)
			;
		*end++ = '=';
		memmove(end, start, strlen(start) + 1);
	}
	start = line + strspn(line, blanks);
	memmove(line, start, strlen(start) + 1);
	for (end = line + strlen(line); end > line && strchr(blanks, end[-1]); end--)
		;
	*end = '\0';
}

static const char *take_line(struct parsing *p, char *line, const char *file, unsigned int number)
{
	trim(line);
	if (!*line || *line == '#' || *line == ';')
		return NULL;
	if (*line == '[')
		return take_section(p, line, file, number);
	switch (p->section) {
	case IN_MATCH:
		return take_match(&p->rule, line);
	case IN_FUNCTION:
		return config_take(&p->rule.config, line, &p->seen, true);
	default:
		return "before this goes [Match]";
	}
}

bool rules_parse(struct rules *rules, const char *text, const char *file, const char **why,
		 unsigned int *line)
{
	char *copy = xstrdup(text), *rest = copy, *next;
	struct parsing p = { 0 };

	*why = NULL;
	*line = 0;
	while (!*why && (next = strsep(&rest, "\n"))) {
		++*line;
		if (!rest && *next)
			*why = "the file ends within this line; the last one needs its end, too";
		else
			*why = take_line(&p, next, file, *line);
	}
	if (!*why)
		*why = finish(&p);
	free(copy);
	if (*why) {
		rule_free(&p.rule);
		rules_free(&p.rules);
		return false;
	}
	if (p.rules.n) {
		rules->v = xrealloc(rules->v, rules->n + p.rules.n, sizeof(*rules->v));
		memcpy(rules->v + rules->n, p.rules.v, p.rules.n * sizeof(*rules->v));
		rules->n += p.rules.n;
	}
	free(p.rules.v);
	return true;
}
