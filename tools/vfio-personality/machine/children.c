// SPDX-License-Identifier: GPL-2.0
/*
 * children: what hangs below functions, by the names that people know it by.
 */
#include "children.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static struct names *nets_of(struct function *f)
{
	return &f->children->nets;
}

static struct names *blocks_of(struct function *f)
{
	return &f->children->blocks;
}

static struct names *controllers_of(struct function *f)
{
	return &f->children->controllers;
}

static struct names *others_of(struct function *f)
{
	return &f->children->others;
}

/*
 * One path of several to a disk is no disk that anyone could use; a display has a render
 * node and connectors besides
 */
static bool is_hidden(const struct machine *m, const char *class, const char *name)
{
	unsigned long hidden;

	if (!strcmp(class, "drm"))
		return strncmp(name, "card", 4) || strchr(name, '-');
	if (strcmp(class, "block") && strcmp(class, "nvme"))
		return false;
	return !path_read_number(m->root, &hidden, "sys/class/%s/%s/hidden", class, name) && hidden;
}

/* The function that @name of @class is on, or NULL */
static struct function *function_of(const struct machine *m, const char *class, const char *name)
{
	char path[PATH_MAX];

	if (path_read_link(m->root, path, sizeof(path), "sys/class/%s/%s", class, name))
		return NULL;
	return machine_find_on_path(m, path);
}

/* What @class has, to the functions it is on */
static void read_children(const struct machine *m, const char *class,
			  struct names *(*list)(struct function *f))
{
	struct names children = path_list(m->root, "sys/class/%s", class);
	struct function *f;

	for (size_t i = 0; i < children.n; i++) {
		f = function_of(m, class, children.v[i]);
		if (f && !is_hidden(m, class, children.v[i]))
			names_add(list(f), children.v[i]);
	}
	names_free(&children);
}

static void add_block_once(struct function *f, const char *name)
{
	if (f && !names_have(&f->children->blocks, name))
		names_add(&f->children->blocks, name);
}

/*
 * With multipathing, an nvme disk hangs below its subsystem, which has links to
 * the controllers. Its partitions are found through it.
 */
static void read_nvme_subsystem(const struct machine *m, const char *subsystem)
{
	struct names entries = path_list(m->root, "sys/class/nvme-subsystem/%s", subsystem);
	struct names parts;
	char path[PATH_MAX];

	for (size_t i = 0; i < entries.n; i++) {
		if (strncmp(entries.v[i], "nvme", 4) ||
		    path_read_link(m->root, path, sizeof(path), "sys/class/nvme-subsystem/%s/%s",
				   subsystem, entries.v[i]))
			continue;
		struct function *f = machine_find_on_path(m, path);

		for (size_t j = 0; f && j < entries.n; j++) {
			if (!path_exists(m->root, "sys/class/block/%s", entries.v[j]))
				continue;
			add_block_once(f, entries.v[j]);
			parts = path_list(m->root, "sys/class/block/%s", entries.v[j]);
			for (size_t k = 0; k < parts.n; k++)
				if (path_exists(m->root, "sys/class/block/%s/%s/partition",
						entries.v[j], parts.v[k]))
					add_block_once(f, parts.v[k]);
			names_free(&parts);
		}
	}
	names_free(&entries);
}

/* Of all functions: what a class has is found once */
static void read_all(const struct machine *m)
{
	struct names subsystems = path_list(m->root, "sys/class/nvme-subsystem");
	struct function *f;

	for_each_function(f, m)
		f->children = xcalloc(1, sizeof(*f->children));
	read_children(m, "net", nets_of);
	read_children(m, "block", blocks_of);
	read_children(m, "nvme", controllers_of);
	read_children(m, "drm", others_of);
	read_children(m, "infiniband", others_of);
	for (size_t i = 0; i < subsystems.n; i++)
		read_nvme_subsystem(m, subsystems.v[i]);
	names_free(&subsystems);
}

const struct children *function_children(const struct machine *m, const struct function *f)
{
	if (!f->children)
		read_all(m);
	return f->children;
}

struct names function_nets(const struct machine *m, const struct function *f)
{
	struct names all = path_list(m->root, "sys/class/net"), nets = { 0 };

	for (size_t i = 0; i < all.n; i++)
		if (function_of(m, "net", all.v[i]) == f)
			names_add(&nets, all.v[i]);
	names_free(&all);
	return nets;
}

void children_free(struct function *f)
{
	if (!f->children)
		return;
	names_free(&f->children->nets);
	names_free(&f->children->blocks);
	names_free(&f->children->controllers);
	names_free(&f->children->others);
	free(f->children);
}
