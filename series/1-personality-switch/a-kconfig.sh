# in: drivers/pci/Kconfig
# shellcheck shell=sh
sed -i '/^source "drivers\/pci\/pcie\/Kconfig"$/a\
source "drivers/pci/personality/Kconfig"' "$1"
