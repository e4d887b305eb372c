// SPDX-License-Identifier: GPL-2.0
/*
 * What a driver's own VFIO personality may not do, and does: a transition ends in what
 * was asked for or says why not, whatever the driver returns. The drivers are the
 * selftests' own, see modules/bound.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"
#include "bound.h"
#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "personality.h"
#include "vf.h"

/**
 * struct contract - a function with a driver of the selftests'
 * @lab: how it was before, with whatever driver the lab has for it
 * @was: how it was with this driver, native
 * @bdf: its address
 * @proof: of its work in VFIO
 */
struct contract {
	struct function_state lab;
	struct function_state was;
	const char *bdf;
	struct proof proof;
};

static int contract_start(struct contract *c, const char *bdf, const char *driver)
{
	int ret;

	c->bdf = bdf;
	ret = module_load(PERSONALITY_MODULE) ?: module_load("vfio-pci") ?:
	      module_load(BOUND_MODULE) ?: bound_instead("") ?:
	      function_save(&c->lab, c->bdf);
	if (!ret && c->lab.driver[0])
		ret = pci_unbind(c->bdf);
	return ret ?: pci_bind(c->bdf, driver) ?: bound_forget() ?:
	       function_save(&c->was, c->bdf);
}

static int contract_end(struct contract *c)
{
	int ret;

	bound_instead("");
	personality_set_driver(c->bdf, "auto");
	ret = personality_set(c->bdf, false);
	/* The lab may have no driver for it */
	if (!pci_driver_is(c->bdf, ""))
		ret = pci_unbind(c->bdf) ?: ret;
	return function_restore(&c->lab) ?: module_unload(BOUND_MODULE) ?: ret;
}

static bool is_native(const struct contract *c)
{
	return personality_is(c->bdf, "native") && function_is(&c->was) &&
	       pci_reads(c->bdf, "alive", "1");
}

static bool is_vfio(const struct contract *c)
{
	return personality_is(c->bdf, "vfio") && personality_get(c->bdf) == 1 &&
	       pci_driver_is(c->bdf, c->was.driver) && !pci_has(c->bdf, "alive");
}

/* In both personalities, one after the other, it works */
static bool goes_round(struct contract *c)
{
	return !personality_set(c->bdf, true) && is_vfio(c) &&
	       !device_prove(c->bdf, &vfio_group_mode, &c->proof) &&
	       !personality_set(c->bdf, false) && is_native(c) &&
	       personality_last_error_is(c->bdf, NULL, 0);
}

FIXTURE(contract) {
	struct contract c;
};

/* With this instead of what was promised, 1 or 0 gives @error */
struct breach {
	const char *instead;
	bool to_vfio;
	int error;
};

FIXTURE_VARIANT(contract) {
	struct breach breach;
};

/* Numbers of the kernel's own, which user space does not know */
#define EPROBE_DEFER	"517"
#define ERESTARTSYS	"512"
#define ENOTSUPP	"524"
/* An errno of another world's, and no error at all */
#define POSITIVE	"1"

FIXTURE_VARIANT_ADD(contract, stop_defers) {
	.breach = { "stop -" EPROBE_DEFER, true, -EAGAIN },
};

FIXTURE_VARIANT_ADD(contract, stop_is_interrupted) {
	.breach = { "stop -" ERESTARTSYS, true, -EINTR },
};

FIXTURE_VARIANT_ADD(contract, stop_has_a_strange_error) {
	.breach = { "stop -" ENOTSUPP, true, -EIO },
};

FIXTURE_VARIANT_ADD(contract, stop_returns_a_positive) {
	.breach = { "stop " POSITIVE, true, -EIO },
};

FIXTURE_VARIANT_ADD(contract, create_returns_nothing) {
	.breach = { "create 0", true, -EINVAL },
};

FIXTURE_VARIANT_ADD(contract, create_defers) {
	.breach = { "create -" EPROBE_DEFER, true, -EAGAIN },
};

FIXTURE_VARIANT_ADD(contract, enable_defers) {
	.breach = { "enable_vfio -" EPROBE_DEFER, true, -EAGAIN },
};

FIXTURE_VARIANT_ADD(contract, enable_returns_a_positive) {
	.breach = { "enable_vfio " POSITIVE, true, -EIO },
};

FIXTURE_VARIANT_ADD(contract, enable_does_nothing) {
	.breach = { "enable_vfio 0", true, -EIO },
};

/* Something inside failed so: no reason to unbind a driver that has a personality */
FIXTURE_VARIANT_ADD(contract, enable_is_not_supported) {
	.breach = { "enable_vfio -95", true, -EOPNOTSUPP },
};

