// SPDX-License-Identifier: GPL-2.0
/*
 * A native driver that does not let go. One that must not be unbound is not; and where
 * a driver's remove waits for its users, which nothing can end, personality/state says
 * for how long it has, to whoever asks, at once.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "personality.h"
#include "wait.h"
#include "writer.h"

#define NATIVE		"personality-test-native"
#define FIXED		"personality-test-fixed"
#define BUSY		"/sys/module/personality_test/parameters/native_busy"

#define WRITE_MS	60000
/* Who waits for the driver does so for as long as the test lasts */
#define AT_ONCE_MS	10000

/* The seconds that state says an unbind has taken so far; -1 if it does not speak of one */
static int unbinding_for(const char *bdf)
{
	char state[64];
	int seconds = -1, end = 0;

	if (pci_read_line(bdf, "personality/state", state, sizeof(state)) < 0 ||
	    sscanf(state, "unbinding %d%n", &seconds, &end) != 1 || state[end])
		return -1;
	return seconds;
}

FIXTURE(unbinding) {
	struct function_state before;
	struct writer writer;
	struct proof proof;
};

FIXTURE_SETUP(unbinding)
{
	REQUIRE_LAB(&lab_edu);
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, module_load("personality_test"));
	ASSERT_EQ(0, function_save(&self->before, lab_edu.bdf));
}

FIXTURE_TEARDOWN(unbinding)
{
	file_write(BUSY, "0");
	writer_finish(&self->writer, WRITE_MS);
	/* Its driver is one that cannot be unbound, but goes with its module */
	if (personality_get(lab_edu.bdf) == 1)
		pci_unbind(lab_edu.bdf);
	if (pci_driver_is(lab_edu.bdf, FIXED))
		EXPECT_EQ(0, module_unload("personality_test"));
	function_restore(&self->before);
	if (module_loaded("personality_test"))
		EXPECT_EQ(0, module_unload("personality_test"));
}

TEST_F_TIMEOUT(unbinding, by_the_switch, 120)
{
	u64 start;

	ASSERT_EQ(0, pci_bind(lab_edu.bdf, NATIVE));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "native"));
	ASSERT_EQ(0, file_write(BUSY, "1"));
	ASSERT_EQ(0, writer_start(&self->writer, lab_edu.bdf, true));

	ASSERT_EQ(0, wait_for(unbinding_for(lab_edu.bdf) >= 0, WRITE_MS));
	EXPECT_EQ(0, wait_for(unbinding_for(lab_edu.bdf) >= 3, WRITE_MS));
	EXPECT_EQ(-ETIME, writer_finish(&self->writer, 0));
	start = now_ms();
	EXPECT_EQ(0, personality_get(lab_edu.bdf));
	EXPECT_TRUE(personality_is(lab_edu2.bdf, "unbound"));
	EXPECT_GT(AT_ONCE_MS, now_ms() - start);

	/* Its user goes, and the write goes on as if nothing had been */
	ASSERT_EQ(0, file_write(BUSY, "0"));
	EXPECT_EQ(0, writer_finish(&self->writer, WRITE_MS));
	EXPECT_EQ(1, personality_get(lab_edu.bdf));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "vfio-rebound"));
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(pci_driver_is(lab_edu.bdf, NATIVE));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "native"));
}

static void *unbind(void *result)
{
	*(int *)result = pci_unbind(lab_edu.bdf);
	return NULL;
}

/* It is the driver that waits, whoever has asked it to go */
TEST_F_TIMEOUT(unbinding, by_hand, 120)
{
	pthread_t thread;
	int result = 1;

	ASSERT_EQ(0, pci_bind(lab_edu.bdf, NATIVE));
	ASSERT_EQ(0, file_write(BUSY, "1"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, unbind, &result));
	EXPECT_EQ(0, wait_for(unbinding_for(lab_edu.bdf) >= 2, WRITE_MS));
	ASSERT_EQ(0, file_write(BUSY, "0"));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, result);
	EXPECT_TRUE(personality_is(lab_edu.bdf, "unbound"));
}

TEST_F(unbinding, not_to_be_unbound)
{
	ASSERT_EQ(0, pci_write(lab_edu.bdf, "driver_override", FIXED));
	ASSERT_EQ(0, file_write("/sys/bus/pci/drivers_probe", lab_edu.bdf));
	ASSERT_TRUE(pci_driver_is(lab_edu.bdf, FIXED));

	EXPECT_EQ(-EOPNOTSUPP, personality_set(lab_edu.bdf, true));
	EXPECT_TRUE(personality_last_error_has(lab_edu.bdf, FIXED));
	EXPECT_TRUE(pci_driver_is(lab_edu.bdf, FIXED));
	EXPECT_TRUE(personality_is(lab_edu.bdf, "native"));
	EXPECT_TRUE(pci_reads(lab_edu.bdf, "driver_override", FIXED));
}

#define SHARE_TAG	"busy"	/* of the virtio-9p that tests.list adds */
#define SHARE_MOUNT	"/run/pci-personality-selftest-share"

/* The virtio-9p function whose tag is SHARE_TAG */
static bool find_share(char bdf[PCI_BDF_LEN])
{
	char found[8][PCI_BDF_LEN];
	int n = pci_find(0x1af4, 0x1049, found, ARRAY_SIZE(found));
	char pattern[128], tag[64], path[192], device[32];
	int i;

	for (i = 0; i < n && i < (int)ARRAY_SIZE(found); i++) {
		snprintf(pattern, sizeof(pattern),
			 "/sys/bus/pci/devices/%s/virtio*", found[i]);
		if (file_match(pattern, device, sizeof(device)))
			continue;
		snprintf(path, sizeof(path), "/sys/bus/virtio/devices/%s/mount_tag",
			 device);
		if (file_read_line(path, tag, sizeof(tag)) > 0 &&
		    !strcmp(tag, SHARE_TAG)) {
			strcpy(bdf, found[i]);
			return true;
		}
	}
	return false;
}

/* A real one: virtio-9p waits until its share is mounted no more */
TEST_F_TIMEOUT(unbinding, mounted_share, 240)
{
	struct function_state before;
	char bdf[PCI_BDF_LEN];

	if (!find_share(bdf))
		SKIP(return, "there is no share \"" SHARE_TAG "\", unlike tests.list asks for");
	ASSERT_EQ(0, function_save(&before, bdf));
	mkdir(SHARE_MOUNT, 0755);
	ASSERT_EQ(0, mount(SHARE_TAG, SHARE_MOUNT, "9p", MS_RDONLY,
			   "trans=virtio,version=9p2000.L"));
	ASSERT_EQ(0, writer_start(&self->writer, bdf, true));
	EXPECT_EQ(0, wait_for(unbinding_for(bdf) >= 2, WRITE_MS));
	EXPECT_EQ(-ETIME, writer_finish(&self->writer, 0));
	ASSERT_EQ(0, umount(SHARE_MOUNT));
	rmdir(SHARE_MOUNT);
	EXPECT_EQ(0, writer_finish(&self->writer, WRITE_MS));
	EXPECT_TRUE(function_is_vfio(bdf, "vfio-pci"));
	EXPECT_EQ(0, personality_set(bdf, false));
	EXPECT_TRUE(function_is(&before));
}

TEST_HARNESS_MAIN
