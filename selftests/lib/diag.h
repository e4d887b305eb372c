/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Diagnostics. The library's functions return 0 or a negative errno and say
 * here, once and where it is known, what went wrong.
 */
#ifndef LIB_DIAG_H
#define LIB_DIAG_H

/* Print one line, as a KTAP comment, on stderr */
void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same, followed by the name of @error (negative); returns @error */
int diag_error(int error, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* LIB_DIAG_H */
