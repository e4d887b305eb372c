# in: include/linux/device.h
# shellcheck shell=sh
sed -i '/^void device_release_driver(struct device \*dev);/a\
void device_release_driver_locked(struct device *dev);' "$1"
