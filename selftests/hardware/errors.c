// SPDX-License-Identifier: GPL-2.0
/*
 * Errors of the link, reported while a function is in each of its personalities: a
 * PF that VFIO has by rebinding, a VF whose driver stays bound, and one that has no
 * driver. Whoever has it hears of them, and nobody loses it.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"

#include "aer.h"
#include "drivers/driver.h"
#include "lab.h"
#include "monitor.h"
#include "native.h"
#include "personality.h"
#include "vf.h"
#include "wait.h"

#define TIMEOUT_MS	60000
#define PORT		"port0"
#define PLUGGED		"hardware-errors"

enum situation { NATIVE, FLIPPED, HELD };

FIXTURE(errors) {
	const char *bdf;
	char vf[1][PCI_BDF_LEN];
	struct function_state was;
	char state[32];
	struct device_user user;
	struct vfio_irq error;
	struct proof proof;
	char story[240];
};

FIXTURE_VARIANT(errors) {
	bool vf;
	enum situation in;
};

FIXTURE_VARIANT_ADD(errors, native) { .in = NATIVE };
FIXTURE_VARIANT_ADD(errors, flipped) { .in = FLIPPED };
FIXTURE_VARIANT_ADD(errors, held) { .in = HELD };
/* Not the native VF: igbvf may lose its traffic over a recovery, by itself */
FIXTURE_VARIANT_ADD(errors, vf_flipped) { .vf = true, .in = FLIPPED };
FIXTURE_VARIANT_ADD(errors, vf_held) { .vf = true, .in = HELD };

FIXTURE_SETUP(errors)
{
	REQUIRE_LAB(&lab_igb);
	if (!monitor_present() || !aer_is_handled(lab_igb.bdf))
		SKIP(return, "the kernel has no say in PCIe errors here");
	self->bdf = lab_igb.bdf;
	if (variant->vf) {
		ASSERT_EQ(0, vf_create(1, self->vf));
		self->bdf = self->vf[0];
	}
	ASSERT_EQ(0, function_save(&self->was, self->bdf));
	if (variant->in != NATIVE)
		ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_LT(0, pci_read_line(self->bdf, "personality/state", self->state,
				   sizeof(self->state)));
	if (variant->in != HELD)
		return;
	ASSERT_EQ(0, device_open(&self->user, self->bdf, &vfio_group_mode));
	ASSERT_EQ(0, vfio_irq_enable(&self->user.f, &self->error,
				     VFIO_PCI_ERR_IRQ_INDEX, 1));
	ASSERT_EQ(0, device_work(&self->user, &self->proof));
}

FIXTURE_TEARDOWN(errors)
{
	vfio_irq_disable(&self->error);
	device_close(&self->user);
	EXPECT_EQ(0, function_restore(&self->was));
	if (variant->vf)
		EXPECT_EQ(0, vf_destroy());
}

/* Does the function, where it is, do what it is for? */
static bool works(struct __test_metadata *_metadata,
		  FIXTURE_DATA(errors) *self,
		  const FIXTURE_VARIANT(errors) *variant)
{
	if (!personality_is(self->bdf, self->state))
		return false;
	switch (variant->in) {
	case NATIVE:
		return !native_prove(self->bdf, self->story, sizeof(self->story));
	case FLIPPED:
		return !device_prove(self->bdf, &vfio_group_mode, &self->proof);
	default:
		/* What its user is told */
		EXPECT_LT(0, vfio_irq_wait(&self->error, 0, TIMEOUT_MS));
		return !device_work(&self->user, &self->proof);
	}
}

/* Reported by the port: the link stays as it is */
TEST_F_TIMEOUT(errors, nonfatal, 60)
{
	int i;

	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(aer_recovers(PORT, AER_NONFATAL));
		EXPECT_TRUE(works(_metadata, self, variant));
	}
	vfio_irq_disable(&self->error);
	device_close(&self->user);
	EXPECT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->was));
	EXPECT_EQ(0, native_prove(self->bdf, self->story, sizeof(self->story)));
}

/*
 * A function without a driver of its own, behind a link that is reset with it: in a
 * slot where the kernel sees the link come up again
 */
FIXTURE(link) {
	struct function_state was;
	struct device_user user;
	struct proof proof;
};

FIXTURE_VARIANT(link) {
	enum situation in;
};

FIXTURE_VARIANT_ADD(link, unbound) { .in = NATIVE };
FIXTURE_VARIANT_ADD(link, flipped) { .in = FLIPPED };
FIXTURE_VARIANT_ADD(link, held) { .in = HELD };

FIXTURE_SETUP(link)
{
	if (!monitor_present())
		SKIP(return, "no monitor: this needs the lab of selftests/vm");
	ASSERT_EQ(0, monitor_plug("edu", LAB_SPARE_PORT, PLUGGED));
	ASSERT_EQ(0, wait_for(pci_has(LAB_SPARE_BDF, "use_vfio"), TIMEOUT_MS));
	ASSERT_EQ(0, function_save(&self->was, LAB_SPARE_BDF));
	if (variant->in != NATIVE)
		ASSERT_EQ(0, personality_set(LAB_SPARE_BDF, true));
	if (variant->in == HELD)
		ASSERT_EQ(0, device_open(&self->user, LAB_SPARE_BDF,
					 &vfio_group_mode));
}

FIXTURE_TEARDOWN(link)
{
	device_close(&self->user);
	if (!pci_present(LAB_SPARE_BDF))
		return;
	EXPECT_EQ(0, monitor_unplug(PLUGGED));
	EXPECT_EQ(0, wait_for(!pci_present(LAB_SPARE_BDF), TIMEOUT_MS));
}

/*
 * Without a driver that restores its registers the function is of no use after that,
 * to VFIO as little as to anyone else; but it goes where it is told, and once it has
 * been found anew it works.
 */
TEST_F_TIMEOUT(link, reset, 60)
{
	if (!aer_is_handled(LAB_SPARE_BDF))
		SKIP(return, "the kernel has no say in PCIe errors here");
	ASSERT_TRUE(aer_recovers(LAB_SPARE_PORT, AER_FATAL));
	device_close(&self->user);

	EXPECT_TRUE(personality_is(LAB_SPARE_BDF, variant->in == NATIVE ?
				   "unbound" : "vfio-rebound"));
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, false));
	EXPECT_TRUE(function_is(&self->was));

	ASSERT_EQ(0, pci_remove(LAB_SPARE_BDF));
	ASSERT_EQ(0, pci_rescan());
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, true));
	EXPECT_EQ(0, device_prove(LAB_SPARE_BDF, &vfio_group_mode, &self->proof));
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, false));
}

TEST_HARNESS_MAIN
