# in: drivers/vfio/pci/Makefile
# shellcheck shell=sh disable=SC2016
# The folder is entered for either
sed -i '/^obj-.(CONFIG_VIRTIO_VFIO_PCI) += virtio\/$/a\
obj-$(CONFIG_VIRTIO_VFIO_PERSONALITY) += virtio/' "$1"
