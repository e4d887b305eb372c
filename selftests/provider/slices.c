// SPDX-License-Identifier: GPL-2.0
/*
 * A vfio_device on demand: made, configured, created, used, destroyed and removed, beside a
 * native function that goes on with its work; and all that is refused meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "drivers/edu.h"
#include "edu_fixture.h"
#include "file.h"
#include "module.h"
#include "slice.h"
#include "tracefs.h"
#include "uevent.h"
#include "wait.h"

#define AT_ONCE_MS	10000

FIXTURE(slices) {
	char bdf[EDU_MAX][PCI_BDF_LEN];
	const char *edu;
	struct device_user user;
	struct proof proof;
};

FIXTURE_VARIANT(slices) {
	const struct vfio_mode *mode;
};

FIXTURE_VARIANT_ADD(slices, group) {
	.mode = &vfio_group_mode,
};

FIXTURE_VARIANT_ADD(slices, cdev) {
	.mode = &vfio_cdev_mode,
};

FIXTURE_SETUP(slices)
{
	const char *lacking = variant->mode->lacking(NULL);

	if (lacking)
		SKIP(return, "%s", lacking);
	ASSERT_EQ(0, slice_setup());
	ASSERT_LE(1, edu_find(self->bdf, EDU_MAX));
	self->edu = self->bdf[0];
	ASSERT_EQ(0, slice_make(self->edu, "a"));
}

FIXTURE_TEARDOWN(slices)
{
	device_close(&self->user);
	EXPECT_EQ(0, slice_teardown(self->edu));
}

TEST_F(slices, life)
{
	char device[PCI_NAME_LEN], path[PATH_MAX];

	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "configured"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "live", "0"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "device", ""));
	EXPECT_TRUE(slice_reads(self->edu, "a", "buffer_size", "4096"));
	EXPECT_EQ(SLICES_MAX, slice_available(self->edu));
	ASSERT_EQ(0, slice_write(self->edu, "a", "revision", "0x42"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "revision", "66"));

	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "live"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "live", "1"));
	EXPECT_EQ(SLICES_MAX - 1, slice_available(self->edu));
	ASSERT_EQ(0, slice_device(self->edu, "a", device, sizeof(device)));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/%s/vfio-dev/vfio*", self->edu,
		 device);
	EXPECT_EQ(1, file_count(path));

	/* Both at once: its user, and who uses the native function */
	ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", variant->mode));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	EXPECT_EQ(0, edu_prove(self->edu));
	EXPECT_EQ(0x42, vfio_config_read(&self->user.f, PCI_REVISION_ID, 1));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	device_close(&self->user);

	ASSERT_EQ(0, slice_set_live(self->edu, "a", false));
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "configured"));
	EXPECT_EQ(0, file_count(path));
	EXPECT_EQ(-ENODEV, slice_device(self->edu, "a", device, sizeof(device)));
	EXPECT_EQ(0, slice_remove(self->edu, "a"));
	EXPECT_EQ(0, edu_prove(self->edu));
}

/* What already holds succeeds; the next one is a new device */
TEST_F(slices, again)
{
	char first[PCI_NAME_LEN], second[PCI_NAME_LEN];
	int i;

	EXPECT_EQ(0, slice_set_live(self->edu, "a", false));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
		ASSERT_EQ(0, slice_device(self->edu, "a", first, sizeof(first)));
		EXPECT_EQ(0, slice_set_live(self->edu, "a", true));
		ASSERT_EQ(0, slice_device(self->edu, "a", second, sizeof(second)));
		EXPECT_STREQ(first, second);
		ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", variant->mode));
		EXPECT_EQ(0, device_work(&self->user, &self->proof));
		device_close(&self->user);
		ASSERT_EQ(0, slice_set_live(self->edu, "a", false));
		EXPECT_EQ(0, slice_set_live(self->edu, "a", false));
	}
}

TEST_F(slices, refused)
{
	static const char * const sizes[] = { "0", "63", "65", "4104", "-8", "x", "8 9" };
	char name[65];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_EQ(-EINVAL, slice_write(self->edu, "a", "buffer_size", sizes[i]));
		EXPECT_TRUE(slice_says(self->edu, "a", "from 64 to 4096, a multiple of 8"));
	}
	EXPECT_TRUE(slice_reads(self->edu, "a", "buffer_size", "4096"));
	EXPECT_EQ(-EINVAL, slice_write(self->edu, "a", "live", "2x"));
	EXPECT_TRUE(slice_says(self->edu, "a", "write 1"));
	EXPECT_EQ(-EINVAL, slice_write(self->edu, "a", "revision", "256"));
	EXPECT_EQ(-EEXIST, slice_make(self->edu, "a"));
	EXPECT_EQ(-ENOENT, slice_make("0000:00:1f.7", "b"));
	/* Names of 63 bytes are the longest */
	memset(name, 'n', sizeof(name));
	name[64] = '\0';
	EXPECT_EQ(-ENAMETOOLONG, slice_make(self->edu, name));
	EXPECT_EQ(0, slice_make(self->edu, name + 1));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	EXPECT_EQ(-EBUSY, slice_write(self->edu, "a", "buffer_size", "128"));
	EXPECT_TRUE(slice_says(self->edu, "a", "write 0 to live"));
	EXPECT_EQ(-EBUSY, slice_remove(self->edu, "a"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "live"));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", false));
	EXPECT_TRUE(slice_reads(self->edu, "a", "last_error", ""));
	EXPECT_EQ(0, slice_write(self->edu, "a", "buffer_size", "128"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "buffer_size", "128"));
}

