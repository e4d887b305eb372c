# in: drivers/pci/pci.h
# shellcheck shell=sh
sed -i '/^static inline int pci_dev_set_disconnected(/i\
/*\
 * Which driver may be bound to a function, and no other, whatever its ids; NULL for no such\
 * rule. What is for a new function goes after driver_override, which its user may write at\
 * any time; what is between two steps of a switch goes before it. The strings are the\
 * caller'"'"'s.\
 */\
static inline bool pci_born_driver_cmpxchg(struct pci_dev *dev, const char *expected,\
					   const char *name)\
{\
	guard(spinlock)(\&dev->dev.driver_override.lock);\
	if (dev->born_driver != expected)\
		return false;\
	dev->born_driver = name;\
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
