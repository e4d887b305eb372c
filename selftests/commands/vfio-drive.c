// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-drive: prove by hand, or from a script, that functions work.
 *
 *	vfio-drive [--native | --hold] [--edu] [--mode group|cdev] BDF...
 *
 * With --native by what their drivers made of them (netdev, disk), otherwise
 * through VFIO by the library's user-space drivers. With --hold they are only
 * opened, and kept open until standard input ends. With --edu they work
 * as an edu does: natively, or as its slices, which have another name in sysfs.
 * One line a function on stdout; exit status 0 if all work, 1 if one does not, 2 for wrong usage.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "drivers/driver.h"
#include "native.h"
#include "native_edu.h"

static int explain(void)
{
	fputs("usage: vfio-drive [--native | --hold] [--edu] [--mode group|cdev] BDF...\n", stderr);
	return 2;
}

static int drive(const char *bdf, const struct vfio_mode *mode)
{
	struct proof proof;
	const char *lacking = mode->lacking(bdf);
	int ret;

	if (lacking) {
		fprintf(stderr, "%s: %s\n", bdf, lacking);
		return -1;
	}
	ret = device_prove(bdf, mode, &proof);
	if (!ret)
		printf("%s: %s\n", bdf, proof.story);
	return ret;
}

static int drive_edu(const char *name, const struct vfio_mode *mode)
{
	struct device_user user;
	struct proof proof;
	int ret = device_open_as(&user, &edu_driver, name, mode);

	if (ret)
		return ret;
	ret = device_work(&user, &proof);
	device_close(&user);
	if (!ret)
		printf("%s: %s\n", name, proof.story);
	return ret;
}

static int watch_native(const char *bdf, bool edu)
{
	char story[240] = "works natively";
	int ret = edu ? edu_prove(bdf) : native_prove(bdf, story, sizeof(story));

	if (!ret)
		printf("%s: %s\n", bdf, story);
	return ret;
}

/* One function after the other, each open until the last one is closed */
static int hold(char **bdfs, const struct vfio_mode *mode)
{
	struct vfio_function f;
	int ret;

	if (!*bdfs) {
		fflush(stdout);
		while (getchar() != EOF)
			;
		return 0;
	}
	ret = vfio_open(&f, *bdfs, mode);
	if (ret)
		return ret;
	printf("%s: held\n", *bdfs);
	ret = hold(bdfs + 1, mode);
	vfio_close(&f);
	return ret;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "native", no_argument, NULL, 'n' },
		{ "hold", no_argument, NULL, 'h' },
		{ "edu", no_argument, NULL, 'e' },
		{ "mode", required_argument, NULL, 'm' },
		{}
	};
	const struct vfio_mode *mode = &vfio_group_mode;
	bool native = false, held = false, edu = false;
	int failed = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'n')
			native = true;
		else if (option == 'h')
			held = true;
		else if (option == 'e')
			edu = true;
		else if (option == 'm' && !strcmp(optarg, "group"))
			mode = &vfio_group_mode;
		else if (option == 'm' && !strcmp(optarg, "cdev"))
			mode = &vfio_cdev_mode;
		else
			return explain();
	}
	if (optind == argc || (native && held))
		return explain();
	if (held)
		return hold(argv + optind, mode) ? 1 : 0;

	for (; optind < argc; optind++)
		if (native ? watch_native(argv[optind], edu) :
		    edu ? drive_edu(argv[optind], mode) : drive(argv[optind], mode))
			failed = 1;
	return failed;
}
