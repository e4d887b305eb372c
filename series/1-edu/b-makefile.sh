# in: drivers/vfio/pci/Makefile
# shellcheck shell=sh disable=SC2016
sed -i '/^obj-.(CONFIG_MLX5_VFIO_PCI)/i\
obj-$(CONFIG_EDU) += edu/\
' "$1"
