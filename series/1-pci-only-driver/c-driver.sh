# in: drivers/pci/pci-driver.c
# shellcheck shell=sh
sed -i '
/^static const struct pci_device_id \*pci_match_device(/,/^}/ {
	s/= device_match_driver_override(&dev->dev, &drv->driver);/= pci_match_named(drv, dev);/
}
/^static inline bool pci_device_can_probe(/,/^}/ {
	s/^\t\tdevice_has_driver_override(&pdev->dev));/\t\tREAD_ONCE(pdev->only_driver) || READ_ONCE(pdev->born_driver) ||\n\t\tdevice_has_driver_override(\&pdev->dev));/
}' "$1"
awk '
	/^\/\*\*$/ { held = $0; next }
	held != "" && / \* pci_match_device - / {
		print "/* 1 if the driver is the one that is named, 0 if another is, -1 if none is */"
		print "static int pci_match_named(struct pci_driver *drv, struct pci_dev *dev)"
		print "{"
		print "\tscoped_guard(spinlock, &dev->dev.driver_override.lock) {"
		print "\t\tif (dev->only_driver)"
		print "\t\t\treturn !strcmp(dev->only_driver, drv->name);"
		print "\t\tif (dev->born_driver && !dev->dev.driver_override.name)"
		print "\t\t\treturn !strcmp(dev->born_driver, drv->name);"
		print "\t}"
		print "\tif (READ_ONCE(dev->override_ignored))"
		print "\t\treturn -1;"
		print "\treturn device_match_driver_override(&dev->dev, &drv->driver);"
		print "}"
		print ""
	}
	held != "" { print held; held = "" }
	{ print }
' "$1" >"$1.new"
mv "$1.new" "$1"
