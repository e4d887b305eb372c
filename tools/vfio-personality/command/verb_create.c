// SPDX-License-Identifier: GPL-2.0
/*
 * verb_create: create and destroy, for vfio_devices that a function's driver provides while
 * its native function goes on.
 */
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "instance_make.h"
#include "output.h"
#include "persist.h"
#include "record.h"
#include "select.h"

/* Of a function that has gone, what was created can go, too */
static bool is_left_behind(const struct machine *m, const struct options *o, char *address)
{
	const struct selector *s = o->selection.named;

	if (o->verb != VERB_DESTROY || s->kind != SELECT_ADDRESS)
		return false;
	bdf_format(&s->bdf, address);
	return !machine_find(m, address) && path_exists(m->root, INSTANCE_DIR "/%s", address);
}

static int choose(struct machine *m, const struct options *o, char *address,
		  struct function **f)
{
	int code;

	*f = NULL;
	if (is_left_behind(m, o, address))
		return EXIT_DONE;
	code = select_functions(m, o);
	if (code)
		return code;
	*f = next_selected(m, NULL);
	memcpy(address, (*f)->address, BDF_LEN);
	return EXIT_DONE;
}

/*
 * What is kept of the function, with or without what this is about. False if nothing is, of
 * one that has gone
 */
static bool wish(const struct machine *m, const struct options *o, const struct making *making,
		 struct persist *p)
{
	int error = config_read(m->root, making->address, &p->config);
	char *line;

	if (error && !making->f)
		return false;
	line = instance_name_format(making->wanted);
	memcpy(p->address, making->address, sizeof(p->address));
	if (error) {
		p->config = config_of(m, making->f);
		p->config.implied = true;
	}
	config_drop_create(&p->config.create, making->wanted->type, making->wanted->name);
	if (o->verb == VERB_CREATE)
		config_add_create(&p->config.create, line);
	persist_owner(&p->config, o);
	p->keep = *p->config.create || !p->config.implied;
	free(line);
	return true;
}

/* What is against it is said before anything is created */
static int may_keep(const struct machine *m, const struct options *o, const char *address)
{
	struct config config;

	if (!o->persist || !config_exists(m->root, address))
		return EXIT_DONE;
	if (config_read(m->root, address, &config))
		return EXIT_FAILED;
	if (o->verb == VERB_CREATE && config.vfio && config.vfs < 0)
		return say_and(EXIT_REFUSED,
			       "%s: it is saved to be in VFIO itself at boot, where its driver provides nothing; first: vfio-personality unsave %s",
			       address, address);
	return EXIT_DONE;
}

static int keep(const struct machine *m, const struct options *o, struct making *making)
{
	struct persist p = { 0 };

	if (!wish(m, o, making, &p) || persist_is_kept(m->root, &p))
		return EXIT_DONE;
	if (!persist_all(m->root, &p, 1, NULL))
		return EXIT_FAILED;
	if (!strcmp(making->result, "already"))
		making->result = o->verb == VERB_CREATE ? "saved" : "unsaved";
	if (p.keep)
		persist_warn(m->root, o);
	return EXIT_DONE;
}

static bool is_saved(const struct path_ctx *root, const struct making *making)
{
	return config_creates(root, making->address, making->wanted->type, making->wanted->name);
}

/* What is saved and is not there is as good as destroyed, if it is to be forgotten */
static int destroy(const struct machine *m, const struct options *o, struct making *making)
{
	bool saved = is_saved(m->root, making);
	int code;

	if (o->persist && saved && !path_exists(m->root, INSTANCE_DIR "/%s/%s/%s",
						making->address, making->wanted->type,
						making->wanted->name)) {
		making->result = "already";
		return EXIT_DONE;
	}
	code = instance_destroy(making);
	if (!code && saved && !o->persist)
		say("%s: %s/%s is saved and comes again at boot; --persist forgets that",
		    making->address, making->wanted->type, making->wanted->name);
	return code;
}

static void tell_next(const struct options *o, const struct making *making)
{
	struct instance now;

	if (o->verb != VERB_CREATE || o->dry_run ||
	    !instance_read(making->root, making->address, making->wanted->type,
			   making->wanted->name, &now))
		return;
	if (*now.sysfs)
		say("%s; to use it: qemu-system-x86_64 ... -device vfio-pci,sysfsdev=%s",
		    is_saved(making->root, making) ? "this lasts over boots" :
		    "this lasts until the next boot (--persist keeps it)", now.sysfs);
	instance_free(&now);
}

int verb_create(struct machine *m, const struct options *o)
{
	struct making making = { .root = m->root, .wanted = &o->instance, .dry_run = o->dry_run };
	struct record_instance *before;
	struct json_object *items;
	struct locks locks = { 0 };
	char address[BDF_LEN];
	struct function *f;
	int code = choose(m, o, address, &f);

	if (!code)
		code = may_keep(m, o, address);
	if (!code && !o->dry_run)
		code = making_begin(&locks, m, o->timeout);
	if (code) {
		locks_release(&locks);
		return output_nothing(o, code);
	}
	making.f = f;
	making.address = address;
	before = record_instance_before(m->root, address, &o->instance);
	code = o->verb == VERB_CREATE ? instance_create(&making) : destroy(m, o, &making);
	if (!code && o->persist && !o->dry_run) {
		code = keep(m, o, &making);
		if (code && o->verb == VERB_CREATE)
			instance_revoke(&making);
	}
	if (!code && !o->dry_run && strcmp(making.result, "already"))
		record_write_instance(m->root, o, before);
	record_instance_free(before);
	locks_release(&locks);
	items = json_object_new_array();
	json_object_array_add(items, making_json(&making, false));
	if (!code)
		tell_next(o, &making);
	making_free(&making);
	return output(o, items, code);
}
