// SPDX-License-Identifier: GPL-2.0
/*
 * config: the contents of the files, read strictly: a file that was cut off, or
 * has a line nobody understands, must not be applied in part.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "vf.h"

/* The keys of a file; the first two must be there, and the third, unless something is created */
enum key {
	KEY_ADDRESS,
	KEY_ID,
	KEY_PERSONALITY,
	KEY_DRIVER,
	KEY_VFS,
	KEY_VF,
	KEY_USER,
	KEY_GROUP,
	KEY_MODE,
	KEY_FORCE,
	KEY_CDI,
	KEY_CREATE,
	KEY_PATH,
	KEY_SERIAL,
	KEYS
};

static const char *const keys[KEYS] = {
	[KEY_ADDRESS] = "address",
	[KEY_ID] = "id",
	[KEY_PERSONALITY] = "personality",
	[KEY_DRIVER] = "driver",
	[KEY_VFS] = "vfs",
	[KEY_VF] = "vf",
	[KEY_USER] = "user",
	[KEY_GROUP] = "group",
	[KEY_MODE] = "mode",
	[KEY_FORCE] = "force",
	[KEY_CDI] = "cdi",
	[KEY_CREATE] = "create",
	[KEY_PATH] = "path",
	[KEY_SERIAL] = "serial",
};

static bool parse_id(struct identity *id, const char *value)
{
	int end = 0;

	return strlen(value) == 19 &&
	       strspn(value, "0123456789abcdef:") == 19 &&
	       sscanf(value, "%4x:%4x:%4x:%4x%n", &id->vendor, &id->device,
		      &id->subvendor, &id->subdevice, &end) == 4 && end == 19;
}

static bool copy_name(char *to, const char *value)
{
	if (!is_word(value, NAME_LEN))
		return false;
	strcpy(to, value);
	return true;
}

static bool parse_address(struct config *config, const char *value)
{
	char canonical[BDF_LEN];
	struct bdf bdf;

	if (!bdf_parse(value, &bdf))
		return false;
	bdf_format(&bdf, canonical);
	memcpy(config->address, canonical, sizeof(canonical));
	return !strcmp(value, canonical);
}

static bool parse_mode(struct config *config, const char *value)
{
	unsigned long mode;

	if (!parse_number(value, 8, 0, 0777, &mode))
		return false;
	snprintf(config->mode, sizeof(config->mode), "%04lo", mode);
	return true;
}

/* Numbers of slots, or serial numbers */
static bool copy_identity(char *to, const char *value)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:,/";
	size_t len = strspn(value, letters);

	if (!len || value[len] || len >= IDENTITY_LEN)
		return false;
	memcpy(to, value, len + 1);
	return true;
}

static bool parse_force(struct config *config, const char *value)
{
	char *why;
	bool ok = check_parse_force(value, &config->force, &why);

	free(why);
	return ok;
}

static bool parse_value(struct config *config, enum key key, const char *value)
{
	unsigned long number;

	switch (key) {
	case KEY_ADDRESS:
		return parse_address(config, value);
	case KEY_ID:
		return parse_id(&config->identity, value);
	case KEY_PERSONALITY:
		config->implied = false;
		config->vfio = !strcmp(value, "vfio");
		return config->vfio || !strcmp(value, "native");
	case KEY_DRIVER:
		return copy_name(config->driver, value);
	case KEY_VFS:
		if (!parse_number(value, 10, 0, 65535, &number))
			return false;
		config->vfs = (long)number;
		return true;
	case KEY_VF:
		return !vf_add(&config->vf, value);
	case KEY_USER:
		return copy_name(config->user, value);
	case KEY_GROUP:
		return copy_name(config->group, value);
	case KEY_MODE:
		return parse_mode(config, value);
	case KEY_FORCE:
		return parse_force(config, value);
	case KEY_CDI:
		config->cdi = !strcmp(value, "yes");
		return config->cdi || !strcmp(value, "no");
	case KEY_CREATE:
		return !config_add_create(&config->create, value);
	case KEY_PATH:
		return copy_identity(config->identity.path, value);
	case KEY_SERIAL:
		return copy_identity(config->identity.serials, value);
	case KEYS:
		break;
	}
	return false;
}

/* What says which device it is about */
static bool is_of_device(enum key key)
{
	return key == KEY_ADDRESS || key == KEY_ID || key == KEY_PATH || key == KEY_SERIAL;
}

