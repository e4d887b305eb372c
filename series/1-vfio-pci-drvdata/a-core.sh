# in: drivers/vfio/pci/vfio_pci_core.c
# shellcheck shell=sh
sed -i '
/^#include <linux\/vgaarb.h>$/a\
#include <linux/xarray.h>
/^static unsigned int vfio_pci_set_decode(/,/^}/ s/= dev_get_drvdata(&pdev->dev);/= vfio_pci_core_of(\&pdev->dev);/
/^static int vfio_pci_core_runtime_suspend(/,/^}/ s/= dev_get_drvdata(dev);/= vfio_pci_core_of(dev);/
/^static int vfio_pci_core_runtime_resume(/,/^}/ s/= dev_get_drvdata(dev);/= vfio_pci_core_of(dev);/
/^pci_ers_result_t vfio_pci_core_aer_err_detected(/,/^}/ s/= dev_get_drvdata(&pdev->dev);/= vfio_pci_core_of(\&pdev->dev);/
/^int vfio_pci_core_register_device(/,/^}/ {
	/^\t\/\* Drivers must set the vfio_pci_core_device to their drvdata \*\/$/,/^$/d
	/^\tret = vfio_pci_vga_init(vdev);$/i\
	ret = xa_err(xa_store(\&vfio_pci_core_devices, (unsigned long)dev, vdev,\
			      GFP_KERNEL));\
	if (ret)\
		goto out_vf;
	/^out_vf:$/a\
	xa_erase(\&vfio_pci_core_devices, (unsigned long)dev);
}
/^void vfio_pci_core_unregister_device(/,/^}/ {
	/^\tpm_runtime_forbid(/a\
	xa_erase(\&vfio_pci_core_devices, (unsigned long)\&vdev->pdev->dev);
}' "$1"
# Before the first that needs it
awk '
	/^static inline bool vfio_vga_disabled\(/ {
		if (!done++) {
			print "/* The registered devices, by the function they are for */"
			print "static DEFINE_XARRAY(vfio_pci_core_devices);"
			print ""
			print "static struct vfio_pci_core_device *vfio_pci_core_of(struct device *dev)"
			print "{"
			print "\treturn xa_load(&vfio_pci_core_devices, (unsigned long)dev);"
			print "}"
			print ""
		}
	}
	{ print }
' "$1" >"$1.new"
mv "$1.new" "$1"
