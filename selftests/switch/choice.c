// SPDX-License-Identifier: GPL-2.0
/*
 * Which VFIO driver serves a function, what the user may demand, and that a
 * driver which cannot be had leaves the function as it was.
 *
 * The selftests' module personality_test has a VFIO driver whose id names edu,
 * and a native driver; both can be told to refuse.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"

#define VARIANT		"personality-test-vfio-pci"
#define NATIVE		"personality-test-native"
#define EPROBE_DEFER	517	/* the kernel's own */
#define DEFERRED	"/sys/kernel/debug/devices_deferred"
#define PARAMETERS	"/sys/module/personality_test/parameters/"

static int set_error(const char *parameter, int error)
{
	char path[128], number[16];

	snprintf(path, sizeof(path), PARAMETERS "%s", parameter);
	snprintf(number, sizeof(number), "%d", error);
	return file_write(path, number);
}

FIXTURE(choice) {
	struct function_state edu;
	struct function_state nic;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(choice)
{
	REQUIRE_LAB(&lab_edu);
	REQUIRE_LAB(&lab_e1000e);
	if (!module_exists("personality_test"))
		SKIP(return, "the module personality_test is not installed");
	ASSERT_EQ(0, function_save(&self->edu, lab_edu.bdf));
	ASSERT_EQ(0, function_save(&self->nic, lab_e1000e.bdf));
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, module_load("personality_test"));
}

FIXTURE_TEARDOWN(choice)
{
	set_error("variant_error", 0);
	set_error("native_error", 0);
	file_write(PARAMETERS "variant_idle", "0");
	function_restore(&self->edu);
	function_restore(&self->nic);
	EXPECT_EQ(0, module_unload("personality_test"));
}

/* The id with the fewest wildcards wins, whichever came first */
TEST_F(choice, variant_is_preferred)
{
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, VARIANT));
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, false));

	ASSERT_EQ(0, module_unload("vfio_pci"));
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, VARIANT));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(function_is(&self->edu));

	/* It is a better match for edu only */
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&self->nic));
}

TEST_F(choice, name_overrides)
{
	EXPECT_TRUE(personality_reads(lab_edu.bdf, "vfio_driver", "auto"));
	ASSERT_EQ(0, personality_set_driver(lab_edu.bdf, "vfio-pci\n"));
	EXPECT_TRUE(personality_reads(lab_edu.bdf, "vfio_driver", "vfio-pci"));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, "vfio-pci"));
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));

	/* It is for the next 1, not for what is flipped */
	ASSERT_EQ(0, personality_set_driver(lab_edu.bdf, "auto"));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, "vfio-pci"));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(function_is(&self->edu));

	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, VARIANT));
}

TEST_F(choice, names_that_are_none)
{
	char longest[65];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	EXPECT_EQ(-EINVAL, personality_set_driver(lab_edu.bdf, "\n"));
	EXPECT_EQ(-EINVAL, personality_set_driver(lab_edu.bdf, "vfio pci"));
	EXPECT_EQ(-EINVAL, personality_set_driver(lab_edu.bdf, "../vfio-pci"));
	EXPECT_EQ(-EINVAL, personality_set_driver(lab_edu.bdf, "-r vfio"));
	EXPECT_EQ(-EINVAL, personality_set_driver(lab_edu.bdf, "vfio-pci\n\n"));
	EXPECT_EQ(-EINVAL, personality_set_driver(lab_edu.bdf, longest));
	EXPECT_TRUE(personality_reads(lab_edu.bdf, "vfio_driver", "auto"));
}

