// SPDX-License-Identifier: GPL-2.0
/*
 * VFs made by configfs: reserved by mkdir, born held, in VFIO by live, given back; and the
 * native function of one never appears. By method (igbvf) and by rebind (vfio-pci).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "drivers/driver.h"
#include "lab.h"
#include "personality.h"
#include "uevent.h"
#include "vf.h"
#include "wait.h"

#define AT_ONCE_MS	10000
#define ROUNDS		100
#define KILLS		5

FIXTURE(vf) {
	char vf[2][PCI_BDF_LEN];
	int uevents;
	struct device_user user;
	struct proof proof;
};

static bool has(const char *name, const char *attr, const char *words)
{
	return provided_has(&vf_provided, name, attr, words);
}

FIXTURE_SETUP(vf)
{
	const char *lacks = vf_provided_lacks();

	if (lacks)
		SKIP(return, "%s", lacks);
	ASSERT_EQ(0, vf_provided_setup());
	self->uevents = uevent_open();
	ASSERT_LE(0, self->uevents);
	ASSERT_EQ(0, vf_make("a"));
	ASSERT_EQ(0, vf_make("b"));
}

FIXTURE_TEARDOWN(vf)
{
	device_close(&self->user);
	EXPECT_EQ(0, vf_provided_teardown());
	close(self->uevents);
}

#define EXPECT_NEVER_NATIVE(bdf) do {					\
	EXPECT_FALSE(pci_has(bdf, "net"));				\
	EXPECT_EQ(0, uevent_count_added(self->uevents, "net", bdf));	\
} while (0)

#define EXPECT_HELD(bdf) EXPECT_TRUE(vf_is_held(bdf))

/* Reserved before there are VFs; then born held, and each switched on its own */
TEST_F_TIMEOUT(vf, by_either_way, 300)
{
	static const struct {
		const char *choice, *driver, *state;
	} ways[] = {
		{ "auto", "igbvf", "vfio" },
		{ "vfio-pci", "vfio-pci", "vfio-rebound" },
	};
	unsigned int i;
	u64 start;

	EXPECT_TRUE(has("a", "index", "0"));
	EXPECT_TRUE(has("b", "index", "1"));
	EXPECT_EQ(-ENODEV, vf_set_live("a", true));
	EXPECT_TRUE(has("a", "last_error", "sriov_numvfs"));
	ASSERT_EQ(0, vf_bear(2, self->vf));
	EXPECT_HELD(self->vf[0]);
	EXPECT_HELD(self->vf[1]);
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		ASSERT_EQ(0, personality_set_driver(self->vf[0], ways[i].choice));
		ASSERT_EQ(0, vf_set_live("a", true));
		EXPECT_TRUE(has("a", "state", "live"));
		EXPECT_TRUE(has("a", "device", self->vf[0]));
		EXPECT_TRUE(personality_is(self->vf[0], ways[i].state));
		EXPECT_TRUE(pci_driver_is(self->vf[0], ways[i].driver));
		ASSERT_EQ(0, device_open(&self->user, self->vf[0], &vfio_group_mode));
		EXPECT_EQ(0, device_work(&self->user, &self->proof));
		start = now_ms();
		EXPECT_EQ(-EBUSY, vf_set_live("a", false));
		EXPECT_TRUE(has("a", "last_error", "VFIO user holds"));
		EXPECT_EQ(-EBUSY, vf_unmake("a"));
		EXPECT_GT(AT_ONCE_MS, now_ms() - start);
		EXPECT_EQ(0, device_work(&self->user, &self->proof));
		device_close(&self->user);
		ASSERT_EQ(0, vf_set_live("a", false));
		EXPECT_HELD(self->vf[0]);
		/* The other one has been left alone */
		EXPECT_HELD(self->vf[1]);
	}
	EXPECT_NEVER_NATIVE(self->vf[0]);
	EXPECT_FALSE(pci_has(self->vf[1], "net"));
	/* Given back, it is as any VF without a driver */
	ASSERT_EQ(0, vf_unmake("a"));
	EXPECT_TRUE(pci_reads(self->vf[0], "driver_override", "(null)"));
	ASSERT_EQ(0, pci_bind(self->vf[0], "igbvf"));
	EXPECT_TRUE(personality_is(self->vf[0], "native"));
	/* Native, it is nobody's to reserve */
	EXPECT_EQ(-EBUSY, provided_write(&vf_provided, "b", "index", "0"));
	EXPECT_TRUE(has("b", "last_error", "native driver"));
	EXPECT_TRUE(has("b", "index", "1"));
}

TEST_F_TIMEOUT(vf, rounds, 600)
{
	int i;

	ASSERT_EQ(0, vf_bear(2, self->vf));
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, personality_set_driver(self->vf[0], i % 2 ? "auto" : "vfio-pci"));
		ASSERT_EQ(0, vf_set_live("a", true));
		ASSERT_EQ(0, vf_set_live("a", false));
		ASSERT_EQ(0, vf_unmake("a"));
		ASSERT_EQ(0, vf_make("a"));
	}
	EXPECT_NEVER_NATIVE(self->vf[0]);
	ASSERT_EQ(0, vf_set_live("a", true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
}

/* A user that is killed lets go; the VF works for the next one */
TEST_F_TIMEOUT(vf, killed_users, 200)
{
	int i, status, ready[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, vf_bear(2, self->vf));
	ASSERT_EQ(0, vf_set_live("a", true));
	for (i = 0; i < KILLS; i++) {
		ASSERT_EQ(0, pipe(ready));
		pid = fork();
		if (!pid) {
			if (device_open(&self->user, self->vf[0], &vfio_group_mode))
				_exit(1);
			if (write(ready[1], "", 1) != 1)
				_exit(1);
			for (;;)
				device_work(&self->user, &self->proof);
		}
		close(ready[1]);
		ASSERT_EQ(1, read(ready[0], &byte, 1));
		close(ready[0]);
		EXPECT_EQ(-EBUSY, vf_set_live("a", false));
		kill(pid, SIGKILL);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status));
		ASSERT_EQ(0, vf_set_live("a", false));
		ASSERT_EQ(0, vf_set_live("a", true));
	}
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	EXPECT_NEVER_NATIVE(self->vf[0]);
}

/* sriov_numvfs and the PF's use_vfio are others' to write */
TEST_F_TIMEOUT(vf, vfs_removed, 200)
{
	ASSERT_EQ(0, vf_bear(2, self->vf));
	ASSERT_EQ(0, vf_set_live("a", true));
	EXPECT_EQ(-EBUSY, personality_set(lab_igb.bdf, true));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	EXPECT_EQ(0, wait_for(has("a", "state", "configured"), 5000));
	EXPECT_EQ(-ENODEV, vf_set_live("a", true));
	/* They come again as they were reserved */
	ASSERT_EQ(0, vf_bear(2, self->vf));
	EXPECT_HELD(self->vf[0]);
	ASSERT_EQ(0, vf_set_live("a", true));
	EXPECT_NEVER_NATIVE(self->vf[0]);
	/* By hand it may leave, too; then the directory says so */
	ASSERT_EQ(0, pci_unbind(self->vf[0]));
	EXPECT_EQ(0, wait_for(has("a", "state", "configured"), 5000));
	EXPECT_EQ(0, vf_unmake("a"));
}

TEST_HARNESS_MAIN
