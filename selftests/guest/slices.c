// SPDX-License-Identifier: GPL-2.0
/*
 * Two guests at the same time, each with a slice of the same edu, which our own driver drives
 * in both, while it serves the host. One by configfs and one as a mediated device; and, as
 * QEMU takes only the latter with iommufd, one by that. The first is migrated to another
 * slice of the same edu and goes on there.
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
#include "nested_migration.h"
#include "slice.h"
#include "vfio.h"

#define GUESTS		2
#define DEVICE		"-device vfio-pci,sysfsdev=/sys/bus/%s/devices/%s,addr=4%s"
#define MIGRATES	",enable-migration=on"
#define LIMIT_S		600

FIXTURE(slices) {
	const char *edu;
	struct nested guest[GUESTS];
	struct nested destination;
	char device[GUESTS][PCI_NAME_LEN];
	char answer[NESTED_ANSWER];
};

FIXTURE_VARIANT(slices) {
	int guests;
	const char *options;	/* of QEMU, for a mediated device */
};

FIXTURE_VARIANT_ADD(slices, configfs_and_mediated) {
	.guests = 2,
	.options = "",
};

FIXTURE_VARIANT_ADD(slices, iommufd) {
	.guests = 1,
	.options = ",iommufd=iommufd0 -object iommufd,id=iommufd0",
};

/* The last one is a mediated device */
#define MEDIATED(i) ((i) == variant->guests - 1)

FIXTURE_SETUP(slices)
{
	const char *lacking = variant->options[0] ? vfio_cdev_mode.lacking(NULL) : NULL;
	int i;

	if (!lacking)
		lacking = mediated_lacks();
	if (lacking)
		SKIP(return, "%s", lacking);
	REQUIRE_NESTED();
	REQUIRE_LAB(&lab_edu);
	self->edu = lab_edu.bdf;
	ASSERT_EQ(0, slice_setup());
	ASSERT_EQ(0, mediated_setup());
	for (i = 0; i < variant->guests; i++) {
		if (MEDIATED(i)) {
			ASSERT_EQ(0, mediated_create(self->edu, "edu-edu-slice", i,
						     self->device[i]));
			continue;
		}
		ASSERT_EQ(0, slice_make(self->edu, "g"));
		ASSERT_EQ(0, slice_set_live(self->edu, "g", true));
		ASSERT_EQ(0, slice_device(self->edu, "g", self->device[i],
					  sizeof(self->device[i])));
	}
}

FIXTURE_TEARDOWN(slices)
{
	int i;

	nested_kill(&self->destination);
	for (i = 0; i < variant->guests; i++)
		nested_kill(&self->guest[i]);
	EXPECT_EQ(0, mediated_remove(self->device[variant->guests - 1]));
	EXPECT_EQ(0, mediated_teardown());
	EXPECT_EQ(0, slice_teardown(self->edu));
}

/* From "g" to "h"; the first is free then */
static int migrate(FIXTURE_DATA(slices) *self)
{
	struct nested *from = &self->guest[0], *to = &self->destination;
	char device[PCI_NAME_LEN], reply[QMP_LINE];
	int ret;

	ret = slice_make(self->edu, "h") ?: slice_set_live(self->edu, "h", true) ?:
		slice_device(self->edu, "h", device, sizeof(device));
	if (!ret)
		ret = nested_await_guest(to, "2", DEVICE, "auxiliary", device, MIGRATES);
	ret = ret ?: nested_send(from, to->name, NESTED_UNLIMITED);
	ret = ret ?: nested_await_sent(from, reply);
	ret = ret ?: nested_await_running(to);
	if (ret)
		return ret;
	nested_kill(from);
	ret = slice_set_live(self->edu, "g", false);
	ret = ret ?: nested_ask(to, NULL, "prove %s", NESTED_SLOT);
	ret = ret ?: nested_ask(to, self->answer, "compute %s 12", NESTED_SLOT);
	return ret ?: strtoul(self->answer, NULL, 10) == edu_factorial_expected(12) ? 0 : -EIO;
}

TEST_F_TIMEOUT(slices, guests, LIMIT_S)
{
	const int guests = variant->guests;
	int i, round;

	for (i = 0; i < guests; i++)
		ASSERT_EQ(0, nested_start(&self->guest[i], i ? "1" : "0",
					  DEVICE, MEDIATED(i) ? "mdev" : "auxiliary",
					  self->device[i],
					  MEDIATED(i) ? variant->options : MIGRATES));
	for (i = 0; i < guests; i++)
		ASSERT_EQ(0, nested_await_ready(&self->guest[i]));
	for (round = 0; round < 3; round++) {
		for (i = 0; i < guests; i++) {
			u32 n = 5 + 2 * round + i;

			/* Random bytes, which come back as they went, and interrupts */
			EXPECT_EQ(0, nested_ask(&self->guest[i], NULL, "prove %s", NESTED_SLOT));
			EXPECT_EQ(0, nested_ask(&self->guest[i], self->answer, "compute %s %u",
						NESTED_SLOT, n));
			EXPECT_EQ(edu_factorial_expected(n), strtoul(self->answer, NULL, 10));
		}
		EXPECT_EQ(0, edu_prove(self->edu));
	}
	if (guests == 1)
		return;
	ASSERT_EQ(0, migrate(self));

	/* Held by a guest; one killed, the other goes on */
	EXPECT_EQ(-EBUSY, slice_set_live(self->edu, "h", false));
	nested_kill(&self->destination);
	EXPECT_EQ(0, slice_set_live(self->edu, "h", false));
	EXPECT_EQ(0, nested_ask(&self->guest[1], NULL, "prove %s", NESTED_SLOT));
}

TEST_HARNESS_MAIN
