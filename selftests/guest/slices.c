// SPDX-License-Identifier: GPL-2.0
/*
 * Two guests at the same time, each with a slice of the same edu, which our own driver drives
 * in both, while it serves the host. By configfs; and as mediated devices, which QEMU takes
 * with iommufd, too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "edu_fixture.h"
#include "file.h"
#include "lab.h"
#include "mediated.h"
#include "nested.h"
#include "slice.h"
#include "vfio.h"

#define GUESTS		2
#define LIMIT_S		600

FIXTURE(slices) {
	const char *edu;
	struct nested guest[GUESTS];
	char device[GUESTS][PCI_NAME_LEN];
	char answer[NESTED_ANSWER];
};

FIXTURE_VARIANT(slices) {
	bool mediated;
	const char *options;
};

FIXTURE_VARIANT_ADD(slices, configfs) {
	.options = "",
};

FIXTURE_VARIANT_ADD(slices, mediated) {
	.mediated = true,
	.options = "",
};

FIXTURE_VARIANT_ADD(slices, mediated_iommufd) {
	.mediated = true,
	.options = ",iommufd=iommufd0 -object iommufd,id=iommufd0",
};

FIXTURE_SETUP(slices)
{
	const char *lacking = variant->options[0] ? vfio_cdev_mode.lacking(NULL) : NULL;
	char name[8];
	int i;

	if (variant->mediated && !lacking)
		lacking = mediated_lacks();
	if (lacking)
		SKIP(return, "%s", lacking);
	REQUIRE_NESTED();
	REQUIRE_LAB(&lab_edu);
	self->edu = lab_edu.bdf;
	ASSERT_EQ(0, slice_setup());
	if (variant->mediated)
		ASSERT_EQ(0, mediated_setup());
	for (i = 0; i < GUESTS; i++) {
		if (variant->mediated) {
			ASSERT_EQ(0, mediated_create(self->edu, "edu-edu-slice", i,
						     self->device[i]));
			continue;
		}
		snprintf(name, sizeof(name), "g%d", i);
		ASSERT_EQ(0, slice_make(self->edu, name));
		ASSERT_EQ(0, slice_set_live(self->edu, name, true));
		ASSERT_EQ(0, slice_device(self->edu, name, self->device[i],
					  sizeof(self->device[i])));
	}
}

FIXTURE_TEARDOWN(slices)
{
	int i;

	for (i = 0; i < GUESTS; i++)
		nested_kill(&self->guest[i]);
	if (variant->mediated) {
		for (i = 0; i < GUESTS; i++)
			EXPECT_EQ(0, mediated_remove(self->device[i]));
		EXPECT_EQ(0, mediated_teardown());
	}
	EXPECT_EQ(0, slice_teardown(self->edu));
}

TEST_F_TIMEOUT(slices, two_guests, LIMIT_S)
{
	int i, round;

	for (i = 0; i < GUESTS; i++)
		ASSERT_EQ(0, nested_start(&self->guest[i], i ? "1" : "0",
					  "-device vfio-pci,sysfsdev=/sys/bus/%s/devices/%s,addr=4%s",
					  variant->mediated ? "mdev" : "auxiliary",
					  self->device[i], variant->options));
	for (i = 0; i < GUESTS; i++)
		ASSERT_EQ(0, nested_await_ready(&self->guest[i]));
	for (round = 0; round < 3; round++) {
		for (i = 0; i < GUESTS; i++) {
			u32 n = 5 + 2 * round + i;

			/* Random bytes, which come back as they went, and interrupts */
			EXPECT_EQ(0, nested_ask(&self->guest[i], NULL, "prove %s", NESTED_SLOT));
			EXPECT_EQ(0, nested_ask(&self->guest[i], self->answer, "compute %s %u",
						NESTED_SLOT, n));
			EXPECT_EQ(edu_factorial_expected(n), strtoul(self->answer, NULL, 10));
		}
		EXPECT_EQ(0, edu_prove(self->edu));
	}
	/* Held by a guest; one killed, the other goes on */
	if (!variant->mediated)
		EXPECT_EQ(-EBUSY, slice_set_live(self->edu, "g0", false));
	nested_kill(&self->guest[0]);
	if (!variant->mediated)
		EXPECT_EQ(0, slice_set_live(self->edu, "g0", false));
	EXPECT_EQ(0, nested_ask(&self->guest[1], NULL, "prove %s", NESTED_SLOT));
}

TEST_HARNESS_MAIN
