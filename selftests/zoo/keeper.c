// SPDX-License-Identifier: GPL-2.0
/* One animal: found, awake, to VFIO and back, see zoo.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "file.h"
#include "personality.h"
#include "vfio.h"
#include "wait.h"
#include "zoo.h"

#define TIMES		3
#define BACK_MS		120000
#define LOOK_MS		50

/**
 * struct portrait - what must not change
 * @state: driver, driver_override, power, group, interrupts
 * @children: devices below the function
 * @config: configuration space
 * @config_size: its bytes
 */
struct portrait {
	struct function_state state;
	char *children;
	u8 config[CONFIG_SPACE];
	int config_size;
};

int animal_find(const struct animal *animal, char *bdf)
{
	char pattern[80];

	snprintf(bdf, PCI_BDF_LEN, "0000:00:%02x.0", animal->slot);
	if (animal->port) {
		snprintf(pattern, sizeof(pattern),
			 "/sys/bus/pci/devices/%s/0000:*:00.0", bdf);
		return file_match(pattern, bdf, PCI_BDF_LEN) ? -ENODEV : 0;
	}
	return pci_present(bdf) ? 0 : -ENODEV;
}

static bool has_driver(const struct animal *animal)
{
	return strcmp(animal->driver, "-");
}

bool animal_awake(const struct animal *animal, const char *bdf)
{
	const char *product = work_product(animal);

	if (!has_driver(animal))
		return pci_driver_is(bdf, "");
	return pci_driver_is(bdf, animal->driver) &&
	       (!product || children_count(bdf, product));
}

static int draw(struct portrait *portrait, const char *bdf)
{
	int ret = function_save(&portrait->state, bdf);

	if (ret)
		return ret;
	portrait->config_size = config_read(bdf, portrait->config);
	if (portrait->config_size < 0)
		return portrait->config_size;
	portrait->children = children_list(bdf);
	return portrait->children ? 0 : -ENOMEM;
}

static bool has_children(const char *bdf, const char *was)
{
	char *is = children_list(bdf);
	bool same = is && !strcmp(is, was);

	free(is);
	return same;
}

/* The lines of @list that @other does not have */
static void show_missing(const char *bdf, const char *what, const char *list,
			 const char *other)
{
	char line[256];
	size_t length;

	for (; *list; list += length + 1) {
		length = strcspn(list, "\n");
		snprintf(line, sizeof(line), "%.*s\n", (int)length, list);
		if (strstr(other, line))
			continue;
		diag("%s: %s %.*s", bdf, what, (int)length, list);
	}
}

/* Drivers make disks and keyboards in the background */
static int await_children(const char *bdf, const char *was)
{
	u64 deadline = now_ms() + BACK_MS;
	char *is;

	while (!has_children(bdf, was)) {
		if (now_ms() < deadline) {
			sleep_ms(LOOK_MS);
			continue;
		}
		is = children_list(bdf);
		if (is) {
			show_missing(bdf, "lacks", was, is);
			show_missing(bdf, "has got", is, was);
		}
		free(is);
		return diag_error(-ENODEV, "%s: devices below it", bdf);
	}
	return 0;
}

/* A user comes and goes: the function is reset, and its BARs and configuration used */
static int use(const char *bdf)
{
	struct vfio_function f;
	u32 vendor;
	int ret = vfio_open(&f, bdf, &vfio_group_mode);

	if (ret)
		return ret;
	vendor = vfio_config_read(&f, PCI_VENDOR_ID, 2);
	if (vendor != (u32)pci_number(bdf, "vendor"))
		ret = diag_error(-EIO, "%s: VFIO says that the vendor is %04x", bdf,
				 vendor);
	vfio_close(&f);
	return ret;
}

static int set(const char *bdf, bool vfio)
{
	char why[256] = "";
	int ret = personality_set(bdf, vfio);

	if (!ret)
		return 0;
	pci_read_line(bdf, "personality/last_error", why, sizeof(why));
	return diag_error(ret, "%s: use_vfio %d: %s", bdf, vfio, why);
}

/* The best that this kernel has: the variant driver has the more of virtio's ids the newer it is */
static const char *best_driver(const char *bdf)
{
	return pci_driver_is(bdf, "virtio_vfio_pci") ? "virtio_vfio_pci" : "vfio-pci";
}

static int there_and_back(const struct animal *animal, const struct portrait *was,
			  bool work)
{
	const char *bdf = was->state.bdf;
	bool same;
	int ret;

	ret = set(bdf, true);
	if (ret)
		return ret;
	if (!function_is_vfio(bdf, best_driver(bdf)))
		return -EINVAL;
	if (children_count(bdf, "vfio-dev") != 1)
		return diag_error(-EINVAL, "%s: vfio_device", bdf);
	ret = use(bdf);
	if (ret)
		return ret;

	ret = set(bdf, false) ?: await_children(bdf, was->children);
	if (ret)
		return ret;
	same = function_is(&was->state);
	same &= config_is(bdf, was->config, was->config_size);
	if (!same)
		return -EINVAL;
	return work ? work_prove(animal, bdf) : 0;
}

int animal_flip(const struct animal *animal, const char *bdf, bool work)
{
	struct portrait portrait = {};
	int ret = draw(&portrait, bdf);
	int i;

	work &= has_driver(animal);
	if (!ret && work)
		ret = work_prove(animal, bdf);
	for (i = 0; !ret && i < TIMES; i++)
		ret = there_and_back(animal, &portrait, work);
	free(portrait.children);
	return ret;
}
