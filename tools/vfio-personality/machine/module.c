// SPDX-License-Identifier: GPL-2.0
/*
 * module: what can be loaded or is built in, by libkmod.
 */
#include "module.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "late.h"

#define for_each(item, list) \
	for ((item) = (list); item; (item) = kmod()->list_next(list, item))

static void no_log(void *data, int priority, const char *file, int line, const char *fn,
		   const char *format, va_list args)
{
	(void)data, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)args;
}

char *module_release(const struct path_ctx *root)
{
	struct utsname kernel;
	char text[128];

	if (root->real && !uname(&kernel))
		return xstrdup(kernel.release);
	path_read(root, text, sizeof(text), "proc/sys/kernel/osrelease");
	return xstrdup(*text ? text : "6.12");
}

static struct kmod_ctx *modules_of(const struct path_ctx *root)
{
	const char *config[2] = { NULL };
	char *dir, *release, *settings;
	struct kmod_ctx *ctx;

	if (root->real)
		return kmod()->new(NULL, NULL);
	release = module_release(root);
	dir = xasprintf("%s/lib/modules/%s", root->name, release);
	free(release);
	settings = xasprintf("%s/etc/modprobe.d", root->name);
	config[0] = settings;
	ctx = kmod()->new(dir, config);
	free(settings);
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
	kmod()->set_log_fn(ctx, no_log, NULL);
	if (kmod()->module_new_from_lookup(ctx, alias, list) < 0)
		*list = NULL;
	return ctx;
}

static void lookup_done(struct kmod_ctx *ctx, struct kmod_list *list)
{
	kmod()->module_unref_list(list);
	if (ctx)
		kmod()->unref(ctx);
}

int module_load(const struct path_ctx *root, const char *name)
{
	struct kmod_list *list, *item;
	struct kmod_ctx *ctx = lookup(root, name, &list);
	struct kmod_module *module;
	int error = list ? 0 : -ENOENT;

	/* A fixture's modules are nothing for the kernel that runs */
	for_each(item, root->real ? list : NULL) {
		module = kmod()->module_get_module(item);
		error = kmod()->module_probe_insert_module(module, KMOD_PROBE_APPLY_BLACKLIST,
							   NULL, NULL, NULL, NULL);
		kmod()->module_unref(module);
	}
	lookup_done(ctx, list);
	return error > 0 ? -EACCES : error;	/* > 0: blacklisted */
}

int module_load_switch(const struct path_ctx *root)
{
	return module_load(root, SWITCH_MODULE);
}

int module_load_driver(const struct path_ctx *root, const char *driver)
{
	return path_exists(root, "sys/bus/pci/drivers/%s", driver) ? 0 :
		module_load(root, driver);
}

bool module_answers(const struct path_ctx *root, const char *alias)
{
	struct kmod_list *list;
	struct kmod_ctx *ctx = lookup(root, alias, &list);
	bool found = list;

	lookup_done(ctx, list);
	return found;
}

bool module_would_load(const struct path_ctx *root, const char *alias)
{
	struct kmod_list *list, *allowed = NULL;
	struct kmod_ctx *ctx = lookup(root, alias, &list);
	bool found;

	/* Nobody who asks by an alias gets what is blacklisted */
	found = list && !kmod()->module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, list, &allowed) &&
		allowed;
	kmod()->module_unref_list(allowed);
	lookup_done(ctx, list);
	return found;
}

bool module_index_is_there(const struct path_ctx *root)
{
	char *release = module_release(root);
	bool is = path_exists(root, "lib/modules/%s/modules.dep.bin", release);

	free(release);
	return is;
}

static bool is_yes(const char *value)
{
	return *value && (strchr("yY1", *value) || !strncmp(value, "on", 2));
}

/* The last one of "one=1 two=2" that is called @parameter counts; without a value it is set */
static bool options_set(const char *options, const char *parameter)
{
	size_t length = strlen(parameter);
	bool set = false;

	while (options && *(options += strspn(options, " "))) {
		if (!strncmp(options, parameter, length) && strchr("= ", options[length]))
			set = options[length] != '=' || is_yes(options + length + 1);
		options += strcspn(options, " ");
	}
	return set;
}

static bool would_be_set(const struct path_ctx *root, const char *module,
			 const char *parameter)
{
	struct kmod_list *list, *item;
	struct kmod_ctx *ctx = lookup(root, module, &list);
	struct kmod_module *found;
	bool set = false;

	for_each(item, list) {
		found = kmod()->module_get_module(item);
		set |= options_set(kmod()->module_get_options(found), parameter);
		kmod()->module_unref(found);
	}
	lookup_done(ctx, list);
	return set;
}

bool module_parameter_is_set(const struct path_ctx *root, const char *module,
			     const char *parameter)
{
	char text[8];

	if (path_read(root, text, sizeof(text), "sys/module/%s/parameters/%s", module,
		      parameter) < 0)
		return would_be_set(root, module, parameter);
	return is_yes(text);
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

	if (kmod()->module_get_info(module, &info) < 0)
		return UINT_MAX - 1;	/* it answers, though */
	for_each(item, info) {
		value = kmod()->module_info_get_value(item);
		if (strcmp(kmod()->module_info_get_key(item), "alias") || fnmatch(value, alias, 0))
			continue;
		count = count_wildcards(value);
		best = count < best ? count : best;
	}
	kmod()->module_info_free_list(info);
	return best;
}

