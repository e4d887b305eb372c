// SPDX-License-Identifier: GPL-2.0
/*
 * instance_make: creates and destroys vfio_devices that a function's driver provides.
 */
#include "instance_make.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "describe.h"
#include "denied.h"
#include "diag.h"
#include "holders.h"
#include "interrupt.h"
#include "journal.h"
#include "module.h"

#define PROVIDER_MODULE "vfio-provider"

/* What is a word for a module as well: vfio-provider-vf provides VFs of any PF */
#define VF_TYPE "vf"
#define VF_MODULE PROVIDER_MODULE "-" VF_TYPE

/* The rest of @making follows from what it is about */
static void name_it(struct making *making)
{
	const struct instance_name *wanted = making->wanted;

	making->name = xasprintf("%s/%s/%s", making->address, wanted->type, wanted->name);
	making->what = xasprintf("%s: %s/%s", making->address, wanted->type, wanted->name);
	making->result = "done";
}

static bool read_now(const struct making *making, struct instance *now)
{
	return instance_read(making->root, making->address, making->wanted->type,
			     making->wanted->name, now);
}

int making_begin(struct locks *locks, const struct machine *m, unsigned long timeout)
{
	int error = journal_make_dir(m->root);

	if (error)
		return say_and(EXIT_FAILED, "/" RUN_DIR ": %s", error_text(m->root, -error));
	interrupt_catch();
	return locks_take(locks, m, timeout);
}

static int fail(struct making *making, int code)
{
	making->result = code == EXIT_REFUSED || code == EXIT_BUSY ? "refused" : "failed";
	return code;
}

static void plan(struct making *making, const char *attribute, const char *value)
{
	struct json_object *o = json_object_new_object();
	char *file = xasprintf("/" INSTANCE_DIR "/%s/%s", making->name, attribute);

	if (!making->writes)
		making->writes = json_object_new_array();
	json_object_object_add(o, "address", json_text(making->address));
	json_object_object_add(o, "attribute", json_text(file));
	json_object_object_add(o, "value", json_text(value));
	json_object_array_add(making->writes, o);
	free(file);
}

/*
 * What brings the folder of @type into being, as far as modules do; negative errno. The
 * driver that provides the type has brought vfio-provider, and this has brought configfs.
 */
