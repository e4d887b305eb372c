// SPDX-License-Identifier: GPL-2.0
/* late: libraries that are loaded when they are first needed. */
#include "late.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

/**
 * struct library - one that is loaded late
 * @soname: its file
 * @package: which of Debian's has it
 */
struct library {
	const char *soname, *package;
};

static void *load(const struct library *library)
{
	void *loaded = dlopen(library->soname, RTLD_LAZY);

	if (!loaded)
		exit(say_and(EXIT_FAILED, "%s; on Debian the package %s has it", dlerror(),
			     library->package));
	return loaded;
}

static void find(void *loaded, const struct library *library, const char *name, void *call,
		 size_t size)
{
	void *found = dlsym(loaded, name);

	if (!found)
		exit(say_and(EXIT_FAILED, "%s has no %s: install the one of this program's release",
			     library->soname, name));
	/* POSIX lets a pointer to an object hold one to a function */
	memcpy(call, &found, size);
}

#define FIND(prefix, name) \
	find(loaded, &library, #prefix #name, &calls->name, sizeof(calls->name));

static struct late_kmod kmod_calls;

static void load_kmod(void)
{
	static const struct library library = { "libkmod.so.2", "libkmod2" };
	struct late_kmod *calls = &kmod_calls;
	void *loaded = load(&library);

	KMOD_CALLS(FIND)
}

const struct late_kmod *kmod(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_kmod);
	return &kmod_calls;
}

static struct late_mount mnt_calls;

static void load_mnt(void)
{
	static const struct library library = { "libmount.so.1", "libmount1" };
	struct late_mount *calls = &mnt_calls;
	void *loaded = load(&library);

	MOUNT_CALLS(FIND)
}

const struct late_mount *mnt(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_mnt);
	return &mnt_calls;
}

static struct late_table scols_calls;

static void load_scols(void)
{
	static const struct library library = { "libsmartcols.so.1", "libsmartcols1" };
	struct late_table *calls = &scols_calls;
	void *loaded = load(&library);

	TABLE_CALLS(FIND)
}

const struct late_table *scols(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_scols);
	return &scols_calls;
}
