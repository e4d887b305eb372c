# in: drivers/pci/pci.h
# shellcheck shell=sh
sed -i '/^static inline int pci_dev_set_disconnected(/i\
/* Who is told of errors and resets of a function; under device_lock */\
static inline const struct pci_error_handlers *\
pci_dev_err_handler(struct pci_dev *dev)\
{\
	if (dev->role)\
		return dev->role->err_handler;\
	return dev->driver ? dev->driver->err_handler : NULL;\
}\

' "$1"
