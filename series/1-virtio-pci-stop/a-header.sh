# in: include/linux/virtio_pci_admin.h
# shellcheck shell=sh
# A bound virtio-pci, and those who stop it
sed -i '/^#endif \/\* _LINUX_VIRTIO_PCI_ADMIN_H \*\//i\
int virtio_pci_stop(struct pci_dev *pci_dev);\
int virtio_pci_start(struct pci_dev *pci_dev);\
void virtio_pci_leave(struct pci_dev *pci_dev);\
' "$1"
