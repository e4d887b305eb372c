// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_initramfs: which drivers come before anything that is saved is applied.
 */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "early.h"
#include "module.h"

/* What @program says of @image, which is long and takes seconds; NULL if either is missing */
static char *list_image(const struct path_ctx *root, const char *program, char *image)
{
	char *command = xasprintf("/%s '/%s' 2>/dev/null", program, image), *text = NULL;
	FILE *pipe = NULL;

	if (path_exists(root, "%s", program) && path_exists(root, "%s", image) &&
	    !strchr(image, '\''))
		pipe = popen(command, "r");
	if (pipe) {
		text = fd_read_all(fileno(pipe));
		pclose(pipe);
	}
	free(command);
	free(image);
	return text;
}

/* A fixture has that in boot/initramfs.list. To be freed; NULL if it cannot be had */
static char *read_contents(const struct path_ctx *root)
{
	char *release = module_release(root), *text = NULL;

	if (!root->real && path_exists(root, "boot/initramfs.list"))
		text = path_read_all(root, "boot/initramfs.list");
	if (root->real)
		text = list_image(root, "usr/bin/lsinitramfs",
				  xasprintf("boot/initrd.img-%s", release));
	if (root->real && !text)
		text = list_image(root, "usr/bin/lsinitrd",
				  xasprintf("boot/initramfs-%s.img", release));
	free(release);
	return text;
}

/* "/nvme.ko", "/nvme.ko.xz"; a driver's name has - where its module's has _, or has not */
static bool has_module(const char *contents, const char *driver)
{
	char *dashes = xasprintf("/%s.ko", driver), *lines = xstrdup(dashes);
	bool has;

	for (char *c = dashes; *c; c++)
		*c = *c == '_' ? '-' : *c;
	for (char *c = lines; *c; c++)
		*c = *c == '-' ? '_' : *c;
	has = strstr(contents, dashes) || strstr(contents, lines);
	free(dashes);
	free(lines);
	return has;
}

static const char *native_driver(const struct function *f)
{
	if (!in_vfio(f))
		return f->driver;
	return strcmp(f->native_driver, "none") && strcmp(f->native_driver, "auto") ?
		f->native_driver : "";
}

/* It has a driver that may come before us */
static bool is_concerned(const struct machine *m, const char *address)
{
	const struct function *f = machine_find(m, address);

	return f && !early_is(m->root, f) && *native_driver(f);
}

void doctor_initramfs(struct doctor *d)
{
	struct names first = { 0 };
	char *contents = NULL, *some;
	bool looked = false;

	for (size_t i = 0; i < d->saved.n; i++) {
		if (!is_concerned(d->m, d->saved.v[i]))
			continue;
		if (!looked)
			contents = read_contents(d->m->root);
		looked = true;
		if (contents && has_module(contents,
					   native_driver(machine_find(d->m, d->saved.v[i]))))
			names_add(&first, d->saved.v[i]);
	}
	some = doctor_some(&first);
	if (looked && !contents)
		doctor_say(d, VERDICT_UNKNOWN, "initramfs", NULL,
			   "what it has cannot be read: native drivers in it come before apply");
	else if (first.n)
		doctor_say(d, VERDICT_PROBLEM, "initramfs",
			   "if they must not: keep them out of it (Debian: MODULES=dep, then update-initramfs -u)",
			   "the native drivers of %s are in it, and have them before apply takes them",
			   some);
	else if (looked)
		doctor_say(d, VERDICT_OK, "initramfs", NULL,
			   "no native driver of what is saved is in it");
	free(some);
	free(contents);
	names_free(&first);
}
