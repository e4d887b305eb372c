# in: drivers/virtio/virtio_pci_common.c
# shellcheck shell=sh
sed -i '
/^static void virtio_pci_release_dev(struct device/i\
/* Who asks while the function is stopped reaches nothing */\
static void vp_stopped_get(struct virtio_device *vdev, unsigned int offset, void *buf,\
			   unsigned int len)\
{\
	memset(buf, 0, len);\
}\
\
static void vp_stopped_set(struct virtio_device *vdev, unsigned int offset, const void *buf,\
			   unsigned int len)\
{\
}\
\
static u8 vp_stopped_get_status(struct virtio_device *vdev)\
{\
	return 0;\
}\
\
static void vp_stopped_set_status(struct virtio_device *vdev, u8 status)\
{\
}\
\
static void vp_stopped_reset(struct virtio_device *vdev)\
{\
}\
\
static u64 vp_stopped_get_features(struct virtio_device *vdev)\
{\
	return 0;\
}\
\
static int vp_stopped_finalize_features(struct virtio_device *vdev)\
{\
	return -ENODEV;\
}\
\
static const struct virtio_config_ops virtio_pci_stopped_ops = {\
	.get			= vp_stopped_get,\
	.set			= vp_stopped_set,\
	.get_status		= vp_stopped_get_status,\
	.set_status		= vp_stopped_set_status,\
	.reset			= vp_stopped_reset,\
	.get_features		= vp_stopped_get_features,\
	.finalize_features	= vp_stopped_finalize_features,\
	.bus_name		= vp_bus_name,\
};\
\
/* No driver is bound to the virtio device, and none can be from here on */\
static int vp_silence(struct virtio_pci_device *vp_dev)\
{\
	struct device *dev = \&vp_dev->vdev.dev;\
\
	device_release_driver(dev);\
	guard(device)(dev);\
	if (dev->driver)\
		return -EBUSY;\
	vp_dev->stopped_config = vp_dev->vdev.config;\
	vp_dev->vdev.config = \&virtio_pci_stopped_ops;\
	return 0;\
}\
\
static void vp_let_speak(struct virtio_pci_device *vp_dev)\
{\
	struct virtio_device *vdev = \&vp_dev->vdev;\
\
	guard(device)(\&vdev->dev);\
	vdev->config = vp_dev->stopped_config;\
	/* As register_virtio_device() leaves it for a driver */\
	virtio_reset_device(vdev);\
	virtio_add_status(vdev, VIRTIO_CONFIG_S_ACKNOWLEDGE);\
}\
\
/**\
 * virtio_pci_stop - let go of a function for somebody else, and stay bound to it\
 * @pci_dev: the function\
 *\
 * The virtio device'"'"'s driver is unbound. Nothing of the function is claimed or accessed\
 * afterwards.\
 *\
 * Context: device_lock held; may sleep. virtio_pci_start() or virtio_pci_leave() is owed.\
 * Return: 0; -EOPNOTSUPP for the legacy interface; -EBUSY if another driver has been bound\
 * just then. After an error nothing has changed but that.\
 */\
int virtio_pci_stop(struct pci_dev *pci_dev)\
{\
	struct virtio_pci_device *vp_dev = pci_get_drvdata(pci_dev);\
	int ret;\
\
	if (vp_dev->is_legacy)\
		return -EOPNOTSUPP;\
	ret = vp_silence(vp_dev);\
	if (ret)\
		return ret;\
	pci_release_selected_regions(pci_dev, vp_dev->mdev.modern_bars);\
	pci_clear_master(pci_dev);\
	pci_disable_device(pci_dev);\
	return 0;\
}\
EXPORT_SYMBOL_GPL(virtio_pci_stop);\
\
/**\
 * virtio_pci_start - end of virtio_pci_stop()\
 * @pci_dev: the function, which may have been reset\
 *\
 * The virtio device is bound to a driver again, if there is one for it.\
 *\
 * Context: device_lock held; may sleep.\
 * Return: 0, or a negative errno, with the function stopped still.\
 */\
int virtio_pci_start(struct pci_dev *pci_dev)\
{\
	struct virtio_pci_device *vp_dev = pci_get_drvdata(pci_dev);\
	int ret = pci_enable_device(pci_dev);\
\
	if (ret)\
		return ret;\
	ret = pci_request_selected_regions(pci_dev, vp_dev->mdev.modern_bars,\
					   "virtio-pci-modern");\
	if (ret) {\
		pci_disable_device(pci_dev);\
		return ret;\
	}\
	pci_set_master(pci_dev);\
	vp_let_speak(vp_dev);\
	if (device_attach(\&vp_dev->vdev.dev) < 0)\
		pci_warn(pci_dev, "its virtio device has no driver\\n");\
	return 0;\
}\
EXPORT_SYMBOL_GPL(virtio_pci_start);\
\
/**\
 * virtio_pci_leave - give virtio-pci back what its remove expects\
 * @pci_dev: the function, stopped; virtio-pci is about to be unbound\
 *\
 * Context: device_lock held; may sleep.\
 */\
void virtio_pci_leave(struct pci_dev *pci_dev)\
{\
	struct virtio_pci_device *vp_dev = pci_get_drvdata(pci_dev);\
\
	/* One that has been pulled out cannot be enabled; remove counts on it all the same */\
	if (pci_enable_device(pci_dev))\
		atomic_inc(\&pci_dev->enable_cnt);\
	if (pci_request_selected_regions(pci_dev, vp_dev->mdev.modern_bars,\
					 "virtio-pci-modern"))\
		pci_warn(pci_dev, "somebody else has a BAR of it\\n");\
	vp_dev->vdev.config = vp_dev->stopped_config;\
}\
EXPORT_SYMBOL_GPL(virtio_pci_leave);\

' "$1"
grep -q virtio_pci_admin.h "$1" || sed -i '/^#include "virtio_pci_common.h"$/a\
#include <linux/virtio_pci_admin.h>' "$1"
