# in: drivers/virtio/virtio_pci_common.c
# shellcheck shell=sh
sed -i '
/^static const struct dev_pm_ops virtio_pci_pm_ops = {/i\
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
	.del_vqs		= vp_del_vqs,\
	.get_features		= vp_stopped_get_features,\
	.finalize_features	= vp_stopped_finalize_features,\
	.bus_name		= vp_bus_name,\
};\
\
static int vp_map(struct virtio_pci_device *vp_dev)\
{\
	return vp_dev->is_legacy ? virtio_pci_legacy_probe(vp_dev) :\
				   virtio_pci_modern_probe(vp_dev);\
}\
\
static void vp_unmap(struct virtio_pci_device *vp_dev)\
{\
	vp_dev->vdev.config = \&virtio_pci_stopped_ops;\
	if (vp_dev->is_legacy)\
		virtio_pci_legacy_remove(vp_dev);\
	else\
		virtio_pci_modern_remove(vp_dev);\
}\
\
/**\
 * virtio_pci_stop - let go of a function for somebody else, and stay bound to it\
 * @pci_dev: the function\
 *\
 * The virtio device'"'"'s driver is frozen, as for suspend. Nothing of the function is mapped,\
 * claimed or accessed afterwards.\
 *\
 * Context: device_lock held; may sleep. virtio_pci_start() or virtio_pci_leave() is owed.\
 * Return: 0, or the error of that driver, with nothing changed.\
 */\
int virtio_pci_stop(struct pci_dev *pci_dev)\
{\
	struct virtio_pci_device *vp_dev = pci_get_drvdata(pci_dev);\
	int ret = virtio_device_freeze(\&vp_dev->vdev);\
\
	if (ret)\
		return ret;\
	pci_clear_master(pci_dev);\
	vp_unmap(vp_dev);\
	pci_disable_device(pci_dev);\
	return 0;\
}\
EXPORT_SYMBOL_GPL(virtio_pci_stop);\
\
/**\
 * virtio_pci_start - end of virtio_pci_stop()\
 * @pci_dev: the function, which may have been reset\
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
	ret = vp_map(vp_dev);\
	if (ret)\
		goto err_map;\
	pci_set_master(pci_dev);\
	ret = virtio_device_restore(\&vp_dev->vdev);\
	if (!ret)\
		return 0;\
	pci_clear_master(pci_dev);\
	vp_unmap(vp_dev);\
err_map:\
	pci_disable_device(pci_dev);\
	return ret;\
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
	/* One that has been pulled out cannot be enabled; remove counts on it all the same */\
	if (pci_enable_device(pci_dev))\
		atomic_inc(\&pci_dev->enable_cnt);\
	if (vp_map(pci_get_drvdata(pci_dev)))\
		pci_warn(pci_dev, "cannot be mapped any more\\n");\
}\
EXPORT_SYMBOL_GPL(virtio_pci_leave);\

' "$1"
grep -q virtio_pci_admin.h "$1" || sed -i '/^#include "virtio_pci_common.h"$/a\
#include <linux/virtio_pci_admin.h>' "$1"