/* No driver is unbound for one that cannot be had */
TEST_F(choice, no_such_driver)
{
	char netdev[PCI_NAME_LEN], same[PCI_NAME_LEN] = "";

	ASSERT_EQ(0, pci_netdev(lab_e1000e.bdf, netdev, sizeof(netdev)));
	ASSERT_EQ(0, net_set_up(netdev, true));
	ASSERT_EQ(0, personality_set_driver(lab_e1000e.bdf, "no-such-driver"));
	EXPECT_EQ(-ENOENT, personality_set(lab_e1000e.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "load", -ENOENT));
	EXPECT_TRUE(function_is(&self->nic));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));

	/* Still up: it was not even touched */
	ASSERT_EQ(0, pci_netdev(lab_e1000e.bdf, same, sizeof(same)));
	EXPECT_STREQ(netdev, same);
	EXPECT_EQ(1, net_is_up(netdev));
	ASSERT_EQ(0, net_set_up(netdev, false));
}

/* e1000e has no VFIO method of its own, and nothing else may do */
TEST_F(choice, bound_has_no_method)
{
	ASSERT_EQ(0, personality_set_driver(lab_e1000e.bdf, "bound"));
	EXPECT_EQ(-EOPNOTSUPP, personality_set(lab_e1000e.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "load", -EOPNOTSUPP));
	EXPECT_TRUE(function_is(&self->nic));
}

/* A driver that has nothing to do with VFIO is no answer */
TEST_F(choice, driver_without_vfio)
{
	/* One that manages no DMA cannot be one for VFIO: it is not even tried */
	ASSERT_EQ(0, personality_set_driver(lab_edu.bdf, NATIVE));
	EXPECT_EQ(-ENODEV, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_edu.bdf, "load", -ENODEV));
	EXPECT_TRUE(function_is(&self->edu));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "unbound"));

	/* One that binds, and registers nothing */
	ASSERT_EQ(0, file_write(PARAMETERS "variant_idle", "1"));
	ASSERT_EQ(0, personality_set_driver(lab_edu.bdf, VARIANT));
	EXPECT_EQ(-ENODEV, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_edu.bdf, "bind", -ENODEV));
	EXPECT_TRUE(function_is(&self->edu));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "unbound"));

	/* Not even the one that is bound */
	ASSERT_EQ(0, personality_set_driver(lab_e1000e.bdf, "e1000e"));
	EXPECT_EQ(-ENODEV, personality_set(lab_e1000e.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "load", -ENODEV));
	EXPECT_TRUE(function_is(&self->nic));
}

TEST_F(choice, refusal_rolls_back_to_unbound)
{
	ASSERT_EQ(0, set_error("variant_error", EXDEV));
	EXPECT_EQ(-EXDEV, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_edu.bdf, "bind", -EXDEV));
	EXPECT_TRUE(function_is(&self->edu));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "unbound"));

	/* A success clears the error */
	ASSERT_EQ(0, set_error("variant_error", 0));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_edu.bdf, NULL, 0));
}

/* A driver that is busy itself, as with registers that somebody else has, is told as such */
TEST_F(choice, busy_probe_is_the_drivers)
{
	struct function_state before;

	ASSERT_EQ(0, pci_bind(lab_edu.bdf, NATIVE));
	ASSERT_EQ(0, function_save(&before, lab_edu.bdf));
	ASSERT_EQ(0, set_error("variant_error", EBUSY));
	EXPECT_EQ(-EBUSY, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(personality_last_error_has(lab_edu.bdf, VARIANT " refused"));
	EXPECT_TRUE(function_is(&before));

	ASSERT_EQ(0, set_error("variant_error", 0));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	ASSERT_EQ(0, set_error("native_error", EBUSY));
	EXPECT_EQ(-EBUSY, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(personality_last_error_has(lab_edu.bdf, NATIVE " refused"));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, VARIANT));
	ASSERT_EQ(0, set_error("native_error", 0));
	EXPECT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(function_is(&before));
}

