// SPDX-License-Identifier: GPL-2.0
/*
 * The same vfio_devices as mediated ones, for what knows those only: created by a UUID, used,
 * removed; and how that goes together with configfs, use_vfio and the end of the parent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "edu_fixture.h"
#include "mediated.h"
#include "module.h"
#include "slice.h"
#include "wait.h"

#define TYPE	"edu-edu-slice"

FIXTURE(uuids) {
	char bdf[EDU_MAX][PCI_BDF_LEN];
	const char *edu;
	char uuid[PCI_NAME_LEN];
	bool removed;
	struct device_user user;
	struct proof proof;
};

FIXTURE_SETUP(uuids)
{
	const char *lacks = mediated_lacks();

	if (lacks)
		SKIP(return, "%s", lacks);
	ASSERT_EQ(0, slice_setup());
	ASSERT_EQ(0, mediated_setup());
	ASSERT_LE(1, edu_find(self->bdf, EDU_MAX));
	self->edu = self->bdf[0];
	ASSERT_EQ(0, mediated_create(self->edu, TYPE, 0, self->uuid));
}

FIXTURE_TEARDOWN(uuids)
{
	device_close(&self->user);
	if (!self->removed)
		EXPECT_EQ(0, mediated_remove(self->uuid));
	EXPECT_EQ(0, mediated_teardown());
	EXPECT_EQ(0, slice_teardown(self->edu));
}

TEST_F(uuids, used)
{
	char again[PCI_NAME_LEN];

	EXPECT_EQ(SLICES_MAX - 1, mediated_available(self->edu, TYPE));
	EXPECT_EQ(-EEXIST, mediated_create(self->edu, TYPE, 0, again));
	ASSERT_EQ(0, device_open_as(&self->user, &edu_driver, self->uuid, &vfio_group_mode));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	EXPECT_EQ(0, edu_prove(self->edu));
	device_close(&self->user);
}

/* Both share the same hardware, and are counted together */
TEST_F(uuids, beside_configfs)
{
	struct device_user other;

	ASSERT_EQ(0, slice_make(self->edu, "a"));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	EXPECT_EQ(SLICES_MAX - 2, mediated_available(self->edu, TYPE));
	EXPECT_EQ(SLICES_MAX - 2, slice_available(self->edu));
	ASSERT_EQ(0, slice_open(&other, self->edu, "a", &vfio_group_mode));
	ASSERT_EQ(0, device_open_as(&self->user, &edu_driver, self->uuid, &vfio_group_mode));
	EXPECT_EQ(0, device_work(&other, &self->proof));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	device_close(&other);
}

TEST_F(uuids, excludes_use_vfio)
{
	char uuid[PCI_NAME_LEN];

	EXPECT_EQ(-EBUSY, personality_set(self->edu, true));
	EXPECT_TRUE(personality_last_error_has(self->edu, "vfio_devices are live"));
	ASSERT_EQ(0, mediated_remove(self->uuid));
	self->removed = true;
	ASSERT_EQ(0, personality_set(self->edu, true));
	EXPECT_EQ(-EBUSY, mediated_create(self->edu, TYPE, 1, uuid));
	EXPECT_EQ(0, edu_drive(self->edu));
	ASSERT_EQ(0, personality_set(self->edu, false));
	EXPECT_EQ(0, edu_prove(self->edu));
}

TEST_F(uuids, unbound)
{
	ASSERT_EQ(0, pci_unbind(self->edu));
	self->removed = true;
	EXPECT_GT(0, pci_group(self->uuid));
	ASSERT_EQ(0, pci_bind(self->edu, "edu"));
	EXPECT_EQ(SLICES_MAX, mediated_available(self->edu, TYPE));
	EXPECT_EQ(0, edu_prove(self->edu));
}

/* The front end goes with what was made by it */
TEST_F(uuids, unloaded)
{
	ASSERT_EQ(0, device_open_as(&self->user, &edu_driver, self->uuid, &vfio_group_mode));
	EXPECT_EQ(-EAGAIN, mediated_teardown());
	device_close(&self->user);
	ASSERT_EQ(0, mediated_teardown());
	self->removed = true;
	EXPECT_GT(0, pci_group(self->uuid));
	EXPECT_EQ(SLICES_MAX, slice_available(self->edu));
	ASSERT_EQ(0, mediated_setup());
	EXPECT_EQ(SLICES_MAX, mediated_available(self->edu, TYPE));
}

TEST_HARNESS_MAIN
