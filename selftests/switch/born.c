// SPDX-License-Identifier: GPL-2.0
/*
 * VFs that are born in VFIO: by their driver's method, which has never probed them
 * then, or by a VFIO driver. And what happens to them later.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "claim.h"
#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "modprobe.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "uevent.h"
#include "vf.h"
#include "wait.h"

#define FAIL_KNOB	"/sys/module/vfio_pci_personality/parameters/fail_step"
/* What has the driver core fail after the probe */
#define GROUPS_MODULE	"personality_groups"
#define GROUPS_KNOB	"/sys/module/" GROUPS_MODULE "/parameters/driver"

FIXTURE(born) {
	char vf[2][PCI_BDF_LEN];
	int uevents;
	struct device_user user;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(born)
{
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	/* The PF is up, there are no VFs */
	ASSERT_EQ(0, vf_create(0, NULL));
	self->uevents = uevent_open();
	ASSERT_LE(0, self->uevents);
}

FIXTURE_TEARDOWN(born)
{
	device_close(&self->user);
	file_write(FAIL_KNOB, "\n");
	registers_release();
	modprobe_restore();
	if (module_loaded(GROUPS_MODULE))
		EXPECT_EQ(0, module_unload(GROUPS_MODULE));
	pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "0");
	pci_write(lab_igb.bdf, "sriov_drivers_autoprobe", "1");
	EXPECT_EQ(0, vf_destroy());
	close(self->uevents);
}

static bool knob_is_there(void)
{
	return !module_load("vfio-pci-personality") && !access(FAIL_KNOB, F_OK);
}

/* VFs in the place of those that there were */
static int bear(char vf[2][PCI_BDF_LEN])
{
	int ret = pci_set_vfs(lab_igb.bdf, 0);
	int i;

	if (!ret)
		ret = pci_set_vfs(lab_igb.bdf, 2);
	for (i = 0; !ret && i < 2; i++)
		ret = pci_vf(lab_igb.bdf, i, vf[i]);
	return ret;
}

static bool has_override(const char *bdf)
{
	return !pci_reads(bdf, "driver_override", "(null)");
}

/* By its driver, which has a method, and without a trace of what it is natively */
#define EXPECT_BORN(bdf) do {						\
	EXPECT_TRUE(personality_is(bdf, "vfio"));			\
	EXPECT_EQ(1, personality_get(bdf));				\
	EXPECT_TRUE(pci_driver_is(bdf, "igbvf"));			\
	EXPECT_TRUE(personality_reads(bdf, "native_driver", "igbvf"));	\
	EXPECT_TRUE(personality_last_error_is(bdf, NULL, 0));		\
	EXPECT_FALSE(has_override(bdf));				\
	EXPECT_FALSE(pci_has(bdf, "net"));				\
} while (0)

#define EXPECT_NATIVE(bdf) do {						\
	EXPECT_TRUE(personality_is(bdf, "native"));			\
	EXPECT_TRUE(pci_driver_is(bdf, "igbvf"));			\
	EXPECT_EQ(0, native_prove(bdf, self->story, sizeof(self->story))); \
} while (0)

/* In VFIO when sriov_numvfs has been written, whatever autoprobe says */
TEST_F_TIMEOUT(born, by_method, 250)
{
	static const char * const autoprobe[] = { "1", "0" };
	unsigned int i, n;

	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	for (i = 0; i < ARRAY_SIZE(autoprobe); i++) {
		ASSERT_EQ(0, pci_write(lab_igb.bdf, "sriov_drivers_autoprobe",
				       autoprobe[i]));
		ASSERT_EQ(0, bear(self->vf));
		for (n = 0; n < 2; n++) {
			EXPECT_BORN(self->vf[n]);
			EXPECT_EQ(0, uevent_count_added(self->uevents, "net",
							self->vf[n]));
		}
		EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode,
					  &self->proof));
		EXPECT_EQ(-EAGAIN, module_unload("igbvf_vfio"));

		/* Native for the first time, and round once more */
		ASSERT_EQ(0, personality_set(self->vf[0], false));
		EXPECT_NATIVE(self->vf[0]);
		EXPECT_LT(0, uevent_count_added(self->uevents, "net", self->vf[0]));
		ASSERT_EQ(0, personality_set(self->vf[0], true));
		EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode,
					  &self->proof));
		ASSERT_EQ(0, personality_set(self->vf[0], false));
		EXPECT_NATIVE(self->vf[0]);
	}

	/* Unbound, there is nothing of it to remove, and the next one probes it */
	ASSERT_EQ(0, pci_unbind(self->vf[1]));
	EXPECT_TRUE(personality_is(self->vf[1], "unbound"));
	ASSERT_EQ(0, pci_bind(self->vf[1], "igbvf"));
	EXPECT_NATIVE(self->vf[1]);

	/* Those that come later are native again */
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "sriov_drivers_autoprobe", "1"));
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "0"));
	ASSERT_EQ(0, bear(self->vf));
	EXPECT_NATIVE(self->vf[0]);
}

