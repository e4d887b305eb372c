// SPDX-License-Identifier: GPL-2.0
/* Virtual functions of the lab's igb, see vf.h. */
#include <errno.h>
#include <stdio.h>

#include "diag.h"
#include "file.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "vf.h"
#include "wait.h"

#define APPEAR_MS	10000

void net_quiet(const char *netdev)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/disable_ipv6",
		 netdev);
	/* A kernel without IPv6 has none of it to say */
	file_write(path, "1");
}

int pf_set_up(bool up)
{
	char netdev[PCI_NAME_LEN];
	int ret = wait_for(!pci_netdev(lab_igb.bdf, netdev, sizeof(netdev)),
			   APPEAR_MS);

	if (ret)
		return diag_error(ret, "%s: netdev", lab_igb.bdf);
	net_quiet(netdev);
	return net_set_up(netdev, up);
}

bool vf_is_held(const char *bdf)
{
	if (!personality_is(bdf, "unbound"))
		return false;
	if (!personality_is_built_in() &&
	    !pci_reads(bdf, "driver_override", "pci-personality:reserved"))
		return false;
	file_write("/sys/bus/pci/drivers_probe", bdf);
	return personality_is(bdf, "unbound");
}

int vf_create(int count, char vf[][PCI_BDF_LEN])
{
	int ret;
	int i;

	ret = pf_set_up(true);
	if (!ret)
		ret = module_load("igbvf");
	if (ret)
		return ret;
	ret = pci_set_vfs(lab_igb.bdf, count);
	if (ret)
		return diag_error(ret, "%s: creating %d VFs", lab_igb.bdf, count);
	for (i = 0; i < count; i++) {
		ret = pci_vf(lab_igb.bdf, i, vf[i]);
		if (ret)
			return diag_error(ret, "%s: VF %d", lab_igb.bdf, i);
		if (!function_await_driver(vf[i], "igbvf"))
			return -ENODEV;
	}
	return 0;
}

int vf_destroy(void)
{
	int ret = pci_set_vfs(lab_igb.bdf, 0);

	if (ret)
		return diag_error(ret, "%s: removing its VFs", lab_igb.bdf);
	return pf_set_up(false);
}

const struct provided vf_provided = { .parent = LAB_IGB_BDF, .type = "vf" };

const char *vf_provided_lacks(void)
{
	if (lab_lacks(&lab_igb))
		return lab_lacks(&lab_igb);
	if (!module_exists("igbvf_vfio") || !module_exists(VF_MODULE))
		return "igbvf or the type vf was left out of the build";
	return NULL;
}

int vf_provided_setup(void)
{
	int ret = vf_create(0, NULL);

	ret = ret ?: module_load(VF_MODULE);
	ret = ret ?: module_load("vfio_iommu_type1");
	return ret ?: provided_mount();
}

int vf_provided_teardown(void)
{
	int ret = provided_remove_all(&vf_provided);

	if (ret)
		return diag_error(ret, "%s: removing its reservations", lab_igb.bdf);
	if (!pci_present(lab_igb.bdf)) {
		ret = pci_rescan();
		if (ret || !function_await_driver(lab_igb.bdf, lab_igb.native))
			return ret ?: -ENODEV;
	}
	ret = vf_destroy();
	ret = ret ?: module_unload(VF_MODULE);
	if (ret)
		return diag_error(ret, "unloading " VF_MODULE);
	/* Others may provide something, too */
	module_unload(PROVIDER_MODULE);
	return module_loaded(PROVIDER_MODULE) ? 0 : provided_umount();
}

int vf_make(const char *name)
{
	return provided_make(&vf_provided, name);
}

int vf_unmake(const char *name)
{
	return provided_remove(&vf_provided, name);
}

int vf_set_live(const char *name, bool live)
{
	return provided_set_live(&vf_provided, name, live);
}

int vf_bear(int count, char vf[][PCI_BDF_LEN])
{
	int ret = pci_set_vfs(lab_igb.bdf, count);
	int i;

	for (i = 0; !ret && i < count; i++)
		ret = pci_vf(lab_igb.bdf, i, vf[i]);
	return ret;
}
