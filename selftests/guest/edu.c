// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU migrates a guest from one edu to another, and back, by what the helpers do for
 * every driver. The guest's own driver computes by the one and the other, and its
 * interrupts come from there. Once the guest has filled the device's buffer, which cannot
 * be moved, the guest stays.
 */
#include <stdlib.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "lab.h"
#include "module.h"
#include "native_edu.h"
#include "nested_migration.h"
#include "personality.h"

#define DEVICE		"-device vfio-pci,host=%s,addr=4,enable-migration=on,x-pre-copy-dirty-page-tracking=off"
#define MIGRATE_TIMEOUT	800

FIXTURE(moved) {
	const char *bdf[2];
	struct nested guest[2];
	char answer[NESTED_ANSWER];
};

FIXTURE_SETUP(moved)
{
	REQUIRE_NESTED();
	REQUIRE_LAB(&lab_edu);
	REQUIRE_LAB(&lab_edu2);
	self->bdf[0] = lab_edu.bdf;
	self->bdf[1] = lab_edu2.bdf;
	ASSERT_EQ(0, module_load("edu"));
	ASSERT_EQ(0, personality_set(self->bdf[0], true));
	ASSERT_EQ(0, personality_set(self->bdf[1], true));
	ASSERT_TRUE(personality_is(self->bdf[0], "vfio"));
	ASSERT_TRUE(personality_is(self->bdf[1], "vfio"));
}

FIXTURE_TEARDOWN(moved)
{
	int i;

	for (i = 0; i < 2; i++) {
		nested_kill(&self->guest[i]);
		EXPECT_EQ(0, personality_set(self->bdf[i], false));
		EXPECT_EQ(0, edu_prove(self->bdf[i]));
	}
}

#define EXPECT_COMPUTES(n, guest) do {						\
	EXPECT_EQ(0, nested_ask(guest, self->answer, "compute %s %u", NESTED_SLOT, n)); \
	EXPECT_EQ(edu_factorial_expected(n), strtoul(self->answer, NULL, 10));	\
} while (0)

TEST_F_TIMEOUT(moved, there_and_back_and_no_further, MIGRATE_TIMEOUT)
{
	char reply[QMP_LINE];
	int i;

	ASSERT_EQ(0, nested_start(&self->guest[0], "0", DEVICE, self->bdf[0]));
	ASSERT_EQ(0, nested_await_ready(&self->guest[0]));
	EXPECT_COMPUTES(9u, &self->guest[0]);
	for (i = 0; i < 2; i++) {
		struct nested *from = &self->guest[i], *to = &self->guest[!i];

		ASSERT_EQ(0, nested_await_guest(to, i ? "0" : "1", DEVICE, self->bdf[!i]));
		ASSERT_EQ(0, nested_send(from, to->name, NESTED_UNLIMITED));
		ASSERT_EQ(0, nested_await_sent(from, reply));
		ASSERT_EQ(0, nested_await_running(to));
		nested_kill(from);
		EXPECT_COMPUTES(10u + i, to);
	}

	EXPECT_EQ(0, nested_ask(&self->guest[0], NULL, "prove %s", NESTED_SLOT));
	ASSERT_EQ(0, nested_await_guest(&self->guest[1], "1", DEVICE, self->bdf[1]));
	ASSERT_EQ(0, nested_send(&self->guest[0], self->guest[1].name, NESTED_UNLIMITED));
	EXPECT_EQ(-EIO, nested_await_sent(&self->guest[0], reply));
	ASSERT_EQ(0, nested_await_running(&self->guest[0]));
	EXPECT_COMPUTES(12u, &self->guest[0]);
	EXPECT_EQ(0, nested_ask(&self->guest[0], NULL, "prove %s", NESTED_SLOT));
}

TEST_HARNESS_MAIN
