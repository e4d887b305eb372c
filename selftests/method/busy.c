// SPDX-License-Identifier: GPL-2.0
/*
 * A user holds a function that its own driver has in VFIO: 0 gives EBUSY at once,
 * whatever the user holds, and the user goes on undisturbed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "drivers/driver.h"
#include "edu_fixture.h"
#include "wait.h"

/* Of those who wait, each waits for the user: for as long as the test lasts */
#define AT_ONCE_MS	10000
#define RACES		200

FIXTURE(busy) {
	struct edu_fixture edu;
	const struct function_state *was;
	const char *bdf;
	struct device_user user;
	struct proof proof;
};

FIXTURE_SETUP(busy)
{
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	self->was = &self->edu.was[0];
	self->bdf = self->was->bdf;
	ASSERT_EQ(0, personality_set(self->bdf, true));
}

FIXTURE_TEARDOWN(busy)
{
	device_close(&self->user);
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

/* Write 0: the result, or -ETIME if it took longer than it may */
static int timed_native(const char *bdf)
{
	u64 start = now_ms();
	int ret = personality_set(bdf, false);

	return now_ms() - start < AT_ONCE_MS ? ret : -ETIME;
}

static int open_group(const char *bdf)
{
	char path[48];

	snprintf(path, sizeof(path), "/dev/vfio/%d", pci_group(bdf));
	return open(path, O_RDWR | O_CLOEXEC);
}

TEST_F(busy, device_held)
{
	int i;

	ASSERT_EQ(0, device_open(&self->user, self->bdf, &vfio_group_mode));
	ASSERT_EQ(0, device_work(&self->user, &self->proof));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(-EBUSY, timed_native(self->bdf));
		EXPECT_TRUE(personality_last_error_is(self->bdf, "check",
						      -EBUSY));
		EXPECT_TRUE(edu_is_vfio(self->bdf));
		EXPECT_EQ(0, personality_set(self->bdf, true));
		EXPECT_EQ(0, device_work(&self->user, &self->proof));
	}
	device_close(&self->user);
	EXPECT_EQ(0, timed_native(self->bdf));
	EXPECT_TRUE(edu_is_native(self->was));
}

/* The next vfio_device is a new one, and no one has it */
TEST_F(busy, held_again)
{
	ASSERT_EQ(0, personality_set(self->bdf, false));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, device_open(&self->user, self->bdf, &vfio_group_mode));
	EXPECT_EQ(-EBUSY, timed_native(self->bdf));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	device_close(&self->user);
	EXPECT_EQ(0, timed_native(self->bdf));
}

TEST_F(busy, user_killed)
{
	int ready[2];
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe2(ready, O_CLOEXEC));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (!device_open(&self->user, self->bdf, &vfio_group_mode) &&
		    !device_work(&self->user, &self->proof) &&
		    write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	EXPECT_EQ(1, read(ready[0], &c, 1));
	EXPECT_EQ(-EBUSY, timed_native(self->bdf));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(0, timed_native(self->bdf));
	EXPECT_TRUE(edu_is_native(self->was));
	close(ready[0]);
}

/* Its device not yet open, but its DMA the user's already */
TEST_F(busy, group_in_a_container)
{
	int group = open_group(self->bdf);
	int container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, group);
	ASSERT_LE(0, container);
	ASSERT_EQ(0, ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
	EXPECT_EQ(-EBUSY, timed_native(self->bdf));
	EXPECT_TRUE(personality_last_error_is(self->bdf, "method", -EBUSY));
	EXPECT_TRUE(edu_is_vfio(self->bdf));
	close(group);
	close(container);
	EXPECT_EQ(0, timed_native(self->bdf));
	EXPECT_TRUE(edu_is_native(self->was));
}

/* A group that is merely open owns nothing: nobody waits for it */
TEST_F(busy, group_open)
{
	int group = open_group(self->bdf);

	ASSERT_LE(0, group);
	EXPECT_EQ(0, timed_native(self->bdf));
	EXPECT_TRUE(edu_is_native(self->was));
	close(group);
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_EQ(0, edu_drive(self->bdf));
}

