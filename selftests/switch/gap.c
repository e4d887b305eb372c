// SPDX-License-Identifier: GPL-2.0
/*
 * What somebody else does to a function in the moments of a rebind in which the driver
 * core has yet to take device_lock, and what came of the last look, or of a
 * driver_override, need not be so any more: his act stands, or it is an error, and
 * nothing is lost by it.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "wait.h"
#include "writer.h"

#define WRITE_MS	60000

/* Holds whoever is about to unbind or bind, see modules/gap.c */
#define GAP_MODULE	"personality_gap"
#define GAP		"/sys/module/" GAP_MODULE "/parameters/"

/* Holds whoever has unbound, see modules/window.c */
#define WINDOW_MODULE	"personality_window"
#define WINDOW		"/sys/module/" WINDOW_MODULE "/parameters/window"

/* Drivers that take what driver_override gives them, natively and for VFIO */
#define TEST_MODULE	"personality_test"
#define THIEF		"personality-test-native"
#define VFIO_THIEF	"personality-test-vfio-pci"

#define ENABLE_SRIOV	"/sys/module/vfio_pci/parameters/enable_sriov"

static bool is_held(void)
{
	char held[8];

	return file_read_line(GAP "held", held, sizeof(held)) > 0 && held[0] == 'Y';
}

/* A write that gets as far as to @gap */
static int start_write(struct writer *writer, const char *bdf, bool vfio,
		       const char *gap)
{
	int ret = file_write(gap, bdf);

	ret = ret ?: writer_start(writer, bdf, vfio);
	return ret ?: wait_for(is_held(), WRITE_MS);
}

static int go_on(struct writer *writer)
{
	file_write(GAP "before_unbind", "\n");
	file_write(GAP "before_bind", "\n");
	file_write(GAP "after_bind", "\n");
	file_write(WINDOW, "\n");
	return writer_finish(writer, WRITE_MS);
}

/* A function whose driver is about to be unbound */
FIXTURE(unbinding) {
	struct function_state before;
	struct writer writer;
	char sriov[8];
	char story[240];
};

FIXTURE_SETUP(unbinding)
{
	REQUIRE_LAB(&lab_igb);
	if (personality_is_built_in())
		SKIP(return, "one device_lock is held from the last look to the unbind");
	if (!module_exists(GAP_MODULE))
		SKIP(return, "this kernel has no kprobes");
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, module_load(GAP_MODULE));
	ASSERT_EQ(0, function_save(&self->before, lab_igb.bdf));
}

FIXTURE_TEARDOWN(unbinding)
{
	go_on(&self->writer);
	pci_set_vfs(lab_igb.bdf, 0);
	if (self->sriov[0])
		file_write(ENABLE_SRIOV, self->sriov);
	EXPECT_EQ(0, function_restore(&self->before));
	EXPECT_EQ(0, module_unload(GAP_MODULE));
}

/* VFs that the driver's remove would destroy are not made any more */
TEST_F_TIMEOUT(unbinding, gets_no_vfs, 120)
{
	ASSERT_EQ(0, start_write(&self->writer, lab_igb.bdf, true,
				 GAP "before_unbind"));
	EXPECT_EQ(-ENOENT, pci_set_vfs(lab_igb.bdf, 2));
	EXPECT_EQ(0, pci_number(lab_igb.bdf, "sriov_numvfs"));
	EXPECT_EQ(0, go_on(&self->writer));
	EXPECT_TRUE(function_is_vfio(lab_igb.bdf, "vfio-pci"));

	/* That ends with the driver */
	ASSERT_EQ(0, personality_set(lab_igb.bdf, false));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, pci_set_vfs(lab_igb.bdf, 2));
}

/* Nor does vfio-pci, told to make VFs, do it on the way back */
TEST_F_TIMEOUT(unbinding, gets_no_vfs_of_vfio, 120)
{
	ASSERT_LT(0, file_read_line(ENABLE_SRIOV, self->sriov,
				    sizeof(self->sriov)));
	ASSERT_EQ(0, file_write(ENABLE_SRIOV, "Y"));
	ASSERT_EQ(0, personality_set(lab_igb.bdf, true));
	ASSERT_EQ(0, start_write(&self->writer, lab_igb.bdf, false,
				 GAP "before_unbind"));
	EXPECT_EQ(-ENOENT, pci_set_vfs(lab_igb.bdf, 2));
	EXPECT_EQ(0, pci_number(lab_igb.bdf, "sriov_numvfs"));
	EXPECT_EQ(0, go_on(&self->writer));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, native_prove(lab_igb.bdf, self->story, sizeof(self->story)));
}

