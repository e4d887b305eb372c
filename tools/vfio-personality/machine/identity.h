/* SPDX-License-Identifier: GPL-2.0 */
/*
 * identity: which device a function is, when addresses have moved or there are two
 * of one model.
 */
#ifndef VP_IDENTITY_H
#define VP_IDENTITY_H

#include "function.h"

/* Room for a path of bridges, and for serial numbers */
#define IDENTITY_LEN 192

enum identity_match {
	IDENTITY_SAME,		/* as far as one can tell */
	IDENTITY_SURE,		/* a serial number says so */
	IDENTITY_OPEN,		/* there are others like it, and its driver must tell which it is */
	IDENTITY_OTHER,
};

/**
 * struct identity - what tells a device from others
 * @vendor: with @device, @subvendor and @subdevice its model
 * @path: the bridges that lead to it, as numbers of slots, empty if not known. Numbers
 *	of buses change with what is plugged in
 * @serials: "dsn:…" (PCIe's), "nvme:…", "mac:…", with commas between; those that are
 *	known, which takes a driver for the latter two
 */
struct identity {
	unsigned int vendor, device, subvendor, subdevice;
	char path[IDENTITY_LEN];
	char serials[IDENTITY_LEN];
};

struct identity identity_of(const struct machine *m, const struct function *f);
/* Only the path of it, which takes no look at the device; @size is IDENTITY_LEN */
void identity_path(const struct machine *m, const struct function *f, char *path, size_t size);
/*
 * The slots that @f is plugged into, as the firmware calls them: where it is itself, or a
 * bridge that leads to it; of a VF, its PF's
 */
struct names identity_slots(const struct machine *m, const struct function *f);
/* Is @f the device that @saved is about? */
enum identity_match identity_compare(const struct identity *saved, const struct machine *m,
				     const struct function *f);
/* The function that has the serial number of @saved, or NULL */
struct function *identity_find(const struct identity *saved, struct machine *m);
/* @saved can be told from others of its model by its driver only, and there are others */
bool identity_needs_driver(const struct identity *saved, const struct machine *m,
			   const struct function *f);
/*
 * @f, whose driver has not told, is in the place that was saved, and all others of the model
 * have told that they are not @saved
 */
bool identity_is_last(const struct identity *saved, const struct machine *m,
		      const struct function *f);

#endif
