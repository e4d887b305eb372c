// SPDX-License-Identifier: GPL-2.0
/*
 * explain: why a function is what it is.
 */
#include "explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "early.h"
#include "hold.h"
#include "record.h"
#include "wanted.h"

/**
 * struct explanation - of a function, under way
 * @rows: where to
 * @m: the machine
 * @f: the function
 * @explained: why it is in VFIO has been said
 */
struct explanation {
	struct json_object *rows;
	const struct machine *m;
	const struct function *f;
	bool explained;
};

static void add(struct explanation *e, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void add(struct explanation *e, const char *subject, const char *fmt, ...)
{
	struct json_object *o = json_object_new_object();
	va_list args;
	char *text;

	va_start(args, fmt);
	text = xvasprintf(fmt, args);
	va_end(args);
	json_object_object_add(o, "address", json_text(e->f->address));
	json_object_object_add(o, "subject", json_text(subject));
	json_object_object_add(o, "text", json_text(text));
	json_object_array_add(e->rows, o);
	free(text);
}

static void explain_state(struct explanation *e)
{
	const struct function *f = e->f;

	if (f->state == STATE_BROKEN)
		add(e, "state", "broken: a switch failed, and so did its way back");
	else if (f->state == STATE_UNBINDING)
		add(e, "state", "%s has been leaving it for %lu s; somebody may have it open",
		    f->driver, f->unbinding);
	else if (f->state == STATE_VFIO)
		add(e, "state", "in VFIO, by its own driver %s, which has stayed bound", f->driver);
	else if (in_vfio(f))
		add(e, "state", "in VFIO, by %s", f->driver);
	else if (*f->driver)
		add(e, "state", "native, with %s", f->driver);
	else
		add(e, "state", "no driver is bound to it");
	if (*function_switch(e->m, f)->last_error)
		add(e, "last error", "%s", function_switch(e->m, f)->last_error);
}

static const char *text_of(struct json_object *o, const char *key)
{
	const char *text = json_object_get_string(json_object_object_get(o, key));

	return text ? text : "";
}

/* The last switch by this program, unless something else has happened since */
static void explain_who(struct explanation *e)
{
	struct json_object *who = record_who(e->m->root, e->f->address);
	const char *by = text_of(who, "by"), *unit = text_of(who, "unit");
	bool undone;

	if (!who)
		return;
	undone = !strcmp(text_of(who, "verb"), "disable") == in_vfio(e->f) &&
		 strcmp(text_of(who, "verb"), "undo") && strcmp(text_of(who, "verb"), "apply");
	add(e, "who", "%s%s%s%s%s%s%s: %s%s", text_of(who, "user"), *by ? " (" : "", by,
	    *by ? ")" : "", *unit ? " in " : "", unit,
	    undone ? ", but somebody has switched it otherwise since" : "", text_of(who, "command"),
	    *text_of(who, "command") ? "" : text_of(who, "verb"));
	if (*text_of(who, "at"))
		add(e, "when", "%s", text_of(who, "at"));
	e->explained |= !undone;
	json_object_put(who);
}

/* Those that would have said it, had nothing else */
static void explain_rules(struct explanation *e, const struct wanted *wanted)
{
	const struct rules *rules = rules_all(e->m->root);
	const struct rule *rule;

	for (rule = rules->v; rule < rules->v + rules->n; rule++)
		if (rule != wanted->rule && rule_matches(rule, e->m, e->f))
			add(e, "rule", "%s:%u is about it, too, and does not count: %s is %s",
			    rule->file, rule->line, wanted->rule ? wanted->by : "what was saved",
			    wanted->rule ? rule_reason(wanted->rule, rule) :
			    "before all rules");
}

static void explain_created(struct explanation *e, const char *subject,
			    const struct wanted *wanted)
{
	struct names lines = names_split_at(wanted->config.create, "\n");

	for (size_t i = 0; i < lines.n; i++)
		add(e, subject, "%s is created at every boot, by %s", lines.v[i], wanted->by);
	names_free(&lines);
}

static void explain_saved(struct explanation *e)
{
	struct config *config;
	struct wanted wanted;
	const char *subject;

	if (wanted_of(e->m, e->f, &wanted))
		return;
	config = &wanted.config;
	subject = wanted.rule ? "rule" : "saved";
	if (*config->create)
		explain_created(e, subject, &wanted);
	if (config->vfs >= 0)
		add(e, subject, "%ld VFs in %s at every boot, by %s", config->vfs,
		    config->vfio ? "VFIO" : "their native driver", wanted.by);
	else if (!config->implied)
		add(e, subject, "%s at every boot, by %s", config->vfio ? "VFIO" : "native",
		    wanted.by);
	explain_rules(e, &wanted);
	if (early_is(e->m, e->f)) {
		add(e, subject, "apply took it before a driver had come");
		e->explained = true;
	}
}

static void explain_override(struct explanation *e)
{
	char override[NAME_LEN];

	function_override(e->m, e->f, override, sizeof(override));
	if (!*override)
		return;
	if (!strcmp(override, HOLD_NAME))
		add(e, "driver_override",
		    "%s: apply keeps drivers off it, as the switch cannot be loaded", override);
	else
		add(e, "driver_override",
		    "%s, as driverctl, libvirt, or somebody by hand has written there: no other driver is bound",
		    override);
	e->explained |= in_vfio(e->f) && !strcmp(override, e->f->driver);
}

/* "8086:10d3" among "8086:10c9,8086:10d3:1af4:1100" */
static bool has_id(const char *list, const struct function *f)
{
	char id[16];
	const char *at;

	snprintf(id, sizeof(id), "%04x:%04x", f->vendor, f->device);
	at = strcasestr(list, id);
	return at && (at == list || strchr(",= \"", at[-1]));
}

static void explain_command_line(struct explanation *e)
{
	char *text = path_read_all(e->m->root, "proc/cmdline"), *rest = text, *word;

	while ((word = strsep(&rest, "\n "))) {
		if (strncmp(word, "vfio-pci.ids=", 13) && strncmp(word, "vfio_pci.ids=", 13))
			continue;
		if (!has_id(word, e->f))
			continue;
		add(e, "command line", "%s makes vfio-pci take all devices of its kind", word);
		e->explained |= in_vfio(e->f);
	}
	free(text);
}

/* "options vfio-pci ids=...", "softdep nvme pre: vfio-pci", "blacklist nouveau" */
static void explain_line(struct explanation *e, const char *file, const char *line)
{
	const char *native = function_native_driver(e->m, e->f);
	char word[32], module[64];
	int at = 0;

	if (sscanf(line, " %31s %63s%n", word, module, &at) != 2)
		return;
	if (!strcmp(word, "options") && strstr(line, "ids=") && has_id(line + at, e->f) &&
	    (!strcmp(module, "vfio-pci") || !strcmp(module, "vfio_pci"))) {
		add(e, "modprobe.d", "%s: %s makes vfio-pci take all devices of its kind", file,
		    line);
		e->explained |= in_vfio(e->f);
	} else if (*native && !strcmp(module, native) &&
		   (!strcmp(word, "softdep") || !strcmp(word, "blacklist"))) {
		add(e, "modprobe.d", "%s: %s", file, line);
	}
}

static void explain_modprobe(struct explanation *e)
{
	static const char *const folders[] = {
		"etc/modprobe.d", "run/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d",
	};
	char *text, *rest, *line, *name;
	struct names files;

	for (size_t d = 0; d < ARRAY_SIZE(folders); d++) {
		files = path_list(e->m->root, "%s", folders[d]);
		for (size_t i = 0; i < files.n; i++) {
			text = path_read_all(e->m->root, "%s/%s", folders[d], files.v[i]);
			rest = text;
			name = xasprintf("/%s/%s", folders[d], files.v[i]);
			while ((line = strsep(&rest, "\n")))
				explain_line(e, name, line);
			free(name);
			free(text);
		}
		names_free(&files);
	}
}

static void explain_pf(struct explanation *e)
{
	unsigned long born;

	if (!*e->f->pf || path_read_number(e->m->root, &born, SYS_PCI
					   "/%s/personality/vfs_use_vfio", e->f->pf) || !born)
		return;
	add(e, "pf", "VFs of %s are born in VFIO, as its vfs_use_vfio says", e->f->pf);
	e->explained |= in_vfio(e->f);
}

static void explain_group(struct explanation *e)
{
	const struct function *other;

	for_each_function(other, e->m)
		if (other != e->f && same_group(e->f, other) && blocks_group(other))
			add(e, "group",
			    "nobody can have it from VFIO while %s of its group is bound to %s",
			    other->address, other->driver);
}

static void explain_way_back(struct explanation *e)
{
	const char *native = function_switch(e->m, e->f)->native_driver;

	if (!in_vfio(e->f))
		return;
	if (!strcmp(native, "none"))
		add(e, "way back", "disable leads to %s", early_is(e->m, e->f) ?
		    "the driver that the kernel chooses" : "no driver, as it had none");
	else if (*native)
		add(e, "way back", "disable leads to %s", strcmp(native, "auto") ? native :
		    "the driver that the kernel chooses");
}

void explain(struct json_object *rows, const struct machine *m, const struct function *f)
{
	struct explanation e = { .rows = rows, .m = m, .f = f };

	explain_state(&e);
	explain_who(&e);
	explain_saved(&e);
	explain_override(&e);
	explain_command_line(&e);
	explain_modprobe(&e);
	explain_pf(&e);
	if (in_vfio(f) && !e.explained)
		add(&e, "who",
		    "not this program: somebody has written to use_vfio, or bound %s by hand",
		    f->driver);
	explain_group(&e);
	explain_way_back(&e);
}
