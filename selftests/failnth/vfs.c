// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation of a VF's birth in the VFIO personality that is made below the
 * switch fails once. There is a VF, exactly native or exactly in VFIO, or there is
 * none; and the next is as wished.
 *
 * The kernel does not survive all that fail above it, with the switch or without:
 * pci_iov_add_virtfn() trips over a device that it could not add, and igb uses a queue
 * vector that it has freed.
 *
 * A birth and a removal take three seconds, most of them spent asleep: so only some
 * fail. EVERY=1 in the environment lets all do, in a quarter of an hour.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "drivers/driver.h"
#include "fail_nth.h"
#include "lab.h"
#include "personality.h"
#include "native.h"
#include "vf.h"

#define MANY	5000
#define LIMIT_S	7000
/* To prove that one works, the PF must be up: for that it takes seconds */
#define PROVE	20
#define EVERY	3

FIXTURE(vfs) {
	char vf[1][PCI_BDF_LEN];
};

FIXTURE_SETUP(vfs)
{
	const char *lacks = fail_nth_lacks();

	if (lacks)
		SKIP(return, "%s", lacks);
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, vf_create(1, self->vf));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, pf_set_up(false));
	ASSERT_EQ(0, fail_nth_setup());
	ASSERT_EQ(0, fail_nth_below("pci_personality"));
}

FIXTURE_TEARDOWN(vfs)
{
	fail_nth_finish();
	pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "0");
	EXPECT_EQ(0, vf_destroy());
}

/* Does it belong to one, altogether, and can it be brought to VFIO if it must? */
static bool is_sound(const char *bdf, bool prove)
{
	struct proof proof;
	int vfio = personality_get(bdf);
	char driver[PCI_NAME_LEN] = "?";
	char state[32] = "?";

	if (vfio < 0 || pci_driver(bdf, driver, sizeof(driver)) ||
	    pci_read_line(bdf, "personality/state", state, sizeof(state)) < 0 ||
	    vfio != !strncmp(state, "vfio", 4) || !strcmp(state, "broken") ||
	    !pci_reads(bdf, "driver_override", "(null)")) {
		diag("%s: use_vfio %d, driver %s, state %s", bdf, vfio, driver,
		     state);
		return false;
	}
	if (!prove)
		return true;
	return !pf_set_up(true) && !personality_set(bdf, true) &&
	       !device_prove(bdf, &vfio_group_mode, &proof) && !pf_set_up(false);
}

TEST_F_TIMEOUT(vfs, birth, LIMIT_S)
{
	unsigned int n, tries = 0, failed = 0, native = 0, without = 0;
	unsigned int every = fail_nth_every(EVERY);
	char vf[PCI_BDF_LEN];
	bool injected = true;
	int ret;

	for (n = 1; injected && n < MANY; n += every) {
		tries++;
		ASSERT_EQ(0, fail_nth_arm(n));
		ret = pci_set_vfs(lab_igb.bdf, 1);
		injected = fail_nth_disarm();
		if (ret) {
			failed++;
			ASSERT_TRUE(injected);
			ASSERT_EQ(0, pci_number(lab_igb.bdf, "sriov_numvfs"));
			continue;
		}
		ASSERT_EQ(0, pci_vf(lab_igb.bdf, 0, vf));
		/* The switch leaves out a function that it has no memory for */
		if (personality_get(vf) == -ENOENT) {
			without++;
			ASSERT_TRUE(injected);
			ASSERT_TRUE(function_await_driver(vf, "igbvf"));
			ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
			continue;
		}
		native += !personality_get(vf);
		ASSERT_TRUE(is_sound(vf, !injected || tries % PROVE == 0)) {
			TH_LOG("allocation %u", n);
		}
		if (!injected)
			EXPECT_EQ(1, personality_get(vf));
		ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	}
	EXPECT_FALSE(injected);
	/* Each of them takes a function, an override, a vfio_device */
	EXPECT_LT(20 / every, native);
	TH_LOG("%u failures survived: %u times no VF, %u native, %u no switch",
	       tries - 1, failed, native, without);
}

TEST_HARNESS_MAIN
