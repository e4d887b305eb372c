// SPDX-License-Identifier: GPL-2.0
/*
 * emit: what the next program needs to be told of functions that are in VFIO.
 */
#include "emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdi.h"
#include "nodes.h"

#define for_each_of(f, fs) for (; ((f) = *(fs)); (fs)++)

/* It can be had through iommufd, by a device file of its own */
static bool has_cdev(const struct machine *m, const struct function *f)
{
	return path_exists(m->root, "dev/iommu") &&
	       path_exists(m->root, SYS_PCI "/%s/vfio-dev/%s/dev", f->address, f->vfio_device);
}

/* Options, to be put at the end of a command */
static void emit_qemu(FILE *to, const struct machine *m, const struct function *const *fs)
{
	const struct function *const *all = fs;
	const struct function *f;
	bool iommufd = true;

	for_each_of(f, fs)
		iommufd &= has_cdev(m, f);
	if (iommufd)
		fputs("-object iommufd,id=iommufd0", to);
	fs = all;
	for_each_of(f, fs)
		fprintf(to, "%s-device vfio-pci,host=%s%s", iommufd || fs != all ? " " : "",
			f->address, iommufd ? ",iommufd=iommufd0" : "");
	fputc('\n', to);
}

/* managed='no': nobody but us binds and unbinds it */
static void emit_libvirt(FILE *to, const struct machine *m, const struct function *const *fs)
{
	const struct function *f;

	(void)m;
	for_each_of(f, fs)
		fprintf(to,
			"<hostdev mode='subsystem' type='pci' managed='no'>\n"
			"  <driver name='vfio'/>\n"
			"  <source>\n"
			"    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n"
			"  </source>\n"
			"</hostdev>\n",
			f->bdf.domain, f->bdf.bus, f->bdf.slot, f->bdf.func);
}

static void emit_cdi(FILE *to, const struct machine *m, const struct function *const *fs)
{
	struct json_object *spec = cdi_spec(m, fs);

	fprintf(to, "%s\n", json_object_to_json_string_ext(spec, JSON_C_TO_STRING_PRETTY |
							   JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(spec);
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
static void emit_podman(FILE *to, const struct machine *m, const struct function *const *fs)
{
	const struct function *f;
	struct names devices = { 0 }, nodes;
	char *name;

	for_each_of(f, fs) {
		if (cdi_exists(m->root, f->address)) {
			name = xasprintf(CDI_KIND "=%s", f->address);
			names_add(&devices, name);
			free(name);
			continue;
		}
		nodes = nodes_of(m, f);
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
}

/* The names that last, where udev has made them */
static void emit_link(FILE *to, const struct machine *m, const struct function *const *fs)
{
	const struct function *f;
	struct names nodes;
	char *link;

	for_each_of(f, fs) {
		nodes = nodes_of(m, f);
		for (size_t i = 0; i < nodes.n; i++) {
			link = xasprintf("/dev/vfio/by-path/pci-%s%s", f->address,
					 strstr(nodes.v[i], "/devices/") ? "-cdev" : "");
			fprintf(to, "%s\n", path_exists(m->root, "%s", link + 1) ? link :
				nodes.v[i]);
			free(link);
		}
		names_free(&nodes);
	}
}

static const struct {
	const char *name;
	void (*emit)(FILE *to, const struct machine *m, const struct function *const *fs);
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

char *emit(const struct machine *m, const char *format, const struct function *const *functions)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return xstrdup("");
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(formats[i].name, format))
			formats[i].emit(file, m, functions);
	fclose(file);
	return text;
}
