// SPDX-License-Identifier: GPL-2.0
/*
 * A provider that is no PCI function: attributes of each kind, what its create returns,
 * hundreds at once, and what is in the way of a creation outside of the driver.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "file.h"
#include "module.h"
#include "slice.h"

#define MODULE	"personality_provider"
#define DIR	"/sys/kernel/config/vfio/personality-provider/"
#define CHILDREN "/sys/devices/personality-provider/vfio_provider.*"
#define KNOB	"/sys/module/" MODULE "/parameters/"
#define AUTOPROBE "/sys/bus/auxiliary/drivers_autoprobe"
#define MANY	320
#define WRITERS	8

FIXTURE(plain) {
	char text[256];
};

FIXTURE_SETUP(plain)
{
	ASSERT_EQ(0, slice_setup());
	ASSERT_EQ(0, module_load(MODULE));
	ASSERT_EQ(0, mkdir(DIR "plain/a", 0755));
	ASSERT_EQ(0, mkdir(DIR "fails/b", 0755));
}

FIXTURE_TEARDOWN(plain)
{
	file_write(AUTOPROBE, "1");
	file_write(DIR "plain/a/live", "0");
	file_write(DIR "fails/b/live", "0");
	EXPECT_EQ(0, rmdir(DIR "plain/a"));
	EXPECT_EQ(0, rmdir(DIR "fails/b"));
	EXPECT_EQ(0, module_unload(MODULE));
	EXPECT_EQ(0, slice_teardown("none"));
}

static bool reads(const char *file, const char *value)
{
	char path[PATH_MAX], text[256] = "";

	snprintf(path, sizeof(path), DIR "%s", file);
	if (file_read_line(path, text, sizeof(text)) >= 0 && strstr(text, value))
		return true;
	diag("%s reads '%s', without '%s'", path, text, value);
	return false;
}

TEST_F(plain, attributes)
{
	static const char * const wrong[][2] = {
		{ "number", "4" }, { "number", "0" }, { "number", "33" },
		{ "number", "4294967299" }, { "number", "3 3" },
		{ "on", "2" }, { "on", "\n" },
		{ "mac", "01:00:5e:00:00:01" }, { "mac", "ff:ff:ff:ff:ff:ff" },
		{ "mac", "02:00:00:00:00" }, { "mac", "02:00:00:00:00:01:02" },
		{ "mac", "02-00-00-00-00-01" },
	};
	char path[PATH_MAX];
	unsigned int i;

	EXPECT_TRUE(reads("plain/a/number", "9"));
	EXPECT_TRUE(reads("plain/a/on", "1"));
	EXPECT_TRUE(reads("plain/a/mac", "00:00:00:00:00:00"));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(path, sizeof(path), DIR "plain/a/%s", wrong[i][0]);
		EXPECT_EQ(-EINVAL, file_write(path, wrong[i][1])) {
			TH_LOG("%s = %s", wrong[i][0], wrong[i][1]);
		}
		EXPECT_TRUE(reads("plain/a/last_error", wrong[i][0]));
	}
	EXPECT_EQ(0, file_write(DIR "plain/a/number", "0x1e\n"));
	EXPECT_EQ(0, file_write(DIR "plain/a/on", "off"));
	EXPECT_EQ(0, file_write(DIR "plain/a/mac", "02:00:00:00:0a:01\n"));
	EXPECT_TRUE(reads("plain/a/number", "30"));
	EXPECT_TRUE(reads("plain/a/on", "0"));
	EXPECT_TRUE(reads("plain/a/mac", "02:00:00:00:0a:01"));
	ASSERT_EQ(0, file_write(DIR "plain/a/live", "1"));
	EXPECT_EQ(-EBUSY, file_write(DIR "plain/a/mac", "02:00:00:00:0a:02"));
	EXPECT_TRUE(reads("plain/a/device", "/personality-provider/vfio_provider.instance."));
	/* Those of another type are no files here */
	EXPECT_NE(0, access(DIR "fails/b/number", F_OK));
}

