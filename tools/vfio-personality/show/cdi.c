// SPDX-License-Identifier: GPL-2.0
/*
 * cdi: specifications by which container engines and Kubernetes hand devices to
 * containers.
 */
#include "cdi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "denied.h"
#include "describe.h"
#include "diag.h"
#include "nodes.h"

/* Where engines look for those that do not outlive a boot */
#define CDI_DIR "run/cdi"
#define CDI_PREFIX "vfio-personality-"
#define CDI_SUFFIX ".json"
/* The first release that podman and containerd agree on */
#define CDI_VERSION "0.3.0"

static void add_node(struct json_object *nodes, const char *path)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_array_add(nodes, o);
}

/* With each device file goes the one by which memory is mapped */
static struct json_object *device(const struct machine *m, const struct function *f)
{
	struct json_object *o = json_object_new_object(), *edits = json_object_new_object();
	struct json_object *nodes = json_object_new_array();
	struct names files = nodes_of(m, f);

	for (size_t i = 0; i < files.n; i++) {
		add_node(nodes, files.v[i]);
		add_node(nodes, strstr(files.v[i], "/devices/") ? "/dev/iommu" : "/dev/vfio/vfio");
	}
	json_object_object_add(edits, "deviceNodes", nodes);
	json_object_object_add(o, "name", json_text(f->address));
	json_object_object_add(o, "containerEdits", edits);
	names_free(&files);
	return o;
}

struct json_object *cdi_spec(const struct machine *m, const struct function *const *functions)
{
	struct json_object *spec = json_object_new_object(), *devices = json_object_new_array();

	for (; *functions; functions++)
		json_object_array_add(devices, device(m, *functions));
	json_object_object_add(spec, "cdiVersion", json_object_new_string(CDI_VERSION));
	json_object_object_add(spec, "kind", json_object_new_string(CDI_KIND));
	json_object_object_add(spec, "devices", devices);
	return spec;
}

static bool write_one(const struct machine *m, const struct function *f)
{
	const struct function *const one[] = { f, NULL };
	struct json_object *spec = cdi_spec(m, one);
	int error = path_mkdir(m->root, CDI_DIR);

	if (!error)
		error = path_replace(m->root,
				     json_object_to_json_string_ext(spec, JSON_C_TO_STRING_PRETTY |
								    JSON_C_TO_STRING_NOSLASHESCAPE),
				     CDI_DIR "/" CDI_PREFIX "%s" CDI_SUFFIX, f->address);
	if (error)
		say_as("error", "%s: cannot write its CDI specification to /" CDI_DIR ": %s",
		       f->address, error_text(m->root, -error));
	json_object_put(spec);
	return !error;
}

bool cdi_write(const struct machine *m, const char *address, bool vfs)
{
	const struct function *f;
	bool ok = true;

	for_each_function(f, m)
		if (!strcmp(vfs ? f->pf : f->address, address) && f->known && in_vfio(f))
			ok &= write_one(m, f);
	return ok;
}

bool cdi_exists(const struct path_ctx *root, const char *address)
{
	return path_exists(root, CDI_DIR "/" CDI_PREFIX "%s" CDI_SUFFIX, address);
}

/* The address in a file's name, false if it is no file of ours */
static bool parse_file(const char *file, char *address, size_t size)
{
	size_t len = strlen(file), prefix = strlen(CDI_PREFIX), suffix = strlen(CDI_SUFFIX);
	struct bdf bdf;

	if (len <= prefix + suffix || strncmp(file, CDI_PREFIX, prefix) ||
	    strcmp(file + len - suffix, CDI_SUFFIX))
		return false;
	snprintf(address, size, "%.*s", (int)(len - prefix - suffix), file + prefix);
	return bdf_parse(address, &bdf);
}

void cdi_clean(const struct path_ctx *root)
{
	struct names files = path_list(root, CDI_DIR), devices;
	char address[BDF_LEN];

	for (size_t i = 0; i < files.n; i++) {
		if (!parse_file(files.v[i], address, sizeof(address)))
			continue;
		devices = path_list(root, SYS_PCI "/%s/vfio-dev", address);
		if (!devices.n)
			path_unlink(root, CDI_DIR "/%s", files.v[i]);
		names_free(&devices);
	}
	names_free(&files);
}
