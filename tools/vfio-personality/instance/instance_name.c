// SPDX-License-Identifier: GPL-2.0
/*
 * instance_name: what an instance is to be, as it is written on command lines and in files.
 */
#include "instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No folder but one of its own */
static bool is_folder(const char *text)
{
	return is_word(text, NAME_LEN) && strcmp(text, ".") && strcmp(text, "..");
}

/* What a setting can have: numbers, words and addresses. A blank would end it in a file */
static bool is_value(const char *text)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:,/+";
	size_t len = strspn(text, letters);

	return len && !text[len] && len < 256;
}

static bool is_of(const char *setting, const char *key, size_t len)
{
	return !strncmp(setting, key, len) && setting[len] == '=';
}

const char *instance_name_add(struct instance_name *name, const char *setting)
{
	const char *equals = strchr(setting, '=');
	char key[NAME_LEN];
	size_t len;

	if (!equals)
		return "a setting is written ATTRIBUTE=VALUE";
	len = (size_t)(equals - setting);
	snprintf(key, sizeof(key), "%.*s", (int)len, setting);
	if (len >= sizeof(key) || !is_folder(key))
		return "this is not the name of an attribute";
	if (!is_value(equals + 1))
		return "an attribute's value is letters, digits and -_.:,/+";
	if (instance_attribute_is_own(key))
		return "this attribute is the kernel's; create and destroy see to it";
	for (size_t i = 0; i < name->settings.n; i++)
		if (is_of(name->settings.v[i], setting, len))
			return "this attribute is there twice";
	names_add(&name->settings, setting);
	return NULL;
}

const char *instance_name_set(struct instance_name *name, const char *type, const char *text)
{
	if (!is_folder(type))
		return "a type is letters, digits and -_.+, 63 at most";
	if (!is_folder(text))
		return "a name is letters, digits and -_.+, 63 at most";
	snprintf(name->type, sizeof(name->type), "%s", type);
	snprintf(name->name, sizeof(name->name), "%s", text);
	return NULL;
}

const char *instance_name_parse(struct instance_name *name, const char *text)
{
	struct names words = names_split_at(text, " ");
	const char *why = "TYPE/NAME is missing";
	char *slash = words.n ? strchr(words.v[0], '/') : NULL;

	*name = (struct instance_name){ 0 };
	if (slash) {
		*slash = '\0';
		why = instance_name_set(name, words.v[0], slash + 1);
	}
	for (size_t i = 1; !why && i < words.n; i++)
		why = instance_name_add(name, words.v[i]);
	names_free(&words);
	return why;
}

char *instance_name_format(const struct instance_name *name)
{
	char *text = xasprintf("%s/%s", name->type, name->name), *more;

	for (size_t i = 0; i < name->settings.n; i++) {
		more = xasprintf("%s %s", text, name->settings.v[i]);
		free(text);
		text = more;
	}
	return text;
}

void instance_name_free(struct instance_name *name)
{
	names_free(&name->settings);
}
