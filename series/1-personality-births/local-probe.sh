# in: drivers/pci/pci-driver.c
# shellcheck shell=sh
sed -i '
/^#include <linux\/pci.h>$/a\
#include <linux/pci-personality.h>
/^static int local_pci_probe(/,/^}/ {
	s/^\trc = pci_drv->probe(pci_dev, ddi->id);$/\tif (!pci_personality_birth(pci_dev, \&rc))\
		rc = pci_drv->probe(pci_dev, ddi->id);/
}' "$1"