TEST_F(plain, create_fails)
{
	static const struct {
		const char *fail;
		int error;
	} cases[] = {
		{ "-5", -EIO }, { "-12", -ENOMEM }, { "-16", -EBUSY }, { "-28", -ENOSPC },
		{ "-517", -EAGAIN },	/* EPROBE_DEFER: nobody will try again */
		{ "-512", -EIO },	/* ERESTARTSYS is the kernel's own */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(0, file_write(KNOB "fail", cases[i].fail));
		EXPECT_EQ(cases[i].error, file_write(DIR "fails/b/live", "1"));
		EXPECT_TRUE(reads("fails/b/last_error", "create: E"));
		EXPECT_TRUE(reads("fails/b/state", "configured"));
		EXPECT_EQ(0, file_count(CHILDREN));
	}
	ASSERT_EQ(0, file_write(KNOB "fail", "0"));
	EXPECT_EQ(0, file_write(DIR "fails/b/live", "1"));
	EXPECT_EQ(1, file_count(CHILDREN));
}

/* An administrator can keep new devices from their drivers: then it fails, and says why */
TEST_F(plain, not_probed)
{
	ASSERT_EQ(0, file_write(AUTOPROBE, "0"));
	EXPECT_EQ(-EAGAIN, file_write(DIR "plain/a/live", "1"));
	EXPECT_TRUE(reads("plain/a/last_error", "drivers_autoprobe"));
	EXPECT_TRUE(reads("plain/a/state", "configured"));
	EXPECT_EQ(0, file_count(CHILDREN));
	ASSERT_EQ(0, file_write(AUTOPROBE, "1"));
	EXPECT_EQ(0, file_write(DIR "plain/a/live", "1"));
}

static void *make_live(void *arg)
{
	char path[PATH_MAX];
	long first = (long)arg;
	long failed = 0;
	long i;

	for (i = first; i < MANY; i += WRITERS) {
		snprintf(path, sizeof(path), DIR "plain/m%ld", i);
		failed |= mkdir(path, 0755);
		strcat(path, "/live");
		failed |= file_write(path, "1");
	}
	return (void *)failed;
}

TEST_F_TIMEOUT(plain, hundreds, 600)
{
	pthread_t thread[WRITERS];
	char path[PATH_MAX];
	void *failed;
	long i;

	for (i = 0; i < WRITERS; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, make_live, (void *)i));
	for (i = 0; i < WRITERS; i++) {
		pthread_join(thread[i], &failed);
		EXPECT_EQ(NULL, failed);
	}
	EXPECT_EQ(MANY, file_count(CHILDREN "/vfio-dev/vfio*"));
	for (i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), DIR "plain/m%ld/live", i);
		EXPECT_EQ(0, file_write(path, "0"));
		*strrchr(path, '/') = '\0';
		EXPECT_EQ(0, rmdir(path));
	}
	EXPECT_EQ(0, file_count(CHILDREN));
}

static long load_unsound(void)
{
	char path[256] = "";
	FILE *f = popen("/sbin/modprobe -n -v " MODULE " | tail -n 1", "r");
	long ret;
	int fd;

	if (!f || fscanf(f, "insmod %255s", path) != 1)
		return -ENOENT;
	pclose(f);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ret = syscall(SYS_finit_module, fd, "unsound=1", 0) ? -errno : 0;
	close(fd);
	return ret;
}

TEST_F(plain, unsound)
{
	ASSERT_EQ(0, rmdir(DIR "plain/a"));
	ASSERT_EQ(0, rmdir(DIR "fails/b"));
	ASSERT_EQ(0, module_unload(MODULE));
	EXPECT_NE(0, access(DIR, F_OK));
	EXPECT_EQ(-EINVAL, load_unsound());
	EXPECT_NE(0, access(DIR, F_OK));
	ASSERT_EQ(0, module_load(MODULE));
	ASSERT_EQ(0, mkdir(DIR "plain/a", 0755));
	ASSERT_EQ(0, mkdir(DIR "fails/b", 0755));
}

TEST_HARNESS_MAIN
