// SPDX-License-Identifier: GPL-2.0
/* VFIO migration, see migration.h and the kernel's uapi header vfio.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "migration.h"

/* A feature and what it is about, the largest of which is the device state */
union feature {
	struct vfio_device_feature feature;
	char bytes[sizeof(struct vfio_device_feature) + 64];
};

static int call(struct vfio_function *f, u32 flags, void *data, size_t size)
{
	union feature arg = {
		.feature.argsz = sizeof(arg.feature) + size,
		.feature.flags = flags,
	};

	memcpy(arg.feature.data, data, size);
	if (ioctl(f->device, VFIO_DEVICE_FEATURE, &arg))
		return -errno;
	memcpy(data, arg.feature.data, size);
	return 0;
}

int migration_flags(struct vfio_function *f)
{
	struct vfio_device_feature_migration m = {};
	int ret = call(f, VFIO_DEVICE_FEATURE_GET |
			  VFIO_DEVICE_FEATURE_MIGRATION, &m, sizeof(m));

	return ret ?: (int)m.flags;
}

long migration_data_size(struct vfio_function *f)
{
	struct vfio_device_feature_mig_data_size m = {};
	int ret = call(f, VFIO_DEVICE_FEATURE_GET |
			  VFIO_DEVICE_FEATURE_MIG_DATA_SIZE, &m, sizeof(m));

	return ret ?: (long)m.stop_copy_length;
}

int migration_set(struct vfio_function *f, u32 state, int *fd)
{
	struct vfio_device_feature_mig_state m = {
		.device_state = state,
		.data_fd = -1,
	};
	int ret = call(f, VFIO_DEVICE_FEATURE_SET |
			  VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &m, sizeof(m));

	if (fd)
		*fd = ret ? -1 : m.data_fd;
	else if (!ret && m.data_fd >= 0)
		close(m.data_fd);
	return ret;
}

int migration_get(struct vfio_function *f)
{
	struct vfio_device_feature_mig_state m = {};
	int ret = call(f, VFIO_DEVICE_FEATURE_GET |
			  VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &m, sizeof(m));

	return ret ?: (int)m.device_state;
}

ssize_t migration_save(struct vfio_function *f, u8 *stream, size_t size)
{
	ssize_t length = 0, n;
	int fd, ret;

	ret = migration_set(f, VFIO_DEVICE_STATE_STOP_COPY, &fd);
	if (ret)
		return ret;
	while ((n = read(fd, stream + length, size - length)) > 0)
		length += n;
	if (n < 0)
		length = -errno;
	close(fd);
	ret = migration_set(f, VFIO_DEVICE_STATE_STOP, NULL);
	return ret ?: length;
}

int migration_write(struct vfio_function *f, const u8 *stream, size_t size)
{
	size_t at = 0;
	ssize_t n;
	int fd, ret;

	ret = migration_set(f, VFIO_DEVICE_STATE_RESUMING, &fd);
	if (ret)
		return ret;
	while (at < size && (n = write(fd, stream + at, size - at)) > 0)
		at += n;
	if (at < size)
		ret = -errno;
	close(fd);
	return ret;
}

int migration_load(struct vfio_function *f, const u8 *stream, size_t size)
{
	int ret = migration_write(f, stream, size);

	return ret ?: migration_set(f, VFIO_DEVICE_STATE_STOP, NULL);
}
