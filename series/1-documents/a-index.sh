# in: Documentation/driver-api/index.rst
# shellcheck shell=sh
sed -i '/^   vfio-pci-device-specific-driver-acceptance$/a\
   pci-personality' "$1"