/* Where the method is gone, the best VFIO driver is bound */
TEST_F_TIMEOUT(born, by_fallback, 200)
{
	unsigned int n;

	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, module_unload("igbvf_vfio"));
	ASSERT_EQ(0, bear(self->vf));
	for (n = 0; n < 2; n++) {
		EXPECT_TRUE(function_is_vfio(self->vf[n], "vfio-pci"));
		EXPECT_TRUE(personality_reads(self->vf[n], "native_driver", "auto"));
		EXPECT_FALSE(has_override(self->vf[n]));
		EXPECT_EQ(0, uevent_count_added(self->uevents, "net", self->vf[n]));
	}
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->vf[1], false));
	EXPECT_NATIVE(self->vf[1]);
}

static void *remove_vfs(void *result)
{
	*(int *)result = pci_set_vfs(lab_igb.bdf, 0);
	return NULL;
}

/* Removed while a user has one: it is asked to go, and waited for */
TEST_F_TIMEOUT(born, removed_while_held, 200)
{
	struct vfio_irq request;
	pthread_t thread;
	int result = 1;

	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, bear(self->vf));
	ASSERT_EQ(0, device_open(&self->user, self->vf[0], &vfio_group_mode));
	EXPECT_EQ(-EBUSY, personality_set(self->vf[0], false));
	EXPECT_TRUE(personality_last_error_is(self->vf[0], "check", -EBUSY));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	ASSERT_EQ(0, vfio_irq_enable(&self->user.f, &request,
				     VFIO_PCI_REQ_IRQ_INDEX, 1));
	ASSERT_EQ(0, pthread_create(&thread, NULL, remove_vfs, &result));
	EXPECT_LT(0, vfio_irq_wait(&request, 0, 60000));
	vfio_irq_disable(&request);
	device_close(&self->user);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, result);
	EXPECT_FALSE(pci_present(self->vf[0]));
}

/* VFIO refuses it: it has no driver then, and nothing native has been seen */
TEST_F_TIMEOUT(born, refused, 200)
{
	if (!knob_is_there())
		SKIP(return, "the modules are no test build (PERSONALITY_TEST=1)");
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, file_write(FAIL_KNOB, "register"));
	ASSERT_EQ(0, bear(self->vf));
	ASSERT_EQ(0, file_write(FAIL_KNOB, "\n"));
	EXPECT_TRUE(personality_is(self->vf[0], "unbound"));
	EXPECT_TRUE(personality_last_error_is(self->vf[0], "method", -EIO));
	EXPECT_FALSE(has_override(self->vf[0]));
	EXPECT_EQ(0, uevent_count_added(self->uevents, "net", self->vf[0]));

	/* As any function without a driver */
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	EXPECT_TRUE(function_is_vfio(self->vf[0], "vfio-pci"));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, pci_bind(self->vf[1], "igbvf"));
	EXPECT_NATIVE(self->vf[1]);
}

