# in: MAINTAINERS
# shellcheck shell=sh
# Who sends the series is the one whose patch this is
awk -v who="$(git var GIT_AUTHOR_IDENT | sed 's/>.*/>/')" '
	/^PCI POWER CONTROL$/ {
		print "PCI PERSONALITY SWITCH"
		print "M:\t" who
		print "L:\tlinux-pci@vger.kernel.org"
		print "L:\tkvm@vger.kernel.org"
		print "S:\tMaintained"
		print "F:\tDocumentation/ABI/testing/sysfs-bus-pci-personality"
		print "F:\tDocumentation/ABI/testing/sysfs-driver-edu"
		print "F:\tDocumentation/driver-api/pci-personality.rst"
		print "F:\tdrivers/pci/personality/"
		print "F:\tdrivers/vfio/pci/edu/"
		print "F:\tdrivers/vfio/pci/personality/"
		print "F:\tdrivers/vfio/pci/virtio/personality.c"
		print "F:\tinclude/linux/pci-personality.h"
		print "F:\tinclude/linux/vfio_migration.h"
		print "F:\tinclude/linux/vfio_pci_migration*.h"
		print "F:\tinclude/linux/vfio_pci_personality.h"
		print "F:\ttools/testing/selftests/pci_personality/"
		print ""
	}
	{ print }
' "$1" >"$1.new"
mv "$1.new" "$1"
