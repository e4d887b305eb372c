# in: drivers/pci/Makefile
# shellcheck shell=sh disable=SC2016
sed -i '/^obj-.(CONFIG_PCI)\t\t+= pwrctrl\/$/a\
obj-$(CONFIG_PCI_PERSONALITY)\t+= personality/' "$1"
