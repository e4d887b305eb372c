# in: include/linux/vfio.h
# shellcheck shell=sh
sed -i '/^void vfio_unregister_group_dev(/a\
\
/**\
 * vfio_device_exclude_users - let nobody open a registered device any more\
 * @device: the device\
 *\
 * To be unregistered, which waits for nobody then; or vfio_device_admit_users() follows.\
 *\
 * Context: device_lock of @device->dev held, which its unregistration holds, too.\
 * Return: true, or false if somebody has it open, with nothing changed.\
 */\
static inline bool vfio_device_exclude_users(struct vfio_device *device)\
{\
	/* From here on vfio_device_try_get_registration() fails */\
	return refcount_dec_if_one(\&device->refcount);\
}\
\
/**\
 * vfio_device_admit_users - end of vfio_device_exclude_users()\
 * @device: the device; nothing happens if users can open it\
 *\
 * Context: device_lock of @device->dev held.\
 */\
static inline void vfio_device_admit_users(struct vfio_device *device)\
{\
	if (!refcount_read(\&device->refcount))\
		refcount_set(\&device->refcount, 1);\
}' "$1"
