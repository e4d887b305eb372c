# in: drivers/pci/pci-driver.c
# shellcheck shell=sh
sed -i '
/^static void pci_device_remove(/,/^}/ {
	/^\tif (drv->remove) {/i\
	if (pci_dev->role)\
		pci_dev->role->leave(pci_dev);
}
/^static void pci_device_shutdown(/,/^}/ {
	s/if (drv \&\& drv->shutdown)/if (drv \&\& drv->shutdown \&\& !pci_dev->role)/
}' "$1"
