// SPDX-License-Identifier: GPL-2.0
/*
 * A system's sleep, as the driver sees it of two functions, one of them in VFIO: the
 * driver is called for the other, and for both when both are native. The driver is the
 * selftests' own, see modules/pf_pm.c.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"
#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "personality.h"
#include "suspend.h"

#define PF_MODULE	"personality_test_pf"
#define PF_DRIVER	"personality-test-pf"
#define PF_PM		"/sys/module/" PF_MODULE "/parameters/pm"

static const char suspended[] =
	"prepare suspend suspend_late suspend_noirq resume_noirq resume_early resume complete";
/* No image of memory is written, and so none thawed for */
static const char hibernated[] =
	"prepare freeze freeze_late freeze_noirq restore_noirq restore_early restore complete";

FIXTURE(sleep) {
	struct function_state switched;
	struct function_state sibling;
	struct proof proof;
};

FIXTURE_VARIANT(sleep) {
	const char *state;
	const char *depth;
	const char *calls;
};

FIXTURE_VARIANT_ADD(sleep, suspend) {
	.state = "mem",
	.depth = "core",
	.calls = suspended,
};

FIXTURE_VARIANT_ADD(sleep, hibernate) {
	.state = "disk",
	.depth = "core",
	.calls = hibernated,
};

FIXTURE_SETUP(sleep)
{
	REQUIRE_LAB(&lab_igb);
	REQUIRE_LAB(&lab_e1000e);
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	ASSERT_EQ(0, module_load(PF_MODULE));
	ASSERT_EQ(0, file_write(PF_PM, "1"));
	ASSERT_EQ(0, function_save(&self->switched, lab_igb.bdf));
	ASSERT_EQ(0, function_save(&self->sibling, lab_e1000e.bdf));
	ASSERT_EQ(0, pci_unbind(lab_igb.bdf));
	ASSERT_EQ(0, pci_bind(lab_igb.bdf, PF_DRIVER));
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	ASSERT_EQ(0, pci_bind(lab_e1000e.bdf, PF_DRIVER));
}

FIXTURE_TEARDOWN(sleep)
{
	EXPECT_EQ(0, personality_set(lab_igb.bdf, false));
	EXPECT_EQ(0, function_restore(&self->switched));
	EXPECT_EQ(0, function_restore(&self->sibling));
	EXPECT_EQ(0, module_unload(PF_MODULE));
}

static bool was_called(const char *bdf, const char *calls)
{
	return pci_reads(bdf, "pm_calls", calls);
}

TEST_F_TIMEOUT(sleep, calls_whom_it_concerns, 120)
{
	int ret;

	ASSERT_EQ(0, personality_set(lab_igb.bdf, true));
	ret = suspend_devices(variant->state, variant->depth);
	if (ret == -EOPNOTSUPP)
		SKIP(return, "this machine cannot sleep, or its kernel not test that");
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(was_called(lab_e1000e.bdf, variant->calls));
	EXPECT_EQ(0, device_prove(lab_igb.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(lab_igb.bdf, false));
	EXPECT_TRUE(was_called(lab_igb.bdf, ""));
	EXPECT_TRUE(pci_reads(lab_igb.bdf, "answers", "1"));

	EXPECT_EQ(0, suspend_devices(variant->state, variant->depth));
	EXPECT_TRUE(was_called(lab_igb.bdf, variant->calls));
	EXPECT_TRUE(was_called(lab_e1000e.bdf, variant->calls));
	EXPECT_TRUE(pci_reads(lab_igb.bdf, "answers", "1"));
}

TEST_HARNESS_MAIN
