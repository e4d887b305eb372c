// SPDX-License-Identifier: GPL-2.0
/*
 * What belongs to the user stays the user's: driver_override, byte for byte, in
 * every personality, and power/control.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "lab.h"
#include "native.h"
#include "personality.h"

FIXTURE(override) {
	struct function_state original;
	struct function_state before;
	char story[240];
};

/* @value: what the user wrote before, NULL for nothing */
FIXTURE_VARIANT(override) {
	const struct lab_device *device;
	const char *value;
};

FIXTURE_VARIANT_ADD(override, none) {
	.device = &lab_e1000e,
};

FIXTURE_VARIANT_ADD(override, its_own_driver) {
	.device = &lab_e1000e, .value = "e1000e",
};

FIXTURE_VARIANT_ADD(override, another_driver) {
	.device = &lab_e1000e, .value = "some-driver",
};

FIXTURE_VARIANT_ADD(override, vfio_driver) {
	.device = &lab_e1000e, .value = "vfio-pci",
};

FIXTURE_VARIANT_ADD(override, unbound_none) {
	.device = &lab_edu,
};

FIXTURE_VARIANT_ADD(override, unbound_some) {
	.device = &lab_edu, .value = "some driver, (null)",
};

static bool override_reads(const char *bdf, const char *value)
{
	char expected[256], text[256];

	snprintf(expected, sizeof(expected), "%s\n", value ?: "(null)");
	return pci_read(bdf, "driver_override", text, sizeof(text)) >= 0 &&
	       !strcmp(text, expected);
}

FIXTURE_SETUP(override)
{
	REQUIRE_LAB(variant->device);
	ASSERT_EQ(0, function_save(&self->original, variant->device->bdf));
	if (variant->value)
		ASSERT_EQ(0, pci_write(variant->device->bdf, "driver_override",
				       variant->value));
	ASSERT_EQ(0, function_save(&self->before, variant->device->bdf));
}

FIXTURE_TEARDOWN(override)
{
	function_restore(&self->original);
}

TEST_F(override, is_kept)
{
	const char *bdf = variant->device->bdf;

	EXPECT_TRUE(override_reads(bdf, variant->value));
	ASSERT_EQ(0, personality_set(bdf, true));
	EXPECT_TRUE(override_reads(bdf, variant->value));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(override_reads(bdf, variant->value));
	EXPECT_TRUE(function_is(&self->before));
}

/* What the user writes meanwhile counts from then on */
TEST_F(override, written_while_flipped)
{
	const char *bdf = variant->device->bdf;

	ASSERT_EQ(0, personality_set(bdf, true));
	ASSERT_EQ(0, pci_write(bdf, "driver_override", "written-meanwhile"));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(override_reads(bdf, "written-meanwhile"));
	EXPECT_TRUE(pci_driver_is(bdf, self->before.driver));

	ASSERT_EQ(0, personality_set(bdf, true));
	ASSERT_EQ(0, pci_write(bdf, "driver_override", "\n"));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(override_reads(bdf, NULL));
	EXPECT_TRUE(pci_driver_is(bdf, self->before.driver));
}

FIXTURE(power) {
	struct function_state original;
};

FIXTURE_VARIANT(power) {
	const struct lab_device *device;
	const char *control;
};

FIXTURE_VARIANT_ADD(power, e1000e_auto) {
	.device = &lab_e1000e, .control = "auto",
};

FIXTURE_VARIANT_ADD(power, e1000e_on) {
	.device = &lab_e1000e, .control = "on",
};

FIXTURE_VARIANT_ADD(power, nvme_auto) {
	.device = &lab_nvme, .control = "auto",
};

FIXTURE_VARIANT_ADD(power, edu_auto) {
	.device = &lab_edu, .control = "auto",
};

FIXTURE_VARIANT_ADD(power, edu_on) {
	.device = &lab_edu, .control = "on",
};

FIXTURE_SETUP(power)
{
	REQUIRE_LAB(variant->device);
	ASSERT_EQ(0, function_save(&self->original, variant->device->bdf));
	ASSERT_EQ(0, pci_write(variant->device->bdf, "power/control",
			       variant->control));
}

FIXTURE_TEARDOWN(power)
{
	function_restore(&self->original);
}

TEST_F(power, control_is_kept)
{
	struct function_state before;

	ASSERT_EQ(0, function_save(&before, variant->device->bdf));
	ASSERT_STREQ(variant->control, before.control);
	ASSERT_EQ(0, personality_set(variant->device->bdf, true));
	ASSERT_EQ(0, personality_set(variant->device->bdf, false));
	EXPECT_TRUE(function_is(&before));
	ASSERT_EQ(0, personality_set(variant->device->bdf, true));
	ASSERT_EQ(0, personality_set(variant->device->bdf, false));
	EXPECT_TRUE(function_is(&before));
}

TEST_HARNESS_MAIN
