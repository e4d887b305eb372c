// SPDX-License-Identifier: GPL-2.0
/*
 * Sixteen users want factorials of one edu without a pause: each gets his share, whatever
 * one of them does meanwhile.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "drivers/edu.h"
#include "edu_fixture.h"
#include "slice.h"
#include "wait.h"

/* So many each that it does not matter whom the CPUs favour for a moment */
#define SHARE_MIN	1000
#define LIMIT_MS	240000

static atomic_bool stop;

struct user {
	struct vfio_function f;
	struct vfio_irq irq;
	pthread_t thread;
	u32 n;
	bool hostile;
	atomic_uint done;
	atomic_int error;
};

FIXTURE(fair) {
	char bdf[EDU_MAX][PCI_BDF_LEN];
	const char *edu;
	struct user user[SLICES_MAX];
};

FIXTURE_VARIANT(fair) {
	int hostile;
};

FIXTURE_VARIANT_ADD(fair, all_alike) {
	.hostile = 0,
};

FIXTURE_VARIANT_ADD(fair, one_hostile) {
	.hostile = 1,
};

FIXTURE_SETUP(fair)
{
	char name[16], device[PCI_NAME_LEN];
	int i;

	ASSERT_EQ(0, slice_setup());
	ASSERT_LE(1, edu_find(self->bdf, EDU_MAX));
	self->edu = self->bdf[0];
	for (i = 0; i < SLICES_MAX; i++) {
		struct user *user = &self->user[i];

		snprintf(name, sizeof(name), "u%d", i);
		ASSERT_EQ(0, slice_make(self->edu, name));
		ASSERT_EQ(0, slice_set_live(self->edu, name, true));
		ASSERT_EQ(0, slice_device(self->edu, name, device, sizeof(device)));
		ASSERT_EQ(0, vfio_open(&user->f, device, &vfio_group_mode));
		ASSERT_EQ(0, vfio_irq_enable(&user->f, &user->irq, VFIO_PCI_MSI_IRQ_INDEX, 1));
		user->n = 1 + i % 12;
		user->hostile = i < variant->hostile;
	}
}

FIXTURE_TEARDOWN(fair)
{
	int i;

	for (i = 0; i < SLICES_MAX; i++) {
		vfio_irq_disable(&self->user[i].irq);
		vfio_close(&self->user[i].f);
	}
	EXPECT_EQ(0, slice_teardown(self->edu));
}

/* The largest arguments, and never waits for one; DMA to nowhere, and interrupts */
static void misbehave(struct user *user)
{
	while (!stop) {
		vfio_write32(&user->f, 0, EDU_FACTORIAL, ~0U);
		vfio_write32(&user->f, 0, EDU_IRQ_RAISE, ~0U);
		vfio_write64(&user->f, 0, EDU_DMA_COUNT, 4096);
		vfio_write64(&user->f, 0, EDU_DMA_SRC, EDU_BUFFER);
		vfio_write64(&user->f, 0, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_TO_MEMORY);
		sleep_ms(1);
	}
}

static int compute(struct user *user)
{
	int ret;

	vfio_write32(&user->f, 0, EDU_FACTORIAL, user->n);
	ret = vfio_irq_wait(&user->irq, 0, 60000);
	if (ret < 0)
		return ret;
	vfio_write32(&user->f, 0, EDU_IRQ_ACK, EDU_IRQ_FACTORIAL);
	return vfio_read32(&user->f, 0, EDU_FACTORIAL) == edu_factorial_expected(user->n) ?
	       0 : -EIO;
}

static void *run(void *arg)
{
	struct user *user = arg;

	if (user->hostile) {
		misbehave(user);
		return NULL;
	}
	vfio_write32(&user->f, 0, EDU_STATUS, EDU_STATUS_IRQ);
	while (!stop && !user->error) {
		user->error = compute(user);
		user->done++;
	}
	return NULL;
}

/*
 * On one CPU: a virtual one that its host lets wait delays all of them, not those that
 * happen to be on it.
 */
static int start(struct user *user)
{
	pthread_attr_t attr;
	cpu_set_t cpu;
	int ret;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	ret = pthread_attr_init(&attr);
	if (ret)
		return ret;
	ret = pthread_attr_setaffinity_np(&attr, sizeof(cpu), &cpu);
	if (!ret)
		ret = pthread_create(&user->thread, &attr, run, user);
	pthread_attr_destroy(&attr);
	return ret;
}

static bool all_have(struct user *users, unsigned int least)
{
	int i;

	for (i = 0; i < SLICES_MAX; i++)
		if (!users[i].hostile && !users[i].error && users[i].done < least)
			return false;
	return true;
}

TEST_F_TIMEOUT(fair, shares, 400)
{
	unsigned int before[SLICES_MAX], total = 0, share, got;
	int i, users = 0;

	stop = false;
	for (i = 0; i < SLICES_MAX; i++)
		ASSERT_EQ(0, start(&self->user[i]));
	/* Not who started first: from when all have begun */
	EXPECT_EQ(0, wait_for(all_have(self->user, 5), LIMIT_MS));
	for (i = 0; i < SLICES_MAX; i++)
		before[i] = self->user[i].done;
	EXPECT_EQ(0, wait_for(all_have(self->user, 5 + SHARE_MIN), LIMIT_MS));
	for (i = 0; i < SLICES_MAX; i++)
		before[i] = self->user[i].done - before[i];
	/* The native function has its turn as well */
	EXPECT_EQ(0, edu_prove(self->edu));
	stop = true;
	for (i = 0; i < SLICES_MAX; i++)
		pthread_join(self->user[i].thread, NULL);

	for (i = 0; i < SLICES_MAX; i++) {
		EXPECT_EQ(0, self->user[i].error);
		if (self->user[i].hostile)
			continue;
		total += before[i];
		users++;
	}
	share = total / users;
	for (i = 0; i < SLICES_MAX; i++) {
		got = before[i];
		if (self->user[i].hostile)
			continue;
		EXPECT_LE(share * 9 / 10, got);
		EXPECT_GE((share * 11 + 9) / 10, got);
	}
	TH_LOG("%d users, %u each", users, share);
}

TEST_HARNESS_MAIN
