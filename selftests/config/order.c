// SPDX-License-Identifier: GPL-2.0
/*
 * Who was there first: vfio-pci with the ids of a NIC, as those set it up who hand whole
 * devices on, the NIC's own driver, the switch. Each may be in an initramfs or built in,
 * the others come later. However it was, one write leads to VFIO and one back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "modprobe.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "shell.h"

#define NATIVE		"e1000e"
#define VFIO_PCI	"/sys/bus/pci/drivers/vfio-pci/"
#define WITH_IDS	"modprobe vfio-pci ids=8086:10d3"
#define NEW_ID		"echo 8086 10d3 >" VFIO_PCI "new_id"
#define REMOVE_ID	"echo 8086 10d3 >" VFIO_PCI "remove_id"
#define SWITCH		"modprobe " PERSONALITY_MODULE
#define STEPS_MAX	6

/* What has the id as well goes along */
static const struct lab_device * const nics[] = { &lab_e1000e, &lab_slot_e1000e };

FIXTURE(order) {
	const char *bdf;
	struct function_state before[ARRAY_SIZE(nics)];
	struct proof proof;
	char story[240];
};

/* From a machine with neither of the three, how it came to be and what it is then */
FIXTURE_VARIANT(order) {
	const char *steps[STEPS_MAX];
	const char *first;
};

FIXTURE_VARIANT_ADD(order, vfio_native_switch) {
	.steps = { WITH_IDS, "modprobe " NATIVE, SWITCH },
	.first = "vfio-rebound",
};

FIXTURE_VARIANT_ADD(order, switch_vfio_native) {
	.steps = { SWITCH, WITH_IDS, "modprobe " NATIVE },
	.first = "vfio-rebound",
};

/* The way back has to load it */
FIXTURE_VARIANT_ADD(order, vfio_switch) {
	.steps = { WITH_IDS, SWITCH },
	.first = "vfio-rebound",
};

FIXTURE_VARIANT_ADD(order, native_vfio_switch) {
	.steps = { "modprobe " NATIVE, WITH_IDS, SWITCH },
	.first = "native",
};

FIXTURE_VARIANT_ADD(order, new_id) {
	.steps = { SWITCH, "modprobe vfio-pci", NEW_ID, "modprobe " NATIVE },
	.first = "vfio-rebound",
};

FIXTURE_VARIANT_ADD(order, removed_id) {
	.steps = { SWITCH, "modprobe vfio-pci", NEW_ID, "modprobe " NATIVE, REMOVE_ID },
	.first = "vfio-rebound",
};

static bool vfio_is_built_in(void)
{
	return !access("/sys/module/vfio_pci", F_OK) && !module_loaded("vfio-pci");
}

static bool machine_has_ids(void)
{
	char line[2048];

	return file_read_line("/proc/cmdline", line, sizeof(line)) > 0 &&
	       strstr(line, "vfio-pci.ids=8086:10d3");
}

/* Why it cannot be so on this machine, or NULL */
static const char *lacks(const char * const *steps)
{
	if (!module_loaded(NATIVE))
		return "driver " NATIVE " is built in";
	if (!vfio_is_built_in())
		return NULL;
	if (machine_has_ids())
		return "vfio-pci has had the ids since the machine was booted";
	for (; *steps; steps++)
		if (!strcmp(*steps, WITH_IDS))
			return "vfio-pci is built in, without ids on the kernel's command line";
	return NULL;
}

/* All three are gone, and with VFIO the ids that it was given */
static int clear(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(nics); i++)
		if (pci_driver_is(nics[i]->bdf, "vfio-pci"))
			ret = pci_unbind(nics[i]->bdf) ?: ret;
	if (vfio_is_built_in())
		file_write(VFIO_PCI "remove_id", "8086 10d3");
	else if (module_loaded("vfio"))
		ret = module_unload_tree("vfio") ?: ret;
	if (module_loaded(PERSONALITY_MODULE))
		ret = module_unload_tree(PERSONALITY_MODULE) ?: ret;
	if (module_loaded(NATIVE))
		ret = module_unload(NATIVE) ?: ret;
	return ret;
}