/* A character device that is open but bound to no iommufd blocks a removal */
TEST_F(busy, cdev_open)
{
	const char *lacking = vfio_cdev_mode.lacking(self->bdf);
	char name[PCI_NAME_LEN], path[96];
	int fd;

	if (lacking)
		SKIP(return, "%s", lacking);
	ASSERT_EQ(0, pci_vfio_device(self->bdf, name, sizeof(name)));
	snprintf(path, sizeof(path), "/dev/vfio/devices/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBUSY, timed_native(self->bdf));
	EXPECT_TRUE(edu_is_vfio(self->bdf));
	close(fd);
	EXPECT_EQ(0, timed_native(self->bdf));
	EXPECT_TRUE(edu_is_native(self->was));
}

struct opener {
	const char *bdf;
	atomic_bool stop;
	atomic_bool held;
	atomic_int opened;
};

/* Without a word of what does not work out: most of it will not */
static void open_and_close(struct opener *opener)
{
	int group = open_group(opener->bdf);
	int container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	int device = -1;

	if (group >= 0 && container >= 0 &&
	    !ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) &&
	    !ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, opener->bdf);
	if (device >= 0) {
		opener->opened++;
		close(device);
	}
	if (group >= 0)
		close(group);
	if (container >= 0)
		close(container);
}

static void *keep_opening(void *arg)
{
	struct opener *opener = arg;

	while (!opener->stop)
		open_and_close(opener);
	return NULL;
}

/* Either the user was first, or the writer: never both, never neither */
TEST_F_TIMEOUT(busy, racing_opens, 120)
{
	struct opener opener = { .bdf = self->bdf };
	int busy = 0, native = 0;
	pthread_t thread;
	int ret, i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_opening, &opener));
	for (i = 0; i < RACES || (i < 50 * RACES && (!busy || !native)); i++) {
		ret = timed_native(self->bdf);
		if (!ret) {
			native++;
			ret = personality_set(self->bdf, true);
			EXPECT_EQ(0, ret);
		} else {
			busy++;
			EXPECT_EQ(-EBUSY, ret);
		}
		if (ret && ret != -EBUSY)
			break;
	}
	opener.stop = true;
	pthread_join(thread, NULL);
	TH_LOG("%d opens, %d times busy, %d times native", opener.opened, busy,
	       native);
	EXPECT_LT(0, opener.opened);
	EXPECT_LT(0, busy);
	EXPECT_LT(0, native);
	EXPECT_EQ(0, edu_drive(self->bdf));
	EXPECT_EQ(0, timed_native(self->bdf));
	EXPECT_TRUE(edu_is_native(self->was));
}

/* Opens the character device whenever it can, and keeps it for a while */
static void *keep_holding(void *arg)
{
	struct opener *opener = arg;
	char name[PCI_NAME_LEN], path[96];
	int fd;

	while (!opener->stop) {
		if (pci_vfio_device(opener->bdf, name, sizeof(name)))
			continue;
		snprintf(path, sizeof(path), "/dev/vfio/devices/%s", name);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		opener->opened++;
		/* Until 0 has been refused, or longer than it may take */
		opener->held = true;
		wait_for(!opener->held || opener->stop, 3 * AT_ONCE_MS);
		opener->held = false;
		close(fd);
	}
	return NULL;
}

/* Not bound to an iommufd it owns nothing that would keep others away */
static void race_cdev(struct __test_metadata *_metadata, const char *bdf)
{
	struct opener opener = { .bdf = bdf };
	int busy = 0, native = 0;
	pthread_t thread;
	int ret, i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_holding, &opener));
	for (i = 0; i < RACES / 5 || (i < RACES && (!busy || !native)); i++) {
		ret = timed_native(bdf);
		opener.held = false;
		EXPECT_TRUE(!ret || ret == -EBUSY);
		if (ret && ret != -EBUSY)
			break;
		native += !ret;
		busy += !!ret;
		if (!ret && personality_set(bdf, true))
			break;
	}
	opener.stop = true;
	pthread_join(thread, NULL);
	TH_LOG("%d opens, %d times busy, %d times native", opener.opened, busy,
	       native);
	EXPECT_LT(0, busy);
	EXPECT_LT(0, native);
}

TEST_F_TIMEOUT(busy, racing_cdev_opens, 240)
{
	static const char * const ways[] = { "bound", "vfio-pci" };
	const char *lacking = vfio_cdev_mode.lacking(self->bdf);
	unsigned int i;

	if (lacking)
		SKIP(return, "%s", lacking);
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		ASSERT_EQ(0, personality_set(self->bdf, false));
		ASSERT_EQ(0, personality_set_driver(self->bdf, ways[i]));
		ASSERT_EQ(0, personality_set(self->bdf, true));
		race_cdev(_metadata, self->bdf);
		ASSERT_EQ(0, personality_set(self->bdf, true));
		EXPECT_EQ(0, edu_drive(self->bdf));
	}
	EXPECT_EQ(0, timed_native(self->bdf));
	EXPECT_TRUE(edu_is_native(self->was));
}

TEST_HARNESS_MAIN
