// SPDX-License-Identifier: GPL-2.0
/*
 * difference: what of a function is not as it is wanted.
 */
#include "difference.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cdi.h"
#include "describe.h"
#include "instance.h"
#include "vf.h"

/**
 * struct comparison - of a function with what is wanted
 * @rows: where to
 * @m: the machine
 * @wanted: what is wanted
 * @f: the function
 * @n: how many differences there are so far
 */
struct comparison {
	struct json_object *rows;
	const struct machine *m;
	const struct wanted *wanted;
	const struct function *f;
	size_t n;
};

static void differ(struct comparison *c, const char *setting, const char *wanted, const char *now,
		   const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static void differ(struct comparison *c, const char *setting, const char *wanted, const char *now,
		   const char *fmt, ...)
{
	struct json_object *o = json_object_new_object();
	va_list args;
	char *text;

	va_start(args, fmt);
	text = xvasprintf(fmt, args);
	va_end(args);
	json_object_object_add(o, "address", json_text(c->wanted->config.address));
	json_object_object_add(o, "setting", json_text(setting));
	json_object_object_add(o, "wanted", json_text(wanted));
	json_object_object_add(o, "now", json_text(now));
	json_object_object_add(o, "by", json_text(c->wanted->by));
	json_object_object_add(o, "text", json_text(text));
	json_object_array_add(c->rows, o);
	free(text);
	c->n++;
}

bool difference_is_absent(const struct machine *m, const struct config *config)
{
	return !machine_find(m, config->address);
}

bool difference_is_other(const struct machine *m, const struct config *config)
{
	const struct function *f = machine_find(m, config->address);

	return f && (f->vendor != config->identity.vendor ||
		     f->device != config->identity.device);
}

static void compare_device(struct comparison *c)
{
	const struct config *config = &c->wanted->config;
	const struct identity *id = &config->identity;
	char wanted[16], now[16] = "";

	snprintf(wanted, sizeof(wanted), "%04x:%04x", id->vendor, id->device);
	if (!c->f) {
		differ(c, "device", wanted, "", "it is not there");
	} else if (difference_is_other(c->m, config)) {
		snprintf(now, sizeof(now), "%04x:%04x", c->f->vendor, c->f->device);
		differ(c, "device", wanted, now, "another device is there (%s)", now);
	}
}

static void compare_setting(struct comparison *c, unsigned long number, enum vf_setting setting,
			    const char *wanted, const char *now)
{
	char *name;

	if (!*wanted || !strcmp(wanted, now))
		return;
	name = xasprintf("vf %lu %s", number, vf_setting_name(setting));
	differ(c, name, wanted, now, "%s is %s, and %s is wanted", name, *now ? now : "not known",
	       wanted);
	free(name);
}

static void compare_settings(struct comparison *c)
{
	const struct config *config = &c->wanted->config;
	struct vf_values wanted, none = { 0 };
	const struct vf_values *now;
	struct vf_table table;

	if (!*config->vf)
		return;
	vf_read(c->m->root, c->f->address, &table);
	for (unsigned long i = 0; i < (unsigned long)config->vfs; i++) {
		wanted = vf_values_of(config->vf, i);
		now = i < table.n ? &table.v[i] : &none;
		for (int s = 0; s < VF_SETTINGS; s++)
			compare_setting(c, i, (enum vf_setting)s, wanted.v[s], now->v[s]);
	}
	vf_table_free(&table);
}

static void compare_vfs(struct comparison *c)
{
	const struct config *config = &c->wanted->config;
	const struct function *vf;
	char wanted[24], now[24];
	unsigned long others = 0;

	if (c->f->vfs != (unsigned long)config->vfs) {
		snprintf(wanted, sizeof(wanted), "%ld", config->vfs);
		snprintf(now, sizeof(now), "%lu", c->f->vfs);
		differ(c, "vfs", wanted, now, "it has %s VFs, and %s are wanted", now, wanted);
		return;
	}
	compare_settings(c);
	for_each_function(vf, c->m)
		others += !strcmp(vf->pf, c->f->address) && config->vfio && !in_vfio(vf);
	if (others)
		differ(c, "personality", "vfio", "native", "VFs of it that are not in VFIO: %lu",
		       others);
}

static void compare_personality(struct comparison *c)
{
	const struct config *config = &c->wanted->config;
	const char *driver = *c->f->driver ? c->f->driver : "no driver";

	if (config->vfio && !in_vfio(c->f))
		differ(c, "personality", "vfio", state_name(c->f->state),
		       "it is not in VFIO, but has %s", driver);
	else if (!config->vfio && in_vfio(c->f))
		differ(c, "personality", "native", state_name(c->f->state),
		       "it is in VFIO, and is wanted native");
	else if (config->vfio && strcmp(config->driver, "auto") &&
		 (strcmp(config->driver, "bound") ? strcmp(config->driver, c->f->driver) :
		  c->f->state != STATE_VFIO))
		differ(c, "driver", config->driver, c->f->driver,
		       "it is in VFIO by %s, and is wanted by %s", c->f->driver, config->driver);
}

static void compare_cdi(struct comparison *c)
{
	const struct config *config = &c->wanted->config;

	if (config->cdi && config->vfs < 0 && in_vfio(c->f) &&
	    !cdi_exists(c->m->root, c->f->address))
		differ(c, "cdi", "yes", "no", "its CDI specification is not there");
}

/* What is to be created on it, and is not there, or otherwise */
static void compare_created(struct comparison *c)
{
	struct names lines = names_split_at(c->wanted->config.create, "\n");
	struct instance_name wanted;
	struct instance now;

	for (size_t i = 0; i < lines.n; i++) {
		instance_name_parse(&wanted, lines.v[i]);
		if (!instance_read(c->m->root, c->f->address, wanted.type, wanted.name, &now))
			differ(c, "create", lines.v[i], "", "%s/%s is not there", wanted.type,
			       wanted.name);
		else if (!now.live)
			differ(c, "create", lines.v[i], now.state, "%s/%s is not live",
			       wanted.type, wanted.name);
		else if (!instance_agrees(&now, &wanted))
			differ(c, "create", lines.v[i], "other settings",
			       "%s/%s is live with other settings", wanted.type, wanted.name);
		instance_free(&now);
		instance_name_free(&wanted);
	}
	names_free(&lines);
}

size_t difference_add(struct json_object *rows, const struct machine *m,
		      const struct wanted *wanted)
{
	struct comparison c = {
		.rows = rows, .m = m, .wanted = wanted,
		.f = machine_find(m, wanted->config.address),
	};

	compare_device(&c);
	if (c.n)
		return c.n;
	if (wanted->config.vfs >= 0)
		compare_vfs(&c);
	else if (!wanted->config.implied)
		compare_personality(&c);
	compare_created(&c);
	compare_cdi(&c);
	return c.n;
}
