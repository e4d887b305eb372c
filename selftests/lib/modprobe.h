/* SPDX-License-Identifier: GPL-2.0 */
/* What modprobe has been told beforehand, as in the files of /etc/modprobe.d. */
#ifndef LIB_MODPROBE_H
#define LIB_MODPROBE_H

/*
 * Have modprobe obey @lines of modprobe.d(5) as well, in the place of those given
 * before; NULL for none. 0 or a negative errno.
 */
int modprobe_configure(const char *lines);

#endif /* LIB_MODPROBE_H */
