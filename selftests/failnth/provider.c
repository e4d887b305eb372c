// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation on the way of a vfio_device on demand fails once: as it is made, created,
 * destroyed and removed. It is as it was before, or as it was to be; and the next try works.
 * Of a slice, for which a device is made, and of a VF, which is there by itself.
 *
 * To bring a VF into VFIO takes seconds on that kernel, most of them modprobe's: so only some
 * fail. EVERY=1 in the environment lets all do.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "edu_fixture.h"
#include "fail_nth.h"
#include "personality.h"
#include "slice.h"
#include "vf.h"

#define MANY	5000
#define LIMIT_S	3000
#define PROVE	20

FIXTURE(provider) {
	char edu[EDU_MAX][PCI_BDF_LEN];
	char vf[PCI_BDF_LEN];
	struct provided type;
	unsigned int every;
	long available;
	struct device_user user;
	struct proof proof;
};

FIXTURE_VARIANT(provider) {
	const char *(*lacks)(void);
	int (*setup)(FIXTURE_DATA(provider) *self);
	int (*teardown)(FIXTURE_DATA(provider) *self);
	const struct device_driver *driver;
	/* What vfio_driver reads, or NULL */
	const char *choice;
	unsigned int every;
};

static const char *slices_lack(void)
{
	return lab_lacks(&lab_edu);
}

static int setup_slices(FIXTURE_DATA(provider) *self)
{
	int ret = slice_setup();

	if (!ret && edu_find(self->edu, EDU_MAX) < 1)
		ret = -ENODEV;
	self->type = (struct provided){ .parent = self->edu[0], .type = "edu-slice" };
	return ret;
}

static int teardown_slices(FIXTURE_DATA(provider) *self)
{
	return slice_teardown(self->edu[0]);
}

/* One VF, which is reserved before it is there: no driver has had it */
static int setup_vf(FIXTURE_DATA(provider) *self)
{
	int ret = vf_provided_setup();

	self->type = vf_provided;
	ret = ret ?: provided_make(&self->type, "a");
	ret = ret ?: pci_set_vfs(lab_igb.bdf, 1);
	ret = ret ?: pci_vf(lab_igb.bdf, 0, self->vf);
	return ret ?: provided_remove(&self->type, "a");
}

static int teardown_vf(FIXTURE_DATA(provider) *self __attribute__((unused)))
{
	return vf_provided_teardown();
}

FIXTURE_VARIANT_ADD(provider, slice) {
	.lacks = slices_lack,
	.setup = setup_slices,
	.teardown = teardown_slices,
	.driver = &edu_driver,
	.every = 1,
};

FIXTURE_VARIANT_ADD(provider, vf_by_method) {
	.lacks = vf_provided_lacks,
	.setup = setup_vf,
	.teardown = teardown_vf,
	.driver = &igbvf_driver,
	.choice = "auto",
	.every = 10,
};

FIXTURE_VARIANT_ADD(provider, vf_by_rebinding) {
	.lacks = vf_provided_lacks,
	.setup = setup_vf,
	.teardown = teardown_vf,
	.driver = &igbvf_driver,
	.choice = "vfio-pci",
	.every = 10,
};

FIXTURE_SETUP(provider)
{
	const char *lacks = fail_nth_lacks() ?: variant->lacks();

	if (lacks)
		SKIP(return, "%s", lacks);
	ASSERT_EQ(0, variant->setup(self));
	if (variant->choice)
		ASSERT_EQ(0, personality_set_driver(self->vf, variant->choice));
	self->every = fail_nth_every(variant->every);
	self->available = provided_available(&self->type);
	ASSERT_LT(0, self->available);
	ASSERT_EQ(0, fail_nth_setup());
}

FIXTURE_TEARDOWN(provider)
{
	fail_nth_finish();
	EXPECT_EQ(0, variant->teardown(self));
}

