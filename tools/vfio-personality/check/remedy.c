// SPDX-License-Identifier: GPL-2.0
/*
 * remedy: the way out of what a check refuses.
 */
#include "remedy.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct finding *latest(struct findings *findings)
{
	return findings->fresh ? &findings->v[findings->n - 1] : NULL;
}

void remedy(struct findings *findings, const char *fmt, ...)
{
	struct finding *finding = latest(findings);
	va_list args;

	if (!finding || finding->remedy)
		return;
	va_start(args, fmt);
	finding->remedy = xvasprintf(fmt, args);
	va_end(args);
}

void remedy_none(struct findings *findings)
{
	struct finding *finding = latest(findings);

	if (finding)
		finding->grave = true;
}

static bool has_session(const struct findings *findings, size_t from)
{
	for (size_t i = from; i < findings->n; i++)
		if (findings->v[i].hazard == HAZARD_SSH && findings->v[i].severity == REFUSES)
			return true;
	return false;
}

void remedy_keep_session(struct findings *findings, size_t from)
{
	if (!has_session(findings, from))
		return;
	for (size_t i = from; i < findings->n; i++) {
		if (findings->v[i].hazard == HAZARD_SSH)
			continue;
		free(findings->v[i].remedy);
		findings->v[i].remedy = NULL;
	}
}

static bool system_needs(const char *target)
{
	static const char *const needed[] = { "/", "/boot", "/usr", "/var", "/etc", "/nix" };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!strcmp(target, needed[i]))
			return true;
	return !strncmp(target, "/boot/", 6);
}

void remedy_mount(struct findings *findings, const char *target, const char *where)
{
	if (*where) {
		remedy(findings, "stop the container that has it mounted");
		return;
	}
	if (system_needs(target))
		remedy_none(findings);
	if (strcmp(target, "/"))
		remedy(findings, "umount %s", target);
}

/* "LVM-...", "CRYPT-LUKS2-...": who made it */
void remedy_holder(const struct machine *m, struct findings *findings, const char *holder)
{
	char uuid[128], name[NAME_LEN];

	path_read(m->root, uuid, sizeof(uuid), "sys/class/block/%s/dm/uuid", holder);
	path_read(m->root, name, sizeof(name), "sys/class/block/%s/dm/name", holder);
	if (!strncmp(uuid, "LVM-", 4))
		remedy(findings, "lvchange -an /dev/mapper/%s (vgchange -an for its whole group)",
		       name);
	else if (!strncmp(uuid, "CRYPT-", 6))
		remedy(findings, "cryptsetup close %s", name);
	else if (!strncmp(holder, "dm-", 3))
		remedy(findings, "dmsetup remove %s", *name ? name : holder);
	else if (!strncmp(holder, "md", 2))
		remedy(findings, "mdadm --stop /dev/%s", holder);
	else if (!strncmp(holder, "loop", 4))
		remedy(findings, "losetup -d /dev/%s", holder);
}

void remedy_interface(const struct machine *m, struct findings *findings, const char *ifname)
{
	if (path_exists(m->root, "run/NetworkManager"))
		remedy(findings, "nmcli device disconnect %s", ifname);
	else if (path_exists(m->root, "run/systemd/netif"))
		remedy(findings, "networkctl down %s", ifname);
	else
		remedy(findings, "ip address flush dev %s; ip link set %s down", ifname, ifname);
}
