// SPDX-License-Identifier: GPL-2.0
/*
 * A PF that its own driver has in VFIO, and its VFs; and what the least of drivers
 * may leave out: power management, and care in its stop. The driver is the
 * selftests' own, see modules/pf.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "personality.h"
#include "wait.h"

#define PF_MODULE	"personality_test_pf"
#define PF_DRIVER	"personality-test-pf"
#define PF_FORGET	"/sys/module/" PF_MODULE "/parameters/forget"
#define PF_VECTORS	"/sys/module/" PF_MODULE "/parameters/vf_vectors"
#define PF_HELD		"/sys/bus/pci/drivers/" PF_DRIVER "/held"
#define PF_STATUS	0x8	/* a register of BAR 0 */
#define TIMEOUT_MS	180000

FIXTURE(pf) {
	struct function_state igb;
	struct function_state was;
	const char *bdf;
	char vf[2][PCI_BDF_LEN];
	struct device_user user;
	struct proof proof;
};

FIXTURE_SETUP(pf)
{
	REQUIRE_LAB(&lab_igb);
	self->bdf = lab_igb.bdf;
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, module_load(PF_MODULE));
	ASSERT_EQ(0, file_write(PF_FORGET, "0"));
	ASSERT_EQ(0, function_save(&self->igb, self->bdf));
	/* Without the PF's driver, the VFs' own would find nobody to talk to */
	ASSERT_EQ(0, pci_write(self->bdf, "sriov_drivers_autoprobe", "0"));
	ASSERT_EQ(0, pci_unbind(self->bdf));
	ASSERT_EQ(0, pci_bind(self->bdf, PF_DRIVER));
	ASSERT_EQ(0, function_save(&self->was, self->bdf));
}

FIXTURE_TEARDOWN(pf)
{
	device_close(&self->user);
	file_write(PF_FORGET, "0");
	pci_set_vfs(self->bdf, 0);
	pci_write(self->bdf, "personality/vfs_use_vfio", "0");
	EXPECT_EQ(0, personality_set(self->bdf, false));
	EXPECT_EQ(0, function_restore(&self->igb));
	pci_write(self->bdf, "sriov_drivers_autoprobe", "1");
	EXPECT_EQ(0, module_unload(PF_MODULE));
}

/* What the driver says that it holds of the function */
static bool holds(const char *what)
{
	char held[16];

	return file_read_line(PF_HELD, held, sizeof(held)) > 0 &&
	       !strcmp(held, what);
}

static bool is_native(const struct function_state *was)
{
	return personality_is(was->bdf, "native") && function_is(was) &&
	       pci_reads(was->bdf, "answers", "1") && holds("7");
}

static bool is_vfio(const char *bdf)
{
	return personality_is(bdf, "vfio") && pci_driver_is(bdf, PF_DRIVER) &&
	       !pci_has(bdf, "answers") && holds("0");
}

/* Two VFs, or none: do sysfs and the bus show so many? */
static bool has_vfs(const char *bdf, int vfs)
{
	char vf[PCI_BDF_LEN];
	bool present;
	int i;

	for (i = 0; i < 2; i++) {
		present = i < vfs;
		if ((!pci_vf(bdf, i, vf) && pci_present(vf)) != present)
			return false;
	}
	return pci_number(bdf, "sriov_numvfs") == vfs;
}

/* A driver without runtime PM and without power management: nothing is lost */
TEST_F_TIMEOUT(pf, there_and_back, 120)
{
	static const char * const controls[] = { "on", "auto" };
	long usage;
	int i;

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pci_write(self->bdf, "power/control",
				       controls[i % 2]));
		ASSERT_EQ(0, function_save(&self->was, self->bdf));
		usage = pci_number(self->bdf, "power/runtime_usage");
		ASSERT_TRUE(is_native(&self->was));
		ASSERT_EQ(0, personality_set(self->bdf, true));
		EXPECT_TRUE(is_vfio(self->bdf));
		EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode,
					  &self->proof));
		ASSERT_EQ(0, personality_set(self->bdf, false));
		EXPECT_TRUE(is_native(&self->was));
		EXPECT_EQ(usage, pci_number(self->bdf, "power/runtime_usage"));
		EXPECT_TRUE(pci_reads(self->bdf, "power/runtime_status",
				      "active"));
	}
}

