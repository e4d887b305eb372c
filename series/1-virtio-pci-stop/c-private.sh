# in: drivers/virtio/virtio_pci_common.h
# shellcheck shell=sh
sed -i '/^struct virtio_pci_device {/,/^};/ s/^\tstruct pci_dev \*pci_dev;$/&\
	const struct virtio_config_ops *stopped_config; \/* While it is stopped *\//' "$1"