/* Its first probe fails, on the way back: it is in VFIO still, or broken */
TEST_F_TIMEOUT(born, first_probe_fails, 200)
{
	unsigned int n;

	if (!knob_is_there())
		SKIP(return, "the modules are no test build (PERSONALITY_TEST=1)");
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, bear(self->vf));

	ASSERT_EQ(0, registers_claim(self->vf[0]));
	EXPECT_EQ(-EBUSY, personality_set(self->vf[0], false));
	ASSERT_EQ(0, registers_release());
	EXPECT_BORN(self->vf[1]);
	EXPECT_TRUE(personality_is(self->vf[0], "vfio"));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_NATIVE(self->vf[0]);

	/* VFIO does not take it back either. A driver that has never seen it is
	 * not called for it.
	 */
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	ASSERT_EQ(0, bear(self->vf));
	for (n = 0; n < 2; n++) {
		ASSERT_EQ(0, registers_claim(self->vf[n]));
		ASSERT_EQ(0, file_write(FAIL_KNOB, "register"));
		EXPECT_GT(0, personality_set(self->vf[n], false));
		ASSERT_EQ(0, file_write(FAIL_KNOB, "\n"));
		ASSERT_EQ(0, registers_release());
		EXPECT_TRUE(personality_is(self->vf[n], "broken"));
		EXPECT_EQ(0, pci_write(self->vf[n], "reset", "1"));
	}
	ASSERT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_NATIVE(self->vf[0]);

	/* What the core has in the place of the driver is the switch's */
	EXPECT_EQ(0, module_unload("igbvf_vfio"));
	EXPECT_EQ(0, module_unload("vfio_pci_personality"));
	EXPECT_EQ(SWITCH_NEEDED, module_unload(PERSONALITY_MODULE));
	ASSERT_EQ(0, pci_unbind(self->vf[1]));
	ASSERT_EQ(0, pci_bind(self->vf[1], "igbvf"));
	EXPECT_NATIVE(self->vf[1]);
}

/* In VFIO, but the bind fails after that: nothing is left of it, nor held by it */
TEST_F_TIMEOUT(born, bind_fails_late, 200)
{
	if (access("/sys/kernel/debug/kprobes", F_OK))
		SKIP(return, "this kernel has no kprobes");
	ASSERT_EQ(0, pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, module_load(GROUPS_MODULE));
	ASSERT_EQ(0, file_write(GROUPS_KNOB, "igbvf"));
	ASSERT_EQ(0, bear(self->vf));
	ASSERT_EQ(0, file_write(GROUPS_KNOB, "\n"));
	EXPECT_TRUE(personality_is(self->vf[0], "unbound"));
	EXPECT_EQ(0, personality_get(self->vf[0]));
	EXPECT_TRUE(pci_driver_is(self->vf[0], ""));
	EXPECT_FALSE(has_override(self->vf[0]));
	EXPECT_EQ(0, uevent_count_added(self->uevents, "net", self->vf[0]));

	/* Its driver can go, and come back, and works in either personality */
	ASSERT_EQ(0, module_unload("igbvf_vfio"));
	ASSERT_EQ(0, module_unload("igbvf"));
	ASSERT_EQ(0, module_load("igbvf"));
	EXPECT_TRUE(function_await_driver(self->vf[0], "igbvf"));
	EXPECT_NATIVE(self->vf[0]);
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_NATIVE(self->vf[0]);

	/* And a VF that nobody has bound again leaves nothing behind */
	ASSERT_EQ(0, file_write(GROUPS_KNOB, "igbvf"));
	ASSERT_EQ(0, bear(self->vf));
	ASSERT_EQ(0, file_write(GROUPS_KNOB, "\n"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	EXPECT_EQ(0, module_unload("igbvf_vfio"));
	EXPECT_EQ(0, module_unload("vfio_pci_personality"));
}

static void *choose_vfio(void *result)
{
	*(int *)result = pci_write(lab_igb.bdf, "personality/vfs_use_vfio", "1");
	return NULL;
}

static void *remove_pf(void *removed)
{
	pci_remove(lab_igb.bdf);
	*(atomic_bool *)removed = true;
	return NULL;
}

/* The PF goes while modules are loaded for its VFs, and does not wait for them */
TEST_F_TIMEOUT(born, chosen_for_a_pf_that_goes, 120)
{
	atomic_bool removed = false;
	pthread_t chooser, remover;
	int chosen = 1;

	ASSERT_EQ(0, modprobe_hold("vfio_pci:*"));
	ASSERT_EQ(0, pthread_create(&chooser, NULL, choose_vfio, &chosen));
	EXPECT_EQ(0, modprobe_await_held());
	ASSERT_EQ(0, pthread_create(&remover, NULL, remove_pf, &removed));
	EXPECT_EQ(0, wait_for(removed, 60000));
	modprobe_restore();
	ASSERT_EQ(0, pthread_join(chooser, NULL));
	ASSERT_EQ(0, pthread_join(remover, NULL));
	EXPECT_EQ(-ENODEV, chosen);
	EXPECT_FALSE(pci_present(lab_igb.bdf));

	ASSERT_EQ(0, pci_rescan());
	EXPECT_TRUE(function_await_driver(lab_igb.bdf, "igb"));
}

TEST_HARNESS_MAIN
