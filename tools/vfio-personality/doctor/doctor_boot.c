// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_boot: will what is saved be in force after the next boot, and is it now?
 */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "config.h"
#include "difference.h"
#include "journal.h"
#include "persist.h"

static void examine_unit(struct doctor *d)
{
	const struct path_ctx *root = d->m->root;
	const char *remedy = persist_boot_remedy(root);

	if (root->real && !path_exists(root, "run/systemd/system"))
		doctor_say(d, VERDICT_UNKNOWN, "boot", "have your init run: vfio-personality apply",
			   "systemd is not what boots this machine");
	else if (remedy)
		doctor_say(d, VERDICT_PROBLEM, "boot", remedy,
			   "nothing applies at boot what is saved");
	else
		doctor_say(d, VERDICT_OK, "boot", NULL,
			   "vfio-personality.service applies what is saved");
	if (doctor_told(d, CMDLINE_OFF))
		doctor_say(d, VERDICT_PROBLEM, "boot",
			   "vfio-personality apply; and take that off the kernel's command line",
			   "vfio-personality=off is on the kernel's command line: nothing was applied");
}

/* True if all is as @wanted says */
static bool examine_wanted(struct doctor *d, const struct wanted *wanted, const char *subject)
{
	const struct config *config = &wanted->config;
	struct json_object *rows = json_object_new_array(), *row;
	bool absent = difference_is_absent(d->m, config);
	size_t n = difference_add(rows, d->m, wanted);
	char *remedy;

	if (*config->user && strcmp(config->user, "root") && !names_have(&d->users, config->user))
		names_add(&d->users, config->user);
	remedy = xasprintf("vfio-personality %s %s", difference_is_other(d->m, config) ?
			   "unsave" : "apply", config->address);
	for (size_t i = 0; i < n; i++) {
		row = json_object_array_get_idx(rows, i);
		doctor_say(d, absent ? VERDICT_UNKNOWN : VERDICT_PROBLEM, subject,
			   absent ? NULL : remedy, "%s: %s%s%s%s", config->address,
			   json_object_get_string(json_object_object_get(row, "text")),
			   wanted->rule ? " (by " : "", wanted->rule ? wanted->by : "",
			   wanted->rule ? ")" : "");
	}
	free(remedy);
	json_object_put(rows);
	return !n;
}

/* True if it is in force */
static bool examine_one(struct doctor *d, const char *address)
{
	struct wanted wanted;
	struct config config;

	if (config_read(d->m->root, address, &config)) {
		doctor_say(d, VERDICT_PROBLEM, "saved", "save it anew, or unsave it",
			   "%s: what is saved of it cannot be read", address);
		return false;
	}
	if (config.vfio && config.vfs < 0)
		names_add(&d->saved, address);
	wanted = wanted_saved(&config);
	return examine_wanted(d, &wanted, "saved");
}

static void examine_saved(struct doctor *d)
{
	struct names saved = config_list(d->m->root);
	size_t in_force = 0;

	for (size_t i = 0; i < saved.n; i++)
		in_force += examine_one(d, saved.v[i]);
	if (in_force == saved.n)
		doctor_say(d, VERDICT_OK, "saved", NULL,
			   saved.n ? "what is saved is in force (functions: %zu)" :
			   "nothing is saved", saved.n);
	names_free(&saved);
}

/* What was saved of a function has been examined */
static void examine_rules(struct doctor *d)
{
	const struct rules *rules = rules_all(d->m->root);
	size_t concerned = 0, in_force = 0;
	const struct function *f;
	struct wanted wanted;

	for (size_t i = 0; i < rules->broken.n; i++)
		doctor_say(d, VERDICT_PROBLEM, "rules", "mend that file",
			   "nothing in %s is followed", rules->broken.v[i]);
	for_each_function(f, d->m) {
		if (!rules->n || config_exists(d->m->root, f->address) ||
		    wanted_of(d->m, f, &wanted))
			continue;
		concerned++;
		in_force += examine_wanted(d, &wanted, "rules");
	}
	for (size_t i = 0; i < rules->n; i++)
		if (!rules->v[i].used)
			doctor_say(d, VERDICT_UNKNOWN, "rules", NULL,
				   "%s:%u matches no function that is here", rules->v[i].file,
				   rules->v[i].line);
	if (rules->n && in_force == concerned)
		doctor_say(d, VERDICT_OK, "rules", NULL,
			   "what rules want is in force (functions: %zu)", concerned);
}

static void examine_runs(struct doctor *d)
{
	struct names files = path_list(d->m->root, RUN_DIR), journals = { 0 };
	char *some;

	for (size_t i = 0; i < files.n; i++)
		if (!strncmp(files.v[i], "journal-", 8))
			names_add(&journals, files.v[i]);
	some = doctor_some(&journals);
	if (journals.n)
		doctor_say(d, VERDICT_UNKNOWN, "runs",
			   "if none is running, the next enable or disable of the same functions undoes them",
			   "there are runs that have not ended, or were killed: %s", some);
	free(some);
	names_free(&files);
	names_free(&journals);
}

void doctor_boot(struct doctor *d)
{
	examine_unit(d);
	examine_saved(d);
	examine_rules(d);
	examine_runs(d);
}
