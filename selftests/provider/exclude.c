// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of vfio_devices and what is made for them when their parent is wanted
 * otherwise: use_vfio and live ones exclude each other; an unbind and an unplug end them,
 * with their user's consent; what was made is found again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "edu_fixture.h"
#include "module.h"
#include "slice.h"
#include "wait.h"

#define AT_ONCE_MS	10000

FIXTURE(exclude) {
	struct edu_fixture edus;
	char edu[PCI_BDF_LEN];
	struct device_user user;
	struct proof proof;
};

FIXTURE_SETUP(exclude)
{
	ASSERT_EQ(0, edu_setup(&self->edus, 1));
	ASSERT_EQ(0, slice_setup());
	strcpy(self->edu, self->edus.was[0].bdf);
	ASSERT_EQ(0, slice_make(self->edu, "a"));
	ASSERT_EQ(0, slice_write(self->edu, "a", "revision", "9"));
}

FIXTURE_TEARDOWN(exclude)
{
	device_close(&self->user);
	personality_set_driver(self->edu, "auto");
	EXPECT_EQ(0, slice_teardown(self->edu));
	EXPECT_EQ(0, edu_teardown(&self->edus));
}

TEST_F_TIMEOUT(exclude, use_vfio, 120)
{
	static const char * const ways[] = { "bound", "vfio-pci" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		ASSERT_EQ(0, personality_set_driver(self->edu, ways[i]));
		ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
		EXPECT_EQ(-EBUSY, personality_set(self->edu, true));
		EXPECT_TRUE(personality_last_error_is(self->edu, "check", -EBUSY));
		EXPECT_TRUE(personality_last_error_has(self->edu, "vfio_devices are live"));
		EXPECT_TRUE(personality_is(self->edu, "native"));
		EXPECT_EQ(0, edu_prove(self->edu));
		ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", &vfio_group_mode));
		EXPECT_EQ(-EBUSY, personality_set(self->edu, true));
		EXPECT_EQ(0, device_work(&self->user, &self->proof));
		device_close(&self->user);
		ASSERT_EQ(0, slice_set_live(self->edu, "a", false));

		/* The other way round */
		ASSERT_EQ(0, personality_set(self->edu, true));
		if (!strcmp(ways[i], "bound")) {
			EXPECT_EQ(-EBUSY, slice_set_live(self->edu, "a", true));
			EXPECT_TRUE(slice_says(self->edu, "a", "itself is in VFIO; write 0"));
			EXPECT_TRUE(slice_reads(self->edu, "a", "state", "configured"));
		} else {
			EXPECT_EQ(-ENODEV, slice_set_live(self->edu, "a", true));
			EXPECT_TRUE(slice_reads(self->edu, "a", "state", "gone"));
		}
		EXPECT_EQ(0, edu_drive(self->edu));
		ASSERT_EQ(0, personality_set(self->edu, false));
		EXPECT_EQ(0, edu_prove(self->edu));
		ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
		EXPECT_TRUE(slice_reads(self->edu, "a", "revision", "9"));
		ASSERT_EQ(0, slice_set_live(self->edu, "a", false));
	}
}

struct flipper {
	const char *bdf;
	atomic_bool stop;
	atomic_int done, busy, error;
};

static void *keep_flipping(void *arg)
{
	struct flipper *f = arg;
	int ret;

	while (!f->stop && !f->error) {
		ret = personality_set(f->bdf, true);
		f->done += !ret;
		f->busy += ret == -EBUSY;
		if (ret && ret != -EBUSY)
			f->error = ret;
		/* Refused, it leaves the locks to the other for a moment; in VFIO it stays */
		sleep_ms(10);
		ret = personality_set(f->bdf, false);
		if (ret)
			f->error = ret;
	}
	return NULL;
}

/* Of two who write at the same time one is refused: the function is never both */
TEST_F_TIMEOUT(exclude, racing, 200)
{
	struct flipper flipper = { .bdf = self->edu };
	int live = 0, busy = 0, ret, i;
	pthread_t thread;

	ASSERT_EQ(0, personality_set_driver(self->edu, "bound"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, keep_flipping, &flipper));
	for (i = 0; i < 50 || (i < 500 && (!live || !busy || !flipper.done)); i++) {
		ret = slice_set_live(self->edu, "a", true);
		live += !ret;
		busy += ret == -EBUSY;
		EXPECT_TRUE(!ret || ret == -EBUSY);
		if (!ret) {
			EXPECT_EQ(0, personality_get(self->edu));
			EXPECT_EQ(0, edu_prove(self->edu));
			EXPECT_EQ(0, slice_set_live(self->edu, "a", false));
		}
		/* The other's turn, at one moment of it or another */
		sleep_ms(i % 8 * 50);
	}
	flipper.stop = true;
	pthread_join(thread, NULL);
	TH_LOG("live %d times, refused %d; flipped %d times, refused %d", live, busy,
	       flipper.done, flipper.busy);
	EXPECT_EQ(0, flipper.error);
	EXPECT_LT(0, live);
	EXPECT_LT(0, busy);
	EXPECT_LT(0, flipper.done);
}