const char *config_take(struct config *config, char *line, unsigned int *seen, bool of_rule)
{
	char *value = strchr(line, '=');

	if (!value)
		return "this is not KEY=VALUE";
	*value++ = '\0';
	for (int key = 0; key < KEYS; key++) {
		if (strcmp(line, keys[key]) || (of_rule && is_of_device((enum key)key)))
			continue;
		/* Each VF may have its line, and so may all that is created */
		if (*seen & 1U << key && key != KEY_VF && key != KEY_CREATE)
			return "this key is there twice";
		*seen |= 1U << key;
		return parse_value(config, (enum key)key, value) ? NULL :
			"this key cannot have that value";
	}
	return "there is no such key";
}

const char *config_check(const struct config *config, unsigned int seen, bool of_rule)
{
	const unsigned int device = 1U << KEY_ADDRESS | 1U << KEY_ID;

	if (!of_rule && (seen & device) != device)
		return "address, id or personality is missing";
	if (!(seen & 1U << KEY_PERSONALITY) && (of_rule || !*config->create))
		return of_rule ? "personality is missing" : "address, id or personality is missing";
	if (!(seen & 1U << KEY_PERSONALITY) && config->vfs >= 0)
		return "vfs is there, and personality, which says what they are, is missing";
	if (*config->create && config->vfio && config->vfs < 0)
		return "create is for a function that is not in VFIO itself";
	return vf_check(config->vf, config->vfs);
}

struct config config_empty(void)
{
	return (struct config){
		.driver = "auto", .vfs = -1, .vf = "", .create = "", .implied = true,
	};
}

bool config_parse(struct config *config, const char *text, const char **why, unsigned int *line)
{
	char *copy = xstrdup(text), *rest = copy, *next;
	unsigned int seen = 0;

	*config = config_empty();
	*why = NULL;
	*line = 0;
	while (!*why && (next = strsep(&rest, "\n"))) {
		++*line;
		if (!rest && *next)
			*why = "the file ends within this line";
		else if (*next && *next != '#')
			*why = config_take(config, next, &seen, false);
	}
	free(copy);
	if (!*why) {
		*line = 0;
		*why = config_check(config, seen, false);
	}
	return !*why;
}

char *config_format(const struct config *config)
{
	const struct identity *id = &config->identity;
	char *text = NULL, *force = check_force_names(config->force);
	struct names vf = names_split_at(config->vf, " ");
	struct names create = names_split_at(config->create, "\n");
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file) {
		free(force);
		names_free(&vf);
		names_free(&create);
		return xstrdup("");
	}
	fprintf(file, "# vfio-personality(8): what this function is to be\n");
	fprintf(file, "%s=%s\n", keys[KEY_ADDRESS], config->address);
	fprintf(file, "%s=%04x:%04x:%04x:%04x\n", keys[KEY_ID], id->vendor, id->device,
		id->subvendor, id->subdevice);
	if (*id->path)
		fprintf(file, "%s=%s\n", keys[KEY_PATH], id->path);
	if (*id->serials)
		fprintf(file, "%s=%s\n", keys[KEY_SERIAL], id->serials);
	if (!config->implied)
		fprintf(file, "%s=%s\n", keys[KEY_PERSONALITY],
			config->vfio ? "vfio" : "native");
	fprintf(file, "%s=%s\n", keys[KEY_DRIVER], config->driver);
	if (config->vfs >= 0)
		fprintf(file, "%s=%ld\n", keys[KEY_VFS], config->vfs);
	for (size_t i = 0; i < vf.n; i++)
		fprintf(file, "%s=%s\n", keys[KEY_VF], vf.v[i]);
	if (*config->user)
		fprintf(file, "%s=%s\n", keys[KEY_USER], config->user);
	if (*config->group)
		fprintf(file, "%s=%s\n", keys[KEY_GROUP], config->group);
	if (*config->mode)
		fprintf(file, "%s=%s\n", keys[KEY_MODE], config->mode);
	if (*force)
		fprintf(file, "%s=%s\n", keys[KEY_FORCE], force);
	if (config->cdi)
		fprintf(file, "%s=yes\n", keys[KEY_CDI]);
	for (size_t i = 0; i < create.n; i++)
		fprintf(file, "%s=%s\n", keys[KEY_CREATE], create.v[i]);
	free(force);
	names_free(&vf);
	names_free(&create);
	fclose(file);
	return text;
}
