// SPDX-License-Identifier: GPL-2.0
/*
 * config_file: the files of /etc/vfio-personality.d.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "denied.h"
#include "diag.h"

#define SUFFIX ".conf"

/* A PF's has a line for each of its VFs */
#define TEXT_MAX (64 << 10)

int config_read(const struct path_ctx *root, const char *address, struct config *config)
{
	char text[TEXT_MAX];
	unsigned int line;
	const char *why;
	ssize_t len;
	size_t used;

	/* path_read() would hide whether the last line is whole */
	len = path_read_raw(root, text, sizeof(text), CONFIG_DIR "/%s" SUFFIX, address);
	if (len < 0) {
		if (len != -ENOENT)
			say("/" CONFIG_DIR "/%s" SUFFIX ": %s", address, strerror((int)-len));
		return len == -ENOENT ? -ENOENT : -EINVAL;
	}
	used = strlen(text);
	if (used != (size_t)len || used == sizeof(text) - 1) {
		say("/" CONFIG_DIR "/%s" SUFFIX ": this is not a text file of ours", address);
		return -EINVAL;
	}
	if (!config_parse(config, text, &why, &line)) {
		if (line)
			say("/" CONFIG_DIR "/%s" SUFFIX ", line %u: %s", address, line, why);
		else
			say("/" CONFIG_DIR "/%s" SUFFIX ": %s", address, why);
		return -EINVAL;
	}
	if (strcmp(config->address, address)) {
		say("/" CONFIG_DIR "/%s" SUFFIX " is about %s; its name must be that, too",
		    address, config->address);
		return -EINVAL;
	}
	return 0;
}

int config_put(const struct path_ctx *root, const char *address, const char *text)
{
	int error;

	if (!text) {
		error = path_unlink(root, CONFIG_DIR "/%s" SUFFIX, address);
		return error == -ENOENT ? 0 : error;
	}
	error = path_mkdir(root, "etc");
	if (!error)
		error = path_mkdir(root, CONFIG_DIR);
	return error ? error : path_replace(root, text, CONFIG_DIR "/%s" SUFFIX, address);
}

bool config_write(const struct path_ctx *root, const char *address, const struct config *config)
{
	char *text = config ? config_format(config) : NULL;
	int error = config_put(root, address, text);

	free(text);
	if (error)
		say("cannot write /" CONFIG_DIR "/%s" SUFFIX ": %s", address,
		    error_text(root, -error));
	return !error;
}

bool config_exists(const struct path_ctx *root, const char *address)
{
	return path_exists(root, CONFIG_DIR "/%s" SUFFIX, address);
}

struct names config_list(const struct path_ctx *root)
{
	struct names files = path_list(root, CONFIG_DIR), addresses = { 0 };
	struct bdf bdf;
	char *suffix;

	for (size_t i = 0; i < files.n; i++) {
		suffix = strstr(files.v[i], SUFFIX);
		if (suffix && !suffix[strlen(SUFFIX)])
			*suffix = '\0';
		else
			continue;	/* an editor's, or one half written */
		if (bdf_parse(files.v[i], &bdf))
			names_add(&addresses, files.v[i]);
		else
			say("/" CONFIG_DIR "/%s" SUFFIX ": its name is not an address",
			    files.v[i]);
	}
	names_free(&files);
	return addresses;
}

struct config config_of(const struct machine *m, const struct function *f)
{
	struct config config = config_empty();

	config.implied = false;
	config.identity = identity_of(m, f);
	memcpy(config.address, f->address, sizeof(config.address));
	return config;
}
