// SPDX-License-Identifier: GPL-2.0
/*
 * A function behind a port of its own, where it can be reset, can be pulled out,
 * and where errors of its link are reported; each while it is native, in VFIO,
 * and in a user's hands.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"
#include "aer.h"
#include "edu_subject.h"
#include "lab.h"
#include "monitor.h"
#include "wait.h"

#define PLUGGED		"method-edu"
#define HOTPLUG_MS	30000

FIXTURE(plugged) {
	struct edu_fixture edu;
	struct function_state was;
	struct edu_subject subject;
};

FIXTURE_VARIANT(plugged) {
	enum edu_situation in;
};

FIXTURE_VARIANT_ADD(plugged, native) { .in = EDU_NATIVE };
FIXTURE_VARIANT_ADD(plugged, flipped) { .in = EDU_FLIPPED };
FIXTURE_VARIANT_ADD(plugged, held) { .in = EDU_HELD };

FIXTURE_SETUP(plugged)
{
	if (!monitor_present())
		SKIP(return, "no monitor: this needs the lab of selftests/vm");
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	ASSERT_EQ(0, monitor_plug("edu", LAB_SPARE_PORT, PLUGGED));
	/* The attributes come last, after probe */
	ASSERT_EQ(0, wait_for(pci_has(LAB_SPARE_BDF, "operations"), HOTPLUG_MS));
	ASSERT_EQ(0, function_save(&self->was, LAB_SPARE_BDF));
	ASSERT_EQ(0, subject_start(&self->subject, &self->was, variant->in));
}

/* Returns when the removal has begun, or what was in its way */
static int pull_out(const char *bdf)
{
	int ret = monitor_unplug(PLUGGED);

	return ret ?: wait_for(!pci_present(bdf), HOTPLUG_MS);
}

FIXTURE_TEARDOWN(plugged)
{
	subject_stop(&self->subject);
	if (pci_present(LAB_SPARE_BDF))
		EXPECT_EQ(0, pull_out(LAB_SPARE_BDF));
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

TEST_F_TIMEOUT(plugged, pulled_out, 90)
{
	ASSERT_TRUE(subject_is_taken(&self->subject, pull_out));
	EXPECT_TRUE(subject_is_gone(&self->subject));
	EXPECT_FALSE(pci_present(LAB_SPARE_BDF));
}

/* By sysfs, which calls whoever the function belongs to at the time */
TEST_F_TIMEOUT(plugged, reset, 90)
{
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, pci_write(LAB_SPARE_BDF, "reset", "1"));
		EXPECT_TRUE(subject_goes_on(&self->subject));
	}
	EXPECT_TRUE(subject_comes_back(&self->subject));
	EXPECT_EQ(0, pci_write(LAB_SPARE_BDF, "reset", "1"));
	EXPECT_TRUE(edu_is_native(&self->was));
}

/* Errors that leave the link as it is: everyone goes on */
TEST_F_TIMEOUT(plugged, nonfatal_errors, 90)
{
	int i;

	if (!aer_is_handled(LAB_SPARE_BDF))
		SKIP(return, "the kernel has no say in PCIe errors here");
	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(aer_recovers(LAB_SPARE_PORT, AER_NONFATAL));
		EXPECT_TRUE(subject_goes_on(&self->subject));
	}
	EXPECT_TRUE(subject_comes_back(&self->subject));
}

/*
 * The link is reset, and with it the function. Its native driver recovers it; a
 * user of VFIO has to begin anew. The way back is not concerned.
 */
TEST_F_TIMEOUT(plugged, fatal_errors, 90)
{
	if (!aer_is_handled(LAB_SPARE_BDF))
		SKIP(return, "the kernel has no say in PCIe errors here");
	ASSERT_TRUE(aer_recovers(LAB_SPARE_PORT, AER_FATAL));
	if (variant->in == EDU_NATIVE)
		EXPECT_TRUE(subject_goes_on(&self->subject));
	EXPECT_TRUE(subject_comes_back(&self->subject));

	ASSERT_TRUE(aer_recovers(LAB_SPARE_PORT, AER_FATAL));
	EXPECT_TRUE(subject_goes_on(&self->subject));
}

TEST_HARNESS_MAIN