FIXTURE_VARIANT_ADD(contract, create_is_not_supported) {
	.breach = { "create -95", true, -EOPNOTSUPP },
};

FIXTURE_VARIANT_ADD(contract, start_defers) {
	.breach = { "start -" EPROBE_DEFER, false, -EAGAIN },
};

FIXTURE_VARIANT_ADD(contract, start_is_interrupted) {
	.breach = { "start -" ERESTARTSYS, false, -EINTR },
};

FIXTURE_VARIANT_ADD(contract, start_returns_a_positive) {
	.breach = { "start " POSITIVE, false, -EIO },
};

FIXTURE_VARIANT_ADD(contract, disable_defers) {
	.breach = { "disable_vfio -" EPROBE_DEFER, false, -EAGAIN },
};

FIXTURE_VARIANT_ADD(contract, disable_returns_a_positive) {
	.breach = { "disable_vfio " POSITIVE, false, -EIO },
};

FIXTURE_VARIANT_ADD(contract, disable_does_nothing) {
	.breach = { "disable_vfio 0", false, -EIO },
};

FIXTURE_SETUP(contract)
{
	REQUIRE_LAB(&lab_edu);
	ASSERT_EQ(0, contract_start(&self->c, lab_edu.bdf, BOUND_DRIVER));
}

FIXTURE_TEARDOWN(contract)
{
	EXPECT_EQ(0, contract_end(&self->c));
}

/* It fails, with an error that a program knows, and is where it was */
TEST_F(contract, broken_and_noticed)
{
	const struct breach *breach = &variant->breach;
	struct contract *c = &self->c;
	int i;

	for (i = 0; i < 2; i++) {
		if (!breach->to_vfio)
			ASSERT_EQ(0, personality_set(c->bdf, true));
		ASSERT_EQ(0, bound_instead(breach->instead));
		EXPECT_EQ(breach->error,
			  personality_set(c->bdf, breach->to_vfio));
		EXPECT_TRUE(personality_last_error_is(c->bdf, "method",
						      breach->error));
		ASSERT_EQ(0, bound_instead(""));
		EXPECT_TRUE(breach->to_vfio ? is_native(c) : is_vfio(c));
		if (!breach->to_vfio)
			EXPECT_EQ(0, device_prove(c->bdf, &vfio_group_mode,
						  &c->proof));
		ASSERT_EQ(0, personality_set(c->bdf, false));
		EXPECT_TRUE(is_native(c));
	}
	EXPECT_TRUE(goes_round(c));
}

/* Drivers that the core would reach all the same, in VFIO: they are told apart */
FIXTURE(refused) {
	struct contract c;
};

FIXTURE_VARIANT(refused) {
	const char *driver;
};

FIXTURE_VARIANT_ADD(refused, coredump) { .driver = BOUND_COREDUMP_DRIVER };
FIXTURE_VARIANT_ADD(refused, sync_state) { .driver = BOUND_SYNC_DRIVER };
/* This one's users would not be kept out on the way back */
FIXTURE_VARIANT_ADD(refused, managed_dma) { .driver = BOUND_MANAGED_DRIVER };

FIXTURE_SETUP(refused)
{
	REQUIRE_LAB(&lab_edu);
	ASSERT_EQ(0, contract_start(&self->c, lab_edu.bdf, variant->driver));
}

FIXTURE_TEARDOWN(refused)
{
	EXPECT_EQ(0, contract_end(&self->c));
}