/* VFs belong to the personality that made them, and hold the PF in it */
TEST_F_TIMEOUT(pf, vfs_while_native, 120)
{
	ASSERT_EQ(0, pci_set_vfs(self->bdf, 2));
	EXPECT_EQ(-EBUSY, personality_set(self->bdf, true));
	EXPECT_TRUE(personality_last_error_is(self->bdf, "check", -EBUSY));
	EXPECT_TRUE(has_vfs(self->bdf, 2));
	EXPECT_TRUE(is_native(&self->was));

	ASSERT_EQ(0, pci_set_vfs(self->bdf, 0));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(is_vfio(self->bdf));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(is_native(&self->was));
	EXPECT_TRUE(has_vfs(self->bdf, 0));
}

/* As vfio-pci makes them: the VFs are VFIO's, and nobody's without a token */
static bool are_captured(const char *pf)
{
	char override[PCI_NAME_LEN];
	char vf[PCI_BDF_LEN];
	struct proof proof;
	int i;

	for (i = 0; i < 2; i++)
		if (pci_vf(pf, i, vf) ||
		    pci_read_line(vf, "driver_override", override,
				  sizeof(override)) < 0 ||
		    strcmp(override, "vfio-pci") ||
		    !function_is_vfio(vf, "vfio-pci") ||
		    device_prove(vf, &vfio_group_mode, &proof) != -EACCES)
			return false;
	return true;
}

TEST_F_TIMEOUT(pf, vfs_while_flipped, 120)
{
	int i;

	for (i = 0; i < 2; i++) {
		/* What is asked of VFs to come does not change what VFIO does */
		ASSERT_EQ(0, pci_write(self->bdf, "personality/vfs_use_vfio",
				       i ? "1" : "0"));
		ASSERT_EQ(0, personality_set(self->bdf, true));
		ASSERT_EQ(0, pci_set_vfs(self->bdf, 2));
		EXPECT_TRUE(has_vfs(self->bdf, 2));
		EXPECT_TRUE(are_captured(self->bdf));
		EXPECT_EQ(-EBUSY, personality_set(self->bdf, false));
		EXPECT_TRUE(personality_last_error_is(self->bdf, "check",
						      -EBUSY));
		EXPECT_TRUE(is_vfio(self->bdf));
		EXPECT_TRUE(has_vfs(self->bdf, 2));

		ASSERT_EQ(0, pci_set_vfs(self->bdf, 0));
		EXPECT_TRUE(has_vfs(self->bdf, 0));
		EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode,
					  &self->proof));
		ASSERT_EQ(0, personality_set(self->bdf, false));
		EXPECT_TRUE(is_native(&self->was));
	}
}

/* Is the PF's driver asked for vectors of its first VF's? A negative errno, or how many */
static int vectors_asked_for(const char *pf, const char *vectors)
{
	char vf[PCI_BDF_LEN], asked[16];
	int ret = file_write(PF_VECTORS, "-1") ?: pci_vf(pf, 0, vf);

	/* Nobody may use them meanwhile */
	if (!ret && !pci_driver_is(vf, ""))
		ret = pci_unbind(vf);
	ret = ret ?: pci_write(vf, "sriov_vf_msix_count", vectors);
	if (file_read_line(PF_VECTORS, asked, sizeof(asked)) <= 0)
		return -ENOENT;
	/* Whatever came of it, it has been */
	if (strcmp(asked, "-1"))
		return atoi(asked);
	return ret ?: -ENODATA;
}

/* The driver gives its VFs vectors; in VFIO it has none to give */
TEST_F_TIMEOUT(pf, vectors_of_a_vf, 120)
{
	ASSERT_EQ(0, pci_set_vfs(self->bdf, 1));
	EXPECT_EQ(3, vectors_asked_for(self->bdf, "3"));
	ASSERT_EQ(0, pci_set_vfs(self->bdf, 0));

	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, pci_set_vfs(self->bdf, 1));
	EXPECT_EQ(-EOPNOTSUPP, vectors_asked_for(self->bdf, "2"));
	ASSERT_EQ(0, pci_set_vfs(self->bdf, 0));

	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(is_native(&self->was));
	ASSERT_EQ(0, pci_set_vfs(self->bdf, 1));
	EXPECT_EQ(1, vectors_asked_for(self->bdf, "1"));
}

