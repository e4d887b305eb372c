/* SPDX-License-Identifier: GPL-2.0 */
/* Commands of iproute2 and the like, as an administrator types them. */
#ifndef LIB_SHELL_H
#define LIB_SHELL_H

/* What the command, printf()'s way, has exited with: 0 if all is well */
int shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* LIB_SHELL_H */
