// SPDX-License-Identifier: GPL-2.0
/*
 * A thousand vfio_devices made, created, used, destroyed and removed by eight writers, each
 * with names of his own, then all with the same: each write has a legal result, and in the
 * end nothing is left.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "diag.h"
#include "edu_fixture.h"
#include "file.h"
#include "slice.h"
#include "wait.h"

#define WRITERS	8
#define ROUNDS	125

FIXTURE(churn) {
	char bdf[EDU_MAX][PCI_BDF_LEN];
	const char *edu;
	int functions;
};

FIXTURE_SETUP(churn)
{
	ASSERT_EQ(0, slice_setup());
	self->functions = edu_find(self->bdf, EDU_MAX);
	ASSERT_LE(1, self->functions);
	self->edu = self->bdf[0];
}

FIXTURE_TEARDOWN(churn)
{
	EXPECT_EQ(0, slice_teardown(self->edu));
}

struct writer {
	pthread_t thread;
	const char *edu;
	int number;
	atomic_int created;
	atomic_int error;
};

static int round_of_own(struct writer *w, int round)
{
	struct device_user user;
	struct proof proof;
	char name[32];
	int ret;

	snprintf(name, sizeof(name), "w%d-%d", w->number, round);
	ret = slice_make(w->edu, name);
	if (!ret)
		ret = slice_write(w->edu, name, "revision", "7");
	if (!ret)
		ret = slice_set_live(w->edu, name, true);
	if (!ret && round % 10 == 0) {
		ret = slice_open(&user, w->edu, name, &vfio_group_mode);
		if (!ret) {
			ret = device_work(&user, &proof);
			device_close(&user);
		}
	}
	if (!ret)
		ret = slice_set_live(w->edu, name, false);
	if (!ret)
		ret = slice_remove(w->edu, name);
	return ret ? diag_error(ret, "%s", name) : 0;
}

static void *churn_own(void *arg)
{
	struct writer *w = arg;
	int i;

	for (i = 0; i < ROUNDS && !w->error; i++) {
		w->error = round_of_own(w, i);
		w->created++;
	}
	return NULL;
}

static bool is_legal(int ret)
{
	switch (ret) {
	case 0:
	case -EEXIST:	/* made by another */
	case -ENOENT:	/* removed by another, or about to be */
	case -EBUSY:	/* live, or open, by another */
	case -ENODEV:
	case -EINTR:
		return true;
	default:
		return false;
	}
}

/* One of three names, one of five things to do with it */
static void *churn_shared(void *arg)
{
	struct writer *w = arg;
	unsigned int seed = w->number;
	char name[8];
	int ret, i;

	for (i = 0; i < 4 * ROUNDS && !w->error; i++) {
		snprintf(name, sizeof(name), "s%d", rand_r(&seed) % 3);
		switch (rand_r(&seed) % 5) {
		case 0:
			ret = slice_make(w->edu, name);
			break;
		case 1:
			ret = slice_set_live(w->edu, name, true);
			w->created += !ret;
			break;
		case 2:
			ret = slice_set_live(w->edu, name, false);
			break;
		case 3:
			ret = slice_write(w->edu, name, "buffer_size", "64");
			break;
		default:
			ret = slice_remove(w->edu, name);
		}
		if (!is_legal(ret))
			w->error = diag_error(ret, "%s", name);
	}
	return NULL;
}

static int run(const char *edu, void *(*fn)(void *arg))
{
	struct writer writers[WRITERS] = {};
	int created = 0;
	int error = 0;
	int i;

	for (i = 0; i < WRITERS; i++) {
		writers[i].edu = edu;
		writers[i].number = i;
		if (pthread_create(&writers[i].thread, NULL, fn, &writers[i]))
			return -EAGAIN;
	}
	for (i = 0; i < WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		created += writers[i].created;
		error = writers[i].error ?: error;
	}
	return error ?: created;
}

static int children(const char *edu)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio_provider.*", edu);
	return file_count(path);
}

TEST_F_TIMEOUT(churn, thousand, 900)
{
	u64 start = now_ms();

	EXPECT_EQ(WRITERS * ROUNDS, run(self->edu, churn_own));
	TH_LOG("%d rounds by %d writers in %llu ms", WRITERS * ROUNDS, WRITERS,
	       now_ms() - start);
	EXPECT_EQ(0, children(self->edu));
	EXPECT_EQ(SLICES_MAX, slice_available(self->edu));
	EXPECT_EQ(0, edu_prove(self->edu));
}

TEST_F_TIMEOUT(churn, same_names, 900)
{
	EXPECT_LT(10, run(self->edu, churn_shared));
	EXPECT_EQ(0, edu_prove(self->edu));
}

static void *bind_again(void *arg)
{
	struct writer *w = arg;
	int i;

	for (i = 0; i < 20 && !w->error; i++) {
		w->error = pci_unbind(w->edu) ?: pci_bind(w->edu, "edu");
		w->created++;
	}
	return NULL;
}

/* The parent's driver comes and goes meanwhile */
TEST_F_TIMEOUT(churn, parent_comes_and_goes, 900)
{
	struct writer binder = { .edu = self->edu };

	ASSERT_EQ(0, pthread_create(&binder.thread, NULL, bind_again, &binder));
	EXPECT_LE(0, run(self->edu, churn_shared));
	pthread_join(binder.thread, NULL);
	EXPECT_EQ(0, binder.error);
	EXPECT_EQ(20, binder.created);
	EXPECT_EQ(0, edu_prove(self->edu));
}

static void *remove_last(void *arg)
{
	struct writer *w = arg;

	w->error = slice_remove(w->edu, "last");
	return NULL;
}

/*
 * The directory of the type goes when what is last in it is removed, by whoever comes first:
 * the removal of the last, or the parent's driver, which comes again. slice_teardown() tells
 * whether anything has been left.
 */
TEST_F_TIMEOUT(churn, last_goes_as_parent_comes, 900)
{
	struct writer remover = { .edu = self->edu };
	int i;

	for (i = 0; i < 50; i++) {
		ASSERT_EQ(0, slice_make(self->edu, "last"));
		ASSERT_EQ(0, pci_unbind(self->edu));
		ASSERT_EQ(0, pthread_create(&remover.thread, NULL, remove_last, &remover));
		EXPECT_EQ(0, pci_bind(self->edu, "edu"));
		pthread_join(remover.thread, NULL);
		ASSERT_EQ(0, remover.error);
	}
	EXPECT_EQ(SLICES_MAX, slice_available(self->edu));
	EXPECT_EQ(0, edu_prove(self->edu));
}

TEST_HARNESS_MAIN
