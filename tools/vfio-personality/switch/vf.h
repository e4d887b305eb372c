/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vf: how VFs of a NIC are to be set up by its PF: MAC address, VLAN, rate, ...
 *
 * Users, files and journals have it as text: "0:mac=52:54:00:00:00:01,vlan=100",
 * "all:trust=on", several with blanks between them. Of a VF that several are about, the
 * last one that says a setting holds.
 */
#ifndef VP_VF_H
#define VP_VF_H

#include "path.h"

/* What the kernel sets at a time, so that what belongs to one is one */
enum vf_setting {
	VF_MAC,
	VF_VLAN,		/* NUMBER/QOS/PROTOCOL */
	VF_RATE,		/* MIN/MAX, in Mbit/s; 0 is no limit */
	VF_SPOOFCHK,
	VF_TRUST,
	VF_STATE,
	VF_SETTINGS
};

#define VF_VALUE 32

/**
 * struct vf_values - the settings of a VF
 * @v: each as a word, empty if it is not said or not known
 */
struct vf_values {
	char v[VF_SETTINGS][VF_VALUE];
};

/**
 * struct vf_table - the settings of all VFs of a PF
 * @v: by their number
 * @n: how many there are
 */
struct vf_table {
	struct vf_values *v;
	size_t n;
};

const char *vf_setting_name(enum vf_setting setting);
/* Adds @text, one of the above, to *@specs; NULL, or what is wrong */
const char *vf_add(const char **specs, const char *text);
/* The settings that @specs has for the VF of this number */
struct vf_values vf_values_of(const char *specs, unsigned long number);
/* They are about VFs that there are, if these are @vfs; NULL, or what is wrong */
const char *vf_check(const char *specs, long vfs);
/* What a VF has that nobody has set up; of what drivers decide, what most do */
bool vf_is_default(enum vf_setting setting, const char *value, bool likely);
/* "mac=...,vlan=...", to be freed */
char *vf_format(const struct vf_values *values);

/* A step's attribute "vf/3/mac", for it; and what it is about, or false if it is another */
const char *vf_attr(unsigned long number, enum vf_setting setting);
bool vf_attr_parse(const char *attr, unsigned long *number, enum vf_setting *setting);

/*
 * What the driver of the PF at @address says; @table is to be freed by vf_table_free().
 * Negative errno, -ENODEV if the PF has no network interface here
 */
int vf_read(const struct path_ctx *root, const char *address, struct vf_table *table);
void vf_table_free(struct vf_table *table);
/* Sets it, and reads it again: -EBADE if it is another then */
int vf_write(const struct path_ctx *root, const char *address, unsigned long number,
	     enum vf_setting setting, const char *value);
/*
 * The settings of the VFs of the PF at @address as text, without those that most have if
 * @unusual; interned, "" if they cannot be read
 */
const char *vf_now(const struct path_ctx *root, const char *address, bool unusual);

#endif
