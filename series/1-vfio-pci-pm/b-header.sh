# in: include/linux/vfio_pci_core.h
# shellcheck shell=sh
sed -i '/^extern const struct pci_error_handlers vfio_pci_core_err_handlers;/i\
extern const struct dev_pm_ops vfio_pci_core_pm_ops;' "$1"
