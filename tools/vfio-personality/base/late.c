// SPDX-License-Identifier: GPL-2.0
/* late: libraries that are loaded when they are first needed. */
#include "late.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

/**
 * struct call - a function of a library's
 * @name: its name there
 * @to: the pointer that it is called by
 */
struct call {
	const char *name;
	void *to;
};

/**
 * struct library - one that is loaded late
 * @soname: its file
 * @package: which of Debian's has it
 * @calls: what is called of it; one without a name ends them
 * @loaded: it is there
 */
struct library {
	const char *soname, *package;
	const struct call *calls;
	bool loaded;
};

static void load(const struct library *library)
{
	void *loaded = dlopen(library->soname, RTLD_LAZY), *found;
	const struct call *call;

	if (!loaded)
		exit(say_and(EXIT_FAILED, "%s; on Debian the package %s has it", dlerror(),
			     library->package));
	for (call = library->calls; call->name; call++) {
		found = dlsym(loaded, call->name);
		if (!found)
			exit(say_and(EXIT_FAILED,
				     "%s has no %s: install the one of this program's release",
				     library->soname, call->name));
		/* POSIX lets a pointer to an object hold one to a function */
		memcpy(call->to, &found, sizeof(found));
	}
}

/* Once, whichever thread is the first */
static void need(struct library *library)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	if (!library->loaded)
		load(library);
	library->loaded = true;
	pthread_mutex_unlock(&lock);
}

#define CALL(prefix, function) { #prefix #function, &calls.function },

/* The function by which @name's CALLS are had, see late.h */
#define LIBRARY(name, CALLS, soname, package)				\
const struct late_##name *(name)(void)					\
{									\
	static struct late_##name calls;				\
	static const struct call wanted[] = { CALLS(CALL) { 0 } };	\
	static struct library library = { soname, package, wanted, false }; \
									\
	need(&library);							\
	return &calls;							\
}

LIBRARY(kmod, KMOD_CALLS, "libkmod.so.2", "libkmod2")
LIBRARY(mnt, MNT_CALLS, "libmount.so.1", "libmount1")
LIBRARY(scols, SCOLS_CALLS, "libsmartcols.so.1", "libsmartcols1")
LIBRARY(udev, UDEV_CALLS, "libudev.so.1", "libudev1")
LIBRARY(pci, PCI_CALLS, "libpci.so.3", "libpci3")