/* Whoever unbinds the driver first has done so for both; none is bound in its place */
TEST_F_TIMEOUT(unbinding, gets_no_driver, 120)
{
	ASSERT_EQ(0, start_write(&self->writer, lab_igb.bdf, true,
				 GAP "before_unbind"));
	ASSERT_EQ(0, pci_unbind(lab_igb.bdf));
	EXPECT_EQ(-ENODEV, file_write("/sys/bus/pci/drivers/igb/bind", lab_igb.bdf));
	file_write("/sys/bus/pci/drivers_probe", lab_igb.bdf);
	EXPECT_TRUE(pci_driver_is(lab_igb.bdf, ""));
	EXPECT_EQ(0, go_on(&self->writer));
	EXPECT_TRUE(function_is_vfio(lab_igb.bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(lab_igb.bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

/*
 * driver_override written while no driver is bound: the one that was to be bound is not,
 * and the one that was bound before is again, as the write would not have unbound it.
 */
FIXTURE(overridden) {
	struct function_state before;
	struct writer writer;
};

FIXTURE_VARIANT(overridden) {
	bool vfio;	/* the way there; otherwise the way back */
};

FIXTURE_VARIANT_ADD(overridden, to_vfio) { .vfio = true };
FIXTURE_VARIANT_ADD(overridden, to_native) { .vfio = false };

FIXTURE_SETUP(overridden)
{
	REQUIRE_LAB(&lab_e1000e);
	if (personality_is_built_in())
		SKIP(return, "driver_override is not lent");
	if (!module_exists(GAP_MODULE))
		SKIP(return, "this kernel has no kprobes");
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, module_load(GAP_MODULE));
	ASSERT_EQ(0, module_load(WINDOW_MODULE));
	ASSERT_EQ(0, module_load(TEST_MODULE));
	ASSERT_EQ(0, function_save(&self->before, lab_e1000e.bdf));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, !variant->vfio));

	/* As soon as its driver is unbound, somebody writes */
	ASSERT_EQ(0, file_write(WINDOW, lab_e1000e.bdf));
	ASSERT_EQ(0, writer_start(&self->writer, lab_e1000e.bdf, variant->vfio));
	ASSERT_EQ(0, wait_for(pci_driver_is(lab_e1000e.bdf, ""), WRITE_MS));
	ASSERT_EQ(0, pci_write(lab_e1000e.bdf, "driver_override", "first"));
}

FIXTURE_TEARDOWN(overridden)
{
	go_on(&self->writer);
	EXPECT_EQ(0, function_restore(&self->before));
	EXPECT_EQ(0, module_unload(TEST_MODULE));
	EXPECT_EQ(0, module_unload(WINDOW_MODULE));
	EXPECT_EQ(0, module_unload(GAP_MODULE));
}

/* The write has failed, the function works where it was, the user's word stands */
static bool is_rolled_back(bool from_native, const char *override)
{
	const char *bdf = lab_e1000e.bdf;
	struct proof proof;
	char story[240];

	if (!personality_last_error_is(bdf, "bind", -EBUSY) ||
	    !pci_reads(bdf, "driver_override", override))
		return false;
	if (from_native)
		return personality_is(bdf, "native") && pci_driver_is(bdf, "e1000e") &&
		       !native_prove(bdf, story, sizeof(story));
	return function_is_vfio(bdf, "vfio-pci") &&
	       !device_prove(bdf, &vfio_group_mode, &proof);
}

TEST_F_TIMEOUT(overridden, before_the_bind, 120)
{
	EXPECT_EQ(-EBUSY, go_on(&self->writer));
	EXPECT_TRUE(is_rolled_back(variant->vfio, "first"));
}

/* And once more, while the driver of before is about to be bound again */
TEST_F_TIMEOUT(overridden, before_the_rollback, 120)
{
	ASSERT_EQ(0, file_write(GAP "before_bind", lab_e1000e.bdf));
	ASSERT_EQ(0, file_write(WINDOW, "\n"));
	ASSERT_EQ(0, wait_for(is_held(), WRITE_MS));
	ASSERT_EQ(0, pci_write(lab_e1000e.bdf, "driver_override", "second"));

	EXPECT_EQ(-EBUSY, go_on(&self->writer));
	EXPECT_TRUE(is_rolled_back(variant->vfio, "second"));
}

/* By driver_override. While a driver is being unbound this does nothing, and succeeds */
static bool is_taken(const char *bdf, const char *driver)
{
	file_write("/sys/bus/pci/drivers_probe", bdf);
	return pci_driver_is(bdf, driver);
}

/*
 * Another driver is bound, which bars the way there and the way back; and it has gone
 * before the write ends. That is not the write's failure: nothing is broken.
 */
TEST_F_TIMEOUT(overridden, and_taken_for_a_moment, 120)
{
	const char *thief = variant->vfio ? THIEF : VFIO_THIEF;
	const char *bdf = lab_e1000e.bdf;

	ASSERT_EQ(0, file_write(GAP "after_bind", bdf));
	ASSERT_EQ(0, pci_write(bdf, "driver_override", thief));
	/* The window closes with it */
	ASSERT_EQ(0, wait_for(is_taken(bdf, thief), WRITE_MS));
	ASSERT_EQ(0, wait_for(is_held(), WRITE_MS));
	ASSERT_EQ(0, pci_unbind(bdf));

	EXPECT_EQ(-EBUSY, go_on(&self->writer));
	EXPECT_TRUE(personality_last_error_is(bdf, "bind", -EBUSY));
	EXPECT_TRUE(personality_is(bdf, "unbound"));
	EXPECT_TRUE(pci_driver_is(bdf, ""));
	EXPECT_TRUE(pci_reads(bdf, "driver_override", thief));
}

TEST_HARNESS_MAIN
