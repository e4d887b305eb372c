# in: tools/testing/selftests/pci_personality/Makefile
# shellcheck shell=sh
sed -i 's/^TEST_GEN_PROGS := virtio$/& override/' "$1"
