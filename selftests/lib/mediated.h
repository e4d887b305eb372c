/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mediated devices, as /sys/bus/mdev has them. Functions return 0 or a negative errno.
 */
#ifndef LIB_MEDIATED_H
#define LIB_MEDIATED_H

#include "pci.h"

/* Why this kernel has none, or NULL */
const char *mediated_lacks(void);

/* Load the front end of providers for them, and unload it */
int mediated_setup(void);
int mediated_teardown(void);

/* Create the @n-th of @type of @parent; @uuid is its name */
int mediated_create(const char *parent, const char *type, int n, char uuid[PCI_NAME_LEN]);

/* Waits for its user */
int mediated_remove(const char *uuid);

/* How many more there can be */
long mediated_available(const char *parent, const char *type);

#endif /* LIB_MEDIATED_H */
