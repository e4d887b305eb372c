// SPDX-License-Identifier: GPL-2.0
/*
 * A device that answers nothing any more, as without power: every register reads as
 * ones. A write to use_vfio ends, in a state that is legal, with or without an error
 * that says why; and nothing is in the way of the device that is there afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "edu_fixture.h"
#include "lab.h"
#include "monitor.h"
#include "native.h"
#include "personality.h"
#include "slot.h"
#include "wait.h"

#define HOTPLUG_MS	60000
#define PLUGGED		"hardware-silent"

FIXTURE(silent) {
	struct edu_fixture edu;
	struct function_state was;
	char story[240];
};

FIXTURE_VARIANT(silent) {
	const char *bdf;
	const char *port;
	const char *plug;	/* what the test plugs in, NULL: it is there */
	const char *vfio;	/* the state that 1 leads to */
};

FIXTURE_VARIANT_ADD(silent, edu) {
	.bdf = LAB_SPARE_BDF, .port = LAB_SPARE_PORT_BDF, .plug = "edu",
	.vfio = "vfio",
};

FIXTURE_VARIANT_ADD(silent, igb) {
	.bdf = "0000:01:00.0", .port = "0000:00:10.0", .vfio = "vfio-rebound",
};

/* What a driver's probe does last can be seen */
static bool is_ready(const FIXTURE_VARIANT(silent) *variant)
{
	char netdev[PCI_NAME_LEN];

	if (variant->plug)
		return pci_has(variant->bdf, "operations");
	return !pci_netdev(variant->bdf, netdev, sizeof(netdev));
}

FIXTURE_SETUP(silent)
{
	if (!monitor_present())
		SKIP(return, "no monitor: this needs the lab of selftests/vm");
	ASSERT_EQ(0, edu_setup(&self->edu, 0));
	if (variant->plug)
		ASSERT_EQ(0, monitor_plug(variant->plug, LAB_SPARE_PORT, PLUGGED));
	ASSERT_EQ(0, wait_for(is_ready(variant), HOTPLUG_MS));
	ASSERT_EQ(0, function_save(&self->was, variant->bdf));
}

FIXTURE_TEARDOWN(silent)
{
	slot_power(variant->port, true);
	if (variant->plug && pci_present(variant->bdf)) {
		monitor_unplug(PLUGGED);
		EXPECT_EQ(0, wait_for(!pci_present(variant->bdf), HOTPLUG_MS));
	} else if (!variant->plug) {
		EXPECT_EQ(0, function_restore(&self->was));
	}
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

/* The device is found anew, with all that its native personality has */
static bool comes_back(struct function_state *was,
		       const FIXTURE_VARIANT(silent) *variant, char *story,
		       size_t size)
{
	if (slot_power(variant->port, true) || pci_remove(variant->bdf) ||
	    pci_rescan() || wait_for(is_ready(variant), HOTPLUG_MS))
		return false;
	was->group = pci_group(variant->bdf);
	if (variant->plug)
		return edu_is_native(was);
	return function_is(was) && !native_prove(variant->bdf, story, size);
}

/*
 * The switch tries to do as it is told: it then is there, or where it began, or it
 * admits that there is no driver that wants the function any more
 */
static bool is_legal(const char *bdf, int ret, const char *from, const char *to)
{
	char state[32], error[512];

	if (pci_read_line(bdf, "personality/state", state, sizeof(state)) < 0 ||
	    pci_read_line(bdf, "personality/last_error", error, sizeof(error)) < 0)
		return false;
	if (!ret && !strcmp(state, to) && !error[0])
		return true;
	if (ret && error[0] && (!strcmp(state, from) || !strcmp(state, "broken")))
		return true;
	diag("%s: from %s to %s: %d, state %s, error \"%s\"", bdf, from, to, ret,
	     state, error);
	return false;
}

/* The harness ends what hangs */
TEST_F_TIMEOUT(silent, on_the_way_to_vfio, 60)
{
	int ret;

	ASSERT_EQ(0, slot_power(variant->port, false));
	ret = personality_set(variant->bdf, true);
	EXPECT_TRUE(is_legal(variant->bdf, ret, "native", variant->vfio));
	EXPECT_TRUE(comes_back(&self->was, variant, self->story,
			       sizeof(self->story)));
}

TEST_F_TIMEOUT(silent, on_the_way_back, 60)
{
	int ret;

	ASSERT_EQ(0, personality_set(variant->bdf, true));
	ASSERT_EQ(0, slot_power(variant->port, false));
	ret = personality_set(variant->bdf, false);
	EXPECT_TRUE(is_legal(variant->bdf, ret, variant->vfio, "native"));
	EXPECT_TRUE(comes_back(&self->was, variant, self->story,
			       sizeof(self->story)));
}

/* Power comes back before anyone looks for the device anew */
TEST_F_TIMEOUT(silent, for_a_while, 60)
{
	int ret;

	ASSERT_EQ(0, personality_set(variant->bdf, true));
	ASSERT_EQ(0, slot_power(variant->port, false));
	ret = personality_set(variant->bdf, false);
	EXPECT_TRUE(is_legal(variant->bdf, ret, variant->vfio, "native"));
	ASSERT_EQ(0, slot_power(variant->port, true));
	personality_set(variant->bdf, true);
	personality_set(variant->bdf, false);
	EXPECT_TRUE(comes_back(&self->was, variant, self->story,
			       sizeof(self->story)));
}

TEST_HARNESS_MAIN
