# in: include/linux/pci.h
# shellcheck shell=sh
sed -i '/^struct pci_dev {$/,/^};$/ {
	/^\tbool		dma_lent;/a\
	const char	*only_driver;	/* That may be bound; lock: dev.driver_override */\
	const char	*born_driver;	/* The same, but after driver_override */\
	bool		override_ignored; /* By who matches; under device_lock */
}' "$1"
