// SPDX-License-Identifier: GPL-2.0
/*
 * A function is pulled out of its slot without a word: native, flipped, in a user's
 * hands and in the middle of transitions. Its driver and the switch let go of what is
 * not there any more, and the next one in the slot works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "edu_fixture.h"
#include "flipper.h"
#include "lab.h"
#include "monitor.h"
#include "native.h"
#include "personality.h"
#include "slot.h"
#include "wait.h"

/* pciehp gives a button's pusher 5 s to think again */
#define HOTPLUG_MS	60000
#define PCIEHP		"/sys/bus/pci_express/drivers/pciehp"
#define PLUGGED		"hardware-surprise"
#define ROUNDS		3

FIXTURE(surprise) {
	struct edu_fixture edu;
	struct function_state was;
	struct device_user user;
	struct vfio_irq request;
	struct proof proof;
};

FIXTURE_VARIANT(surprise) {
	const char *device;
	const char *driver;
	int (*plug)(const char *driver, const char *bus, const char *id);
};

/* Its driver stays bound */
FIXTURE_VARIANT_ADD(surprise, edu) {
	.device = "edu", .driver = EDU_DRIVER, .plug = monitor_plug,
};

FIXTURE_VARIANT_ADD(surprise, e1000e) {
	.device = "e1000e", .driver = "e1000e", .plug = monitor_plug_nic,
};

static bool is_ready(const char *driver)
{
	char netdev[PCI_NAME_LEN];

	if (!pci_driver_is(LAB_SPARE_BDF, driver))
		return false;
	if (!strcmp(driver, EDU_DRIVER))
		return pci_has(LAB_SPARE_BDF, "operations");
	return !pci_netdev(LAB_SPARE_BDF, netdev, sizeof(netdev));
}

static int plug(const FIXTURE_VARIANT(surprise) *variant)
{
	int ret = variant->plug(variant->device, LAB_SPARE_PORT, PLUGGED);

	return ret ?: wait_for(is_ready(variant->driver) &&
			       slot_is_on(LAB_SPARE_PORT_BDF), HOTPLUG_MS);
}

/* Removed, and the slot switched off: before that, nothing must be plugged in */
static int await_empty(void)
{
	int ret, tries;

	for (tries = 0; tries < 6; tries++) {
		ret = wait_for(!pci_present(LAB_SPARE_BDF) &&
			       slot_is_off(LAB_SPARE_PORT_BDF), HOTPLUG_MS / 6);
		if (!ret)
			break;
		if (pci_present(LAB_SPARE_BDF))
			slot_report(LAB_SPARE_PORT_BDF);
	}
	return ret;
}

FIXTURE_SETUP(surprise)
{
	if (!monitor_present())
		SKIP(return, "no monitor: this needs the lab of selftests/vm");
	if (access(PCIEHP "/" LAB_SPARE_PORT_BDF ":pcie004", F_OK))
		SKIP(return, "not pciehp's slot: this needs the machine of tests.list");
	ASSERT_EQ(0, edu_setup(&self->edu, 0));
	ASSERT_EQ(0, plug(variant));
	ASSERT_EQ(0, function_save(&self->was, LAB_SPARE_BDF));
}

FIXTURE_TEARDOWN(surprise)
{
	vfio_irq_disable(&self->request);
	device_close(&self->user);
	if (pci_present(LAB_SPARE_BDF)) {
		slot_pull(LAB_SPARE_PORT_BDF);
		EXPECT_EQ(0, await_empty());
	}
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

static int pull(void)
{
	return slot_pull(LAB_SPARE_PORT_BDF) ?: await_empty();
}

/* What is plugged in next is new, and can do everything */
static bool next_one_works(struct __test_metadata *_metadata,
			   FIXTURE_DATA(surprise) *self,
			   const FIXTURE_VARIANT(surprise) *variant)
{
	EXPECT_EQ(0, plug(variant));
	EXPECT_TRUE(personality_last_error_is(LAB_SPARE_BDF, NULL, 0));
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, true));
	EXPECT_EQ(0, device_prove(LAB_SPARE_BDF, &vfio_group_mode, &self->proof));
	EXPECT_EQ(0, personality_set(LAB_SPARE_BDF, false));
	self->was.group = pci_group(LAB_SPARE_BDF);
	return function_is(&self->was);
}

TEST_F_TIMEOUT(surprise, while_native, 60)
{
	ASSERT_EQ(0, pull());
	EXPECT_TRUE(next_one_works(_metadata, self, variant));
}

TEST_F_TIMEOUT(surprise, while_flipped, 60)
{
	ASSERT_EQ(0, personality_set(LAB_SPARE_BDF, true));
	ASSERT_EQ(0, pull());
	EXPECT_TRUE(next_one_works(_metadata, self, variant));
}

/* Its user is asked to go, with nothing in its hands */
TEST_F_TIMEOUT(surprise, while_held, 60)
{
	ASSERT_EQ(0, personality_set(LAB_SPARE_BDF, true));
	ASSERT_EQ(0, device_open(&self->user, LAB_SPARE_BDF, &vfio_group_mode));
	ASSERT_EQ(0, device_work(&self->user, &self->proof));
	ASSERT_EQ(0, vfio_irq_enable(&self->user.f, &self->request,
				     VFIO_PCI_REQ_IRQ_INDEX, 1));
	ASSERT_EQ(0, slot_pull(LAB_SPARE_PORT_BDF));
	EXPECT_LT(0, vfio_irq_wait(&self->request, 0, HOTPLUG_MS));
	vfio_irq_disable(&self->request);
	device_close(&self->user);
	ASSERT_EQ(0, await_empty());
	EXPECT_TRUE(next_one_works(_metadata, self, variant));
}

/*
 * With the device gone, its registers read as ones: a driver may give up for that
 * (EIO, ETIMEDOUT, ENODEV). Then its driver is being unbound (EAGAIN), or has been just
 * after the write had bound it (EBUSY), and the function itself is gone.
 */
static bool is_legal(int ret)
{
	switch (ret) {
	case 0:
	case -EIO:
	case -ETIMEDOUT:
	case -ENODEV:
	case -ENXIO:
	case -ENOENT:
	case -EAGAIN:
	case -EBUSY:
		return true;
	}
	return false;
}

TEST_F_TIMEOUT(surprise, while_flipping, 60)
{
	struct flipper flipper;
	int round, ret;

	for (round = 0; round < ROUNDS; round++) {
		ASSERT_EQ(0, flipper_start(&flipper, LAB_SPARE_BDF, is_legal));
		/* Each time in another place of a transition, more or less */
		ret = wait_for(flipper.done > 1, HOTPLUG_MS);
		sleep_ms(7 * round);
		ret = ret ?: pull();
		EXPECT_EQ(0, flipper_stop(&flipper));
		ASSERT_EQ(0, ret);
		EXPECT_EQ(0, plug(variant));
	}
	ASSERT_EQ(0, pull());
	EXPECT_TRUE(next_one_works(_metadata, self, variant));
}

TEST_HARNESS_MAIN
