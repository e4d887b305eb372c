// SPDX-License-Identifier: GPL-2.0
/*
 * verb_udev: tells udev's rules what links and permissions a device file is to
 * have, as properties: VFIO_LINKS, VFIO_USER, VFIO_GROUP, VFIO_MODE.
 *
 * The argument is the device's name, a group's number or vfioN. If it is the address of
 * a function, VFIO_APPLY tells whether apply has something to do with it: "add" as it
 * appears, "bind" when its driver has been bound. No other function is read then but its
 * PF.
 */
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "instance.h"
#include "wanted.h"

/* A group's number, or the name of a vfio_device: its functions' addresses */
static struct names addresses_of(const struct machine *m, const char *node)
{
	struct names addresses = { 0 };
	char address[NAME_LEN];

	if (strncmp(node, "vfio", 4))
		return path_list(m->root, "sys/kernel/iommu_groups/%s/devices", node);
	if (!path_read_link_name(m->root, address, sizeof(address),
				 "sys/class/vfio-dev/%s/device", node))
		names_add(&addresses, address);
	return addresses;
}

/* What was saved of another device that was there does not count */
static int read_wanted(const struct machine *m, const struct function *f, struct wanted *wanted)
{
	int error = wanted_of(m, f, wanted);

	if (!error && !wanted->rule &&
	    identity_compare(&wanted->config.identity, m, f) == IDENTITY_OTHER)
		error = -EINVAL;
	return error;
}

/* Of a VF, what is said of its PF holds, unless it has something of its own */
static bool read_config(const struct machine *m, const struct function *f,
			struct config *config)
{
	struct function *pf = machine_find(m, f->pf);
	struct wanted wanted;
	int error = read_wanted(m, f, &wanted);

	if (error == -ENOENT && pf && machine_know(m, pf))
		error = read_wanted(m, pf, &wanted) ||
			(wanted.config.vfs <= 0 && !*wanted.config.create) ? -ENOENT : 0;
	if (!error)
		*config = wanted.config;
	return !error;
}

static void add_link(char **links, const char *address, const char *of, const char *suffix)
{
	char *more = xasprintf("%s%svfio/by-path/pci-%s%s%s", *links, **links ? " " : "", address,
			       of, suffix);

	free(*links);
	*links = more;
}

/* "-TYPE-NAME" of what its driver provides as @path, or NULL; to be freed */
static char *instance_suffix(const struct machine *m, const struct function *f, const char *path)
{
	const char *device = strstr(path, "/devices/"), *own;
	struct instances all = instances_of(m->root, f->address);
	const struct instance *instance;
	char *suffix = NULL;

	for_each_instance(instance, &all) {
		own = strstr(instance->sysfs, "/devices/");
		if (!suffix && device && own && !strcmp(own, device))
			suffix = xasprintf("-%s-%s", instance->type, instance->name);
	}
	instances_free(&all);
	return suffix;
}

/* What is provided beside a function is its user's as the function would be */
static void add_instance(const struct machine *m, const char *node, const char *device,
			 const char *suffix, char **links, struct config *config)
{
	struct function *f;
	char path[PATH_TEXT], *own, *copy;
	struct config one;

	if (strncmp(node, "vfio", 4) ?
	    path_read_link(m->root, path, sizeof(path), "sys/kernel/iommu_groups/%s/devices/%s",
			   node, device) :
	    path_read_link(m->root, path, sizeof(path), "sys/class/vfio-dev/%s/device", node))
		return;
	copy = xstrdup(path);
	f = machine_find_on_path(m, copy);
	free(copy);
	own = f && machine_know(m, f) ? instance_suffix(m, f, path) : NULL;
	if (own) {
		add_link(links, f->address, own, suffix);
		if (!*config->address && read_config(m, f, &one))
			*config = one;
	}
	free(own);
}

/* Only what config_parse() let through is printed */
static void print_property(const char *key, const char *value)
{
	if (*value)
		printf("VFIO_%s=%s\n", key, value);
}

static int tell_function(const struct machine *m, const struct selector *s)
{
	char address[BDF_LEN];
	struct wanted wanted;
	struct function *f;

	bdf_format(&s->bdf, address);
	f = machine_find(m, address);
	if (f && machine_know(m, f) && !wanted_of(m, f, &wanted))
		print_property("APPLY", wanted_waits(&wanted) ? "bind" : "add");
	return EXIT_DONE;
}

static int tell_node(const struct machine *m, const char *node)
{
	const char *suffix = strncmp(node, "vfio", 4) ? "" : "-cdev";
	struct names addresses = addresses_of(m, node);
	struct config config = config_empty(), one;
	char *links = xstrdup("");
	struct function *f;

	for (size_t i = 0; i < addresses.n; i++) {
		f = machine_find(m, addresses.v[i]);
		if (!f)
			add_instance(m, node, addresses.v[i], suffix, &links, &config);
		if (!f || !machine_know(m, f) || !in_vfio(f))
			continue;
		add_link(&links, f->address, "", suffix);
		if (!*config.address && read_config(m, f, &one))
			config = one;
	}
	names_free(&addresses);
	print_property("LINKS", links);
	print_property("USER", config.user);
	print_property("GROUP", config.group);
	print_property("MODE", config.mode);
	free(links);
	return EXIT_DONE;
}

int verb_udev(struct machine *m, const struct options *o)
{
	const struct selection *sel = &o->selection;

	if (sel->named_count != 1)
		return say_and(EXIT_USAGE, "udev takes the name of one VFIO device, or an address");
	if (sel->named[0].kind == SELECT_ADDRESS)
		return tell_function(m, &sel->named[0]);
	return tell_node(m, sel->named[0].text);
}
