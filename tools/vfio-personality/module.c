// SPDX-License-Identifier: GPL-2.0
/*
 * module: what can be loaded or is built in, by libkmod.
 */
#include "module.h"

#include <errno.h>
#include <fnmatch.h>
#include <libkmod.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void no_log(void *data, int priority, const char *file, int line, const char *fn,
		   const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)args;
}

static struct kmod_ctx *modules_of(const struct path_ctx *root)
{
	static const char *const no_config;
	struct kmod_ctx *ctx;
	char *dir;

	if (root->real)
		return kmod_new(NULL, NULL);
	dir = xasprintf("%s/lib/modules/6.12", root->name);
	ctx = kmod_new(dir, &no_config);
	free(dir);
	return ctx;
}

/* The modules that answer to @alias, in @list; those that are built in as well */
static struct kmod_ctx *lookup(const struct path_ctx *root, const char *alias,
			       struct kmod_list **list)
{
	struct kmod_ctx *ctx = modules_of(root);

	*list = NULL;
	if (!ctx)
		return NULL;
	/* What fails is told by its errno; libkmod would write to stderr as well */
	kmod_set_log_fn(ctx, no_log, NULL);
	if (kmod_module_new_from_lookup(ctx, alias, list) < 0)
		*list = NULL;
	return ctx;
}

static void lookup_done(struct kmod_ctx *ctx, struct kmod_list *list)
{
	kmod_module_unref_list(list);
	if (ctx)
		kmod_unref(ctx);
}

int module_load_switch(const struct path_ctx *root)
{
	struct kmod_list *list, *item;
	struct kmod_ctx *ctx = lookup(root, SWITCH_MODULE, &list);
	struct kmod_module *module;
	int error = -ENOENT;

	kmod_list_foreach(item, list) {
		module = kmod_module_get_module(item);
		error = kmod_module_probe_insert_module(module, KMOD_PROBE_APPLY_BLACKLIST, NULL,
							NULL, NULL, NULL);
		kmod_module_unref(module);
	}
	lookup_done(ctx, list);
	return error > 0 ? -EACCES : error;	/* > 0: blacklisted */
}

bool module_answers(const struct path_ctx *root, const char *alias)
{
	struct kmod_list *list;
	struct kmod_ctx *ctx = lookup(root, alias, &list);
	bool found = list;

	lookup_done(ctx, list);
	return found;
}

static unsigned int count_wildcards(const char *alias)
{
	unsigned int count = 0;

	while ((alias = strchr(alias, '*'))) {
		count++;
		alias++;
	}
	return count;
}

/* Of the aliases of @module that match, the fewest wildcards */
static unsigned int rate(struct kmod_module *module, const char *alias)
{
	struct kmod_list *info = NULL, *item;
	unsigned int best = UINT_MAX, count;
	const char *value;

	if (kmod_module_get_info(module, &info) < 0)
		return UINT_MAX - 1;	/* it answers, though */
	kmod_list_foreach(item, info) {
		value = kmod_module_info_get_value(item);
		if (strcmp(kmod_module_info_get_key(item), "alias") || fnmatch(value, alias, 0))
			continue;
		count = count_wildcards(value);
		best = count < best ? count : best;
	}
	kmod_module_info_free_list(info);
	return best;
}

/* Drivers have their module's name; only the oldest has a dash in it */
static const char *driver_of(const char *module)
{
	return strcmp(module, "vfio_pci") ? module : "vfio-pci";
}

void module_best_vfio(const struct path_ctx *root, const struct function *f, char *name,
		      size_t size)
{
	struct kmod_list *list, *item;
	unsigned int best = UINT_MAX, rating;
	struct kmod_module *module;
	struct kmod_ctx *ctx;
	char alias[128];

	snprintf(alias, sizeof(alias), "vfio_pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
		 f->vendor, f->device, f->subvendor, f->subdevice, f->class >> 16,
		 f->class >> 8 & 0xff, f->class & 0xff);
	snprintf(name, size, "vfio-pci");
	ctx = lookup(root, alias, &list);
	kmod_list_foreach(item, list) {
		module = kmod_module_get_module(item);
		rating = rate(module, alias);
		if (rating < best) {
			best = rating;
			snprintf(name, size, "%s", driver_of(kmod_module_get_name(module)));
		}
		kmod_module_unref(module);
	}
	lookup_done(ctx, list);
}
