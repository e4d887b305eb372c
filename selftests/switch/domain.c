// SPDX-License-Identifier: GPL-2.0
/*
 * The default domain of a function's IOMMU group: what the administrator asked for
 * on the kernel's command line, before a flip, beside the user of one, and after it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "drivers/driver.h"
#include "edu_fixture.h"
#include "file.h"
#include "lab.h"
#include "native.h"

FIXTURE(domain) {
	struct edu_fixture edu;
	struct function_state before;
	struct device_user user;
	struct proof proof;
};

FIXTURE_VARIANT(domain) {
	const struct lab_device *device;
	bool method;
};

/* Its driver stays bound */
FIXTURE_VARIANT_ADD(domain, method) {
	.device = &lab_edu,
	.method = true,
};

FIXTURE_VARIANT_ADD(domain, rebind) {
	.device = &lab_e1000e,
};

FIXTURE_SETUP(domain)
{
	const char *lacking = vfio_group_mode.lacking(NULL);

	REQUIRE_LAB(variant->device);
	if (lacking)
		SKIP(return, "%s", lacking);
	if (variant->method) {
		lacking = edu_lacks();
		if (lacking)
			SKIP(return, "%s", lacking);
		ASSERT_EQ(0, edu_setup(&self->edu, 1));
	}
	ASSERT_EQ(0, function_save(&self->before, variant->device->bdf));
}

FIXTURE_TEARDOWN(domain)
{
	device_close(&self->user);
	function_restore(&self->before);
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

/* The type as sysfs has it, if it is one that the command line leaves a choice of */
static bool type_is_as_asked(const char *bdf)
{
	char cmdline[2048], type[32];
	bool asked;

	file_read_line("/proc/cmdline", cmdline, sizeof(cmdline));
	pci_read_line(bdf, "iommu_group/type", type, sizeof(type));
	if (strstr(cmdline, "iommu.passthrough=1"))
		asked = !strcmp(type, "identity");
	else if (strstr(cmdline, "iommu.strict=1"))
		asked = !strcmp(type, "DMA");
	else if (strstr(cmdline, "iommu.strict=0"))
		asked = !strcmp(type, "DMA-FQ");
	else
		asked = type[0];
	if (!asked)
		diag("%s: the domain's type is '%s', not what was asked for by: %s",
		     bdf, type, cmdline);
	return asked;
}

static bool native_works(const struct function_state *was, bool edu)
{
	char story[240];

	if (edu)
		return edu_is_native(was);
	return function_is(was) && !native_prove(was->bdf, story, sizeof(story));
}

TEST_F_TIMEOUT(domain, stays, 90)
{
	const char *bdf = variant->device->bdf;
	char before[32], now[32];

	ASSERT_TRUE(type_is_as_asked(bdf));
	pci_read_line(bdf, "iommu_group/type", before, sizeof(before));
	ASSERT_TRUE(native_works(&self->before, variant->method));

	ASSERT_EQ(0, personality_set(bdf, true));
	ASSERT_EQ(0, device_open(&self->user, bdf, &vfio_group_mode));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	pci_read_line(bdf, "iommu_group/type", now, sizeof(now));
	EXPECT_STREQ(before, now);
	device_close(&self->user);

	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(native_works(&self->before, variant->method));
	pci_read_line(bdf, "iommu_group/type", now, sizeof(now));
	EXPECT_STREQ(before, now);
}

TEST_HARNESS_MAIN