/* A probe that wants to be asked again later: the kernel's own errno says nothing to users */
TEST_F(choice, deferral_rolls_back)
{
	struct function_state before;
	char deferred[4096];

	ASSERT_EQ(0, pci_bind(lab_edu.bdf, NATIVE));
	ASSERT_EQ(0, function_save(&before, lab_edu.bdf));
	ASSERT_EQ(0, set_error("variant_error", EPROBE_DEFER));
	EXPECT_EQ(-EAGAIN, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_edu.bdf, "bind", -EAGAIN));
	EXPECT_TRUE(function_is(&before));

	ASSERT_EQ(0, set_error("variant_error", 0));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	ASSERT_EQ(0, set_error("native_error", EPROBE_DEFER));
	EXPECT_EQ(-EAGAIN, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(personality_last_error_is(lab_edu.bdf, "bind", -EAGAIN));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, VARIANT));

	/* What was deferred is not done later, behind everybody's back */
	ASSERT_LE(0, file_read(DEFERRED, deferred, sizeof(deferred)));
	EXPECT_EQ(NULL, strstr(deferred, lab_edu.bdf));
	ASSERT_EQ(0, set_error("native_error", 0));
	EXPECT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(function_is(&before));
}

TEST_F(choice, refusal_rolls_back_to_native)
{
	ASSERT_EQ(0, personality_set_driver(lab_e1000e.bdf, VARIANT));
	ASSERT_EQ(0, set_error("variant_error", EXDEV));
	EXPECT_EQ(-EXDEV, personality_set(lab_e1000e.bdf, true));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "bind", -EXDEV));
	EXPECT_TRUE(function_is(&self->nic));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "native"));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story,
				  sizeof(self->story)));
}

/* On the way back the native driver refuses: VFIO again, and it works */
TEST_F(choice, native_refusal_rolls_back_to_vfio)
{
	struct function_state before;

	ASSERT_EQ(0, pci_bind(lab_edu.bdf, NATIVE));
	ASSERT_EQ(0, function_save(&before, lab_edu.bdf));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));

	ASSERT_EQ(0, set_error("native_error", EXDEV));
	EXPECT_EQ(-EXDEV, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(personality_last_error_is(lab_edu.bdf, "bind", -EXDEV));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, VARIANT));
	EXPECT_TRUE(personality_reads(lab_edu.bdf, "native_driver", NATIVE));
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));

	ASSERT_EQ(0, set_error("native_error", 0));
	EXPECT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(function_is(&before));
}

/* Nobody wants it any more: broken, and there is a way out */
TEST_F(choice, failed_roll_back_is_broken)
{
	ASSERT_EQ(0, pci_bind(lab_edu.bdf, NATIVE));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));

	ASSERT_EQ(0, set_error("native_error", EXDEV));
	ASSERT_EQ(0, set_error("variant_error", EILSEQ));
	EXPECT_EQ(-EXDEV, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "broken"));
	EXPECT_EQ(0, personality_get(lab_edu.bdf));
	EXPECT_TRUE(pci_driver_is(lab_edu.bdf, ""));
	EXPECT_TRUE(personality_last_error_is(lab_edu.bdf, "bind", -EXDEV));

	/* Out by 0, once the driver is willing */
	EXPECT_EQ(-EXDEV, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "broken"));
	ASSERT_EQ(0, set_error("native_error", 0));
	EXPECT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "native"));
	EXPECT_TRUE(pci_driver_is(lab_edu.bdf, NATIVE));
}

TEST_F(choice, broken_is_left_by_bind)
{
	ASSERT_EQ(0, pci_bind(lab_edu.bdf, NATIVE));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	ASSERT_EQ(0, set_error("native_error", EXDEV));
	ASSERT_EQ(0, set_error("variant_error", EILSEQ));
	EXPECT_EQ(-EXDEV, personality_set(lab_edu.bdf, false));
	ASSERT_TRUE(personality_is(lab_edu.bdf, "broken"));

	ASSERT_EQ(0, set_error("native_error", 0));
	ASSERT_EQ(0, set_error("variant_error", 0));
	ASSERT_EQ(0, pci_bind(lab_edu.bdf, NATIVE));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "native"));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_edu.bdf, VARIANT));
	EXPECT_TRUE(personality_reads(lab_edu.bdf, "native_driver", NATIVE));
}

TEST_HARNESS_MAIN
