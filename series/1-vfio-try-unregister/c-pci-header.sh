# in: include/linux/vfio_pci_core.h
# shellcheck shell=sh
sed -i '/^void vfio_pci_core_unregister_device(/a\
int vfio_pci_core_try_unregister_device(struct vfio_pci_core_device *vdev);' "$1"
