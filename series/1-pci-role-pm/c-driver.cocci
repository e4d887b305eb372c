// in: drivers/pci/pci-driver.c

@ pm @
identifier dev;
@@
-dev->driver ? dev->driver->pm : NULL
+pci_dev_pm(dev)

@ legacy @
identifier f = pci_has_legacy_pm_support;
identifier pci_dev, drv, ret;
@@
 f(struct pci_dev *pci_dev)
 {
 ...
 bool ret =
-drv
+drv && !pci_dev->role
 && (...);
 ...
 }
