# in: drivers/pci/pcie/err.c
# shellcheck shell=sh
sed -i '
/^\tstruct pci_driver \*pdrv;$/d
s/^\tpdrv = dev->driver;$/\terr_handler = pci_dev_err_handler(dev);/
/^\t*err_handler = pdrv->err_handler;$/d
s/!pdrv || !pdrv->err_handler ||$/!err_handler ||/
s/!pdrv || !pdrv->err_handler || !pdrv->err_handler->/!err_handler || !err_handler->/
s/!pdrv->err_handler->/!err_handler->/
' "$1"
