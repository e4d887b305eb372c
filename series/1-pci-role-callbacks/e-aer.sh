# in: drivers/pci/pcie/aer.c
# shellcheck shell=sh
sed -i '/^static void pci_aer_handle_error(/,/^}/ {
	/^\t\t\tstruct pci_driver \*pdrv = dev->driver;$/c\
			const struct pci_error_handlers *err_handler =\
				pci_dev_err_handler(dev);
	s/if (pdrv && pdrv->err_handler &&$/if (err_handler \&\&/
	s/pdrv->err_handler->/err_handler->/
}' "$1"
