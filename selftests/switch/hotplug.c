// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that appear and disappear, in any personality and in the middle of a
 * transition.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "flipper.h"
#include "lab.h"
#include "module.h"
#include "monitor.h"
#include "native.h"
#include "personality.h"
#include "uevent.h"
#include "wait.h"

#define HOTPLUG_MS 30000

/* How much longer it takes until a driver can be bound */
#define ADDED_MODULE	"personality_added"
#define ADDED_MS	"/sys/module/" ADDED_MODULE "/parameters/ms"

FIXTURE(rescan) {
	const char *bdf;
	struct function_state before;
	char story[240];
};

FIXTURE_VARIANT(rescan) {
	const struct lab_device *device;
};

FIXTURE_VARIANT_ADD(rescan, edu) {
	.device = &lab_edu,
};

FIXTURE_VARIANT_ADD(rescan, e1000e) {
	.device = &lab_e1000e,
};

FIXTURE_SETUP(rescan)
{
	REQUIRE_LAB(variant->device);
	self->bdf = variant->device->bdf;
	ASSERT_EQ(0, function_save(&self->before, self->bdf));
}

FIXTURE_TEARDOWN(rescan)
{
	if (module_loaded(ADDED_MODULE))
		EXPECT_EQ(0, module_unload(ADDED_MODULE));
	if (!pci_present(self->bdf))
		pci_rescan();
	function_restore(&self->before);
}

TEST_F(rescan, removed_while_flipped)
{
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, pci_remove(self->bdf));
	EXPECT_FALSE(pci_present(self->bdf));
	EXPECT_EQ(-ENOENT, personality_set(self->bdf, false));

	/* What comes back is new, and remembers nothing */
	ASSERT_TRUE(function_comes_back(&self->before));
	EXPECT_TRUE(personality_last_error_is(self->bdf, NULL, 0));
	if (self->before.driver[0])
		EXPECT_EQ(0, native_prove(self->bdf, self->story,
					  sizeof(self->story)));
}

/*
 * What may be said of a function that somebody else removes all the time, so that
 * drivers are unbound and bound behind the writer's back
 */
static bool is_legal(int ret)
{
	return !ret || ret == -ENODEV || ret == -ENOENT || ret == -EBUSY;
}

/* The writer holds no reference that a removal would wait for */
TEST_F_TIMEOUT(rescan, removed_while_flipping, 60)
{
	struct flipper flipper;
	int round, seen;

	ASSERT_EQ(0, flipper_start(&flipper, self->bdf, is_legal));
	for (round = 0; round < 10; round++) {
		/* Each time in another place of the transition, more or less */
		seen = flipper.done;
		EXPECT_EQ(0, wait_for(flipper.done > seen, 10000));
		sleep_ms(3 * round);
		EXPECT_EQ(0, pci_remove(self->bdf));
		EXPECT_EQ(0, pci_rescan());
	}
	EXPECT_EQ(0, flipper_stop(&flipper));

	EXPECT_EQ(0, personality_set(self->bdf, false));
	if (pci_driver_is(self->bdf, self->before.driver))
		return;
	/*
	 * Flipped by the writer before its native driver was bound by the rescan,
	 * it went back to where it came from: unbound.
	 */
	EXPECT_TRUE(personality_is(self->bdf, "unbound"));
	EXPECT_EQ(0, pci_bind(self->bdf, self->before.driver));
}

static void *rescan_bus(void *arg)
{
	*(int *)arg = pci_rescan();
	return NULL;
}

/* Whoever sees it can switch it, though it takes until a driver can be bound */
TEST_F_TIMEOUT(rescan, switched_while_added, 60)
{
	struct proof proof;
	pthread_t thread;
	int ret = -EINVAL;

	ASSERT_EQ(0, module_load(ADDED_MODULE));
	ASSERT_EQ(0, pci_remove(self->bdf));
	ASSERT_EQ(0, file_write(ADDED_MS, "1000"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, rescan_bus, &ret));
	EXPECT_EQ(0, wait_for(pci_has(self->bdf, "use_vfio"), HOTPLUG_MS));
	EXPECT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(personality_is(self->bdf, "vfio-rebound"));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &proof));

	/* It came from no driver */
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(personality_is(self->bdf, "unbound"));
}

FIXTURE(first_of_two) {
	struct function_state edu;
	struct function_state nic;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(first_of_two)
{
	REQUIRE_LAB(&lab_edu);
	REQUIRE_LAB(&lab_e1000e);
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, module_load(ADDED_MODULE));
	ASSERT_EQ(0, function_save(&self->edu, lab_edu.bdf));
	ASSERT_EQ(0, function_save(&self->nic, lab_e1000e.bdf));
}

