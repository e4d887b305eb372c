# in: drivers/pci/iov.c
# shellcheck shell=sh
sed -i '
/^static ssize_t sriov_numvfs_show(/i\
static int (*pci_sriov_configure(struct pci_dev *dev))(struct pci_dev *, int)\
{\
	return dev->role ? dev->role->sriov_configure : dev->driver->sriov_configure;\
}\

/^static ssize_t sriov_vf_total_msix_show(/,/^}/ {
	s/if (!pdev->driver || !pdev->driver->/if (!pdev->driver || pdev->role || !pdev->driver->/
}
/^static ssize_t sriov_vf_msix_count_store(/,/^}/ {
	s/if (!pdev->driver || !pdev->driver->/if (!pdev->driver || pdev->role || !pdev->driver->/
}
/^static ssize_t sriov_numvfs_store(/,/^}/ {
	s/if (!pdev->driver->sriov_configure)/if (!pci_sriov_configure(pdev))/
	s/pdev->driver->sriov_configure(pdev, /pci_sriov_configure(pdev)(pdev, /
}' "$1"
