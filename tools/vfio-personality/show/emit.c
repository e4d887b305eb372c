// SPDX-License-Identifier: GPL-2.0
/*
 * emit: what the next program needs to be told of functions that are in VFIO, and of what
 * has been created on functions.
 */
#include "emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdi.h"
#include "diag.h"
#include "nodes.h"

#define for_each_emitted(e, all) for ((e) = (all)->v; (e) < (all)->v + (all)->n; (e)++)

/* What libvirt has a word for, and QEMU takes by iommufd, of all that is not PCI */
static bool is_mediated(const struct machine *m, const struct instance *instance)
{
	char bus[NAME_LEN];

	return !path_read_link_name(m->root, bus, sizeof(bus), "%s/subsystem",
				    instance->sysfs + 1) && !strcmp(bus, "mdev");
}

static const char *uuid_of(const struct instance *instance)
{
	return strrchr(instance->sysfs, '/') + 1;
}

static struct names nodes_of_emitted(const struct machine *m, const struct emitted *e)
{
	struct names nodes = { 0 };

	if (e->f)
		return nodes_of(m, e->f);
	for (size_t i = 0; i < e->instance.nodes.n; i++)
		names_add(&nodes, e->instance.nodes.v[i]);
	return nodes;
}

/* It can be had through iommufd, by a device file of its own */
static bool has_cdev(const struct machine *m, const struct emitted *e)
{
	if (!path_exists(m->root, "dev/iommu"))
		return false;
	if (e->f)
		return path_exists(m->root, SYS_PCI "/%s/vfio-dev/%s/dev", e->address,
				   e->f->vfio_device);
	return is_mediated(m, &e->instance) &&
	       path_exists(m->root, "%s/vfio-dev/%s/dev", e->instance.sysfs + 1,
			   e->instance.vfio_device);
}

/* Options, to be put at the end of a command */
static bool emit_qemu(FILE *to, const struct machine *m, const struct emissions *all)
{
	const struct emitted *e;
	bool iommufd = true;

	for_each_emitted(e, all)
		iommufd &= has_cdev(m, e);
	if (iommufd)
		fputs("-object iommufd,id=iommufd0", to);
	for_each_emitted(e, all)
		fprintf(to, "%s-device vfio-pci,%s%s%s", iommufd || e != all->v ? " " : "",
			e->f ? "host=" : "sysfsdev=", e->f ? e->address : e->instance.sysfs,
			iommufd ? ",iommufd=iommufd0" : "");
	fputc('\n', to);
	return true;
}

/* managed='no': nobody but us binds and unbinds it */
static void emit_hostdev(FILE *to, const struct function *f)
{
	fprintf(to,
		"<hostdev mode='subsystem' type='pci' managed='no'>\n"
		"  <driver name='vfio'/>\n"
		"  <source>\n"
		"    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n"
		"  </source>\n"
		"</hostdev>\n",
		f->bdf.domain, f->bdf.bus, f->bdf.slot, f->bdf.func);
}

static void emit_mediated(FILE *to, const struct instance *instance)
{
	fprintf(to,
		"<hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci'>\n"
		"  <source>\n"
		"    <address uuid='%s'/>\n"
		"  </source>\n"
		"</hostdev>\n",
		uuid_of(instance));
}

static bool emit_libvirt(FILE *to, const struct machine *m, const struct emissions *all)
{
	const struct emitted *e;

	for_each_emitted(e, all) {
		if (e->f) {
			emit_hostdev(to, e->f);
		} else if (is_mediated(m, &e->instance)) {
			emit_mediated(to, &e->instance);
		} else {
			say_as("error",
			       "%s: %s/%s is no mediated device, and libvirt takes no other that is not PCI; have one by mdevctl and the module vfio-provider-mdev, or give QEMU this one: vfio-personality emit qemu %s/%s/%s",
			       e->address, e->instance.type, e->instance.name, e->address,
			       e->instance.type, e->instance.name);
			return false;
		}
	}
	return true;
}

