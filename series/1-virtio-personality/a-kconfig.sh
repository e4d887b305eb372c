# in: drivers/vfio/pci/virtio/Kconfig
# shellcheck shell=sh
cat >>"$1" <<EOT

config VIRTIO_VFIO_PERSONALITY
	tristate "VFIO personality of VIRTIO NET and BLOCK PCI devices"
	depends on VIRTIO_PCI && BLOCK && PCI_PERSONALITY
	select VFIO_PCI_PERSONALITY
	help
	  With this, a function of virtio-pci is given to VFIO by use_vfio
	  while virtio-pci stays bound, and so does its virtio device. A disk
	  that is in use is refused.

	  If you don't know what to do here, say N.
EOT