TEST_F(exclude, unbound)
{
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	ASSERT_EQ(0, pci_unbind(self->edu));
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "gone"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "live", "0"));
	EXPECT_EQ(-ENODEV, slice_set_live(self->edu, "a", true));
	EXPECT_TRUE(slice_says(self->edu, "a", "lost its driver"));
	EXPECT_EQ(0, slice_set_live(self->edu, "a", false));
	EXPECT_EQ(-ENODEV, slice_make(self->edu, "b"));
	EXPECT_EQ(0, slice_available(self->edu));
	ASSERT_EQ(0, pci_bind(self->edu, "edu"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "configured"));
	EXPECT_TRUE(slice_reads(self->edu, "a", "revision", "9"));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", &vfio_group_mode));
	EXPECT_EQ(9, vfio_config_read(&self->user.f, PCI_REVISION_ID, 1));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
}

/* The directory goes with the last that was made below it */
TEST_F(exclude, emptied)
{
	char path[PATH_MAX];

	ASSERT_EQ(0, pci_unbind(self->edu));
	ASSERT_EQ(0, slice_remove(self->edu, "a"));
	EXPECT_EQ(0, wait_for(access(slice_path(path, self->edu, NULL, NULL), F_OK), 5000));
	ASSERT_EQ(0, pci_bind(self->edu, "edu"));
	EXPECT_EQ(0, slice_make(self->edu, "a"));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
}

static void *unbind(void *arg)
{
	return (void *)(long)pci_unbind(arg);
}

static void *unplug(void *arg)
{
	return (void *)(long)pci_remove(arg);
}

/* The user is asked, and waited for; nobody else waits */
static void end_parent(struct __test_metadata *_metadata, FIXTURE_DATA(exclude) *self,
		       void *(*end)(void *arg))
{
	struct vfio_irq request;
	pthread_t thread;
	void *result;
	u64 start;

	ASSERT_EQ(0, slice_make(self->edu, "b"));
	ASSERT_EQ(0, slice_set_live(self->edu, "a", true));
	ASSERT_EQ(0, slice_open(&self->user, self->edu, "a", &vfio_group_mode));
	ASSERT_EQ(0, vfio_irq_enable(&self->user.f, &request, VFIO_PCI_REQ_IRQ_INDEX, 1));
	ASSERT_EQ(0, pthread_create(&thread, NULL, end, (void *)self->edu));
	EXPECT_LE(1, vfio_irq_wait(&request, 0, 10000));
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "leaving"));
	start = now_ms();
	EXPECT_EQ(-ENODEV, slice_set_live(self->edu, "a", false));
	EXPECT_TRUE(slice_says(self->edu, "a", "waits for its user"));
	EXPECT_EQ(-EBUSY, slice_remove(self->edu, "a"));
	EXPECT_EQ(-ENODEV, slice_set_live(self->edu, "b", true));
	EXPECT_GT(AT_ONCE_MS, now_ms() - start);
	/* Until he closes it works */
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	vfio_irq_disable(&request);
	device_close(&self->user);
	pthread_join(thread, &result);
	EXPECT_EQ(NULL, result);
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "gone"));
	EXPECT_EQ(0, slice_remove(self->edu, "b"));
}

TEST_F(exclude, unbound_with_a_user)
{
	end_parent(_metadata, self, unbind);
	ASSERT_EQ(0, pci_bind(self->edu, "edu"));
	EXPECT_EQ(0, slice_set_live(self->edu, "a", true));
}

TEST_F(exclude, unplugged_with_a_user)
{
	end_parent(_metadata, self, unplug);
	ASSERT_EQ(0, pci_rescan());
	ASSERT_TRUE(function_await_driver(self->edu, "edu"));
	EXPECT_EQ(0, wait_for(slice_available(self->edu) == SLICES_MAX, 5000));
	EXPECT_TRUE(slice_reads(self->edu, "a", "state", "configured"));
	EXPECT_EQ(0, slice_set_live(self->edu, "a", true));
	/* It may be in another IOMMU group than before */
	EXPECT_EQ(0, function_save(&self->edus.was[0], self->edu));
}

TEST_HARNESS_MAIN
