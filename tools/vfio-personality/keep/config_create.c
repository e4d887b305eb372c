// SPDX-License-Identifier: GPL-2.0
/*
 * config_create: of what is saved of a function, what is to be created on it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "instance.h"

static bool is_of(const char *line, const char *type, const char *name)
{
	struct instance_name one;
	bool is = !instance_name_parse(&one, line) && !strcmp(one.type, type) &&
		  !strcmp(one.name, name);

	instance_name_free(&one);
	return is;
}

/* But those of @type and @name */
static char *without(const char *create, const char *type, const char *name)
{
	struct names lines = names_split_at(create, "\n");
	char *text = xstrdup(""), *more;

	for (size_t i = 0; i < lines.n; i++) {
		if (is_of(lines.v[i], type, name))
			continue;
		more = xasprintf("%s%s%s", text, *text ? "\n" : "", lines.v[i]);
		free(text);
		text = more;
	}
	names_free(&lines);
	return text;
}

const char *config_add_create(const char **create, const char *text)
{
	char *rest = NULL, *line = NULL, *whole = NULL;
	struct instance_name name;
	const char *why = instance_name_parse(&name, text);

	if (!why) {
		rest = without(*create, name.type, name.name);
		if (strcmp(rest, *create))
			why = "this is there twice";
	}
	if (!why) {
		line = instance_name_format(&name);
		whole = xasprintf("%s%s%s", rest, *rest ? "\n" : "", line);
		*create = xintern(whole);
	}
	free(whole);
	free(line);
	free(rest);
	instance_name_free(&name);
	return why;
}

bool config_creates(const struct path_ctx *root, const char *address, const char *type,
		    const char *name)
{
	struct config config;
	const char *all;

	if (!config_exists(root, address) || config_read(root, address, &config))
		return false;
	all = config.create;
	config_drop_create(&config.create, type, name);
	return strcmp(all, config.create);
}

void config_drop_create(const char **create, const char *type, const char *name)
{
	char *rest = without(*create, type, name);

	*create = xintern(rest);
	free(rest);
}
