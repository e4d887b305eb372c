# SPDX-License-Identifier: GPL-2.0
#
# make deb, make dkms: to be included by the top Makefile.

# Packages of the modules (DKMS) and of the tool, in build/deb
deb:
	@debian/build build/deb

dkms-version := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' $(CURDIR)/debian/changelog)
dkms-source := /usr/src/pci-personality-$(dkms-version)

# The modules, without a package: for each kernel whose headers are installed, and
# built anew for those that come. 77: not for that one, dkms.conf says.
dkms:
	@command -v dkms >/dev/null || { echo >&2 'DKMS is missing: apt-get install dkms'; exit 1; }
	@! dkms status pci-personality/$(dkms-version) | grep -q . || \
		dkms remove pci-personality/$(dkms-version) --all
	rm -rf $(dkms-source)
	debian/dkms-source $(dkms-source)
	sed 's/#MODULE_VERSION#/$(dkms-version)/' dkms.conf >$(dkms-source)/dkms.conf
	dkms add pci-personality/$(dkms-version)
	install -m 644 -D drivers/pci/personality/modules-load.conf \
		/usr/lib/modules-load.d/pci-personality.conf
	for headers in $(wildcard /lib/modules/*/build/Makefile); do \
		headers=$${headers%/build/Makefile}; \
		dkms install pci-personality/$(dkms-version) -k $${headers##*/} || \
			[ $$? -eq 77 ] || exit; \
	done

.PHONY: deb dkms
