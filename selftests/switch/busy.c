// SPDX-License-Identifier: GPL-2.0
/*
 * A user holds the function: 0 gives EBUSY at once, whatever it is that the user
 * holds, and the user goes on undisturbed. Nobody waits for anybody.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "wait.h"

/* Of those who wait, each waits for the user: for as long as the test lasts */
#define AT_ONCE_MS 10000

/* Its claim of a group fails with this errno */
#define UNCLAIMED_MODULE	"personality_unclaimed"
#define UNCLAIMED_ERROR		"/sys/module/" UNCLAIMED_MODULE "/parameters/error"

FIXTURE(busy) {
	const char *bdf;
	struct function_state before;
	struct device_user user;
	struct proof proof;
	char story[240];
};

FIXTURE_VARIANT(busy) {
	const struct lab_device *device;
	const struct vfio_mode *mode;
};

FIXTURE_VARIANT_ADD(busy, e1000e_group) {
	.device = &lab_e1000e, .mode = &vfio_group_mode,
};

FIXTURE_VARIANT_ADD(busy, e1000e_cdev) {
	.device = &lab_e1000e, .mode = &vfio_cdev_mode,
};

FIXTURE_VARIANT_ADD(busy, edu_group) {
	.device = &lab_edu, .mode = &vfio_group_mode,
};

FIXTURE_VARIANT_ADD(busy, edu_cdev) {
	.device = &lab_edu, .mode = &vfio_cdev_mode,
};

FIXTURE_SETUP(busy)
{
	const char *lacking = variant->mode->lacking(NULL);

	REQUIRE_LAB(variant->device);
	if (lacking)
		SKIP(return, "%s", lacking);
	self->bdf = variant->device->bdf;
	ASSERT_EQ(0, function_save(&self->before, self->bdf));
	ASSERT_EQ(0, personality_set(self->bdf, true));
}

FIXTURE_TEARDOWN(busy)
{
	device_close(&self->user);
	function_restore(&self->before);
}

/* Write 0: the result, or -ETIME if it took longer than it may */
static int timed_native(const char *bdf)
{
	u64 start = now_ms();
	int ret = personality_set(bdf, false);

	return now_ms() - start < AT_ONCE_MS ? ret : -ETIME;
}

TEST_F(busy, device_held)
{
	ASSERT_EQ(0, device_open(&self->user, self->bdf, variant->mode));
	ASSERT_EQ(0, device_work(&self->user, &self->proof));

	EXPECT_EQ(-EBUSY, timed_native(self->bdf));
	EXPECT_TRUE(personality_last_error_is(self->bdf, "check", -EBUSY));
	EXPECT_EQ(-EBUSY, timed_native(self->bdf));
	EXPECT_TRUE(personality_is(self->bdf, "vfio-rebound"));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	/* What holds already is no change, and so no harm */
	EXPECT_EQ(0, personality_set(self->bdf, true));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));

	device_close(&self->user);
	EXPECT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->before));
	if (self->before.driver[0])
		EXPECT_EQ(0, native_prove(self->bdf, self->story,
					  sizeof(self->story)));
}

/* The user is killed: the function is free as soon as the kernel has closed it */
TEST_F(busy, user_killed)
{
	int ready[2];
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	if (!pid) {
		if (device_open(&self->user, self->bdf, variant->mode))
			_exit(1);
		write(ready[1], "", 1);
		pause();
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &c, 1));
	EXPECT_EQ(-EBUSY, timed_native(self->bdf));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->before));
}

FIXTURE(holder) {
	struct function_state before;
	struct proof proof;
};

FIXTURE_SETUP(holder)
{
	REQUIRE_LAB(&lab_edu);
	ASSERT_EQ(0, function_save(&self->before, lab_edu.bdf));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
}

FIXTURE_TEARDOWN(holder)
{
	function_restore(&self->before);
}

static int open_group(const char *bdf)
{
	char path[48];

	snprintf(path, sizeof(path), "/dev/vfio/%d", pci_group(bdf));
	return open(path, O_RDWR | O_CLOEXEC);
}

/*
 * A group in a container, its device not yet open: for a function that gets no
 * driver that is no one's business, and for one that does it is in use.
 */
TEST_F(holder, group_in_a_container)
{
	int group = open_group(lab_edu.bdf);
	int container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);

	ASSERT_LE(0, group);
	ASSERT_LE(0, container);
	ASSERT_EQ(0, ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
	EXPECT_EQ(0, timed_native(lab_edu.bdf));
	close(group);
	close(container);
	EXPECT_TRUE(function_is(&self->before));
}

TEST_F(holder, group_of_a_nic_in_a_container)
{
	struct function_state before;
	int group, container;

	REQUIRE_LAB(&lab_e1000e);
	ASSERT_EQ(0, function_save(&before, lab_e1000e.bdf));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	group = open_group(lab_e1000e.bdf);
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, group);
	ASSERT_LE(0, container);
	ASSERT_EQ(0, ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));

	EXPECT_EQ(-EBUSY, timed_native(lab_e1000e.bdf));
	EXPECT_TRUE(personality_is(lab_e1000e.bdf, "vfio-rebound"));
	close(group);
	close(container);
	EXPECT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&before));
}

/* A group that is merely open owns nothing: nobody waits for it */
TEST_F(holder, group_open)
{
	int group = open_group(lab_edu.bdf);

	ASSERT_LE(0, group);
	EXPECT_EQ(0, timed_native(lab_edu.bdf));
	EXPECT_TRUE(function_is(&self->before));
	close(group);

	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));
}

/* A character device that is open but bound to no iommufd would block a removal */
TEST_F(holder, cdev_open)
{
	const char *lacking = vfio_cdev_mode.lacking(lab_edu.bdf);
	char name[PCI_NAME_LEN], path[96];
	int fd;

	if (lacking)
		SKIP(return, "%s", lacking);
	ASSERT_EQ(0, pci_vfio_device(lab_edu.bdf, name, sizeof(name)));
	snprintf(path, sizeof(path), "/dev/vfio/devices/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBUSY, timed_native(lab_edu.bdf));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "vfio-rebound"));
	close(fd);
	EXPECT_EQ(0, timed_native(lab_edu.bdf));
	EXPECT_TRUE(function_is(&self->before));
}

/*
 * Where the switch cannot keep users out for a moment, it does not unbind VFIO's driver,
 * which would wait for one that comes
 */
TEST_F(holder, group_cannot_be_shut)
{
	struct function_state before;

	REQUIRE_LAB(&lab_e1000e);
	if (!module_exists(UNCLAIMED_MODULE))
		SKIP(return, "this kernel has no kprobes");
	ASSERT_EQ(0, function_save(&before, lab_e1000e.bdf));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, module_load(UNCLAIMED_MODULE));
	ASSERT_EQ(0, file_write(UNCLAIMED_ERROR, "12"));
	EXPECT_EQ(-ENOMEM, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "check", -ENOMEM));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_EQ(0, module_unload(UNCLAIMED_MODULE));
	EXPECT_EQ(0, device_prove(lab_e1000e.bdf, &vfio_group_mode, &self->proof));
	EXPECT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_TRUE(function_is(&before));
}

TEST_HARNESS_MAIN
