// SPDX-License-Identifier: GPL-2.0
/* kmodlib: libkmod, loaded when a module is asked for first. */
#include "kmodlib.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define SONAME "libkmod.so.2"

static struct kmodlib calls;

static void find(void *library, const char *name, void *call, size_t size)
{
	void *found = dlsym(library, name);

	if (!found)
		exit(say_and(EXIT_FAILED, "%s has no %s: install the one of this program's release",
			     SONAME, name));
	/* POSIX lets a pointer to an object hold one to a function */
	memcpy(call, &found, size);
}

static void load(void)
{
	void *library = dlopen(SONAME, RTLD_LAZY);

	if (!library)
		exit(say_and(EXIT_FAILED, "%s; on Debian the package libkmod2 has it", dlerror()));
#define FIND(name) find(library, "kmod_" #name, &calls.name, sizeof(calls.name));
	KMODLIB_CALLS(FIND)
#undef FIND
}

const struct kmodlib *kmod(void)
{
	static pthread_once_t loaded = PTHREAD_ONCE_INIT;

	pthread_once(&loaded, load);
	return &calls;
}
