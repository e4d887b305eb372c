// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel is told to bind nothing by itself (/sys/bus/pci/drivers_autoprobe), or
 * somebody steers a VF's first bind while the switch does. VFs obey the former on Linux
 * 7.2; on 6.12 they are bound whatever it says.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

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
#define BOUND_ANYWAY	"this kernel binds VFs whatever drivers_autoprobe says"

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

/* Where the only VF will be, that of a PF without ARI: sysfs tells before it is there */
static int find_vf(char *vf)
{
	long offset = pci_number(lab_igb.bdf, "sriov_offset");
	u16 domain, bus, device, function, id;

	if (offset < 0 || sscanf(lab_igb.bdf, "%hx:%hx:%hx.%hx", &domain, &bus,
				 &device, &function) != 4)
		return -ENOENT;
	id = (bus << 8 | device << 3 | function) + offset;
	snprintf(vf, PCI_BDF_LEN, "%04x:%02x:%02x.%x", domain, id >> 8,
		 id >> 3 & 0x1f, id & 7);
	return 0;
}

static int vf_setup(char *vf)
{
	int ret = find_vf(vf) ?: vf_create(0, NULL);

	return ret ?: pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1");
}

static int vf_teardown(void)
{
	int ret = file_write(AUTOPROBE, "1");

	ret = module_load(PERSONALITY_MODULE) ?: ret;
	ret = pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "0") ?: ret;
	return vf_destroy() ?: ret;
}

static int bear(void)
{
	return pci_set_vfs(lab_igb.bdf, 1);
}

/* As far as the kernel leaves it so */
static int bear_unbound(void)
{
	return file_write(AUTOPROBE, "0") ?: bear();
}

static bool has_override(const char *bdf, const char *value)
{
	return pci_reads(bdf, "driver_override", value);
}

/* By driver_override, where the PCI core has no rule of its own for a new function */
static bool is_kept_for(const char *bdf, const char *driver)
{
	return has_override(bdf, personality_is_built_in() ? "(null)" : driver);
}

FIXTURE(born) {
	char vf[PCI_BDF_LEN];
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

FIXTURE_SETUP(born)
{
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, vf_setup(self->vf));
	if (!variant->by_method)
		ASSERT_EQ(0, module_unload("igbvf_vfio"));
}

FIXTURE_TEARDOWN(born)
{
	EXPECT_EQ(0, vf_teardown());
}

/* Whoever binds it, then or later, gets it in VFIO */
TEST_F_TIMEOUT(born, bound_later, 100)
{
	const char *vf = self->vf;

	ASSERT_EQ(0, bear_unbound());
	if (pci_driver_is(vf, "")) {
		EXPECT_TRUE(personality_is(vf, "unbound"));
		EXPECT_TRUE(is_kept_for(vf, variant->driver));
		ASSERT_EQ(0, file_write(PROBE, vf));
	}
	EXPECT_TRUE(has_override(vf, "(null)"));
	EXPECT_TRUE(personality_is(vf, variant->state));
	EXPECT_TRUE(pci_driver_is(vf, variant->driver));
	EXPECT_EQ(0, device_prove(vf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(vf, false));
	EXPECT_TRUE(pci_driver_is(vf, "igbvf"));
	EXPECT_EQ(0, native_prove(vf, self->story, sizeof(self->story)));
}

/* Nobody has to: the write does it all */
TEST_F_TIMEOUT(born, written_to, 100)
{
	const char *vf = self->vf;

	ASSERT_EQ(0, bear_unbound());
	ASSERT_EQ(0, personality_set(vf, true));
	EXPECT_EQ(1, personality_get(vf));
	EXPECT_EQ(0, device_prove(vf, &vfio_group_mode, &self->proof));
	EXPECT_TRUE(has_override(vf, "(null)"));
}

/* A VF in between: VFIO's turn to bind it has not come yet */
FIXTURE(between) {
	char vf[PCI_BDF_LEN];
	pthread_t thread;
	int ret;
};

FIXTURE_VARIANT(between) {
	const char *chosen;
	const char *state;
};

FIXTURE_VARIANT_ADD(between, native) {
	.chosen = "igbvf",
	.state = "vfio",
};

FIXTURE_VARIANT_ADD(between, vfio) {
	.chosen = "vfio-pci",
	.state = "vfio-rebound",
};

FIXTURE_SETUP(between)
{
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, module_load(ADDED_MODULE));
	ASSERT_EQ(0, vf_setup(self->vf));
}

