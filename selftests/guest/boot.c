// SPDX-License-Identifier: GPL-2.0
/*
 * A guest is given functions of each kind, whichever way they came to VFIO, and its own
 * drivers move data by them.
 */
#include <unistd.h>

#include "kselftest_harness.h"

#include "lab.h"
#include "module.h"
#include "native.h"
#include "native_edu.h"
#include "nested.h"
#include "personality.h"
#include "vf.h"

#define BOOT_TIMEOUT	800
#define DEVICE(slot)	"-device vfio-pci,host=%s,addr=" #slot " "

FIXTURE(boot) {
	char vf[1][PCI_BDF_LEN];
	struct nested guest;
};

FIXTURE_SETUP(boot)
{
	REQUIRE_NESTED();
	REQUIRE_LAB(&lab_igb);
	REQUIRE_LAB(&lab_nvme);
	REQUIRE_LAB(&lab_edu);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, module_load("edu"));
	ASSERT_EQ(0, vf_create(1, self->vf));
}

/* When the guest is gone, each function has its work here again */
FIXTURE_TEARDOWN(boot)
{
	char story[200];

	nested_kill(&self->guest);
	EXPECT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_EQ(0, personality_set(lab_nvme.bdf, false));
	EXPECT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_EQ(0, native_prove(self->vf[0], story, sizeof(story)));
	EXPECT_EQ(0, native_prove(lab_nvme.bdf, story, sizeof(story)));
	EXPECT_EQ(0, edu_prove(lab_edu.bdf));
	EXPECT_EQ(0, personality_set_driver(self->vf[0], "auto"));
	EXPECT_EQ(0, personality_set_driver(lab_edu.bdf, "auto"));
	EXPECT_EQ(0, vf_destroy());
}

FIXTURE_VARIANT(boot) {
	const char *vfio_driver;
	const char *state;
};

/* nvme's driver has no method: it is unbound in either case */
FIXTURE_VARIANT_ADD(boot, method) {
	.vfio_driver = "auto",
	.state = "vfio",
};

FIXTURE_VARIANT_ADD(boot, rebind) {
	.vfio_driver = "vfio-pci",
	.state = "vfio-rebound",
};

TEST_F_TIMEOUT(boot, moves_data, BOOT_TIMEOUT)
{
	char answer[NESTED_ANSWER];
	static const char *const slots[] = { NESTED_SLOT, NESTED_SLOT_2, NESTED_SLOT_3 };
	u64 began;
	size_t i;

	ASSERT_EQ(0, personality_set_driver(self->vf[0], variant->vfio_driver));
	ASSERT_EQ(0, personality_set_driver(lab_edu.bdf, variant->vfio_driver));
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	ASSERT_EQ(0, personality_set(lab_nvme.bdf, true));
	ASSERT_TRUE(personality_is(self->vf[0], variant->state));
	ASSERT_TRUE(personality_is(lab_edu.bdf, variant->state));
	ASSERT_TRUE(personality_is(lab_nvme.bdf, "vfio-rebound"));

	began = flow_now_us();
	ASSERT_EQ(0, nested_start(&self->guest, "boot",
				  DEVICE(4) DEVICE(5) DEVICE(6),
				  self->vf[0], lab_nvme.bdf, lab_edu.bdf));
	ASSERT_EQ(0, nested_await_ready(&self->guest));
	TH_LOG("the guest has booted after %llu ms", (flow_now_us() - began) / 1000);
	ASSERT_EQ(0, nested_ask(&self->guest, NULL, "up %s", NESTED_SLOT));
	for (i = 0; i < ARRAY_SIZE(slots); i++) {
		EXPECT_EQ(0, nested_ask(&self->guest, answer, "prove %s", slots[i]));
		TH_LOG("in the guest: %s", answer);
	}
	TH_LOG("after %llu ms", (flow_now_us() - began) / 1000);
}

TEST_HARNESS_MAIN
