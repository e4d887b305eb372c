// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation on the way of a vfio_device on demand fails once: as it is made, created,
 * destroyed and removed. It is as it was before, or as it was to be; and the next try works.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "edu_fixture.h"
#include "fail_nth.h"
#include "slice.h"

#define MANY	5000
#define LIMIT_S	3000
#define PROVE	20

FIXTURE(provider) {
	char bdf[EDU_MAX][PCI_BDF_LEN];
	const char *edu;
	struct device_user user;
	struct proof proof;
};

FIXTURE_SETUP(provider)
{
	const char *lacks = fail_nth_lacks();

	if (lacks)
		SKIP(return, "%s", lacks);
	ASSERT_EQ(0, slice_setup());
	ASSERT_LE(1, edu_find(self->bdf, EDU_MAX));
	self->edu = self->bdf[0];
	ASSERT_EQ(0, fail_nth_setup());
}

FIXTURE_TEARDOWN(provider)
{
	fail_nth_finish();
	EXPECT_EQ(0, slice_teardown(self->edu));
}

TEST_F_TIMEOUT(provider, make, LIMIT_S)
{
	unsigned int n, failed = 0;
	bool injected = true;
	int ret;

	for (n = 1; injected && n < MANY; n++) {
		ASSERT_EQ(0, fail_nth_arm(n));
		ret = slice_make(self->edu, "a-name-that-needs-memory");
		injected = fail_nth_disarm();
		if (ret) {
			failed++;
			ASSERT_TRUE(injected);
			/* EFAULT: the copy of the path's name counts as well */
			EXPECT_TRUE(ret == -ENOMEM || ret == -EFAULT);
			EXPECT_EQ(0, slice_make(self->edu, "a-name-that-needs-memory"));
		}
		ASSERT_EQ(0, slice_set_live(self->edu, "a-name-that-needs-memory", true));
		ASSERT_EQ(0, slice_set_live(self->edu, "a-name-that-needs-memory", false));
		ASSERT_EQ(0, slice_remove(self->edu, "a-name-that-needs-memory"));
	}
	EXPECT_FALSE(injected);
	EXPECT_LT(0, failed);
	TH_LOG("%u failures survived, %u of which were errors", n - 2, failed);
}

/* It works, whatever node the kernel could not make */
static bool works(FIXTURE_DATA(provider) *self)
{
	struct lent_node node;
	bool lent = node_lend("vfio", &node);
	bool fine;

	fine = !slice_open(&self->user, self->edu, "a", &vfio_group_mode) &&
	       !device_work(&self->user, &self->proof);
	device_close(&self->user);
	if (lent)
		node_return(&node);
	return fine;
}

TEST_F_TIMEOUT(provider, live, LIMIT_S)
{
	unsigned int n, failed = 0, destroy_failed = 0;
	bool injected = true, again = true;
	int ret;

	ASSERT_EQ(0, slice_make(self->edu, "a"));
	for (n = 1; (injected || again) && n < MANY; n++) {
		ASSERT_EQ(0, fail_nth_arm(n));
		ret = slice_set_live(self->edu, "a", true);
		injected = fail_nth_disarm();
		if (ret) {
			failed++;
			ASSERT_TRUE(injected);
			EXPECT_TRUE(slice_reads(self->edu, "a", "state", "configured"));
			EXPECT_EQ(SLICES_MAX, slice_available(self->edu));
			ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
		}
		EXPECT_TRUE(slice_reads(self->edu, "a", "state", "live"));
		if (n % PROVE == 0 || !injected)
			EXPECT_TRUE(works(self));

		ASSERT_EQ(0, fail_nth_arm(n));
		ret = slice_set_live(self->edu, "a", false);
		again = fail_nth_disarm();
		if (ret) {
			destroy_failed++;
			EXPECT_TRUE(ret == -ENOMEM || ret == -EFAULT);
			EXPECT_TRUE(slice_reads(self->edu, "a", "state", "live"));
			ASSERT_EQ(0, slice_set_live(self->edu, "a", false));
		}
	}
	EXPECT_FALSE(injected);
	/* What gives memory back needs none but for opening and writing the file */
	EXPECT_GE(12, destroy_failed);
	EXPECT_LT(20, failed);
	TH_LOG("%u failures survived, %u were errors of create, %u of destroy", n - 2, failed,
	       destroy_failed);
}

TEST_HARNESS_MAIN