FIXTURE_TEARDOWN(between)
{
	EXPECT_EQ(0, file_write(ADDED_MS, "0"));
	EXPECT_EQ(0, vf_teardown());
	EXPECT_EQ(0, module_unload(ADDED_MODULE));
}

static void *bear_thread(void *ret)
{
	*(int *)ret = bear();
	return NULL;
}

/*
 * A rule for udev, driverctl's say, writes what an administrator has chosen when it hears
 * of the VF. That is in force, and is read back, byte for byte.
 */
TEST_F_TIMEOUT(between, overridden, 100)
{
	ASSERT_EQ(0, file_write(ADDED_MS, "60000"));
	ASSERT_EQ(0, pthread_create(&self->thread, NULL, bear_thread, &self->ret));
	EXPECT_EQ(0, wait_for(is_kept_for(self->vf, "igbvf"), APPEAR_MS));
	EXPECT_TRUE(pci_driver_is(self->vf, ""));
	EXPECT_EQ(0, pci_write(self->vf, "driver_override", variant->chosen));
	EXPECT_EQ(0, file_write(ADDED_MS, "0"));
	ASSERT_EQ(0, pthread_join(self->thread, NULL));
	EXPECT_EQ(0, self->ret);
	EXPECT_TRUE(function_await_driver(self->vf, variant->chosen));
	EXPECT_TRUE(has_override(self->vf, variant->chosen));
	/* Where nothing shows what the switch has chosen, the rule may have come before it */
	if (!personality_is_built_in())
		EXPECT_TRUE(personality_is(self->vf, variant->state));
}

/* The same by hand, where the bind does not come by itself */
TEST_F_TIMEOUT(between, overridden_at_leisure, 100)
{
	ASSERT_EQ(0, bear_unbound());
	if (!pci_driver_is(self->vf, ""))
		SKIP(return, BOUND_ANYWAY);
	ASSERT_EQ(0, pci_write(self->vf, "driver_override", variant->chosen));
	ASSERT_EQ(0, file_write(PROBE, self->vf));
	EXPECT_TRUE(pci_driver_is(self->vf, variant->chosen));
	EXPECT_TRUE(has_override(self->vf, variant->chosen));
	EXPECT_TRUE(personality_is(self->vf, variant->state));
}

FIXTURE(forgotten) {
	char vf[PCI_BDF_LEN];
	char story[240];
};

FIXTURE_SETUP(forgotten)
{
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, vf_setup(self->vf));
}

FIXTURE_TEARDOWN(forgotten)
{
	EXPECT_EQ(0, vf_teardown());
}

/* What the switch has lent to a VF goes with it */
TEST_F_TIMEOUT(forgotten, switch_unloaded, 100)
{
	ASSERT_EQ(0, bear_unbound());
	if (!pci_driver_is(self->vf, ""))
		SKIP(return, BOUND_ANYWAY);
	REQUIRE_SWITCH_MODULE();
	ASSERT_EQ(0, module_unload_tree(PERSONALITY_MODULE));
	EXPECT_TRUE(has_override(self->vf, "(null)"));
	ASSERT_EQ(0, file_write(PROBE, self->vf));
	EXPECT_TRUE(pci_driver_is(self->vf, "igbvf"));
	EXPECT_EQ(0, native_prove(self->vf, self->story, sizeof(self->story)));
}

TEST_HARNESS_MAIN
