# in: drivers/vfio/pci/vfio_pci_core.c
# shellcheck shell=sh
sed -i '
/^static int vfio_pci_vga_init(/,/^}/ {
	/^\tif (!vfio_pci_is_vga(pdev))$/,/^$/d
	/^\tret = aperture_remove_conflicting_pci_devices(/i\
	if (pdev->class >> 16 != PCI_BASE_CLASS_DISPLAY)\
		return 0;\

	/^\tret = vga_client_register(/i\
	if (!vfio_pci_is_vga(pdev))\
		return 0;\

}' "$1"