/* Drivers have their module's name; only the oldest has a dash in it */
static const char *driver_of(const char *module)
{
	return strcmp(module, "vfio_pci") ? module : "vfio-pci";
}

static bool driver_is_registered(const struct path_ctx *root, const char *name)
{
	return path_exists(root, "sys/bus/pci/drivers/%s", name);
}

static bool has_module(struct kmod_list *list, const char *name)
{
	struct kmod_module *module;
	struct kmod_list *item;
	bool found = false;

	for_each(item, list) {
		module = kmod()->module_get_module(item);
		found |= !strcmp(kmod()->module_get_name(module), name);
		kmod()->module_unref(module);
	}
	return found;
}

/* "install MODULE /bin/false", as hardening guides have it */
static bool is_installed_by_nothing(struct kmod_module *module)
{
	const char *command = kmod()->module_get_install_commands(module);
	const char *program = command ? strrchr(command, '/') : NULL;

	return command && (!fnmatch("false*", program ? program + 1 : command, 0) ||
			   !fnmatch("true*", program ? program + 1 : command, 0));
}

/* The kernel asks by an alias, and does not get what modprobe.d forbids */
static bool is_barred(const struct path_ctx *root, struct kmod_module *module,
		      struct kmod_list *allowed)
{
	const char *name = kmod()->module_get_name(module);

	return !driver_is_registered(root, driver_of(name)) &&
	       (!has_module(allowed, name) || is_installed_by_nothing(module));
}

enum driver_answer module_best_vfio(const struct path_ctx *root, const struct function *f,
				    char *name, size_t size)
{
	struct kmod_list *list, *item, *allowed = NULL;
	unsigned int best = UINT_MAX, rating;
	struct kmod_module *module;
	struct kmod_ctx *ctx;
	bool barred = false;
	char alias[128];

	snprintf(alias, sizeof(alias), "vfio_pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
		 f->vendor, f->device, f->subvendor, f->subdevice, f->class >> 16,
		 f->class >> 8 & 0xff, f->class & 0xff);
	snprintf(name, size, "vfio-pci");
	ctx = lookup(root, alias, &list);
	if (list && kmod()->module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, list, &allowed))
		allowed = NULL;
	for_each(item, list) {
		module = kmod()->module_get_module(item);
		rating = rate(module, alias);
		if (is_barred(root, module, allowed)) {
			barred = true;
		} else if (rating < best) {
			best = rating;
			snprintf(name, size, "%s", driver_of(kmod()->module_get_name(module)));
		}
		kmod()->module_unref(module);
	}
	kmod()->module_unref_list(allowed);
	lookup_done(ctx, list);
	if (best < UINT_MAX || driver_is_registered(root, name))
		return DRIVER_FINE;
	if (barred)
		return DRIVER_BARRED;
	return module_index_is_there(root) ? DRIVER_MISSING : DRIVER_UNSEEN;
}

/* One that is for VFIO says so in an alias */
static bool is_for_vfio(struct kmod_module *module)
{
	struct kmod_list *info = NULL, *item;
	bool found = false;

	if (kmod()->module_get_info(module, &info) < 0)
		return true;	/* it may be */
	for_each(item, info)
		found |= !strcmp(kmod()->module_info_get_key(item), "alias") &&
			 !strncmp(kmod()->module_info_get_value(item), "vfio_pci:", 9);
	kmod()->module_info_free_list(info);
	return found;
}

enum driver_answer module_ask_driver(const struct path_ctx *root, const char *name)
{
	enum driver_answer answer = DRIVER_NOT_VFIO;
	bool registered = driver_is_registered(root, name);
	char module_name[NAME_LEN];
	struct kmod_list *list, *item;
	struct kmod_module *module;
	struct kmod_ctx *ctx;

	if (registered && !strcmp(name, "vfio-pci"))
		return DRIVER_FINE;
	/* A driver need not be called as its module is */
	if (!registered || path_read_link_name(root, module_name, sizeof(module_name),
					       "sys/bus/pci/drivers/%s/module", name))
		snprintf(module_name, sizeof(module_name), "%s", name);
	ctx = lookup(root, module_name, &list);
	/* Of one that is built in, perhaps only the name tells */
	if (!list && registered && strstr(name, "vfio"))
		answer = DRIVER_FINE;
	else if (!list && !module_index_is_there(root))
		answer = DRIVER_UNSEEN;
	else if (!list && !registered)
		answer = DRIVER_MISSING;
	for_each(item, list) {
		module = kmod()->module_get_module(item);
		if (is_for_vfio(module))
			answer = DRIVER_FINE;
		kmod()->module_unref(module);
	}
	lookup_done(ctx, list);
	return answer;
}
