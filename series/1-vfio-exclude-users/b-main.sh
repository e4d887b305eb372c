# in: drivers/vfio/vfio_main.c
# shellcheck shell=sh
sed -i '/^void vfio_unregister_group_dev(/,/^}/ {
	s/^\tvfio_device_put_registration(device);$/\
	\/* Unless vfio_device_exclude_users() has been called *\/\
	if (refcount_read(\&device->refcount))\
		vfio_device_put_registration(device);\
	else\
		complete(\&device->comp);/
}' "$1"
sed -i '/^void vfio_unregister_group_dev(/,/^}/ { /^$/ { N; /^\n$/D; } }' "$1"
