// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU migrates a guest from one VF to another, and back, while the guest and the VFs' PF
 * exchange numbered frames. What the guest's VF had accepted arrives, and once; what was
 * sent to the guest while it stood still is lost, as with a link that is down.
 */
#include <unistd.h>

#include "kselftest_harness.h"

#include "lab.h"
#include "module.h"
#include "nested_vfs.h"

#define MIGRATE_TIMEOUT	800

FIXTURE(migrate) {
	struct nested_vfs vfs;
};

FIXTURE_VARIANT(migrate) {
	const char *options;
};

FIXTURE_VARIANT_ADD(migrate, documented) {
	.options = NESTED_VF_OPTIONS,
};

FIXTURE_VARIANT_ADD(migrate, plain) {
	.options = ",enable-migration=on",
};

FIXTURE_SETUP(migrate)
{
	REQUIRE_NESTED();
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, nested_vfs_open(&self->vfs, variant->options));
	ASSERT_EQ(0, nested_vfs_boot(&self->vfs));
}

FIXTURE_TEARDOWN(migrate)
{
	EXPECT_EQ(0, nested_vfs_close(&self->vfs));
}

TEST_F_TIMEOUT(migrate, there_and_back, MIGRATE_TIMEOUT)
{
	struct nested_vfs *s = &self->vfs;
	char reply[QMP_LINE];
	int i;

	for (i = 0; i < 2; i++) {
		struct nested *from = &s->guest[i], *to = &s->guest[!i];

		ASSERT_EQ(0, nested_vfs_await(s, i));
		ASSERT_EQ(0, nested_vfs_exchange(s, i));
		ASSERT_EQ(0, nested_send(from, to->name, NESTED_UNLIMITED));
		ASSERT_EQ(0, nested_await_sent(from, reply));
		ASSERT_EQ(0, nested_await_running(to));
		ASSERT_EQ(0, nested_vfs_settle(s, !i));
		EXPECT_TRUE(nested_vfs_kept_all(s, from->qmp.stop_us, to->qmp.resume_us));
		TH_LOG("%s to %s: down for %ld ms", s->vf[i], s->vf[!i],
		       qmp_number(reply, "downtime"));
		TH_LOG("VFIO's state took %ld us to save, %ld to load; memory %ld to save",
		       nested_busy_us(from, "save", "/vfio"),
		       nested_busy_us(to, "load", "/vfio"),
		       nested_busy_us(from, "save", "=ram"));
		TH_LOG("%u frames from the guest, %u to it, of which %u arrived", s->sent,
		       s->flow.sent, s->book.received);
		nested_kill(from);
	}
}

TEST_HARNESS_MAIN