TEST_F(refused, before_anything_is_done)
{
	struct contract *c = &self->c;

	EXPECT_EQ(-EOPNOTSUPP, personality_set(c->bdf, true));
	EXPECT_TRUE(personality_last_error_is(c->bdf, "method", -EOPNOTSUPP));
	EXPECT_TRUE(is_native(c));
	EXPECT_TRUE(bound_was_called(c->bdf, ""));

	/* Who has no use for the driver's own personality has a way left */
	ASSERT_EQ(0, personality_set_driver(c->bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(c->bdf, true));
	EXPECT_TRUE(function_is_vfio(c->bdf, "vfio-pci"));
	EXPECT_EQ(0, device_prove(c->bdf, &vfio_group_mode, &c->proof));
	ASSERT_EQ(0, personality_set(c->bdf, false));
	EXPECT_TRUE(is_native(c));
}

/* Not all functions of a driver have a VFIO personality: who has not is told apart */
FIXTURE(partly) {
	struct contract c;
};

FIXTURE_VARIANT(partly) {
	const struct lab_device *device;
	bool has_method;
};

FIXTURE_VARIANT_ADD(partly, edu) {
	.device = &lab_edu,
	.has_method = true,
};

FIXTURE_VARIANT_ADD(partly, e1000e) {
	.device = &lab_e1000e,
};

FIXTURE_SETUP(partly)
{
	REQUIRE_LAB(variant->device);
	ASSERT_EQ(0, contract_start(&self->c, variant->device->bdf,
				    BOUND_PARTLY_DRIVER));
}

FIXTURE_TEARDOWN(partly)
{
	EXPECT_EQ(0, contract_end(&self->c));
}

TEST_F(partly, has_a_personality)
{
	struct contract *c = &self->c;
	int i;

	for (i = 0; i < 2 && variant->has_method; i++)
		EXPECT_TRUE(goes_round(c));
	if (variant->has_method)
		return;

	/* It is unbound instead, unless that is not wanted */
	ASSERT_EQ(0, personality_set_driver(c->bdf, "bound"));
	EXPECT_EQ(-EOPNOTSUPP, personality_set(c->bdf, true));
	EXPECT_TRUE(personality_last_error_is(c->bdf, "load", -EOPNOTSUPP));
	EXPECT_TRUE(is_native(c));
	ASSERT_EQ(0, personality_set_driver(c->bdf, "auto"));
	ASSERT_EQ(0, personality_set(c->bdf, true));
	EXPECT_TRUE(function_is_vfio(c->bdf, "vfio-pci"));
	EXPECT_TRUE(bound_was_called(c->bdf, "remove"));
	EXPECT_EQ(0, device_prove(c->bdf, &vfio_group_mode, &c->proof));
	ASSERT_EQ(0, personality_set(c->bdf, false));
	EXPECT_TRUE(is_native(c));
}

/* VFs that are born with a driver of the selftests', in the place of igbvf */
FIXTURE(born) {
	char vf[PCI_BDF_LEN];
};

FIXTURE_SETUP(born)
{
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	ASSERT_EQ(0, vf_create(0, NULL));
	/* This is when modules are loaded */
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	if (module_loaded("igbvf_vfio"))
		ASSERT_EQ(0, module_unload("igbvf_vfio"));
	ASSERT_EQ(0, module_unload("igbvf"));
	ASSERT_EQ(0, module_load(BOUND_MODULE));
	ASSERT_EQ(0, bound_instead(""));
}

FIXTURE_TEARDOWN(born)
{
	bound_instead("");
	pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "0");
	EXPECT_EQ(0, vf_destroy());
	EXPECT_EQ(0, module_unload(BOUND_MODULE));
	EXPECT_EQ(0, module_load("igbvf"));
}

/* Will the kernel try again to bind a driver to it? */
static bool is_deferred(const char *bdf)
{
	char list[4096];
	int ret = file_read("/sys/kernel/debug/devices_deferred", list, sizeof(list));

	return ret > 0 && strstr(list, bdf);
}

/* It has no driver then; in particular, it has not its native function later on */
TEST_F_TIMEOUT(born, is_not_deferred, 120)
{
	ASSERT_EQ(0, bound_instead("create -" EPROBE_DEFER));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	ASSERT_EQ(0, pci_vf(lab_igb.bdf, 0, self->vf));
	EXPECT_TRUE(bound_was_called(self->vf, "create:unprobed"));
	EXPECT_TRUE(personality_is(self->vf, "unbound"));
	EXPECT_TRUE(personality_last_error_is(self->vf, "method", -EAGAIN));
	EXPECT_FALSE(is_deferred(self->vf));

	ASSERT_EQ(0, bound_instead(""));
	ASSERT_EQ(0, pci_bind(self->vf, BOUND_VF_DRIVER));
	EXPECT_TRUE(personality_is(self->vf, "native"));
	EXPECT_TRUE(pci_reads(self->vf, "alive", "1"));
}

/* The driver has never seen it, and is not called for it until it is native */
TEST_F_TIMEOUT(born, keeps_its_attributes_for_later, 120)
{
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 1));
	ASSERT_EQ(0, pci_vf(lab_igb.bdf, 0, self->vf));
	EXPECT_TRUE(personality_is(self->vf, "vfio"));
	EXPECT_TRUE(bound_was_called(self->vf, "create:unprobed"));
	EXPECT_FALSE(pci_has(self->vf, "alive"));
	ASSERT_EQ(0, personality_set(self->vf, false));
	EXPECT_TRUE(personality_is(self->vf, "native"));
	EXPECT_TRUE(pci_reads(self->vf, "alive", "1"));
}

TEST_HARNESS_MAIN
