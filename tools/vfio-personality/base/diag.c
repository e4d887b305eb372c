// SPDX-License-Identifier: GPL-2.0
/*
 * diag: what goes to stderr, and how the program ends.
 */
#include "diag.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;	/* messages, stderr */
static struct json_object *messages;

/*
 * How many bytes of printable UTF-8 begin at @s, 0 if none do. Control
 * characters of both sets are out, and so are overlong forms and surrogates.
 */
static size_t printable(const unsigned char *s)
{
	unsigned long c = s[0];
	size_t len, i;

	if (c < 0x80)
		return c >= 0x20 && c != 0x7f;
	len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	c &= 0x3fUL >> (len - 1);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < 0xa0 || (len == 3 && c < 0x800) || (len == 4 && c < 0x10000) || c > 0x10ffff)
		return 0;
	/* surrogates, and what turns the direction of writing round */
	if ((c >= 0xd800 && c <= 0xdfff) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069))
		return 0;
	return len;
}

char *harmless(const char *s)
{
	char *out = xcalloc(strlen(s) + 1, 4), *to = out;
	size_t len;

	for (; *s; s += len) {
		len = printable((const unsigned char *)s);
		if (len) {
			memcpy(to, s, len);
			to += len;
		} else {
			to += sprintf(to, "\\x%02x", (unsigned char)*s);
			len = 1;
		}
	}
	*to = '\0';
	return out;
}

static void keep(const char *severity, int code, const char *address, const char *text)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "severity", json_object_new_string(severity));
	json_object_object_add(o, "code", code ? json_object_new_int(code) : NULL);
	json_object_object_add(o, "address", address ? json_object_new_string(address) : NULL);
	json_object_object_add(o, "text", json_object_new_string(text));
	if (!messages)
		messages = json_object_new_array();
	json_object_array_add(messages, o);
}

/* "0000:01:10.0: why": what it is about, if it begins so */
static char *address_in(const char *text)
{
	size_t len = strspn(text, "0123456789abcdef:."), colon = len;
	char *address = xstrdup(text);

	while (colon && address[colon - 1] == ':')
		colon--;
	address[colon] = '\0';
	if (!strchr(address, ':') || !strchr(address, '.') || (text[len] && text[len] != ' ')) {
		free(address);
		return NULL;
	}
	return address;
}

static void vsay(const char *severity, int code, const char *fmt, va_list args)
{
	char *text, *clean, *address;

	text = xvasprintf(fmt, args);
	clean = harmless(text);
	address = address_in(clean);
	free(text);
	pthread_mutex_lock(&lock);
	fprintf(stderr, "vfio-personality: %s\n", clean);
	keep(severity, code, address, clean);
	pthread_mutex_unlock(&lock);
	free(address);
	free(clean);
}

void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsay("notice", 0, fmt, args);
	va_end(args);
}

void say_as(const char *severity, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsay(severity, 0, fmt, args);
	va_end(args);
}

int say_and(int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsay("error", code, fmt, args);
	va_end(args);
	return code;
}

struct json_object *diag_messages(void)
{
	return messages ? json_object_get(messages) : json_object_new_array();
}

void diag_done(void)
{
	json_object_put(messages);
	messages = NULL;
}

void progress(unsigned int *done, unsigned int all)
{
	pthread_mutex_lock(&lock);
	++*done;
	if (all > 1 && isatty(STDERR_FILENO))
		fprintf(stderr, "\r%u of %u%s", *done, all, *done == all ? "\n" : "");
	pthread_mutex_unlock(&lock);
}

int exit_code_of(int error)
{
	switch (error < 0 ? -error : error) {
	case 0:
		return EXIT_DONE;
	case EBUSY:
		return EXIT_BUSY;
	case ENODEV:
	case ENOENT:
	case EOPNOTSUPP:
		return EXIT_UNSUPPORTED;
	default:
		return EXIT_FAILED;
	}
}
