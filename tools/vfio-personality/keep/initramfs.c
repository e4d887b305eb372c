// SPDX-License-Identifier: GPL-2.0
/*
 * initramfs: what the next boot's has in it, and who makes it.
 */
#include "initramfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "diag.h"
#include "module.h"

/* Where a fixture has the names that are in its */
#define FIXTURE_LIST "boot/initramfs.list"

/**
 * struct maker - what makes initramfses
 * @list: the program that tells what is in one
 * @image: where they are, before and after the kernel's release
 * @hook: what of ours it runs
 * @again: the command that makes it anew
 */
static const struct maker {
	const char *list;
	const char *image[2];
	const char *hook;
	const char *again;
} makers[] = {
	{ "usr/bin/lsinitramfs", { "boot/initrd.img-", "" },
	  "usr/share/initramfs-tools/hooks/vfio-personality", "update-initramfs -u" },
	{ "usr/bin/lsinitrd", { "boot/initramfs-", ".img" },
	  "usr/lib/dracut/modules.d/50vfio-personality/module-setup.sh", "dracut -f" },
	{ "usr/bin/lsinitrd", { "boot/initrd.img-", "" },
	  "usr/lib/dracut/modules.d/50vfio-personality/module-setup.sh", "dracut -f" },
};

static char *image_of(const struct path_ctx *root, const struct maker *maker)
{
	char *release = module_release(root);
	char *image = root->real ? xasprintf("%s%s%s", maker->image[0], release, maker->image[1]) :
		      xstrdup(FIXTURE_LIST);

	free(release);
	return image;
}

/* What @maker's program says of @image; NULL if it says nothing */
static char *list_image(const struct maker *maker, const char *image)
{
	char *command = xasprintf("/%s '/%s' 2>/dev/null", maker->list, image), *text = NULL;
	FILE *pipe = strchr(image, '\'') ? NULL : popen(command, "r");

	if (pipe) {
		text = fd_read_all(fileno(pipe));
		pclose(pipe);
	}
	free(command);
	return text;
}

/* When a file was made anew; the beginning of time if it is not there */
static struct timespec read_time(const struct path_ctx *root, const char *name)
{
	int fd = path_open(root, O_PATH, "%s", name);
	struct stat st = { 0 };

	if (fd < 0)
		return st.st_mtim;
	fstat(fd, &st);
	close(fd);
	return st.st_mtim;
}

static bool is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec ? a->tv_nsec > b->tv_nsec : a->tv_sec > b->tv_sec;
}

static bool is_in_use(const struct path_ctx *root, const struct maker *maker, const char *image)
{
	return (!root->real || path_exists(root, "%s", maker->list)) &&
	       path_exists(root, "%s", image);
}

struct initramfs initramfs_read(const struct path_ctx *root)
{
	struct initramfs i = { 0 };
	char *image;

	for (size_t n = 0; n < ARRAY_SIZE(makers) && !i.again; n++) {
		image = image_of(root, &makers[n]);
		if (is_in_use(root, &makers[n], image)) {
			i.again = makers[n].again;
			i.hooked = path_exists(root, "%s", makers[n].hook);
			i.made = read_time(root, image);
			i.contents = root->real ? list_image(&makers[n], image) :
				     path_read_all(root, "%s", image);
		}
		free(image);
	}
	return i;
}

void initramfs_free(struct initramfs *i)
{
	free(i->contents);
	*i = (struct initramfs){ 0 };
}

/* "/nvme.ko", "/nvme.ko.xz"; a driver's name has - where its module's has _, or has not */
bool initramfs_has_driver(const struct initramfs *i, const char *driver)
{
	char *dashes, *lines;
	bool has;

	if (!i->contents || !*driver)
		return false;
	dashes = xasprintf("/%s.ko", driver);
	lines = xstrdup(dashes);
	for (char *c = dashes; *c; c++)
		*c = *c == '_' ? '-' : *c;
	for (char *c = lines; *c; c++)
		*c = *c == '-' ? '_' : *c;
	has = strstr(i->contents, dashes) || strstr(i->contents, lines);
	free(dashes);
	free(lines);
	return has;
}

bool initramfs_has_saved(const struct initramfs *i, const char *address)
{
	char *name = xasprintf(CONFIG_DIR "/%s.conf", address);
	bool has = i->contents && strstr(i->contents, name);

	free(name);
	return has;
}

bool initramfs_has_us(const struct initramfs *i)
{
	return i->contents && strstr(i->contents, "sbin/vfio-personality");
}

const char *initramfs_native(const struct machine *m, const struct function *f)
{
	const char *driver = function_native_driver(m, f);

	return strcmp(driver, "none") && strcmp(driver, "auto") ? driver : "";
}

static const char *native_at(const struct machine *m, const char *address)
{
	const struct function *f = machine_find(m, address);

	return f && f->known ? initramfs_native(m, f) : "";
}

static bool is_newer(const struct path_ctx *root, const struct initramfs *i, const char *address)
{
	char *name = xasprintf(CONFIG_DIR "/%s.conf", address);
	struct timespec saved = read_time(root, name);

	free(name);
	return is_later(&saved, &i->made);
}

/* Whose driver nobody knows, as it never had one, may have one in there */
bool initramfs_is_stale(const struct machine *m, const struct initramfs *i, const char *address)
{
	const char *native = native_at(m, address);

	if (!config_exists(m->root, address))
		return initramfs_has_saved(i, address);
	if (initramfs_has_saved(i, address))
		return is_newer(m->root, i, address);
	return *native ? initramfs_has_driver(i, native) : initramfs_has_us(i);
}

static void tell_one(const struct machine *m, const struct initramfs *i, const char *address)
{
	const char *native = native_at(m, address);

	if (!initramfs_is_stale(m, i, address))
		return;
	if (!config_exists(m->root, address))
		say_as("warning",
		       "warning: %s: the initramfs still holds it at the next boot; make it anew: %s",
		       address, i->again);
	else if (initramfs_has_driver(i, native))
		say_as("warning",
		       "warning: %s: its driver %s is in the initramfs, which does not know yet what is saved; make it anew: %s",
		       address, native, i->again);
	else
		say_as("warning",
		       "warning: %s: the initramfs does not know yet what is saved; make it anew: %s",
		       address, i->again);
}

bool initramfs_has_hook(const struct path_ctx *root)
{
	for (size_t n = 0; n < ARRAY_SIZE(makers); n++)
		if (path_exists(root, "%s", makers[n].hook))
			return true;
	return false;
}

void initramfs_tell(const struct machine *m, const struct names *addresses)
{
	struct initramfs i;

	if (!addresses->n || !initramfs_has_hook(m->root))
		return;
	i = initramfs_read(m->root);
	for (size_t n = 0; i.hooked && n < addresses->n; n++)
		tell_one(m, &i, addresses->v[n]);
	initramfs_free(&i);
}
