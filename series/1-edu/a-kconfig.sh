# in: drivers/vfio/pci/Kconfig
# shellcheck shell=sh
sed -i '/^source "drivers\/vfio\/pci\/mlx5\/Kconfig"$/i\
source "drivers/vfio/pci/edu/Kconfig"\
' "$1"
