// SPDX-License-Identifier: GPL-2.0
/*
 * hold: keeps native drivers off saved functions where the switch cannot be loaded, or is
 * not there yet.
 */
#include "hold.h"

#include <stdio.h>
#include <string.h>

#include "denied.h"
#include "diag.h"
#include "journal.h"
#include "module.h"

#define NOTE_PREFIX "held-"
#define NOTE RUN_DIR "/" NOTE_PREFIX "%s"
#define PROBE "sys/bus/pci/drivers_probe"

static int set_override(const struct machine *m, const struct function *f, const char *name)
{
	return path_write(m->root, name, SYS_PCI "/%s/driver_override", f->address);
}

/* The driver that VFIO is to have it with, if that can be had */
static bool find_driver(const struct machine *m, const struct function *f,
			const struct want *want, char *name, size_t size)
{
	enum driver_answer answer;

	if (!*want->driver || !strcmp(want->driver, "auto")) {
		answer = module_best_vfio(m->root, f, name, size);
	} else {
		snprintf(name, size, "%s", want->driver);
		answer = module_ask_driver(m->root, name);
	}
	return answer == DRIVER_FINE && !module_load_driver(m->root, name);
}

static bool bind(const struct machine *m, const struct function *f, const char *driver)
{
	char bound[NAME_LEN];

	if (set_override(m, f, driver) ||
	    path_write(m->root, f->address, PROBE))
		return false;
	return !path_read_link_name(m->root, bound, sizeof(bound), SYS_PCI "/%s/driver",
				    f->address);
}

static void fail(struct want *want, const char *why)
{
	say("%s: %s", want->address, why);
	want->result = "failed";
	want->code = EXIT_UNSUPPORTED;
}

void hold(const struct machine *m, struct want *want, bool dry_run)
{
	const struct function *f = machine_find(m, want->address);
	char driver[NAME_LEN];

	if (want->vfs >= 0 || !strcmp(want->driver, "bound")) {
		fail(want, "this takes its driver and the switch, so it stays as it is");
	} else if (!f || in_vfio(f)) {
		want->result = "already";
	} else if (*f->driver) {
		fail(want, "its native driver has it already, and keeps it");
	} else if (dry_run) {
		say("%s: it would be held by driver_override, without the switch", f->address);
		want->result = "planned";
		want->code = EXIT_PARTLY;
	} else if (find_driver(m, f, want, driver, sizeof(driver)) && bind(m, f, driver)) {
		say("%s: held by driver_override for %s, without the switch", f->address, driver);
		want->result = "held";
		want->code = EXIT_PARTLY;
	} else if (!set_override(m, f, HOLD_NAME)) {
		say("%s: held by driver_override from all drivers: there is none for VFIO, either",
		    f->address);
		want->result = "held";
		want->code = EXIT_PARTLY;
	} else {
		fail(want, "driver_override cannot be written, so its native driver may have it");
	}
}

static void release(const struct path_ctx *root, const char *address)
{
	char override[NAME_LEN];

	path_read(root, override, sizeof(override), SYS_PCI "/%s/driver_override", address);
	if (!strcmp(override, HOLD_NAME))
		path_write(root, "\n", SYS_PCI "/%s/driver_override", address);
}

void hold_release(const struct machine *m, const struct function *f)
{
	release(m->root, f->address);
}

bool hold_early(const struct machine *m, const struct function *f)
{
	int error = set_override(m, f, HOLD_NAME);

	if (!error)
		error = journal_make_dir(m->root);
	if (!error)
		error = path_replace(m->root, "until apply comes\n", NOTE, f->address);
	if (!error)
		return true;
	hold_release(m, f);
	say_as("error", "%s: it cannot be held, and its native driver may have it: %s", f->address,
	       error_text(m->root, -error));
	return false;
}

bool hold_is_early(const struct path_ctx *root, const char *address)
{
	return path_exists(root, NOTE, address);
}

struct names hold_list_early(const struct path_ctx *root)
{
	struct names files = path_list(root, RUN_DIR), addresses = { 0 };
	const size_t len = strlen(NOTE_PREFIX);
	struct bdf bdf;

	for (size_t i = 0; i < files.n; i++)
		if (!strncmp(files.v[i], NOTE_PREFIX, len) && bdf_parse(files.v[i] + len, &bdf))
			names_add(&addresses, files.v[i] + len);
	names_free(&files);
	return addresses;
}

void hold_forget_early(const struct path_ctx *root, const char *address)
{
	path_unlink(root, NOTE, address);
}

/* It need not be one of those that the verb is about, which are all that is known by then */
void hold_let_go(const struct path_ctx *root, const char *address)
{
	hold_forget_early(root, address);
	release(root, address);
	path_write(root, address, PROBE);
}