/* Somebody without CAP_SYS_ADMIN, to whom the files belong */
static int unprivileged(const char *edu)
{
	char path[PATH_MAX];
	int status;
	pid_t pid;

	chmod(slice_path(path, edu, "a", "live"), 0666);
	pid = fork();
	if (!pid) {
		if (setgid(65534) || setuid(65534))
			_exit(1);
		_exit(slice_set_live(edu, "a", true) == -EPERM ? 0 : 2);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(slices, unprivileged)
{
	EXPECT_EQ(0, unprivileged(self->edu));
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "configured"));
}

TEST_F(slices, held)
{
	u64 start;
	int i;

	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", variant->mode));
	for (i = 0; i < 3; i++) {
		start = now_ms();
		EXPECT_EQ(-EBUSY, slice_set_live(self->edu, "a", false));
		EXPECT_EQ(-EBUSY, slice_remove(self->edu, "a"));
		EXPECT_GT(AT_ONCE_MS, now_ms() - start);
		EXPECT_TRUE(slice_says(self->edu, "a", "check: EBUSY (-16): a VFIO user"));
		EXPECT_EQ(0, device_work(&self->user, &self->proof));
	}
	device_close(&self->user);
	EXPECT_EQ(0, slice_set_live(self->edu, "a", false));
	EXPECT_EQ(0, slice_remove(self->edu, "a"));
}

struct opener {
	const char *edu;
	bool cdev;
	atomic_bool stop;
	atomic_int opened;
};

/* Without a word of what does not work out: most of it will not */
static int try_cdev(const char *device)
{
	char name[PCI_NAME_LEN], path[96];

	if (pci_vfio_device(device, name, sizeof(name)))
		return -1;
	snprintf(path, sizeof(path), "/dev/vfio/devices/%s", name);
	return open(path, O_RDWR | O_CLOEXEC);
}

static int try_group(const char *device, int *group, int *container)
{
	char path[48];

	snprintf(path, sizeof(path), "/dev/vfio/%d", pci_group(device));
	*group = open(path, O_RDWR | O_CLOEXEC);
	*container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (*group < 0 || *container < 0 ||
	    ioctl(*group, VFIO_GROUP_SET_CONTAINER, container) ||
	    ioctl(*container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return -1;
	return ioctl(*group, VFIO_GROUP_GET_DEVICE_FD, device);
}

static void *keep_opening(void *arg)
{
	struct opener *opener = arg;
	char device[PCI_NAME_LEN];
	int fd, group, container;

	while (!opener->stop) {
		group = -1;
		container = -1;
		if (slice_device(opener->edu, "a", device, sizeof(device)))
			continue;
		fd = opener->cdev ? try_cdev(device) : try_group(device, &group, &container);
		if (fd >= 0) {
			opener->opened++;
			sleep_ms(2);
			close(fd);
		}
		if (group >= 0)
			close(group);
		if (container >= 0)
			close(container);
	}
	return NULL;
}

/* Either the user was first, or the writer, who is told at once */
TEST_F_TIMEOUT(slices, racing_opens, 300)
{
	struct opener opener = {
		.edu = self->edu,
		.cdev = variant->mode == &vfio_cdev_mode,
	};
	int busy = 0, done = 0, ret, i;
	pthread_t thread;
	u64 start;

	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_opening, &opener));
	for (i = 0; i < 100 || (i < 3000 && (!busy || !done)); i++) {
		start = now_ms();
		ret = slice_set_live(self->edu, "a", false);
		EXPECT_GT(AT_ONCE_MS, now_ms() - start);
		EXPECT_TRUE(!ret || ret == -EBUSY);
		busy += ret == -EBUSY;
		done += !ret;
		if (!ret)
			EXPECT_EQ(0, slice_set_live(self->edu, "a", true));
	}
	opener.stop = true;
	pthread_join(thread, NULL);
	TH_LOG("%d opens, %d times busy, %d times destroyed", opener.opened, busy, done);
	EXPECT_LT(0, opener.opened);
	EXPECT_LT(0, busy);
	EXPECT_LT(0, done);
	ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", variant->mode));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
}

