// SPDX-License-Identifier: GPL-2.0
/*
 * record: who switched functions, when and by what command, and how to undo the last run.
 */
#include "record.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "denied.h"
#include "describe.h"
#include "diag.h"
#include "journal.h"
#include "transaction.h"
#include "vf.h"

#define LAST RUN_DIR "/last"
#define WHO RUN_DIR "/who-%s"

struct record record_before(const struct machine *m, const struct wants *wants)
{
	struct record record = { .v = xcalloc(wants->n, sizeof(*record.v)) };
	struct record_function *r;
	const struct function *f;
	const struct want *want;
	unsigned long born;

	for_each_want(want, wants) {
		f = machine_find(m, want->address);
		if (!f || !f->known)
			continue;
		r = &record.v[record.n++];
		*r = (struct record_function){
			.vfio = in_vfio(f), .vfs = f->vfs, .of_vfs = want->vfs >= 0, .vf = "",
		};
		/* What was changed has to be set back; of what was removed, most is as usual */
		if (r->of_vfs && f->vfs)
			r->vf = vf_now(m->root, f->address, !*want->vf);
		memcpy(r->address, f->address, sizeof(r->address));
		r->vfs_vfio = !path_read_number(m->root, &born, SYS_PCI
						"/%s/personality/vfs_use_vfio", f->address) && born;
		r->file.before = saved_file_now(m->root, f->address);
	}
	return record;
}

void record_free(struct record *record)
{
	for (size_t i = 0; i < record->n; i++)
		saved_file_free(&record->v[i].file);
	free(record->v);
	record_instance_free(record->instance);
	*record = (struct record){ 0 };
}

static void add_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, text ? json_text(text) : NULL);
}

static void add_now(struct json_object *o)
{
	time_t now = time(NULL);
	char text[64] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	add_text(o, "at", text);
}

/* "0::/user.slice/user-0.slice/session-3.scope": the last part */
static void add_unit(struct json_object *o, const struct path_ctx *root)
{
	char text[PATH_TEXT], *slash;

	path_read(root, text, sizeof(text), "proc/self/cgroup");
	text[strcspn(text, "\n")] = '\0';
	slash = strrchr(text, '/');
	add_text(o, "unit", slash ? slash + 1 : "");
}

/* Words end in NUL there */
static void add_command(struct json_object *o, const struct path_ctx *root)
{
	char text[PATH_TEXT];
	ssize_t len = path_read_raw(root, text, sizeof(text), "proc/self/cmdline");

	for (ssize_t i = 0; i + 1 < len; i++)
		text[i] = text[i] ? text[i] : ' ';
	add_text(o, "command", text);
}

/* To look up root is to ask services that may be down */
static const char *user_name(void)
{
	const struct passwd *user = getuid() ? getpwuid(getuid()) : NULL;

	return user ? user->pw_name : getuid() ? "" : "root";
}

static struct json_object *who(const struct path_ctx *root, const struct options *o)
{
	struct json_object *who = json_object_new_object();

	add_text(who, "verb", verb_name(o->verb));
	if (!root->real)
		return who;
	add_now(who);
	add_text(who, "user", user_name());
	add_text(who, "by", getenv("SUDO_USER"));
	add_unit(who, root);
	add_command(who, root);
	return who;
}

static struct json_object *as_object(const struct record_function *r)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "address", r->address);
	json_object_object_add(o, "vfio", json_object_new_boolean(r->vfio));
	json_object_object_add(o, "vfs", json_object_new_int64((int64_t)r->vfs));
	json_object_object_add(o, "vfs_vfio", json_object_new_boolean(r->vfs_vfio));
	add_text(o, "vf", r->vf);
	json_object_object_add(o, "of_vfs", json_object_new_boolean(r->of_vfs));
	saved_file_add(o, &r->file);
	return o;
}

static int write_object(const struct path_ctx *root, struct json_object *o, const char *name)
{
	return path_replace(root, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY),
			    "%s", name);
}

static void write_last(const struct path_ctx *root, struct json_object *run, int error)
{
	if (!error && run)
		error = write_object(root, run, LAST);
	if (error)
		say_as("warning", "warning: this run cannot be recorded in /" RUN_DIR ": %s",
		       error_text(root, -error));
}

static bool was_changed(const struct wants *wants, const char *address)
{
	const struct want *want = wants_find(wants, address);

	return want && want->result && !strcmp(want->result, "done");
}

void record_write(const struct path_ctx *root, const struct options *o,
		  struct record *before, const struct wants *wants, bool undoable)
{
	struct json_object *run = who(root, o), *functions = json_object_new_array();
	struct record_function *r;
	int error = 0;
	char *name;

	for (r = before->v; r < before->v + before->n; r++) {
		if (!was_changed(wants, r->address))
			continue;
		saved_file_look_again(root, r->address, &r->file);
		json_object_array_add(functions, as_object(r));
		name = xasprintf(WHO, r->address);
		error = error ? error : write_object(root, run, name);
		free(name);
	}
	json_object_object_add(run, "functions", functions);
	write_last(root, undoable && json_object_array_length(functions) ? run : NULL, error);
	json_object_put(run);
}

void record_write_instance(const struct path_ctx *root, const struct options *o,
			   struct record_instance *before)
{
	struct json_object *run = who(root, o);

	saved_file_look_again(root, before->address, &before->file);
	before->was_kept = saved_file_was_changed(&before->file);
	json_object_object_add(run, "instance", record_instance_json(before));
	write_last(root, run, 0);
	json_object_put(run);
}

static struct json_object *read_object(const struct path_ctx *root, const char *name)
{
	char *text = path_read_all(root, "%s", name);
	struct json_object *o = *text ? json_tokener_parse(text) : NULL;

	free(text);
	return o;
}

static bool parse_function(struct record_function *r, struct json_object *o)
{
	const char *address = json_object_get_string(json_object_object_get(o, "address")),
		   *vf = json_object_get_string(json_object_object_get(o, "vf"));
	struct bdf bdf;

	if (!address || !bdf_parse(address, &bdf))
		return false;
	bdf_format(&bdf, r->address);
	r->vfio = json_object_get_boolean(json_object_object_get(o, "vfio"));
	r->vfs = (unsigned long)json_object_get_int64(json_object_object_get(o, "vfs"));
	r->vfs_vfio = json_object_get_boolean(json_object_object_get(o, "vfs_vfio"));
	r->of_vfs = json_object_get_boolean(json_object_object_get(o, "of_vfs"));
	r->vf = vf ? xintern(vf) : "";
	r->file = saved_file_parse(o);
	return true;
}

bool record_read(const struct path_ctx *root, struct record *last)
{
	struct json_object *o = read_object(root, LAST),
			   *functions = json_object_object_get(o, "functions");
	size_t n = json_object_is_type(functions, json_type_array) ?
		   json_object_array_length(functions) : 0;

	*last = (struct record){ .v = xcalloc(n, sizeof(*last->v)) };
	for (size_t i = 0; i < n; i++)
		if (parse_function(&last->v[last->n], json_object_array_get_idx(functions, i)))
			last->n++;
	last->instance = record_instance_parse(json_object_object_get(o, "instance"));
	json_object_put(o);
	return last->n || last->instance;
}

void record_forget(const struct path_ctx *root)
{
	path_unlink(root, LAST);
}

struct json_object *record_who(const struct path_ctx *root, const char *address)
{
	char *name = xasprintf(WHO, address);
	struct json_object *o = read_object(root, name);

	free(name);
	return json_object_is_type(o, json_type_object) ? o : NULL;
}
