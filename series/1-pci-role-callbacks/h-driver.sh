# in: drivers/pci/pci-driver.c
# shellcheck shell=sh
sed -i '
/^static void pci_device_remove(/,/^}/ {
	s/^\tif (drv->remove) {/\tif (pci_dev->role \&\& !pci_dev->role->leave(pci_dev))\
		remove = NULL;\
	if (remove) {/
	s/^\tstruct pci_driver \*drv = pci_dev->driver;$/&\
	void (*remove)(struct pci_dev *dev) = drv->remove;/
	s/^\t\tdrv->remove(pci_dev);/\t\tremove(pci_dev);/
}
/^static void pci_device_shutdown(/,/^}/ {
	s/if (drv \&\& drv->shutdown)/if (drv \&\& drv->shutdown \&\& !pci_dev->role)/
}' "$1"
