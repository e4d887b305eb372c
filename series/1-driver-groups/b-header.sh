# in: include/linux/device.h
# shellcheck shell=sh
sed -i '/^void device_release_driver(struct device \*dev);/a\
void device_driver_groups_hide(struct device *dev);\
int device_driver_groups_show(struct device *dev);' "$1"
