# in: include/linux/pci.h
# shellcheck shell=sh
sed -i '
/^ \* struct pci_dev_role - /,/^};$/ {
	/^ \* @pm: /a\
 * @err_handler: error and reset callbacks, or NULL\
 * @sriov_configure: changes the number of VFs, or NULL if there shall be none\
 * @leave: the driver is about to be unbound: end the role, and return whether the\
 *\tdriver has to remove the function, which it need not have probed
	/^\tconst struct dev_pm_ops \*pm;/a\
	const struct pci_error_handlers *err_handler;\
	int (*sriov_configure)(struct pci_dev *dev, int num_vfs);\
	bool (*leave)(struct pci_dev *dev);
}' "$1"
