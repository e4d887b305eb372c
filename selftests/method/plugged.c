// SPDX-License-Identifier: GPL-2.0
/*
 * A function behind a port of its own, where it can be reset, can be pulled out,
 * and where errors of its link are reported; each while it is native, in VFIO,
 * and in a user's hands.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "aer.h"
#include "edu_subject.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "monitor.h"
#include "wait.h"

#define PLUGGED		"method-edu"
#define HOTPLUG_MS	30000
/* Counts resets of buses */
#define RESETS_MODULE	"personality_resets"
#define PARAMETERS	"/sys/module/" RESETS_MODULE "/parameters/"

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
	if (module_loaded(RESETS_MODULE))
		EXPECT_EQ(0, module_unload(RESETS_MODULE));
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

static long count(const char *parameter)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), PARAMETERS "%s", parameter);
	if (file_read_line(path, text, sizeof(text)) <= 0)
		return -1;
	return strtol(text, NULL, 10);
}

/*
 * Unbound, the user asked to go: VFIO cannot reset the function when it goes, as the
 * device is locked. It is reset all the same, by its bus, since it has no other way;
 * and nobody else is let at the bus meanwhile.
 */
TEST_F_TIMEOUT(plugged, unbound, 90)
{
	if (access("/sys/kernel/debug/kprobes", F_OK))
		SKIP(return, "this kernel has no kprobes");
	ASSERT_EQ(0, module_load(RESETS_MODULE));
	ASSERT_EQ(0, file_write(PARAMETERS "resets", "0"));
	ASSERT_EQ(0, file_write(PARAMETERS "unlocked", "0"));
	ASSERT_TRUE(subject_is_taken(&self->subject, pci_unbind));
	EXPECT_TRUE(subject_is_gone(&self->subject));
	EXPECT_EQ(variant->in == EDU_HELD, count("resets"));
	EXPECT_EQ(0, count("unlocked"));
	ASSERT_EQ(0, pci_bind(LAB_SPARE_BDF, EDU_DRIVER));
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
