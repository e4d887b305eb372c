# in: tools/testing/selftests/Makefile
# shellcheck shell=sh
sed -i '/^TARGETS += pcie_bwctrl$/i\
TARGETS += pci_personality' "$1"
