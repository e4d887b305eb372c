# in: drivers/pci/pci.h
# shellcheck shell=sh
sed -i '/^static inline int pci_dev_set_disconnected(/i\
/* Whose power management a function needs */\
static inline const struct dev_pm_ops *pci_dev_pm(struct device *dev)\
{\
	const struct pci_dev_role *role = READ_ONCE(to_pci_dev(dev)->role);\
\
	if (role)\
		return role->pm;\
	return dev->driver ? dev->driver->pm : NULL;\
}\

' "$1"
