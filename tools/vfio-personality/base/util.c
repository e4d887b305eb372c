// SPDX-License-Identifier: GPL-2.0
/*
 * util: memory that is there or the program ends, and lists of names.
 */
#include "util.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *p)
{
	if (!p)
		err(1, "no memory");
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return there(calloc(n ? n : 1, size));
}

void *xrealloc(void *old, size_t n, size_t size)
{
	return there(reallocarray(old, n, size));
}

char *xstrdup(const char *s)
{
	return there(strdup(s));
}

char *xvasprintf(const char *fmt, va_list args)
{
	char *s;

	return there(vasprintf(&s, fmt, args) < 0 ? NULL : s);
}

char *xasprintf(const char *fmt, ...)
{
	va_list args;
	char *s;

	va_start(args, fmt);
	s = xvasprintf(fmt, args);
	va_end(args);
	return s;
}

const char *xintern(const char *text)
{
	static struct names interned;

	for (size_t i = 0; i < interned.n; i++)
		if (!strcmp(interned.v[i], text))
			return interned.v[i];
	names_add(&interned, text);
	return interned.v[interned.n - 1];
}

void names_add(struct names *names, const char *name)
{
	names->v = xrealloc(names->v, names->n + 1, sizeof(*names->v));
	names->v[names->n++] = xstrdup(name);
}

bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return true;
	return false;
}

/* eth2 before eth10 */
static int by_version(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

void names_sort(struct names *names)
{
	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), by_version);
}

char *names_told(const struct names *names, size_t most)
{
	char *text = xstrdup(""), *more;

	for (size_t i = 0; i < names->n && i < most; i++) {
		more = xasprintf("%s%s%s", text, i ? ", " : "", names->v[i]);
		free(text);
		text = more;
	}
	return text;
}

void names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	*names = (struct names){ 0 };
}

struct names names_split(const char *text)
{
	char *copy = xstrdup(text), *rest = copy, *part;
	struct names names = { 0 };

	while ((part = strsep(&rest, ",")))
		names_add(&names, part);
	free(copy);
	return names;
}

struct names names_split_at(const char *text, const char *delimiters)
{
	char *copy = xstrdup(text), *rest = copy, *part;
	struct names names = { 0 };

	while ((part = strsep(&rest, delimiters)))
		if (*part)
			names_add(&names, part);
	free(copy);
	return names;
}

bool is_word(const char *text, size_t size)
{
	size_t len = strspn(text,
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+");

	return len && !text[len] && len < size;
}

bool parse_number(const char *text, int base, unsigned long min, unsigned long max,
		  unsigned long *value)
{
	char *end;

	/* strtoul takes blanks and signs, too */
	if (!isxdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*value = strtoul(text, &end, base);
	return !errno && !*end && *value >= min && *value <= max;
}
