# in: drivers/base/dd.c
# shellcheck shell=sh
sed -i '/^EXPORT_SYMBOL_GPL(device_release_driver);/a\
\
/**\
 * device_release_driver_locked - unbind a driver that has been looked at\
 * @dev: device\
 *\
 * What was looked at under the same device_lock is still so when the driver is unbound;\
 * unless other devices depend on this one: to unbind their drivers first the lock is given\
 * up.\
 *\
 * Context: device_lock held, of a device that does not need that of its parent.\
 */\
void device_release_driver_locked(struct device *dev)\
{\
	device_lock_assert(dev);\
	__device_release_driver(dev, dev->parent);\
}' "$1"
