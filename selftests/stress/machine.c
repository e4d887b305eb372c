// SPDX-License-Identifier: GPL-2.0
/*
 * The storm: what happens to no function in particular. Modules go and come, steps of
 * the drivers' own method fail, the machine sleeps.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "module.h"
#include "slice.h"
#include "stress.h"
#include "suspend.h"
#include "wait.h"

/* One of modprobe's folders, and one that a reboot clears */
#define MODPROBE_DIR	"/run/modprobe.d"
#define MODPROBE_CONF	MODPROBE_DIR "/pci-personality-stress.conf"
/* A module is gone for so long at most before it is loaded again */
#define GONE_MS		1500
#define INJECT_MS	500

int rescan(const struct subject *subject, u32 arg)
{
	(void)subject;
	(void)arg;
	return pci_rescan();
}

/* Nobody has needed it so far */
static int unless_absent(int ret)
{
	return ret == -ENOENT ? 0 : ret;
}

/* Modules, and who is concerned when one goes; VFIO's are what the switch loads */
static const struct {
	const char *name;
	u32 concerned;
	const char *user;	/* in whose use it always is, and which comes along */
} modules[] = {
	{ "edu-vfio", EDUS, NULL },
	{ "edu", EDUS, SLICE_MODULE },
	{ "igbvf", ALL_VFS, NULL },
	{ "e1000e", BIT(E1000E) | BIT(SLOT_E1000E), NULL },
	{ "nvme", BIT(NVME), NULL },
	{ "igb", BIT(IGB), NULL },
	{ "vfio-pci", BIT(SUBJECTS), NULL },
	{ "vfio-pci", BIT(SUBJECTS), NULL },
	{ PERSONALITY_MODULE, BIT(SUBJECTS), NULL },
};

u32 reload_concerns(u32 arg)
{
	return modules[arg % ARRAY_SIZE(modules)].concerned;
}

/* Whoever asks modprobe for the module waits, as for one from a slow disk */
static void slow_down(const char *name)
{
	FILE *f;

	mkdir(MODPROBE_DIR, 0755);
	f = fopen(MODPROBE_CONF, "we");
	if (!f)
		return;
	fprintf(f, "install %s sleep 1; /sbin/modprobe -q --ignore-install %s\n",
		name, name);
	fclose(f);
}

static int reload_switch(void)
{
	/* It is used by drivers, which come along */
	static const char * const users[] = {
		PERSONALITY_MODULE, "edu", "igbvf", NULL
	};
	int ret = unless_absent(module_unload_tree(PERSONALITY_MODULE));
	const char * const *user;

	for (user = users; *user; user++) {
		int loaded = module_load(*user);

		ret = ret ?: loaded;
	}
	return ret;
}

int reload(const struct subject *subject, u32 arg)
{
	const char *name = modules[arg % ARRAY_SIZE(modules)].name;
	const char *user = modules[arg % ARRAY_SIZE(modules)].user;
	bool slow = arg & BIT(16);
	int loaded;
	int ret;

	(void)subject;
	if (!strcmp(name, PERSONALITY_MODULE))
		return reload_switch();
	if (slow)
		slow_down(name);
	if (user)
		module_unload(user);
	ret = unless_absent(module_unload(name));
	/* Meanwhile, who needs it has it loaded */
	if (slow)
		sleep_ms((arg >> 17) % GONE_MS);
	loaded = module_load(user ?: name);
	if (slow)
		unlink(MODPROBE_CONF);
	return ret ?: loaded;
}

/* Of edu's personality alone, and of all that have one: knobs of the test builds */
static void fail_steps(const char *edu, const char *all)
{
	file_write("/sys/module/edu_vfio/parameters/fail_step", edu);
	file_write("/sys/module/vfio_pci_personality/parameters/fail_step", all);
}

/* Among them some whose roll-back fails, too, which is what "broken" is for */
int inject(const struct subject *subject, u32 arg)
{
	static const struct {
		const char *edu;
		const char *all;
	} steps[] = {
		{ "create", "\n" }, { "start", "\n" }, { "\n", "register" },
		{ "start", "save" }, { "start", "register" }, { "start,create", "\n" },
	};
	unsigned int i = arg % ARRAY_SIZE(steps);

	(void)subject;
	fail_steps(steps[i].edu, steps[i].all);
	sleep_ms((arg >> 8) % INJECT_MS);
	fail_steps("\n", "\n");
	return 0;
}

int sleep_and_wake(const struct subject *subject, u32 arg)
{
	(void)subject;
	(void)arg;
	return suspend_devices("freeze", "devices");
}