FIXTURE_SETUP(order)
{
	const char *reason = lacks(variant->steps);
	unsigned int i;

	REQUIRE_LAB(&lab_e1000e);
	REQUIRE_LAB(&lab_slot_e1000e);
	if (reason)
		SKIP(return, "%s", reason);
	self->bdf = lab_e1000e.bdf;
	for (i = 0; i < ARRAY_SIZE(nics); i++)
		ASSERT_EQ(0, function_save(&self->before[i], nics[i]->bdf));
	ASSERT_EQ(0, clear());
	for (i = 0; variant->steps[i]; i++)
		ASSERT_EQ(0, shell("%s", variant->steps[i]));
}

FIXTURE_TEARDOWN(order)
{
	unsigned int i;

	EXPECT_EQ(0, clear());
	EXPECT_EQ(0, module_load(NATIVE));
	EXPECT_EQ(0, module_load(PERSONALITY_MODULE));
	for (i = 0; i < ARRAY_SIZE(nics); i++) {
		EXPECT_TRUE(function_await_driver(nics[i]->bdf, NATIVE));
		EXPECT_EQ(0, function_restore(&self->before[i]));
	}
}

#define EXPECT_NATIVE() do {						\
	EXPECT_EQ(0, personality_get(self->bdf));			\
	EXPECT_TRUE(personality_is(self->bdf, "native"));		\
	EXPECT_TRUE(pci_driver_is(self->bdf, NATIVE));			\
	EXPECT_TRUE(personality_last_error_is(self->bdf, NULL, 0));	\
	EXPECT_TRUE(pci_reads(self->bdf, "driver_override", "(null)"));	\
} while (0)

TEST_F_TIMEOUT(order, there_and_back, 60)
{
	ASSERT_TRUE(personality_is(self->bdf, variant->first));
	if (strcmp(variant->first, "native"))
		ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_NATIVE();
	EXPECT_EQ(0, native_prove(self->bdf, self->story, sizeof(self->story)));

	/* And once round, from where it has not been before */
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(function_is_vfio(self->bdf, "vfio-pci"));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_NATIVE();
}

/* On the command line, for a vfio-pci that was there before any module */
TEST(ids_from_boot_on)
{
	const char *bdf = lab_e1000e.bdf;
	struct proof proof;
	char story[240];

	REQUIRE_LAB(&lab_e1000e);
	if (!vfio_is_built_in())
		SKIP(return, "vfio-pci is a module");
	if (!machine_has_ids())
		SKIP(return, "the kernel's command line has no vfio-pci.ids=8086:10d3");
	ASSERT_TRUE(module_loaded(NATIVE));
	ASSERT_TRUE(function_is_vfio(bdf, "vfio-pci"));
	EXPECT_EQ(0, device_prove(bdf, &vfio_group_mode, &proof));

	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_EQ(0, personality_get(bdf));
	EXPECT_TRUE(pci_driver_is(bdf, NATIVE));
	EXPECT_EQ(0, native_prove(bdf, story, sizeof(story)));
	ASSERT_EQ(0, personality_set(bdf, true));
	EXPECT_EQ(0, device_prove(bdf, &vfio_group_mode, &proof));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(pci_driver_is(bdf, NATIVE));
}

FIXTURE(alone) {
	struct function_state before;
	struct proof proof;
};

FIXTURE_SETUP(alone)
{
	REQUIRE_LAB(&lab_edu);
	if (module_loaded("edu"))
		ASSERT_EQ(0, module_unload("edu"));
	ASSERT_EQ(0, function_save(&self->before, lab_edu.bdf));
	ASSERT_EQ(0, modprobe_forbid("edu"));
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, file_write(VFIO_PCI "new_id", "1234 11e8"));
	ASSERT_TRUE(function_await_driver(lab_edu.bdf, "vfio-pci"));
}

FIXTURE_TEARDOWN(alone)
{
	char bdf[8][PCI_BDF_LEN];
	int n = pci_find(lab_edu.vendor, lab_edu.device, bdf, ARRAY_SIZE(bdf));

	modprobe_restore();
	EXPECT_EQ(0, file_write(VFIO_PCI "remove_id", "1234 11e8"));
	while (n-- > 0)
		if (pci_driver_is(bdf[n], "vfio-pci"))
			EXPECT_EQ(0, pci_unbind(bdf[n]));
	EXPECT_EQ(0, function_restore(&self->before));
}

/* Nobody but VFIO wants it: it has no driver then, and no vfio_device either */
TEST_F(alone, no_native_driver)
{
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_EQ(0, personality_get(lab_edu.bdf));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "unbound"));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "unbound"));
}

TEST_HARNESS_MAIN
