/* SPDX-License-Identifier: GPL-2.0 */
/*
 * util: memory that is there or the program ends, and lists of names.
 */
#ifndef VP_UTIL_H
#define VP_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct names - a list of strings that it owns
 * @v: the strings
 * @n: their number
 */
struct names {
	char **v;
	size_t n;
};

void *xcalloc(size_t n, size_t size);
void *xrealloc(void *old, size_t n, size_t size);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A text that lasts until the program ends, and is the same for the same @text */
const char *xintern(const char *text);
char *xvasprintf(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));

void names_add(struct names *names, const char *name);
bool names_have(const struct names *names, const char *name);
void names_sort(struct names *names);
void names_free(struct names *names);
/* The first @most of them, with ", " between; to be freed */
char *names_told(const struct names *names, size_t most);

/* @text's parts between commas */
struct names names_split(const char *text);
/* The same between any of @delimiters, without empty ones */
struct names names_split_at(const char *text, const char *delimiters);

/* Letters, digits and -_.+ only, at least one, and fewer than @size */
bool is_word(const char *text, size_t size);

/* A whole number from @min to @max in @base and nothing else; else false */
bool parse_number(const char *text, int base, unsigned long min, unsigned long max,
		  unsigned long *value);

#endif
