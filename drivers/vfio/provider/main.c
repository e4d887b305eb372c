// SPDX-License-Identifier: GPL-2.0
/*
 * vfio_devices on demand: the module.
 */
#include <linux/module.h>

#include "provider.h"

static int __init vfio_provider_init(void)
{
	int ret = vfio_provider_instance_init();

	if (ret)
		return ret;
	ret = vfio_provider_configfs_init();
	if (ret)
		vfio_provider_instance_exit();
	return ret;
}

static void __exit vfio_provider_exit(void)
{
	vfio_provider_configfs_exit();
	vfio_provider_instance_exit();
}

module_init(vfio_provider_init);
module_exit(vfio_provider_exit);

MODULE_DESCRIPTION("vfio_devices on demand");
MODULE_LICENSE("GPL");
