# in: include/linux/vfio.h
# shellcheck shell=sh
sed -i '/^void vfio_unregister_group_dev(/a\
int vfio_try_unregister_group_dev(struct vfio_device *device);' "$1"
