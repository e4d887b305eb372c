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
static bool info_names(const struct path_ctx *root, const char *pid, const char *fd,
		       const struct function *f)
{
	char text[PATH_TEXT], *line, *end;
	size_t len = strlen(f->address);

	path_read(root, text, sizeof(text), "proc/%s/fdinfo/%s", pid, fd);
	line = strstr(text, "vfio-device-syspath:");
	if (!line)
		return false;
	end = line + strcspn(line, "\n");
	return (size_t)(end - line) > len && !strncmp(end - len, f->address, len) &&
	       end[-(long)len - 1] == '/';
}

static void add_holder(struct json_object *array, const struct path_ctx *root, const char *pid,
		       const char *file)
{
	struct json_object *o = json_object_new_object();
	char command[64], *clean;

	path_read(root, command, sizeof(command), "proc/%s/comm", pid);
	clean = harmless(command);
	json_object_object_add(o, "pid", json_object_new_int(atoi(pid)));
	json_object_object_add(o, "command", json_object_new_string(clean));
	json_object_object_add(o, "file", json_object_new_string(file));
	json_object_array_add(array, o);
	free(clean);
}

static void scan_process(struct json_object *array, const struct machine *m, const char *pid,
			 const struct function *f, const struct names *nodes)
{
	struct names fds = path_list(m->root, "proc/%s/fd", pid);
	char target[128];

	for (size_t i = 0; i < fds.n; i++) {
		if (path_read_link(m->root, target, sizeof(target), "proc/%s/fd/%s", pid,
				   fds.v[i]))
			continue;
		if (names_have(nodes, target) ||
		    (!strcmp(target, "anon_inode:[vfio-device]") &&
		     info_names(m->root, pid, fds.v[i], f)))
			add_holder(array, m->root, pid, target);
	}
	names_free(&fds);
}

struct json_object *holders_json(const struct machine *m, const struct function *f)
{
	struct json_object *array = json_object_new_array();
	struct names nodes = nodes_of(m, f), pids = { 0 };
	unsigned long pid;

	if (nodes.n)
		pids = path_list(m->root, "proc");
	for (size_t i = 0; i < pids.n; i++)
		if (parse_number(pids.v[i], 10, 1, 1UL << 30, &pid))
			scan_process(array, m, pids.v[i], f, &nodes);
	names_free(&pids);
	names_free(&nodes);
	return array;
}

void holders_tell(const struct machine *m, const struct function *f)
{
	struct json_object *array = holders_json(m, f), *o;
	size_t n = json_object_array_length(array);

	for (size_t i = 0; i < n; i++) {
		o = json_object_array_get_idx(array, i);
		say("%s: process %d (%s) has %s open", f->address,
		    json_object_get_int(json_object_object_get(o, "pid")),
		    json_object_get_string(json_object_object_get(o, "command")),
		    json_object_get_string(json_object_object_get(o, "file")));
	}
	say("%s: this list may be empty or incomplete: not every user can be seen",
	    f->address);
	json_object_put(array);
}
