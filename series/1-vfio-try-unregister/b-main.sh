# in: drivers/vfio/vfio_main.c
# shellcheck shell=sh
sed -i '/^EXPORT_SYMBOL_GPL(vfio_unregister_group_dev);/a\
\
/**\
 * vfio_try_unregister_group_dev - unregister a device unless it is in use\
 * @device: the device\
 *\
 * After an error nothing has changed. Unlike vfio_unregister_group_dev() this waits\
 * for no user, and asks none to go.\
 *\
 * Return: 0, or -EBUSY if somebody has the device open.\
 */\
int vfio_try_unregister_group_dev(struct vfio_device *device)\
{\
	/* From here on vfio_device_try_get_registration() fails */\
	if (!refcount_dec_if_one(\&device->refcount))\
		return -EBUSY;\
\
	vfio_device_group_unregister(device);\
	vfio_device_debugfs_exit(device);\
	vfio_device_del(device);\
	vfio_device_remove_group(device);\
	return 0;\
}\
EXPORT_SYMBOL_GPL(vfio_try_unregister_group_dev);' "$1"
