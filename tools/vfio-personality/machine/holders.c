// SPDX-License-Identifier: GPL-2.0
/*
 * holders: which processes hold a function through VFIO.
 *
 * Open device files have names in /proc. What was opened through them has none
 * (but for newer kernels, which tell in fdinfo), and may have been passed on.
 */
#include "holders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "nodes.h"

/* "vfio-device-syspath: /sys/devices/.../0000:01:10.0" */
static bool info_names(const struct path_ctx *root, const struct opener *opener,
		       const char *device)
{
	const char *slash = strrchr(device, '/'), *name = slash ? slash + 1 : device;
	char text[PATH_TEXT], *line, *end;
	size_t len = strlen(name);

	path_read(root, text, sizeof(text), "proc/%d/fdinfo/%s", opener->pid,
		  opener->fd);
	line = strstr(text, "vfio-device-syspath:");
	if (!line)
		return false;
	end = line + strcspn(line, "\n");
	return (size_t)(end - line) > len && !strncmp(end - len, name, len) &&
	       end[-(long)len - 1] == '/';
}

void holders_of(const struct path_ctx *root, const struct names *nodes, const char *device,
		const struct openers *openers,
		void (*see)(void *data, const struct opener *opener), void *data)
{
	const struct opener *opener;

	for_each_opener(opener, openers)
		if (names_have(nodes, opener->file) ||
		    (nodes->n && !strcmp(opener->file, "anon_inode:[vfio-device]") &&
		     info_names(root, opener, device)))
			see(data, opener);
}

void holders_find(const struct machine *m, const struct function *f,
		  const struct openers *openers,
		  void (*see)(void *data, const struct opener *opener), void *data)
{
	struct names nodes = nodes_of(m, f);

	holders_of(m->root, &nodes, f->address, openers, see, data);
	names_free(&nodes);
}

static void add_holder(void *array, const struct opener *opener)
{
	struct json_object *o = json_object_new_object();
	char *clean = harmless(opener->command);

	json_object_object_add(o, "pid", json_object_new_int(opener->pid));
	json_object_object_add(o, "command", json_object_new_string(clean));
	json_object_object_add(o, "file", json_object_new_string(opener->file));
	json_object_array_add(array, o);
	free(clean);
}

struct json_object *holders_json(const struct machine *m, const struct function *f,
				 const struct openers *openers)
{
	struct json_object *array = json_object_new_array();

	holders_find(m, f, openers, add_holder, array);
	return array;
}

static void tell_holder(void *address, const struct opener *opener)
{
	say("%s: process %d (%s) has %s open", (const char *)address, opener->pid,
	    opener->command, opener->file);
}

void holders_tell_of(const struct path_ctx *root, const char *address,
		     const struct names *nodes, const char *device)
{
	struct openers openers = openers_find(root);

	holders_of(root, nodes, device, &openers, tell_holder, (void *)address);
	say("%s: this list may be empty or incomplete: not every user can be seen", address);
	openers_free(&openers);
}

void holders_tell(const struct machine *m, const struct function *f)
{
	struct names nodes = nodes_of(m, f);

	holders_tell_of(m->root, f->address, &nodes, f->address);
	names_free(&nodes);
}