/* A buffer of another size is that size: no byte beyond it is reached */
TEST_F(slices, small_buffer)
{
	struct vfio_buffer from;
	u8 *bytes;
	int i;

	ASSERT_EQ(0, slice_write(self->edu, "a", "buffer_size", "64"));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", variant->mode));
	ASSERT_EQ(0, vfio_alloc(&self->user.f, 4096, &from));
	bytes = from.addr;
	for (i = 0; i < 2; i++) {
		const u32 count = i ? 65 : 64;

		memset(bytes, 0xa5, 128);
		vfio_write64(&self->user.f, 0, EDU_DMA_SRC, EDU_BUFFER);
		vfio_write64(&self->user.f, 0, EDU_DMA_DST, from.iova);
		vfio_write64(&self->user.f, 0, EDU_DMA_COUNT, count);
		vfio_write64(&self->user.f, 0, EDU_DMA_CMD,
			     EDU_DMA_RUN | EDU_DMA_TO_MEMORY);
		EXPECT_EQ(0, wait_for(!(vfio_read64(&self->user.f, 0, EDU_DMA_CMD) &
					EDU_DMA_RUN), 1000));
		/* Nothing of a transfer that is too large */
		EXPECT_EQ(i ? 0xa5 : 0, bytes[63]);
		EXPECT_EQ(0xa5, bytes[64]);
	}
}

TEST_F(slices, told)
{
	struct uevent event;
	char text[4096];
	int fd = uevent_open();

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, tracefs_start("vfio_provider/vfio_provider_live"));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	ASSERT_EQ(0, uevent_wait(fd, "change", self->edu, "VFIO_PROVIDER_STATE", &event, 5000));
	EXPECT_STREQ("live", uevent_get(&event, "VFIO_PROVIDER_STATE"));
	EXPECT_STREQ("edu-slice", uevent_get(&event, "VFIO_PROVIDER_TYPE"));
	EXPECT_STREQ("a", uevent_get(&event, "VFIO_PROVIDER_NAME"));
	EXPECT_NE(NULL, uevent_get(&event, "VFIO_PROVIDER_VFIO_DEVICE"));
	EXPECT_NE(NULL, uevent_get(&event, "VFIO_PROVIDER_GROUP"));
	ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", variant->mode));
	EXPECT_EQ(-EBUSY, slice_set_live(self->edu, "a", false));
	ASSERT_EQ(0, uevent_wait(fd, "change", self->edu, "VFIO_PROVIDER_ERROR", &event, 5000));
	EXPECT_STREQ("-16", uevent_get(&event, "VFIO_PROVIDER_ERROR"));
	device_close(&self->user);
	EXPECT_EQ(0, slice_set_live(self->edu, "a", false));
	ASSERT_EQ(0, uevent_wait(fd, "change", self->edu, "VFIO_PROVIDER_STATE", &event, 5000));
	EXPECT_STREQ("configured", uevent_get(&event, "VFIO_PROVIDER_STATE"));
	ASSERT_LT(0, tracefs_read(text, sizeof(text)));
	EXPECT_NE(NULL, strstr(text, "/edu-slice/a live=1 state=live error=0"));
	EXPECT_NE(NULL, strstr(text, "/edu-slice/a live=0 state=live error=-16"));
	tracefs_stop();
	close(fd);
}

/* There are as many as there are */
TEST_F(slices, all_of_them)
{
	char name[16];
	int i;

	for (i = 0; i <= SLICES_MAX; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		ASSERT_EQ(0, slice_make(self->edu, name));
		EXPECT_EQ(i < SLICES_MAX ? 0 : -ENOSPC, slice_set_live(self->edu, name, true));
	}
	EXPECT_TRUE(slice_says(self->edu, name, "create: ENOSPC (-28): all 16 slices"));
	EXPECT_TRUE(slice_reads(self->edu, name, "state", "configured"));
	EXPECT_EQ(0, slice_available(self->edu));
	ASSERT_EQ(0, slice_set_live(self->edu, "n3", false));
	EXPECT_EQ(0, slice_set_live(self->edu, name, true));
	ASSERT_EQ(0, slice_open(&self->user, self->edu, name, variant->mode));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
}

/* What the user made pins the provider's module; what is open pins all of them */
TEST_F(slices, modules)
{
	EXPECT_EQ(-EAGAIN, module_unload(SLICE_MODULE));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	EXPECT_EQ(-EAGAIN, module_unload(SLICE_MODULE));
	EXPECT_EQ(-EAGAIN, module_unload(PROVIDER_MODULE));
	EXPECT_EQ(-EAGAIN, module_unload(EDU_DRIVER));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", false));
	EXPECT_EQ(-EAGAIN, module_unload(SLICE_MODULE));
	ASSERT_EQ(0, slice_remove(self->edu, "a"));
	ASSERT_EQ(0, module_unload(SLICE_MODULE));
	EXPECT_EQ(-ENOENT, slice_make(self->edu, "a"));
	ASSERT_EQ(0, module_load(SLICE_MODULE));
	EXPECT_EQ(0, slice_make(self->edu, "a"));
}

TEST_HARNESS_MAIN
