/* SPDX-License-Identifier: GPL-2.0 */
/*
 * config: what is saved of a function, one file each.
 */
#ifndef VP_CONFIG_H
#define VP_CONFIG_H

#include "identity.h"
#include "want.h"

#define CONFIG_DIR "etc/vfio-personality.d"

/**
 * struct config - a saved function
 * @address: where it is
 * @identity: what must be there
 * @vfio: its personality, or with @vfs that of its VFs
 * @driver: for vfio_driver, "auto" if not said
 * @vfs: how many it has, -1 if it is not about VFs
 * @vf: these are set up so, see vf.h; empty if not said, and no text of this struct's own
 * @user: of the device files; with @group and @mode empty if not said
 * @force: the checks that are lifted, see check.h
 * @cdi: it has a CDI specification while it is in VFIO
 * @create: vfio_devices that its driver is to provide, a line for each, see instance.h;
 *	empty if there are none, and no text of this struct's own
 * @implied: it is native only as @create needs that; nothing has been said of it
 */
struct config {
	char address[BDF_LEN];
	struct identity identity;
	bool vfio;
	char driver[NAME_LEN];
	long vfs;
	const char *vf;
	char user[NAME_LEN], group[NAME_LEN], mode[8];
	unsigned long force;
	bool cdi;
	const char *create;
	bool implied;
};

/*
 * Reads @text, a file's whole contents. On failure false, with what is wrong in
 * @why and where in @line (0: not in a line).
 */
bool config_parse(struct config *config, const char *text, const char **why, unsigned int *line);
/*
 * Takes @line, "KEY=VALUE", which it writes to, with @seen for the keys that came before;
 * NULL, or what is wrong. Of a rule, nothing says there which device it is about.
 */
const char *config_take(struct config *config, char *line, unsigned int *seen, bool of_rule);
/* What of that is missing, or goes with nothing else, or NULL */
const char *config_check(const struct config *config, unsigned int seen, bool of_rule);
/*
 * Adds the line @text to @create, or takes that of the same type and name from it; NULL, or
 * what is wrong
 */
const char *config_add_create(const char **create, const char *text);
void config_drop_create(const char **create, const char *type, const char *name);
/* What is saved of the function has such a line */
bool config_creates(const struct path_ctx *root, const char *address, const char *type,
		    const char *name);
/* Nothing is wanted yet */
struct config config_empty(void);
/* The contents of a file; to be freed */
char *config_format(const struct config *config);

/* 0, or -ENOENT if nothing is saved, or -EINVAL, which has been said */
int config_read(const struct path_ctx *root, const char *address, struct config *config);
/* NULL takes the file away. What went wrong has been said */
bool config_write(const struct path_ctx *root, const char *address, const struct config *config);
/* The file itself; a NULL @text removes it. Negative errno */
int config_put(const struct path_ctx *root, const char *address, const char *text);
bool config_exists(const struct path_ctx *root, const char *address);
/* The addresses of which something is saved, and files that are none, said */
struct names config_list(const struct path_ctx *root);

/* What @f is; nothing yet about what is wanted of it */
struct config config_of(const struct machine *m, const struct function *f);

#endif
