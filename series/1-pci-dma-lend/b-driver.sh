# in: drivers/pci/pci-driver.c
# shellcheck shell=sh
sed -i '
/^static void pci_dma_cleanup(/i\
/**\
 * pci_dma_lend - give up a bound driver'"'"'s use of the kernel'"'"'s DMA domain\
 * @dev: the function, its driver bound and not doing any DMA\
 *\
 * Users of VFIO can own the IOMMU group from here on. pci_dma_reclaim() ends it, and so\
 * does unbinding the driver.\
 *\
 * Context: device_lock held.\
 */\
void pci_dma_lend(struct pci_dev *dev)\
{\
	device_lock_assert(\&dev->dev);\
	if (dev->dma_lent || dev->driver->driver_managed_dma)\
		return;\
	dev->dma_lent = true;\
	iommu_device_unuse_default_domain(\&dev->dev);\
}\
EXPORT_SYMBOL_GPL(pci_dma_lend);\
\
/**\
 * pci_dma_reclaim - end of pci_dma_lend()\
 * @dev: the function\
 *\
 * Context: device_lock held.\
 * Return: 0, or -EBUSY while a user of VFIO owns the group; nothing has changed then.\
 */\
int pci_dma_reclaim(struct pci_dev *dev)\
{\
	int ret = 0;\
\
	device_lock_assert(\&dev->dev);\
	if (dev->dma_lent)\
		ret = iommu_device_use_default_domain(\&dev->dev);\
	if (!ret)\
		dev->dma_lent = false;\
	return ret;\
}\
EXPORT_SYMBOL_GPL(pci_dma_reclaim);\

/^static void pci_dma_cleanup(/,/^}/ {
	s/^\tif (!driver->driver_managed_dma)$/\tif (!driver->driver_managed_dma \&\& !to_pci_dev(dev)->dma_lent)/
	s/^\t\tiommu_device_unuse_default_domain(dev);/&\n\tto_pci_dev(dev)->dma_lent = false;/
}' "$1"
