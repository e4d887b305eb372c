# in: drivers/vfio/pci/vfio_pci_core.c
# shellcheck shell=sh
# What follows the end of the registration is a function of its own now
sed -i '
/^void vfio_pci_core_unregister_device(/i\
static void vfio_pci_core_unregistered(struct vfio_pci_core_device *vdev);\

/^void vfio_pci_core_unregister_device(/,/^EXPORT/ {
	/^\tvfio_unregister_group_dev(/ {
		a\
	vfio_pci_core_unregistered(vdev);\
}\
EXPORT_SYMBOL_GPL(vfio_pci_core_unregister_device);\
\
/**\
 * vfio_pci_core_try_unregister_device - unregister a device unless it is in use\
 * @vdev: the device\
 *\
 * Context: device_lock of the function held.\
 * Return: 0; -EBUSY if somebody has it open, or if it has VFs, with nothing changed.\
 */\
int vfio_pci_core_try_unregister_device(struct vfio_pci_core_device *vdev)\
{\
	int ret;\
\
	device_lock_assert(\&vdev->pdev->dev);\
	if (pci_num_vf(vdev->pdev))\
		return -EBUSY;\
	ret = vfio_try_unregister_group_dev(\&vdev->vdev);\
	if (!ret)\
		vfio_pci_core_unregistered(vdev);\
	return ret;\
}\
EXPORT_SYMBOL_GPL(vfio_pci_core_try_unregister_device);\
\
static void vfio_pci_core_unregistered(struct vfio_pci_core_device *vdev)\
{
		n
		d
	}
	/^EXPORT_SYMBOL_GPL(vfio_pci_core_unregister_device);$/d
}' "$1"
