# in: drivers/vfio/pci/virtio/Makefile
# shellcheck shell=sh
cat >>"$1" <<EOT

obj-\$(CONFIG_VIRTIO_VFIO_PERSONALITY) += virtio-vfio-personality.o
virtio-vfio-personality-y := personality.o
EOT
