// SPDX-License-Identifier: GPL-2.0
/*
 * Every flow of the rebind path on every kind of function: native, VFIO, native
 * again. Each personality is proven by data and an interrupt, not by a link in
 * sysfs, and the way back has to restore everything.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "vf.h"

FIXTURE(flow) {
	char bdf[PCI_BDF_LEN];
	char vf[1][PCI_BDF_LEN];
	struct function_state before;
	char story[240];
	struct proof proof;
};

/*
 * @device: the lab's
 * @vf: take its first VF
 * @variant: the driver to be chosen instead of vfio-pci where @module is there
 * @module: the variant's
 * @mode: how to drive it
 */
FIXTURE_VARIANT(flow) {
	const struct lab_device *device;
	bool vf;
	const char *variant;
	const char *module;
	const struct vfio_mode *mode;
};

FIXTURE_VARIANT_ADD(flow, edu_group) {
	.device = &lab_edu,
	.mode = &vfio_group_mode,
	.module = "personality_test",
	.variant = "personality-test-vfio-pci",
};

FIXTURE_VARIANT_ADD(flow, edu_cdev) {
	.device = &lab_edu,
	.mode = &vfio_cdev_mode,
	.module = "personality_test",
	.variant = "personality-test-vfio-pci",
};

FIXTURE_VARIANT_ADD(flow, e1000e_group) {
	.device = &lab_e1000e,
	.mode = &vfio_group_mode,
};

FIXTURE_VARIANT_ADD(flow, e1000e_cdev) {
	.device = &lab_e1000e,
	.mode = &vfio_cdev_mode,
};

FIXTURE_VARIANT_ADD(flow, igb_group) {
	.device = &lab_igb,
	.mode = &vfio_group_mode,
};

FIXTURE_VARIANT_ADD(flow, igb_cdev) {
	.device = &lab_igb,
	.mode = &vfio_cdev_mode,
};

FIXTURE_VARIANT_ADD(flow, igbvf_group) {
	.device = &lab_igb,
	.mode = &vfio_group_mode,
	.vf = true,
};

FIXTURE_VARIANT_ADD(flow, igbvf_cdev) {
	.device = &lab_igb,
	.mode = &vfio_cdev_mode,
	.vf = true,
};

FIXTURE_VARIANT_ADD(flow, nvme_group) {
	.device = &lab_nvme,
	.mode = &vfio_group_mode,
};

FIXTURE_VARIANT_ADD(flow, nvme_cdev) {
	.device = &lab_nvme,
	.mode = &vfio_cdev_mode,
};

FIXTURE_VARIANT_ADD(flow, virtio_net_group) {
	.device = &lab_virtio,
	.mode = &vfio_group_mode,
	.module = "virtio_vfio_pci",
	.variant = "virtio_vfio_pci",
};

FIXTURE_VARIANT_ADD(flow, virtio_net_cdev) {
	.device = &lab_virtio,
	.mode = &vfio_cdev_mode,
	.module = "virtio_vfio_pci",
	.variant = "virtio_vfio_pci",
};

FIXTURE_SETUP(flow)
{
	const char *lacking = variant->mode->lacking(NULL);

	REQUIRE_LAB(variant->device);
	if (lacking)
		SKIP(return, "%s", lacking);
	strcpy(self->bdf, variant->device->bdf);
	if (variant->vf) {
		ASSERT_EQ(0, vf_create(1, self->vf));
		if (pci_group_size(self->vf[0]) > 1) {
			vf_destroy();
			SKIP(return, "the VF shares a group with its PF");
		}
		strcpy(self->bdf, self->vf[0]);
		/* Its own driver's method is not what is tested here */
		ASSERT_EQ(0, personality_set_driver(self->bdf, "vfio-pci"));
	}
	ASSERT_EQ(0, function_save(&self->before, self->bdf));
}

FIXTURE_TEARDOWN(flow)
{
	function_restore(&self->before);
	if (variant->vf)
		EXPECT_EQ(0, vf_destroy());
}

TEST_F_TIMEOUT(flow, there_and_back, 90)
{
	bool native = self->before.driver[0];
	char path[96], name[PCI_NAME_LEN];
	const char *vfio = "vfio-pci";
	char override[4096];

	if (variant->module && module_exists(variant->module))
		vfio = variant->variant;

	/* Native, or unbound */
	EXPECT_TRUE(personality_is(self->bdf, native ? "native" : "unbound"));
	EXPECT_EQ(0, personality_get(self->bdf));
	if (native)
		ASSERT_EQ(0, native_prove(self->bdf, self->story,
					  sizeof(self->story)));

	/* To VFIO, and once more, which does nothing */
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_TRUE(function_is_vfio(self->bdf, vfio));
	EXPECT_TRUE(personality_last_error_is(self->bdf, NULL, 0));
	EXPECT_TRUE(personality_reads(self->bdf, "native_driver",
				      native ? self->before.driver : "none"));
	ASSERT_EQ(0, pci_vfio_device(self->bdf, name, sizeof(name)));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	snprintf(path, sizeof(path), "vfio-dev/%s", name);
	EXPECT_TRUE(pci_has(self->bdf, path));

	/* The user's driver_override reads as ever */
	ASSERT_EQ(self->before.override_len,
		  pci_read(self->bdf, "driver_override", override,
			   sizeof(override)));
	EXPECT_EQ(0, memcmp(override, self->before.override,
			    self->before.override_len));

	/* A user comes, goes, and comes again */
	ASSERT_EQ(NULL, variant->mode->lacking(self->bdf));
	ASSERT_EQ(0, device_prove(self->bdf, variant->mode, &self->proof));
	ASSERT_EQ(0, device_prove(self->bdf, variant->mode, &self->proof));

	/* And back */
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_TRUE(personality_is(self->bdf, native ? "native" : "unbound"));
	EXPECT_TRUE(personality_last_error_is(self->bdf, NULL, 0));
	EXPECT_NE(0, pci_vfio_device(self->bdf, name, sizeof(name)));
	if (native)
		ASSERT_EQ(0, native_prove(self->bdf, self->story,
					  sizeof(self->story)));

	/* A second round finds nothing that the first one left */
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(function_is_vfio(self->bdf, vfio));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

TEST_HARNESS_MAIN
