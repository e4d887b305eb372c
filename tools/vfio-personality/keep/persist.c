// SPDX-License-Identifier: GPL-2.0
/*
 * persist: keeps for the next boot what functions are, or are wanted to be.
 */
#include "persist.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

#define BOOT_UNIT "vfio-personality.service"

static void copy(char *to, size_t size, const char *from)
{
	if (from)
		snprintf(to, size, "%s", from);
}

void persist_owner(struct config *config, const struct options *o)
{
	copy(config->user, NAME_LEN, o->user);
	copy(config->group, NAME_LEN, o->owner_group);
	copy(config->mode, sizeof(config->mode), o->mode);
}

void persist_forget_created(struct config *config)
{
	if (!*config->create)
		return;
	say("%s: what was saved to be created on it is forgotten", config->address);
	config->create = "";
}

/* A PF is kept for its VFs if it has any, else any function for itself */
struct config persist_config(const struct machine *m, const struct function *f,
			     const struct options *o)
{
	struct config config = config_of(m, f), old;
	unsigned long born_vfio = 0;

	config.vfio = in_vfio(f);
	if (!config.vfio && f->max_vfs && f->vfs) {
		path_read_number(m->root, &born_vfio, SYS_PCI "/%s/personality/vfs_use_vfio",
				 f->address);
		config.vfio = born_vfio;
		config.vfs = (long)f->vfs;
	} else if (f->state == STATE_VFIO) {
		/* Its driver must be there first, and must not be taken from it */
		copy(config.driver, NAME_LEN, "bound");
	} else if (*function_switch(m, f)->vfio_driver) {
		copy(config.driver, NAME_LEN, function_switch(m, f)->vfio_driver);
	}
	/* What was said of the device files before still holds */
	if (!config_read(m->root, f->address, &old)) {
		if (!strstr(config.identity.serials, old.identity.serials) &&
		    identity_compare(&old.identity, m, f) != IDENTITY_OTHER)
			config.identity = old.identity;
		if (config.vfs == old.vfs)
			config.vf = old.vf;
		config.create = old.create;
		config.force = old.force;
		config.cdi = old.cdi;
		copy(config.user, NAME_LEN, old.user);
		copy(config.group, NAME_LEN, old.group);
		copy(config.mode, sizeof(config.mode), old.mode);
	}
	copy(config.driver, NAME_LEN, o->driver);
	persist_owner(&config, o);
	if (o->force)
		config.force = o->force;
	if (o->cdi)
		config.cdi = true;
	return config;
}

bool persist_is_kept(const struct path_ctx *root, const struct persist *p)
{
	char *wanted, *kept;
	struct config old;
	bool same;

	if (!p->keep)
		return !config_exists(root, p->address);
	if (!config_exists(root, p->address) || config_read(root, p->address, &old))
		return false;
	wanted = config_format(&p->config);
	kept = config_format(&old);
	same = !strcmp(wanted, kept);
	free(wanted);
	free(kept);
	return same;
}

/* What was kept before, to have it again should a later one fail */
static bool replace(const struct path_ctx *root, const struct persist *p, struct persist *old)
{
	int error = config_read(root, p->address, &old->config);

	memcpy(old->address, p->address, sizeof(old->address));
	old->keep = !error;
	return config_write(root, p->address, p->keep ? &p->config : NULL);
}

void persist_again(const struct path_ctx *root, const struct persist *old, size_t n)
{
	while (n-- > 0)
		config_write(root, old[n].address, old[n].keep ? &old[n].config : NULL);
}

bool persist_all(const struct path_ctx *root, const struct persist *list, size_t n,
		 struct persist *old)
{
	struct persist *own = old ? NULL : xcalloc(n, sizeof(*own));
	bool ok = true;
	size_t i;

	old = old ? old : own;
	for (i = 0; ok && i < n; i++)
		ok = replace(root, &list[i], &old[i]);
	if (!ok)
		persist_again(root, old, i);
	free(own);
	return ok;
}

static void warn_owner(const struct path_ctx *root, const struct options *o)
{
	if (root->real && o->user && !getpwnam(o->user))
		say_as("warning",
		       "warning: there is no user %s now, and udev leaves the files to root",
		       o->user);
	if (root->real && o->owner_group && !getgrnam(o->owner_group))
		say_as("warning",
		       "warning: there is no group %s now, and udev leaves the files to root's",
		       o->owner_group);
}

/* What is masked is not started, though it may be enabled */
static bool unit_is_masked(const struct path_ctx *root)
{
	static const char *const places[] = { "etc/systemd/system", "run/systemd/system" };
	char target[16];

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!path_read_link(root, target, sizeof(target), "%s/" BOOT_UNIT, places[i]) &&
		    !strcmp(target, "/dev/null"))
			return true;
	return false;
}

/* What was enabled by hand, or came so with the system */
static bool unit_is_enabled(const struct path_ctx *root)
{
	static const char *const places[] = {
		"etc/systemd/system", "run/systemd/system", "lib/systemd/system",
		"usr/lib/systemd/system",
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (path_is_link(root, "%s/sysinit.target.wants/" BOOT_UNIT,
				 places[i]))
			return true;
	return false;
}

const char *persist_boot_remedy(const struct path_ctx *root)
{
	if (unit_is_masked(root))
		return "systemctl unmask vfio-personality; systemctl enable vfio-personality";
	return unit_is_enabled(root) ? NULL : "systemctl enable vfio-personality";
}

void persist_warn(const struct path_ctx *root, const struct options *o)
{
	const char *remedy = persist_boot_remedy(root);

	warn_owner(root, o);
	if (remedy)
		say_as("warning", "warning: nothing applies at boot what is saved; do: %s", remedy);
}

void persist_refresh(const struct machine *m, const struct function *f)
{
	if (!m->root->real || !in_vfio(f))
		return;
	path_write(m->root, "change", "sys/class/vfio/%ld/uevent", f->group);
	path_write(m->root, "change", "sys/class/vfio-dev/%s/uevent", f->vfio_device);
}
