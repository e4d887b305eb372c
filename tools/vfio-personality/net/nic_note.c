// SPDX-License-Identifier: GPL-2.0
/*
 * nic_note: the note of how a function's interfaces were set up, and what comes of it.
 *
 * A note has lines "interface PORT", each followed by that interface's settings.
 */
#include "nic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "children.h"
#include "diag.h"
#include "interrupt.h"
#include "journal.h"
#include "rtnl.h"
#include "udevd.h"

#define NOTE RUN_DIR "/nic-%s"

/* How often to look for an interface, per second */
#define LOOKS 20

static void add_line(char **text, const char *key, const char *value)
{
	char *more;

	/* A line is a line */
	if (!*value || strpbrk(value, "\n"))
		return;
	more = xasprintf("%s%s %s\n", *text, key, value);
	free(*text);
	*text = more;
}

static void add_nic(char **text, const struct nic *nic)
{
	char number[24];

	snprintf(number, sizeof(number), "%lu", nic->port);
	add_line(text, "interface", number);
	add_line(text, nic->by_kernel ? "name" : nic->named ? "named" : "", nic->name);
	snprintf(number, sizeof(number), "%lu", nic->mtu);
	add_line(text, "mtu", nic->mtu ? number : "");
	add_line(text, "mac", nic->mac);
	for (size_t i = 0; i < nic->altnames.n; i++)
		add_line(text, "altname", nic->altnames.v[i]);
	add_line(text, "up", nic->up ? "yes" : "");
}

void nic_note(const struct machine *m, const struct function *f)
{
	struct names nets = function_nets(m, f);
	char *text = xstrdup("");
	struct nic nic;
	int error;

	for (size_t i = 0; i < nets.n; i++) {
		nic = nic_read(m->root, nets.v[i]);
		add_nic(&text, &nic);
		nic_free(&nic);
	}
	names_free(&nets);
	error = *text ? path_replace(m->root, text, NOTE, f->address) : 0;
	if (error)
		say("%s: how its interfaces are set up cannot be noted: %s", f->address,
		    strerror(-error));
	free(text);
}

/* The interface of the function at @address with this @port, or "" */
static void find_interface(const struct path_ctx *root, const char *address, unsigned long port,
			   char *name, size_t size)
{
	struct names all = path_list(root, "sys/class/net");
	unsigned long its_port;
	char path[PATH_TEXT], part[BDF_LEN + 2];

	*name = '\0';
	snprintf(part, sizeof(part), "/%s/", address);
	for (size_t i = 0; i < all.n && !*name; i++)
		if (!path_read_link(root, path, sizeof(path), "sys/class/net/%s", all.v[i]) &&
		    strstr(path, part) &&
		    !path_read_number(root, &its_port, "sys/class/net/%s/dev_port", all.v[i]) &&
		    its_port == port)
			snprintf(name, size, "%s", all.v[i]);
	names_free(&all);
}

/* A probe that has ended may have made it already; others take their time */
static void await_interface(const struct path_ctx *root, const char *address,
			    unsigned long port, unsigned long timeout, char *name, size_t size)
{
	const struct timespec pause = { .tv_nsec = 1000000000 / LOOKS };
	struct udev *context = udevd_open(root);

	for (unsigned long i = 0; i <= timeout * LOOKS && !interrupt_came(); i++) {
		find_interface(root, address, port, name, size);
		/* udev may have a name for it yet, and would be surprised to find another */
		if (*name && udevd_is_done(context, "net", name))
			break;
		if (!path_is_link(root, SYS_PCI "/%s/driver", address))
			break;
		nanosleep(&pause, NULL);
	}
	udevd_close(context);
}

/**
 * struct setting - of a note, on its way to an interface
 * @address: the function's
 * @name: the interface's, as it is called now; empty before there is one
 * @missing: it did not come
 */
struct setting {
	const char *address;
	char name[NAME_LEN];
	bool missing;
};

static void tell_missing(struct setting *s)
{
	if (!s->missing)
		say_as("warning",
		       "%s: its interface has not come back, so it is not set up as it was",
		       s->address);
	s->missing = true;
}

/* Back to how the kernel called it: only if nobody else has given it a name meanwhile */
static int rename_it(const struct path_ctx *root, struct setting *s, const char *key,
		     const char *value)
{
	struct nic now = nic_read(root, s->name);
	bool ours = !strcmp(key, "named") || now.by_kernel;
	int error;

	nic_free(&now);
	if (!ours || !strcmp(s->name, value))
		return 0;
	error = rtnl_set(s->name, RTNL_NAME, value);
	if (!error)
		snprintf(s->name, sizeof(s->name), "%s", value);
	return error;
}

static int set_altname(const struct setting *s, const char *value)
{
	int error = rtnl_set(s->name, RTNL_ALTNAME, value);

	/* udev may have given it */
	return error == -EEXIST ? 0 : error;
}

static void set_line(const struct path_ctx *root, struct setting *s, const char *key,
		     const char *value)
{
	int error = 0;

	if (!strcmp(key, "name") || !strcmp(key, "named"))
		error = rename_it(root, s, key, value);
	else if (!strcmp(key, "mtu"))
		error = rtnl_set(s->name, RTNL_MTU, value);
	else if (!strcmp(key, "mac"))
		error = rtnl_set(s->name, RTNL_MAC, value);
	else if (!strcmp(key, "altname"))
		error = set_altname(s, value);
	else if (!strcmp(key, "up"))
		error = rtnl_set(s->name, RTNL_UP, value);
	if (error)
		say_as("warning", "%s: %s cannot have its %s %s again: %s", s->address,
		       s->name, key, value, strerror(-error));
}

void nic_set_again(const struct path_ctx *root, const char *address, unsigned long timeout)
{
	char *text = path_read_all(root, NOTE, address), *rest = text, *line, *value;
	struct setting s = { .address = address };
	unsigned long port;

	while ((line = strsep(&rest, "\n"))) {
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		/* A fixture has no interface that could be set up */
		if (!root->real)
			break;
		if (!strcmp(line, "interface") && parse_number(value, 10, 0, 0xffff, &port)) {
			await_interface(root, address, port, timeout, s.name, sizeof(s.name));
			if (!*s.name)
				tell_missing(&s);
		} else if (*s.name) {
			set_line(root, &s, line, value);
		}
	}
	free(text);
	path_unlink(root, NOTE, address);
}