static bool emit_cdi(FILE *to, const struct machine *m, const struct emissions *all)
{
	const struct function **functions = xcalloc(all->n + 1, sizeof(*functions));
	const struct emitted *e;
	struct json_object *spec;
	bool ok = true;

	for_each_emitted(e, all) {
		if (!e->f)
			say_as("error",
			       "%s: %s/%s cannot be in a specification, which is about functions; for its device files: vfio-personality emit podman %s/%s/%s",
			       e->address, e->instance.type, e->instance.name, e->address,
			       e->instance.type, e->instance.name);
		ok &= !!e->f;
		functions[e - all->v] = e->f;
	}
	if (ok) {
		spec = cdi_spec(m, functions);
		fprintf(to, "%s\n",
			json_object_to_json_string_ext(spec, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(spec);
	}
	free(functions);
	return ok;
}

static void add_once(struct names *names, const char *name)
{
	if (!names_have(names, name))
		names_add(names, name);
}

/*
 * By the CDI specification, if there is one; else by device files. A guest's memory is
 * locked, and containers may lock little by default.
 */
static bool emit_podman(FILE *to, const struct machine *m, const struct emissions *all)
{
	const struct emitted *e;
	struct names devices = { 0 }, nodes;
	char *name;

	for_each_emitted(e, all) {
		if (e->f && cdi_exists(m->root, e->address)) {
			name = xasprintf(CDI_KIND "=%s", e->address);
			names_add(&devices, name);
			free(name);
			continue;
		}
		nodes = nodes_of_emitted(m, e);
		for (size_t i = 0; i < nodes.n; i++) {
			add_once(&devices, strstr(nodes.v[i], "/devices/") ? "/dev/iommu" :
				 "/dev/vfio/vfio");
			add_once(&devices, nodes.v[i]);
		}
		names_free(&nodes);
	}
	for (size_t i = 0; i < devices.n; i++)
		fprintf(to, "--device %s ", devices.v[i]);
	fputs("--ulimit memlock=-1:-1\n", to);
	names_free(&devices);
	return true;
}

/* "/dev/vfio/by-path/pci-0000:00:03.0-edu-slice-guest7"; to be freed */
static char *link_of(const struct emitted *e)
{
	return e->f ? xasprintf("/dev/vfio/by-path/pci-%s", e->address) :
	       xasprintf("/dev/vfio/by-path/pci-%s-%s-%s", e->address, e->instance.type,
			 e->instance.name);
}

/* The names that last, where udev has made them */
static bool emit_link(FILE *to, const struct machine *m, const struct emissions *all)
{
	const struct emitted *e;
	struct names nodes;
	char *link, *whole;

	for_each_emitted(e, all) {
		nodes = nodes_of_emitted(m, e);
		link = link_of(e);
		for (size_t i = 0; i < nodes.n; i++) {
			whole = xasprintf("%s%s", link,
					  strstr(nodes.v[i], "/devices/") ? "-cdev" : "");
			fprintf(to, "%s\n", path_exists(m->root, "%s", whole + 1) ? whole :
				nodes.v[i]);
			free(whole);
		}
		free(link);
		names_free(&nodes);
	}
	return true;
}

static const struct {
	const char *name;
	bool (*emit)(FILE *to, const struct machine *m, const struct emissions *all);
} formats[] = {
	{ "qemu", emit_qemu },
	{ "libvirt", emit_libvirt },
	{ "cdi", emit_cdi },
	{ "podman", emit_podman },
	{ "link", emit_link },
};

char *emit_words(void)
{
	char *list = xstrdup(""), *more;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		more = xasprintf("%s%s%s", list, i ? "," : "", formats[i].name);
		free(list);
		list = more;
	}
	return list;
}

bool emit_knows(const char *format)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, format))
			return true;
	return false;
}

char *emit(const struct machine *m, const char *format, const struct emissions *all)
{
	char *text = NULL;
	bool ok = false;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return xstrdup("");
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, format))
			ok = formats[i].emit(file, m, all);
	fclose(file);
	if (ok)
		return text;
	free(text);
	return NULL;
}
