// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation of saving and of restoring a VF's state fails once. The guest
 * then goes on where it was, or the function is reset and is as good as new; and
 * the next attempt succeeds.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "fail_nth.h"
#include "lab.h"
#include "migration.h"
#include "personality.h"
#include "vf.h"

#define MANY	1000
#define LIMIT_S	3000

FIXTURE(moving) {
	char vf[2][PCI_BDF_LEN];
	struct device_user user;
	struct vfio_function target;
	struct proof proof;
	u8 stream[MIGRATION_MAX];
};

FIXTURE_SETUP(moving)
{
	const char *lacks = fail_nth_lacks();

	if (lacks)
		SKIP(return, "%s", lacks);
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, vf_create(2, self->vf));
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	ASSERT_EQ(0, personality_set(self->vf[1], true));
	ASSERT_EQ(0, device_open(&self->user, self->vf[0], &vfio_group_mode));
	ASSERT_EQ(0, vfio_open(&self->target, self->vf[1], &vfio_group_mode));
	ASSERT_EQ(0, device_work(&self->user, &self->proof));
	ASSERT_EQ(0, fail_nth_setup());
}

FIXTURE_TEARDOWN(moving)
{
	fail_nth_finish();
	vfio_close(&self->target);
	device_close(&self->user);
	personality_set(self->vf[0], false);
	personality_set(self->vf[1], false);
	EXPECT_EQ(0, vf_destroy());
}

/* As a monitor does whose migration fails: the guest runs where it was */
TEST_F_TIMEOUT(moving, save, LIMIT_S)
{
	unsigned int n, failed = 0;
	bool injected = true;
	ssize_t size;
	int state;

	for (n = 1; injected && n < MANY; n++) {
		ASSERT_EQ(0, fail_nth_arm(n));
		size = migration_save(&self->user.f, self->stream,
				      sizeof(self->stream));
		injected = fail_nth_disarm();
		failed += size < 0;
		ASSERT_TRUE(size > 0 || injected);

		state = migration_get(&self->user.f);
		ASSERT_LT(VFIO_DEVICE_STATE_ERROR, state);
		ASSERT_EQ(0, migration_set(&self->user.f,
					   VFIO_DEVICE_STATE_RUNNING, NULL));
		ASSERT_EQ(0, device_work(&self->user, &self->proof)) {
			TH_LOG("allocation %u: the guest does not go on", n);
		}
	}
	EXPECT_FALSE(injected);
	EXPECT_LT(0, failed);
	TH_LOG("saving: %u failures injected and survived, %u of them failed it",
	       n - 2, failed);
}

/* The target has no guest yet: it is reset, and given another try */
TEST_F_TIMEOUT(moving, restore, LIMIT_S)
{
	unsigned int n, failed = 0;
	bool injected = true;
	ssize_t size;
	int ret;

	size = migration_save(&self->user.f, self->stream, sizeof(self->stream));
	ASSERT_LT(0, size);
	for (n = 1; injected && n < MANY; n++) {
		ASSERT_EQ(0, fail_nth_arm(n));
		ret = migration_load(&self->target, self->stream, size);
		ret = ret ?: migration_set(&self->target,
					   VFIO_DEVICE_STATE_RUNNING, NULL);
		injected = fail_nth_disarm();
		failed += !!ret;
		ASSERT_TRUE(!ret || injected);

		ASSERT_EQ(0, vfio_reset(&self->target));
		ASSERT_EQ(VFIO_DEVICE_STATE_RUNNING,
			  migration_get(&self->target));
	}
	EXPECT_FALSE(injected);
	EXPECT_LT(0, failed);
	TH_LOG("restoring: %u failures injected and survived, %u of them failed it",
	       n - 2, failed);
	vfio_close(&self->target);
	EXPECT_EQ(0, device_prove(self->vf[1], &vfio_group_mode, &self->proof));
}

TEST_HARNESS_MAIN