/* The user keeps the PF. Its first queue becomes the first VF's: no packets then */
TEST_F_TIMEOUT(pf, vfs_while_held, 120)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, device_open(&self->user, self->bdf, &vfio_group_mode));
	ASSERT_EQ(0, device_work(&self->user, &self->proof));
	ASSERT_EQ(0, pci_set_vfs(self->bdf, 2));
	EXPECT_TRUE(are_captured(self->bdf));
	EXPECT_EQ(-EBUSY, personality_set(self->bdf, false));
	EXPECT_EQ(-EAGAIN, module_unload(PF_MODULE));
	EXPECT_TRUE(is_vfio(self->bdf));
	EXPECT_EQ(lab_igb.device, vfio_config_read(&self->user.f, PCI_DEVICE_ID, 2));
	EXPECT_NE(~0U, vfio_read32(&self->user.f, 0, PF_STATUS));
	ASSERT_EQ(0, pci_set_vfs(self->bdf, 0));
	EXPECT_EQ(-EBUSY, personality_set(self->bdf, false));
	device_close(&self->user);
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(is_native(&self->was));
}

static int unload(const char *bdf)
{
	if (!pci_driver_is(bdf, PF_DRIVER))
		return -ENODEV;
	return module_unload(PF_MODULE) ?: module_load(PF_MODULE);
}

/* The VFs go with the vfio_device, before the driver's remove */
TEST_F_TIMEOUT(pf, taken_away_with_vfs, 120)
{
	int (* const take[])(const char *bdf) = { pci_unbind, unload };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(take); i++) {
		ASSERT_EQ(0, personality_set(self->bdf, true));
		ASSERT_EQ(0, pci_set_vfs(self->bdf, 2));
		ASSERT_EQ(0, take[i](self->bdf));
		EXPECT_TRUE(has_vfs(self->bdf, 0));
		EXPECT_TRUE(personality_is(self->bdf, "unbound"));
		ASSERT_EQ(0, pci_bind(self->bdf, PF_DRIVER));
		EXPECT_TRUE(is_native(&self->was));
	}
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(is_native(&self->was));
}

struct vf_maker {
	const char *bdf;
	atomic_bool stop;
	atomic_int made;
};

static void *keep_making_vfs(void *arg)
{
	struct vf_maker *maker = arg;

	while (!maker->stop) {
		if (pci_set_vfs(maker->bdf, 1))
			continue;
		maker->made++;
		pci_set_vfs(maker->bdf, 0);
	}
	return NULL;
}

/* Whoever is first: a transition never meets a VF, and never loses one */
TEST_F_TIMEOUT(pf, racing_vfs, 240)
{
	struct vf_maker maker = { .bdf = self->bdf };
	u64 end = now_ms() + TIMEOUT_MS;
	int flipped = 0, busy = 0;
	bool vfio = false;
	pthread_t thread;
	int ret;

	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_making_vfs, &maker));
	while ((flipped < 4 || !busy || maker.made < 3) && now_ms() < end) {
		ret = personality_set(self->bdf, !vfio);
		EXPECT_TRUE(!ret || ret == -EBUSY);
		if (ret == -EBUSY) {
			busy++;
			continue;
		}
		flipped++;
		vfio = !vfio;
	}
	maker.stop = true;
	pthread_join(thread, NULL);
	EXPECT_LE(4, flipped);
	EXPECT_LT(0, busy);
	EXPECT_LE(3, maker.made);
	EXPECT_TRUE(has_vfs(self->bdf, 0));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(is_native(&self->was));
}

/* What a stop forgets is found before VFIO meets it, and the driver goes on */
TEST_F(pf, forgetful_stop)
{
	static const char * const forgotten[] = { "1", "2", "4", "7" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(forgotten); i++) {
		ASSERT_EQ(0, file_write(PF_FORGET, forgotten[i]));
		EXPECT_EQ(-EINVAL, personality_set(self->bdf, true));
		EXPECT_TRUE(personality_last_error_is(self->bdf, "method",
						      -EINVAL));
		EXPECT_TRUE(is_native(&self->was));
	}
	ASSERT_EQ(0, file_write(PF_FORGET, "0"));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(is_native(&self->was));
}

TEST_HARNESS_MAIN
