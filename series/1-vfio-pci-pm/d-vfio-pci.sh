# in: drivers/vfio/pci/vfio_pci.c
# shellcheck shell=sh
sed -i '/^\t\.driver_managed_dma\t= true,/a\
	.driver.pm		= \&vfio_pci_core_pm_ops,' "$1"
