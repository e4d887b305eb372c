// in: drivers/pci/pcie/aer_cxl_rch.c

@@
identifier dev;
@@
-dev->driver ? dev->driver->err_handler : NULL
+pci_dev_err_handler(dev)