static int load(const struct making *making)
{
	const struct path_ctx *root = making->root;
	bool is_vf = !strcmp(making->wanted->type, VF_TYPE);
	int error = 0;

	if (making->dry_run)
		return 0;
	if (is_vf && !path_exists(root, "sys/module/vfio_provider_vf"))
		error = module_load(root, VF_MODULE);
	else if (!path_exists(root, "sys/module/vfio_provider"))
		error = module_load(root, PROVIDER_MODULE);
	if (!error && root->real && !path_exists(root, INSTANCE_DIR) &&
	    mount("configfs", "/" CONFIGFS, "configfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) &&
	    errno != EBUSY)
		error = -errno;
	return error;
}

static int explain_load(const struct making *making, int error)
{
	const char *module = strcmp(making->wanted->type, VF_TYPE) ? PROVIDER_MODULE : VF_MODULE;

	if (error == -ENOENT)
		return say_and(EXIT_UNSUPPORTED,
			       "%s: the module %s is not there for this kernel; install it, as vfio-personality doctor tells of %s",
			       making->address, module, SWITCH_MODULE);
	return say_and(exit_code_of(error),
		       "%s: the module %s cannot be loaded, or configfs cannot be mounted: %s; try: modprobe %s && mount -t configfs none /%s",
		       making->address, module, strerror(-error), module, CONFIGFS);
}

static char *list_types(const struct path_ctx *root, const char *address)
{
	struct names types = path_list(root, INSTANCE_DIR "/%s", address);
	char *text = names_told(&types, types.n);

	names_free(&types);
	return text;
}

/* Why the function has no folder of that type */
static int explain_type(const struct making *making)
{
	const struct function *f = making->f;
	char *types = list_types(making->root, making->address);
	int code;

	if (f && in_vfio(f))
		code = say_and(EXIT_REFUSED,
			       "%s: it is in VFIO itself, so its driver provides nothing; first: vfio-personality disable %s",
			       making->address, making->address);
	else if (*types)
		code = say_and(EXIT_UNSUPPORTED, "%s: it provides no %s; there are: %s",
			       making->address, making->wanted->type, types);
	else if (f && !*f->driver)
		code = say_and(EXIT_UNSUPPORTED,
			       "%s: no driver is bound, which could provide %s; load the driver, or: echo %s > /sys/bus/pci/drivers_probe",
			       making->address, making->wanted->type, making->address);
	else if (making->dry_run && !path_exists(making->root, INSTANCE_DIR))
		code = say_and(EXIT_UNSUPPORTED,
			       "%s: what it provides cannot be seen before %s is loaded and configfs is on /%s; without -n they are",
			       making->address, PROVIDER_MODULE, CONFIGFS);
	else
		code = say_and(EXIT_UNSUPPORTED,
			       "%s: its driver %s provides no vfio_devices; it may be in a module of its own, as edu-slice is",
			       making->address, f ? f->driver : "is gone and");
	free(types);
	return code;
}

static int make_ready(struct making *making)
{
	int error;

	/* A driver that has given it to VFIO by its own method keeps the folder */
	if (making->f && in_vfio(making->f))
		return explain_type(making);
	if (path_exists(making->root, INSTANCE_DIR "/%s/%s", making->address,
			making->wanted->type))
		return EXIT_DONE;
	error = load(making);
	if (error)
		return explain_load(making, error);
	return path_exists(making->root, INSTANCE_DIR "/%s/%s", making->address,
			   making->wanted->type) ? EXIT_DONE : explain_type(making);
}

/* The kernel has said it in a sentence, where it has */
static int explain_write(const struct making *making, int error, const char *attribute,
			 const char *value)
{
	char why[512];

	path_read(making->root, why, sizeof(why), INSTANCE_DIR "/%s/last_error", making->name);
	if (interrupt_came())
		return say_and(EXIT_FAILED, "%s: interrupted", making->what);
	return say_and(exit_code_of(error), "%s: %s=%s: %s", making->what, attribute, value,
		       *why && !is_denial(-error) ? why : error_text(making->root, -error));
}

/* Cuts "KEY=VALUE": gives KEY, to be freed; @value is in @setting, and may be NULL */
static char *cut_setting(const char *setting, const char **value)
{
	size_t len = strcspn(setting, "=");

	if (value)
		*value = setting + len + 1;
	return xasprintf("%.*s", (int)len, setting);
}

static struct names attributes_of(const struct instance *instance)
{
	struct names keys = { 0 };
	char *key;

	for (size_t i = 0; i < instance->settings.n; i++) {
		key = cut_setting(instance->settings.v[i], NULL);
		names_add(&keys, key);
		free(key);
	}
	return keys;
}

/* Which there are is known once there is one of its type */
static int check_attributes(const struct making *making, const struct instance *instance)
{
	const struct names *wanted = &making->wanted->settings;
	struct names known = attributes_of(instance);
	char *text = names_told(&known, known.n), *key;
	int code = EXIT_DONE;

	for (size_t i = 0; !code && i < wanted->n; i++) {
		key = cut_setting(wanted->v[i], NULL);
		if (!names_have(&known, key))
			code = say_and(EXIT_USAGE, "%s: there is no attribute %s; %s%s",
				       making->what, key, *text ? "there are: " :
				       "this type has none", text);
		free(key);
	}
	names_free(&known);
	free(text);
	return code;
}

/* "KEY=VALUE" */
static int write_setting(struct making *making, const char *setting)
{
	const char *value;
	char *key = cut_setting(setting, &value);
	int error = path_write(making->root, value, INSTANCE_DIR "/%s/%s", making->name, key);
	int code = error ? explain_write(making, error, key, value) : EXIT_DONE;

	free(key);
	return code;
}

static bool has(const struct instance *now, char **setting)
{
	struct instance_name one = { .settings = { .v = setting, .n = 1 } };

	return instance_agrees(now, &one);
}

/* What it has already is not written: an attribute may be one to read, or be empty */
static int write_settings(struct making *making, const struct instance *now)
{
	const struct names *settings = &making->wanted->settings;
	int code = EXIT_DONE;

	for (size_t i = 0; !code && i < settings->n; i++)
		if (!has(now, &settings->v[i]))
			code = write_setting(making, settings->v[i]);
	return code;
}

static bool is_same_attribute(const char *setting, const char *other)
{
	size_t len = strcspn(setting, "=");

	return len == strcspn(other, "=") && !strncmp(setting, other, len);
}

/* That it is not live any more, or is not there, needs no words if it never was */
static void go_back(struct making *making, const struct instance *before, bool was_there)
{
	const struct names *wanted = &making->wanted->settings;
	int error = 0;

	if (!was_there) {
		error = path_rmdir(making->root, INSTANCE_DIR "/%s", making->name);
	} else {
		for (size_t w = 0; w < wanted->n; w++)
			for (size_t i = 0; i < before->settings.n; i++)
				if (is_same_attribute(wanted->v[w], before->settings.v[i]))
					write_setting(making, before->settings.v[i]);
	}
	if (error)
		say_as("error", "%s: it stays, not live, as it cannot be removed: %s",
		       making->what, strerror(-error));
}

static int make(struct making *making)
{
	int error = path_mkdir(making->root, INSTANCE_DIR "/%s", making->name);

	switch (error) {
	case 0:
		return EXIT_DONE;
	case -ENOSPC:
		return say_and(EXIT_UNSUPPORTED,
			       "%s: there is no room for one more; destroy another, or, of VFs, have more by enable --vfs",
			       making->what);
	default:
		return say_and(exit_code_of(error), "%s: it cannot be made: %s",
			       making->what, strerror(-error));
	}
}

static int configure(struct making *making, const struct instance *now)
{
	int code = check_attributes(making, now), error;

	if (!code)
		code = write_settings(making, now);
	if (code)
		return code;
	error = path_write(making->root, "1", INSTANCE_DIR "/%s/live", making->name);
	return error ? explain_write(making, error, "live", "1") : EXIT_DONE;
}

/* It is live: that is what is wanted, or it has to go first */
static int take_as_is(struct making *making, const struct instance *now)
{
	if (instance_agrees(now, making->wanted)) {
		making->result = "already";
		return EXIT_DONE;
	}
	return say_and(EXIT_REFUSED,
		       "%s: it is live already, with other settings (status tells them); first: vfio-personality destroy %s",
		       making->what, making->name);
}

static void plan_setting(struct making *making, const char *setting)
{
	const char *value;
	char *key = cut_setting(setting, &value);

	plan(making, key, value);
	free(key);
}

static int plan_create(struct making *making, const struct instance *now, bool is_there)
{
	const struct names *settings = &making->wanted->settings;
	unsigned long available = 1;
	int code = is_there ? check_attributes(making, now) : EXIT_DONE;

	if (code)
		return code;
	path_read_number(making->root, &available, INSTANCE_DIR "/%s/%s/available",
			 making->address, making->wanted->type);
	if (!available)
		return say_and(EXIT_UNSUPPORTED,
			       "%s: as many %s as there can be are live; destroy another first",
			       making->what, making->wanted->type);
	for (size_t i = 0; i < settings->n; i++)
		plan_setting(making, settings->v[i]);
	plan(making, "live", "1");
	making->result = "planned";
	return EXIT_DONE;
}

static int create(struct making *making)
{
	struct instance before, now;
	bool was_there = read_now(making, &before);
	int code = EXIT_DONE;

	if (was_there && before.live) {
		code = take_as_is(making, &before);
		goto out;
	}
	if (making->dry_run) {
		code = plan_create(making, &before, was_there);
		goto out;
	}
	if (!was_there)
		code = make(making);
	if (code)
		goto out;
	read_now(making, &now);
	code = configure(making, &now);
	instance_free(&now);
	if (code)
		go_back(making, &before, was_there);
	making->made = !code && !was_there;
out:
	instance_free(&before);
	return code;
}

int instance_create(struct making *making)
{
	int code;

	name_it(making);
	code = make_ready(making);
	if (!code)
		code = create(making);
	return code ? fail(making, code) : EXIT_DONE;
}

/* Who made a typing error is helped by what there is */
static int explain_absent(const struct making *making)
{
	struct instances all = instances_of(making->root, making->address);
	const struct instance *instance;
	struct names names = { 0 };
	char *text;
	int code;

	for_each_instance(instance, &all) {
		text = xasprintf("%s/%s", instance->type, instance->name);
		names_add(&names, text);
		free(text);
	}
	text = names_told(&names, names.n);
	code = say_and(EXIT_UNSUPPORTED, "%s: it is not there; %s%s", making->what,
		       *text ? "there are: " : "nothing has been created on this function", text);
	free(text);
	names_free(&names);
	instances_free(&all);
	return code;
}

static int end(struct making *making, const struct instance *instance)
{
	int error = path_write(making->root, "0", INSTANCE_DIR "/%s/live", making->name);
	int code;

	if (!error)
		return EXIT_DONE;
	code = explain_write(making, error, "live", "0");
	if (error == -EBUSY)
		holders_tell_of(making->root, making->address, &instance->nodes,
				instance->sysfs);
	return code;
}

static int destroy(struct making *making, const struct instance *instance)
{
	int code = EXIT_DONE, error;

	if (making->dry_run) {
		plan(making, "live", "0");
		making->result = "planned";
		return EXIT_DONE;
	}
	if (instance->live)
		code = end(making, instance);
	if (code)
		return code;
	error = path_rmdir(making->root, INSTANCE_DIR "/%s", making->name);
	return error ? say_and(exit_code_of(error),
			       "%s: it is not live any more, but cannot be removed: %s; try again",
			       making->what, strerror(-error)) : EXIT_DONE;
}

int instance_destroy(struct making *making)
{
	struct instance instance;
	bool is_there = read_now(making, &instance);
	int code;

	name_it(making);
	code = is_there ? destroy(making, &instance) : explain_absent(making);
	instance_free(&instance);
	return code ? fail(making, code) : EXIT_DONE;
}

static int plan_configured(struct making *making, const struct instance *now, bool is_there)
{
	const struct names *settings = &making->wanted->settings;

	if (now->live)
		plan(making, "live", "0");
	for (size_t i = 0; i < settings->n; i++)
		if (!is_there || !has(now, &settings->v[i]))
			plan_setting(making, settings->v[i]);
	making->result = is_there && !making->writes ? "already" : "planned";
	return EXIT_DONE;
}

/* Nothing became of it: @code says why */
static int live_again(struct making *making, int code)
{
	int error = path_write(making->root, "1", INSTANCE_DIR "/%s/live", making->name);

	if (!error)
		return code;
	explain_write(making, error, "live", "1");
	say_as("error", "%s: so it is not live any more; do: vfio-personality create %s",
	       making->what, making->name);
	return EXIT_NOT_RESTORED;
}

/* There, with all its settings, and not live */
static int set_back_configured(struct making *making, const struct instance *before,
			       bool was_there)
{
	struct instance now;
	int code = EXIT_DONE;

	if (was_there && !before->live && instance_agrees(before, making->wanted)) {
		making->result = "already";
		return EXIT_DONE;
	}
	if (!was_there)
		code = make(making);
	else if (before->live)
		code = end(making, before);
	if (code)
		return code;
	read_now(making, &now);
	code = write_settings(making, &now);
	instance_free(&now);
	if (!code)
		return EXIT_DONE;
	go_back(making, before, was_there);
	return before->live ? live_again(making, code) : code;
}

static int make_configured(struct making *making)
{
	struct instance before;
	bool was_there;
	int code;

	name_it(making);
	code = make_ready(making);
	if (!code) {
		was_there = read_now(making, &before);
		code = making->dry_run ? plan_configured(making, &before, was_there) :
					 set_back_configured(making, &before, was_there);
		instance_free(&before);
	}
	return code ? fail(making, code) : EXIT_DONE;
}

int instance_set_back(struct making *making, enum instance_was was)
{
	if (was == INSTANCE_LIVE)
		return instance_create(making);
	if (was == INSTANCE_CONFIGURED)
		return make_configured(making);
	if (path_exists(making->root, INSTANCE_DIR "/%s/%s/%s", making->address,
			making->wanted->type, making->wanted->name))
		return instance_destroy(making);
	name_it(making);
	making->result = "already";
	return EXIT_DONE;
}

/* What its settings are now does not matter to anybody before it is live */
void instance_revoke(struct making *making)
{
	struct instance now;

	if (!strcmp(making->result, "done") &&
	    read_now(making, &now)) {
		if (making->made)
			destroy(making, &now);
		else
			end(making, &now);
		instance_free(&now);
	}
	making->result = "failed";
}

struct json_object *making_json(const struct making *making, bool table)
{
	struct json_object *o = json_object_new_object();
	struct instance now;
	char *name = xasprintf("%s%s%s/%s", table ? making->address : "", table ? "/" : "",
			       making->wanted->type, making->wanted->name);
	bool there = read_now(making, &now);

	json_object_object_add(o, "address", json_text(table ? name : making->address));
	json_object_object_add(o, "instance", json_text(name));
	json_object_object_add(o, "result", json_text(making->result));
	json_object_object_add(o, "iommu_group", now.group < 0 ? NULL :
			       json_object_new_int64(now.group));
	json_object_object_add(o, "vfio_device", json_text(now.vfio_device));
	json_object_object_add(o, "nodes", json_names(&now.nodes));
	json_object_object_add(o, "sysfs", json_text(now.sysfs));
	if (there)
		json_object_object_add(o, "settings", json_names(&now.settings));
	if (making->writes)
		json_object_object_add(o, "writes", json_object_get(making->writes));
	instance_free(&now);
	free(name);
	return o;
}

void making_free(struct making *making)
{
	json_object_put(making->writes);
	free(making->name);
	free(making->what);
	making->writes = NULL;
	making->name = NULL;
	making->what = NULL;
}
