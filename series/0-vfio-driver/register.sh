# in: drivers/vfio/vfio_main.c
# shellcheck shell=sh
sed -i '
/^static int __vfio_register_dev(/,/^}/ {
	/^\tif (WARN_ON(IS_ENABLED(CONFIG_IOMMUFD) &&$/i\
	/* Its module is pinned for each user */\
	if (WARN_ON(!device->dev->driver))\
		return -EINVAL;\

}' "$1"
