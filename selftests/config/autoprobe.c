// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel is told to bind nothing by itself (/sys/bus/pci/drivers_autoprobe), or
 * somebody steers a VF's first bind while the switch does. VFs obey the former on Linux
 * 7.2; on 6.12 they are bound whatever it says.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "vf.h"
#include "wait.h"

#define AUTOPROBE	"/sys/bus/pci/drivers_autoprobe"
#define PROBE		"/sys/bus/pci/drivers_probe"
#define APPEAR_MS	30000

/* How much longer it takes until a driver can be bound */
#define ADDED_MODULE	"personality_added"
#define ADDED_MS	"/sys/module/" ADDED_MODULE "/parameters/ms"

FIXTURE(function) {
	struct function_state before;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(function)
{
	REQUIRE_LAB(&lab_e1000e);
	ASSERT_EQ(0, function_save(&self->before, lab_e1000e.bdf));
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, file_write(AUTOPROBE, "0"));
}

FIXTURE_TEARDOWN(function)
{
	EXPECT_EQ(0, file_write(AUTOPROBE, "1"));
	EXPECT_EQ(0, function_restore(&self->before));
}

/* Who writes use_vfio asks for it; that is not the kernel by itself */
TEST_F(function, there_and_back)
{
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	EXPECT_EQ(0, device_prove(lab_e1000e.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story, sizeof(self->story)));
}

TEST_F(function, bound_by_hand)
{
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	ASSERT_EQ(0, pci_bind(lab_e1000e.bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story, sizeof(self->story)));
}

FIXTURE(born) {
	char vf[1][PCI_BDF_LEN];
	pthread_t thread;
	int ret;
	struct proof proof;
	char story[240];
};

FIXTURE_VARIANT(born) {
	bool by_method;
	const char *driver;
	const char *state;
};

FIXTURE_VARIANT_ADD(born, method) {
	.by_method = true,
	.driver = "igbvf",
	.state = "vfio",
};

FIXTURE_VARIANT_ADD(born, rebound) {
	.driver = "vfio-pci",
	.state = "vfio-rebound",
};

/* The VF has been there once, so that its address is known before it comes */
FIXTURE_SETUP(born)
{
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, vf_create(1, self->vf));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	if (!variant->by_method)
		ASSERT_EQ(0, module_unload("igbvf_vfio"));
	ASSERT_EQ(0, module_load(ADDED_MODULE));
}

FIXTURE_TEARDOWN(born)
{
	EXPECT_EQ(0, file_write(AUTOPROBE, "1"));
	EXPECT_EQ(0, file_write(ADDED_MS, "0"));
	EXPECT_EQ(0, module_load(PERSONALITY_MODULE));
	pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "0");
	EXPECT_EQ(0, vf_destroy());
	EXPECT_EQ(0, module_unload(ADDED_MODULE));
}

static bool has_override(const char *bdf, const char *value)
{
	return pci_reads(bdf, "driver_override", value);
}

#define EXPECT_BORN(bdf) do {						\
	EXPECT_TRUE(personality_is(bdf, variant->state));		\
	EXPECT_TRUE(pci_driver_is(bdf, variant->driver));		\
	EXPECT_EQ(0, device_prove(bdf, &vfio_group_mode, &self->proof));	\
	EXPECT_TRUE(personality_is(bdf, variant->state));		\
} while (0)

#define EXPECT_GOES_NATIVE(bdf) do {					\
	ASSERT_EQ(0, personality_set(bdf, false));			\
	EXPECT_TRUE(pci_driver_is(bdf, "igbvf"));			\
	EXPECT_EQ(0, native_prove(bdf, self->story, sizeof(self->story))); \
} while (0)

/* Whoever binds it, then or later, gets it in VFIO */
TEST_F_TIMEOUT(born, without_autoprobe, 100)
{
	const char *vf = self->vf[0];

	ASSERT_EQ(0, file_write(AUTOPROBE, "0"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	if (pci_driver_is(vf, "")) {
		EXPECT_TRUE(personality_is(vf, "unbound"));
		EXPECT_TRUE(has_override(vf, variant->driver));
		ASSERT_EQ(0, file_write(PROBE, vf));
	}
	EXPECT_TRUE(has_override(vf, "(null)"));
	EXPECT_BORN(vf);
	EXPECT_GOES_NATIVE(vf);
}

/* Without a bind there is nothing to wait for: the write does all of it */
TEST_F_TIMEOUT(born, without_autoprobe_written, 100)
{
	const char *vf = self->vf[0];

	ASSERT_EQ(0, file_write(AUTOPROBE, "0"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	ASSERT_EQ(0, personality_set(vf, true));
	EXPECT_EQ(1, personality_get(vf));
	EXPECT_EQ(0, device_prove(vf, &vfio_group_mode, &self->proof));
	EXPECT_TRUE(has_override(vf, "(null)"));
}

static void *create_vf(void *ret)
{
	*(int *)ret = pci_set_vfs(lab_igb.bdf, 1);
	return NULL;
}

/*
 * A rule for udev, say driverctl's, writes what an administrator has chosen when it hears
 * of the VF. That is in force, and is read back, byte for byte.
 */
TEST_F_TIMEOUT(born, overridden_meanwhile, 150)
{
	static const char * const chosen[] = { "igbvf", "vfio-pci" };
	const char *vf = self->vf[0];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(chosen); i++) {
		ASSERT_EQ(0, file_write(ADDED_MS, "3000"));
		ASSERT_EQ(0, pthread_create(&self->thread, NULL, create_vf,
					    &self->ret));
		EXPECT_EQ(0, wait_for(has_override(vf, variant->driver),
				      APPEAR_MS));
		EXPECT_EQ(0, pci_write(vf, "driver_override", chosen[i]));
		EXPECT_TRUE(pci_driver_is(vf, ""));
		ASSERT_EQ(0, pthread_join(self->thread, NULL));
		EXPECT_EQ(0, self->ret);

		EXPECT_TRUE(function_await_driver(vf, chosen[i]));
		EXPECT_TRUE(has_override(vf, chosen[i]));
		ASSERT_EQ(0, file_write(ADDED_MS, "0"));
		ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	}
}

/* Written where the bind does not come by itself */
TEST_F_TIMEOUT(born, overridden_before_the_bind, 100)
{
	const char *vf = self->vf[0];

	ASSERT_EQ(0, file_write(AUTOPROBE, "0"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	if (!pci_driver_is(vf, ""))
		SKIP(return, "this kernel binds VFs whatever drivers_autoprobe says");
	ASSERT_EQ(0, pci_write(vf, "driver_override", "igbvf"));
	ASSERT_EQ(0, file_write(PROBE, vf));
	EXPECT_TRUE(pci_driver_is(vf, "igbvf"));
	EXPECT_TRUE(has_override(vf, "igbvf"));
}

/* What it lent to a VF goes with the switch */
TEST_F_TIMEOUT(born, switch_unloaded_before_the_bind, 100)
{
	const char *vf = self->vf[0];

	ASSERT_EQ(0, file_write(AUTOPROBE, "0"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	if (!pci_driver_is(vf, ""))
		SKIP(return, "this kernel binds VFs whatever drivers_autoprobe says");
	ASSERT_EQ(0, module_unload_tree(PERSONALITY_MODULE));
	EXPECT_TRUE(has_override(vf, "(null)"));
	ASSERT_EQ(0, file_write(PROBE, vf));
	EXPECT_TRUE(pci_driver_is(vf, "igbvf"));
	EXPECT_EQ(0, native_prove(vf, self->story, sizeof(self->story)));
}

TEST_HARNESS_MAIN
