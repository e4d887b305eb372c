// SPDX-License-Identifier: GPL-2.0
/*
 * wanted: what a function is to be, by what was saved of it, or else by a rule.
 */
#include "wanted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct wanted wanted_saved(const struct config *config)
{
	char *file = xasprintf("/" CONFIG_DIR "/%s.conf", config->address);
	struct wanted wanted = { .config = *config, .by = xintern(file) };

	free(file);
	return wanted;
}

/* A rule says what, and the function itself which device that is */
static struct wanted by_rule(const struct machine *m, const struct function *f,
			     const struct rule *rule)
{
	char *by = xasprintf("%s:%u", rule->file, rule->line);
	struct wanted wanted = { .config = rule->config, .by = xintern(by), .rule = rule };

	memcpy(wanted.config.address, f->address, sizeof(f->address));
	wanted.config.identity = identity_of(m, f);
	free(by);
	return wanted;
}

int wanted_of(const struct machine *m, const struct function *f, struct wanted *wanted)
{
	const struct rule *rule;
	struct config config;
	int error;

	if (config_exists(m->root, f->address)) {
		error = config_read(m->root, f->address, &config);
		if (!error)
			*wanted = wanted_saved(&config);
		return error;
	}
	rule = rules_find(m, f);
	if (!rule)
		return -ENOENT;
	*wanted = by_rule(m, f, rule);
	return 0;
}

bool wanted_waits(const struct wanted *wanted)
{
	const struct config *config = &wanted->config;

	return config->vfs >= 0 || *config->create ||
	       (config->vfio && !strcmp(config->driver, "bound")) ||
	       (wanted->rule && rule_needs_driver(wanted->rule));
}
