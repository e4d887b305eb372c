/* SPDX-License-Identifier: GPL-2.0 */
/*
 * diag: what goes to stderr, and how the program ends.
 */
#ifndef VP_DIAG_H
#define VP_DIAG_H

#include <json-c/json.h>
#include <stdbool.h>

/* The exit codes; the manual page explains them */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_REFUSED = 3,
	EXIT_BUSY = 4,
	EXIT_UNSUPPORTED = 5,
	EXIT_NOT_RESTORED = 6,
	EXIT_PARTLY = 7,
	EXIT_LOCKED = 8,
};

/*
 * One message to stderr, made harmless for a terminal, and kept for the JSON
 * document. Messages may come from several threads.
 */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same as "warning", "refused", "impossible", ... rather than "notice" */
void say_as(const char *severity, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* say() as an "error", and then give @code back */
int say_and(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* All messages so far, as an array of objects; the caller owns a reference */
struct json_object *diag_messages(void);
void diag_done(void);

/* @s with everything but printable UTF-8 written as \xNN; to be freed */
char *harmless(const char *s);

/*
 * One more of @all is done: counts it in @done, and shows "12 of 60" on a terminal.
 * May be called from several threads.
 */
void progress(unsigned int *done, unsigned int all);

/* The exit code that an errno from the switch means */
int exit_code_of(int error);

#endif
