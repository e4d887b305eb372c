# in: include/linux/pci.h
# shellcheck shell=sh
sed -i '
/^struct pci_dev {$/,/^};$/ {
	/^\tstruct pci_driver \*driver;/a\
	const struct pci_dev_role *role; /* In place of its callbacks, or NULL */
}
/^#define\tto_pci_dev(n)/i\
/**\
 * struct pci_dev_role - what a function is, beside what its driver makes of it\
 * @pm: power management\
 *\
 * While a function has a role, these take the place of its callbacks of the driver.\
 * It gets and loses a role under its device_lock, with runtime PM held.\
 */\
struct pci_dev_role {\
	const struct dev_pm_ops *pm;\
};\

' "$1"
