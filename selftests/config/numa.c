// SPDX-License-Identifier: GPL-2.0
/*
 * A PF and its VFs on a node of memory of their own: the PCI core has a worker on that
 * node probe them, while whoever asked for it waits and holds their locks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "vf.h"

/* An igb that knows where it is: tests.list plugs one */
static bool find_pf(char *bdf)
{
	char found[4][PCI_BDF_LEN];
	int n = pci_find(lab_igb.vendor, lab_igb.device, found, ARRAY_SIZE(found));
	int i;

	for (i = 0; i < n && i < (int)ARRAY_SIZE(found); i++) {
		if (pci_number(found[i], "numa_node") >= 0) {
			strcpy(bdf, found[i]);
			return true;
		}
	}
	return false;
}

FIXTURE(numa) {
	char pf[PCI_BDF_LEN];
	char netdev[PCI_NAME_LEN];
	struct function_state before;
	char vf[PCI_BDF_LEN];
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(numa)
{
	if (!find_pf(self->pf))
		SKIP(return, "no igb is on a NUMA node, unlike tests.list asks for");
	ASSERT_EQ(0, function_save(&self->before, self->pf));
	ASSERT_EQ(0, pci_netdev(self->pf, self->netdev, sizeof(self->netdev)));
	net_quiet(self->netdev);
	ASSERT_EQ(0, net_set_up(self->netdev, true));
	ASSERT_EQ(0, module_load("igbvf"));
}

FIXTURE_TEARDOWN(numa)
{
	pci_write(self->pf, "personality/vfs_use_vfio", "0");
	EXPECT_EQ(0, pci_set_vfs(self->pf, 0));
	EXPECT_EQ(0, net_set_up(self->netdev, false));
	EXPECT_EQ(0, function_restore(&self->before));
}

static int bear(const char *pf, char *vf)
{
	int ret = pci_set_vfs(pf, 1);

	return ret ?: pci_vf(pf, 0, vf);
}

#define EXPECT_NATIVE() do {						\
	EXPECT_TRUE(personality_is(self->vf, "native"));		\
	EXPECT_TRUE(pci_driver_is(self->vf, "igbvf"));			\
	EXPECT_EQ(0, native_prove(self->vf, self->story, sizeof(self->story))); \
} while (0)

TEST_F_TIMEOUT(numa, born_by_method, 150)
{
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, pci_write(self->pf, "personality/vfs_use_vfio", "1"));
	ASSERT_EQ(0, bear(self->pf, self->vf));
	EXPECT_EQ(pci_number(self->pf, "numa_node"),
		  pci_number(self->vf, "numa_node"));
	EXPECT_TRUE(personality_is(self->vf, "vfio"));
	EXPECT_EQ(0, device_prove(self->vf, &vfio_group_mode, &self->proof));

	/* Its first probe is the writer's, not a worker's */
	ASSERT_EQ(0, personality_set(self->vf, false));
	EXPECT_NATIVE();
	ASSERT_EQ(0, personality_set(self->vf, true));
	EXPECT_EQ(0, device_prove(self->vf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, pci_unbind(self->vf));
	ASSERT_EQ(0, pci_bind(self->vf, "igbvf"));
	EXPECT_NATIVE();
}

TEST_F_TIMEOUT(numa, born_by_fallback, 150)
{
	ASSERT_EQ(0, pci_write(self->pf, "personality/vfs_use_vfio", "1"));
	if (module_loaded("igbvf_vfio"))
		ASSERT_EQ(0, module_unload("igbvf_vfio"));
	ASSERT_EQ(0, bear(self->pf, self->vf));
	EXPECT_TRUE(function_is_vfio(self->vf, "vfio-pci"));
	EXPECT_EQ(0, device_prove(self->vf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->vf, false));
	EXPECT_NATIVE();
}

TEST_F_TIMEOUT(numa, pf_there_and_back, 100)
{
	ASSERT_EQ(0, personality_set(self->pf, true));
	EXPECT_TRUE(function_is_vfio(self->pf, "vfio-pci"));
	EXPECT_EQ(0, device_prove(self->pf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->pf, false));
	EXPECT_TRUE(function_is(&self->before));
	/* Its netdev is a new one */
	EXPECT_EQ(0, pci_netdev(self->pf, self->netdev, sizeof(self->netdev)));
	EXPECT_EQ(0, native_prove(self->pf, self->story, sizeof(self->story)));
}

TEST_HARNESS_MAIN