FIXTURE_TEARDOWN(first_of_two)
{
	EXPECT_EQ(0, module_unload(ADDED_MODULE));
	if (!pci_present(lab_edu.bdf) || !pci_present(lab_e1000e.bdf))
		pci_rescan();
	function_restore(&self->edu);
	function_restore(&self->nic);
}

/*
 * While others are still being added, the kernel has given a function neither its
 * resources nor leave to be bound: who switches it waits for that.
 */
TEST_F_TIMEOUT(first_of_two, switched_before_the_second_is_there, 90)
{
	pthread_t thread;
	int ret = -EINVAL;

	ASSERT_EQ(0, pci_remove(lab_edu.bdf));
	ASSERT_EQ(0, pci_remove(lab_e1000e.bdf));
	ASSERT_EQ(0, file_write(ADDED_MS, "1000"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, rescan_bus, &ret));
	EXPECT_EQ(0, wait_for(pci_has(lab_edu.bdf, "use_vfio"), HOTPLUG_MS));
	EXPECT_FALSE(pci_present(lab_e1000e.bdf));
	EXPECT_EQ(0, personality_set(lab_edu.bdf, true));
	/* At once: that is what the write has promised */
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(personality_is(lab_edu.bdf, "vfio-rebound"));
	EXPECT_TRUE(pci_reads(lab_edu.bdf, "driver_override", "(null)"));
	ASSERT_TRUE(function_await_driver(lab_e1000e.bdf, self->nic.driver));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story,
				  sizeof(self->story)));
}

FIXTURE(plug) {
	int events;
	struct uevent event;
	struct device_user user;
	struct proof proof;
};

#define PLUGGED "selftest-edu"

FIXTURE_SETUP(plug)
{
	REQUIRE_LAB(&lab_edu);
	if (!monitor_present())
		SKIP(return, "QEMU's monitor is not within reach");
	self->events = uevent_open();
	ASSERT_LE(0, self->events);
	ASSERT_EQ(0, monitor_plug("edu", LAB_SPARE_PORT, PLUGGED));
	ASSERT_EQ(0, uevent_wait(self->events, "add", LAB_SPARE_BDF, NULL,
				 &self->event, HOTPLUG_MS));
}

FIXTURE_TEARDOWN(plug)
{
	device_close(&self->user);
	if (pci_present(LAB_SPARE_BDF)) {
		monitor_unplug(PLUGGED);
		EXPECT_EQ(0, wait_for(!pci_present(LAB_SPARE_BDF), HOTPLUG_MS));
	}
	close(self->events);
}

/* Whoever hears of the function can use its attributes */
TEST_F_TIMEOUT(plug, has_attributes_at_once, 90)
{
	EXPECT_EQ(0, personality_get(LAB_SPARE_BDF));
	EXPECT_TRUE(personality_is(LAB_SPARE_BDF, "unbound"));
	ASSERT_EQ(0, personality_set(LAB_SPARE_BDF, true));
	EXPECT_EQ(0, device_prove(LAB_SPARE_BDF, &vfio_group_mode, &self->proof));
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, false));
}

TEST_F_TIMEOUT(plug, unplugged_while_flipped, 90)
{
	ASSERT_EQ(0, personality_set(LAB_SPARE_BDF, true));
	ASSERT_EQ(0, monitor_unplug(PLUGGED));
	EXPECT_EQ(0, uevent_wait(self->events, "remove", LAB_SPARE_BDF, NULL,
				 &self->event, HOTPLUG_MS));
	EXPECT_EQ(0, wait_for(!pci_present(LAB_SPARE_BDF), HOTPLUG_MS));
}

/* The user is asked to go; the function is gone when it has gone */
TEST_F_TIMEOUT(plug, unplugged_while_held, 90)
{
	struct vfio_irq request;
	u64 start;

	ASSERT_EQ(0, personality_set(LAB_SPARE_BDF, true));
	ASSERT_EQ(0, device_open(&self->user, LAB_SPARE_BDF, &vfio_group_mode));
	ASSERT_EQ(0, vfio_irq_enable(&self->user.f, &request,
				     VFIO_PCI_REQ_IRQ_INDEX, 1));
	ASSERT_EQ(0, monitor_unplug(PLUGGED));
	EXPECT_LT(0, vfio_irq_wait(&request, 0, HOTPLUG_MS));

	/* The vfio_device is no longer registered, so 0 holds; and it is at once */
	start = now_ms();
	EXPECT_EQ(0, personality_get(LAB_SPARE_BDF));
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, false));
	EXPECT_GT(1000, now_ms() - start);
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	vfio_irq_disable(&request);
	device_close(&self->user);
	EXPECT_EQ(0, wait_for(!pci_present(LAB_SPARE_BDF), HOTPLUG_MS));
}

TEST_HARNESS_MAIN
