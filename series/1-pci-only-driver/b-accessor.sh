# in: drivers/pci/pci.h
# shellcheck shell=sh
sed -i '/^static inline int pci_dev_set_disconnected(/i\
/*\
 * Which driver may be bound to a function, and no other, whatever its ids and whatever\
 * driver_override says; NULL for no such rule. The strings are the caller'"'"'s.\
 */\
static inline bool pci_only_driver_cmpxchg(struct pci_dev *dev, const char *expected,\
					   const char *name)\
{\
	guard(spinlock)(\&dev->dev.driver_override.lock);\
	if (dev->only_driver != expected)\
		return false;\
	dev->only_driver = name;\
	return true;\
}\
\
static inline const char *pci_only_driver_swap(struct pci_dev *dev, const char *name)\
{\
	guard(spinlock)(\&dev->dev.driver_override.lock);\
	swap(dev->only_driver, name);\
	return name;\
}\

' "$1"