TEST_F_TIMEOUT(provider, make, LIMIT_S)
{
	static const char name[] = "a-name-that-needs-memory";
	unsigned int n, tries = 0, failed = 0, remove_failed = 0;
	bool injected = true, again = true;
	int ret;

	/* These are fast: each fails */
	for (n = 1; (injected || again) && n < MANY; n++) {
		ASSERT_EQ(0, fail_nth_arm(n));
		ret = provided_make(&self->type, name);
		injected = fail_nth_disarm();
		if (ret) {
			failed++;
			ASSERT_TRUE(injected);
			/* EFAULT: the copy of the path's name counts as well */
			EXPECT_TRUE(ret == -ENOMEM || ret == -EFAULT) {
				TH_LOG("allocation %u: %d", n, ret);
			}
			ASSERT_EQ(0, provided_make(&self->type, name));
		}
		/* A VF whose hold failed is not passed over for the next one */
		if (variant->choice)
			EXPECT_TRUE(provided_reads(&self->type, name, "index", "0"));
		if (!tries++ || n % (10 * self->every) == 0 || !injected) {
			ASSERT_EQ(0, provided_set_live(&self->type, name, true));
			ASSERT_EQ(0, provided_set_live(&self->type, name, false));
		}
		ASSERT_EQ(0, fail_nth_arm(n));
		ret = provided_remove(&self->type, name);
		again = fail_nth_disarm();
		if (ret) {
			remove_failed++;
			EXPECT_TRUE(ret == -ENOMEM || ret == -EFAULT);
			ASSERT_EQ(0, provided_remove(&self->type, name));
		}
		if (variant->choice)
			EXPECT_TRUE(pci_reads(self->vf, "driver_override", "(null)"));
	}
	EXPECT_FALSE(injected);
	EXPECT_LT(0, failed);
	/* Only for the path's name */
	EXPECT_GE(3, remove_failed);
	TH_LOG("%u failures survived, %u were errors of mkdir, %u of rmdir", n - 2, failed,
	       remove_failed);
}

/* It works, whatever node the kernel could not make */
static bool works(FIXTURE_DATA(provider) *self, const struct device_driver *driver)
{
	char device[PCI_NAME_LEN];
	struct lent_node node;
	bool lent = node_lend("vfio", &node);
	bool fine;

	fine = !provided_device(&self->type, "a", device, sizeof(device)) &&
	       !device_open_as(&self->user, driver, device, &vfio_group_mode) &&
	       !device_work(&self->user, &self->proof);
	device_close(&self->user);
	if (lent)
		node_return(&node);
	return fine;
}

TEST_F_TIMEOUT(provider, live, LIMIT_S)
{
	unsigned int n, tries = 0, failed = 0, destroy_failed = 0;
	bool injected = true, again = true;
	int ret;

	ASSERT_EQ(0, provided_make(&self->type, "a"));
	for (n = 1; (injected || again) && n < MANY; n += self->every) {
		tries++;
		ASSERT_EQ(0, fail_nth_arm(n));
		ret = provided_set_live(&self->type, "a", true);
		injected = fail_nth_disarm();
		if (ret) {
			failed++;
			ASSERT_TRUE(injected);
			EXPECT_TRUE(provided_reads(&self->type, "a", "state", "configured"));
			EXPECT_EQ(self->available, provided_available(&self->type));
			ASSERT_EQ(0, provided_set_live(&self->type, "a", true)) {
				TH_LOG("after allocation %u: %d", n, ret);
			}
		}
		EXPECT_TRUE(provided_reads(&self->type, "a", "state", "live"));
		if (tries % PROVE == 0 || !injected)
			EXPECT_TRUE(works(self, variant->driver));

		ASSERT_EQ(0, fail_nth_arm(n));
		ret = provided_set_live(&self->type, "a", false);
		again = fail_nth_disarm();
		if (ret) {
			destroy_failed++;
			EXPECT_TRUE(ret == -ENOMEM || ret == -EFAULT);
			EXPECT_TRUE(provided_reads(&self->type, "a", "state", "live"));
			ASSERT_EQ(0, provided_set_live(&self->type, "a", false));
		}
		if (variant->choice)
			EXPECT_TRUE(vf_is_held(self->vf));
	}
	EXPECT_FALSE(injected);
	/* What gives memory back needs none but for opening and writing the file */
	EXPECT_GE(12, destroy_failed);
	EXPECT_LT(20 / self->every, failed);
	TH_LOG("%u failures survived, %u were errors of create, %u of destroy", tries - 1,
	       failed, destroy_failed);
}

TEST_HARNESS_MAIN
