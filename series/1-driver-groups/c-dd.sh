# in: drivers/base/dd.c
# shellcheck shell=sh
sed -i '
/^static void device_remove(struct device \*dev)/i\
/**\
 * device_driver_groups_hide - take the bound driver'"'"'s attributes out of sysfs\
 * @dev: device, bound\
 *\
 * While the driver stays bound, but must not be reached. device_driver_groups_show() ends\
 * it, and so does unbinding the driver. Nothing happens if they are hidden.\
 *\
 * Context: device_lock held; may sleep.\
 */\
void device_driver_groups_hide(struct device *dev)\
{\
	device_lock_assert(dev);\
	if (!dev->p->driver_groups_hidden)\
		device_remove_groups(dev, dev->driver->dev_groups);\
	dev->p->driver_groups_hidden = 1;\
}\
EXPORT_SYMBOL_GPL(device_driver_groups_hide);\
\
/**\
 * device_driver_groups_show - end of device_driver_groups_hide()\
 * @dev: device, bound\
 *\
 * Context: device_lock held; may sleep.\
 * Return: 0, also if nothing was hidden; or -ENOMEM, with nothing changed.\
 */\
int device_driver_groups_show(struct device *dev)\
{\
	int ret = 0;\
\
	device_lock_assert(dev);\
	if (dev->p->driver_groups_hidden)\
		ret = device_add_groups(dev, dev->driver->dev_groups);\
	if (!ret)\
		dev->p->driver_groups_hidden = 0;\
	return ret;\
}\
EXPORT_SYMBOL_GPL(device_driver_groups_show);\

/^static void device_remove(struct device \*dev)/,/^}/ {
	s/^\tdevice_remove_groups(dev, dev->driver->dev_groups);$/\tif (!dev->p->driver_groups_hidden)\
		device_remove_groups(dev, dev->driver->dev_groups);\
	dev->p->driver_groups_hidden = 0;/
}' "$1"
