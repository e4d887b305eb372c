// SPDX-License-Identifier: GPL-2.0
/*
 * A display that the firmware draws on, and no driver has had: the kernel has a driver of
 * its own for what the firmware has set up, which keeps that part of the display's memory
 * to itself. VFIO's user gets all of it. VFIO sees to that for VGA controllers; this one,
 * QEMU's bochs-display, is a display of another class, as integrated GPUs are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "vfio.h"

#define IOMEM_SIZE	65536
#define MEMORY_BAR	0	/* docs/specs/standard-vga.rst of QEMU's */
#define PIXEL		0x00c0ffee

static const struct lab_device display = {
	.name = "bochs-display", .bdf = "0000:00:19.0", .vendor = 0x1234, .device = 0x1111,
};

/* /proc/iomem has what is inside of a BAR in the lines after the BAR's, further in */
static bool firmware_draws(void)
{
	char *text = malloc(IOMEM_SIZE), *line = NULL;
	bool draws = false;

	if (text && file_read("/proc/iomem", text, IOMEM_SIZE) > 0)
		line = strstr(text, display.bdf);
	line = line ? strchr(line, '\n') : NULL;
	if (line) {
		line[1 + strcspn(line + 1, "\n")] = '\0';
		draws = strstr(line, "vesafb") || strstr(line, "BOOTFB");
	}
	free(text);
	return draws;
}

FIXTURE(display) {
	struct function_state before;
};

FIXTURE_SETUP(display)
{
	REQUIRE_LAB(&display);
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	ASSERT_EQ(0, function_save(&self->before, display.bdf));
}

FIXTURE_TEARDOWN(display)
{
	EXPECT_EQ(0, function_restore(&self->before));
}

TEST_F(display, is_all_of_its_users)
{
	struct vfio_function f;

	if (!firmware_draws())
		SKIP(return, "the firmware does not draw on it");

	ASSERT_EQ(0, personality_set(display.bdf, true));
	EXPECT_TRUE(function_is_vfio(display.bdf, "vfio-pci"));
	EXPECT_FALSE(firmware_draws());
	ASSERT_EQ(0, vfio_open(&f, display.bdf, &vfio_group_mode));
	vfio_write32(&f, MEMORY_BAR, 0, PIXEL);
	EXPECT_EQ(PIXEL, vfio_read32(&f, MEMORY_BAR, 0));
	vfio_close(&f);
	ASSERT_EQ(0, personality_set(display.bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

TEST_HARNESS_MAIN
