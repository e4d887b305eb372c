# in: drivers/vfio/pci/vfio_pci_core.c
# shellcheck shell=sh
sed -i '
/^static const struct dev_pm_ops vfio_pci_core_pm_ops = {/,/^};/ {
	s/^static const/const/
	/^};/a\
EXPORT_SYMBOL_GPL(vfio_pci_core_pm_ops);
}
/^\tdev->driver->pm = &vfio_pci_core_pm_ops;$/d' "$1"
