// SPDX-License-Identifier: GPL-2.0
/*
 * Many flips, many writers, and the module itself coming and going. Whatever the
 * order, each write has a legal result and each function ends where the last
 * write put it, in working order.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "drivers/driver.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "wait.h"

#define WRITERS 8
#define UNLOADS 20

static const struct lab_device * const functions[] = {
	&lab_edu, &lab_edu2, &lab_slot_edu, &lab_e1000e, &lab_nvme, &lab_virtio,
};

#define FIRST_NATIVE 3

FIXTURE(stress) {
	struct function_state before[ARRAY_SIZE(functions)];
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(stress)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		REQUIRE_LAB(functions[i]);
		ASSERT_EQ(0, function_save(&self->before[i], functions[i]->bdf));
	}
	ASSERT_EQ(0, module_load("vfio-pci"));
}

FIXTURE_TEARDOWN(stress)
{
	unsigned int i;

	if (!module_loaded(PERSONALITY_MODULE))
		EXPECT_EQ(0, module_load(PERSONALITY_MODULE));
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		function_restore(&self->before[i]);
}

TEST_F_TIMEOUT(stress, hundred_flips, 120)
{
	int i;

	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
		ASSERT_EQ(1, personality_get(lab_edu.bdf));
		if (i % 20 == 0)
			ASSERT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode,
						  &self->proof));
		ASSERT_EQ(0, personality_set(lab_edu.bdf, false));
		ASSERT_EQ(0, personality_get(lab_edu.bdf));
	}
	EXPECT_TRUE(function_is(&self->before[0]));
}

TEST_F_TIMEOUT(stress, hundred_flips_of_a_nic, 200)
{
	int i;

	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
		ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	}
	EXPECT_TRUE(function_is(&self->before[FIRST_NATIVE]));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story,
				  sizeof(self->story)));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	EXPECT_EQ(0, device_prove(lab_e1000e.bdf, &vfio_group_mode, &self->proof));
}

struct writer {
	pthread_t thread;
	const char *bdf;
	unsigned int rounds;	/* 0: until @stop */
	atomic_bool *stop;
	bool module_goes;	/* so that the attribute may be gone */
	unsigned int done;
	int unexpected;
};

/* Transitions only wait for each other: nothing but success is right */
static void *write_in_turn(void *arg)
{
	struct writer *writer = arg;
	unsigned int i;
	u64 start;
	int ret;

	for (i = 0; writer->rounds ? i < writer->rounds : !*writer->stop; i++) {
		start = now_ms();
		ret = personality_set(writer->bdf, i % 2 == 0);
		if (!ret)
			writer->done++;
		else if (!writer->module_goes ||
			 (ret != -ENOENT && ret != -ENODEV))
			writer->unexpected = ret;
		/* A pause, in which it can, on a slow machine as on a quick one */
		if (writer->module_goes)
			sleep_ms((now_ms() - start) * (i % 5) + 1);
	}
	return NULL;
}

static bool start(struct writer *writers, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (pthread_create(&writers[i].thread, NULL, write_in_turn,
				   &writers[i]))
			return false;
	return true;
}

/* How many writes succeeded, or the negative errno that should not have been */
static int join(struct writer *writers, unsigned int n)
{
	int done = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		pthread_join(writers[i].thread, NULL);
		if (writers[i].unexpected)
			done = writers[i].unexpected;
		else if (done >= 0)
			done += writers[i].done;
	}
	return done;
}

/* All write to one function, which is native afterwards: 0 if all writes worked */
static int eight_writers_on(const char *bdf, unsigned int rounds)
{
	struct writer writers[WRITERS] = {};
	unsigned int i;
	int done;

	for (i = 0; i < WRITERS; i++) {
		writers[i].bdf = bdf;
		writers[i].rounds = rounds;
	}
	if (!start(writers, WRITERS))
		return -EAGAIN;
	done = join(writers, WRITERS);
	return done == (int)rounds * WRITERS ? personality_set(bdf, false) : done;
}

TEST_F_TIMEOUT(stress, eight_writers_on_one, 120)
{
	ASSERT_EQ(0, eight_writers_on(lab_edu.bdf, 50));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	EXPECT_EQ(0, device_prove(lab_edu.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, false));
	EXPECT_TRUE(function_is(&self->before[0]));
}

TEST_F_TIMEOUT(stress, eight_writers_on_one_nic, 120)
{
	ASSERT_EQ(0, eight_writers_on(lab_e1000e.bdf, 6));
	EXPECT_TRUE(function_is(&self->before[FIRST_NATIVE]));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story,
				  sizeof(self->story)));
}

TEST_F_TIMEOUT(stress, eight_writers_on_many, 200)
{
	struct writer writers[WRITERS] = {};
	unsigned int i;

	for (i = 0; i < WRITERS; i++) {
		writers[i].bdf = functions[i % ARRAY_SIZE(functions)]->bdf;
		writers[i].rounds = 12;
	}
	ASSERT_TRUE(start(writers, WRITERS));
	EXPECT_EQ(12 * WRITERS, join(writers, WRITERS));
	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		EXPECT_EQ(0, personality_set(functions[i]->bdf, false));
		EXPECT_TRUE(function_is(&self->before[i]));
		if (functions[i]->native)
			EXPECT_EQ(0, native_prove(functions[i]->bdf, self->story,
						  sizeof(self->story)));
	}
}

/*
 * While a write is under way the module cannot go; between two it can. The
 * functions stay as they are, and the module finds them so when it comes again.
 */
TEST_F_TIMEOUT(stress, module_comes_and_goes, 120)
{
	struct writer writers[ARRAY_SIZE(functions) - FIRST_NATIVE] = {};
	u64 deadline = now_ms() + 40000;
	atomic_bool stop = false;
	int attempts, unloads = 0;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(writers); i++) {
		/* They have native drivers, which a new module can find again */
		writers[i].bdf = functions[FIRST_NATIVE + i]->bdf;
		writers[i].stop = &stop;
		writers[i].module_goes = true;
	}
	REQUIRE_SWITCH_MODULE();
	/* Drivers with a method of their own, which others left, need it, too */
	ASSERT_EQ(0, module_unload_tree(PERSONALITY_MODULE));
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));

	ASSERT_TRUE(start(writers, ARRAY_SIZE(writers)));
	for (attempts = 0; unloads < UNLOADS && now_ms() < deadline; attempts++) {
		ret = module_unload(PERSONALITY_MODULE);
		if (ret) {
			EXPECT_EQ(-EAGAIN, ret);
			sleep_ms(1);
			continue;
		}
		unloads++;
		EXPECT_EQ(0, module_load(PERSONALITY_MODULE));
		sleep_ms(10 * unloads);
	}
	stop = true;
	EXPECT_LT(0, join(writers, ARRAY_SIZE(writers)));
	diag("%d unloads in %d attempts", unloads, attempts);
	EXPECT_LE(3, unloads);

	for (i = FIRST_NATIVE; i < ARRAY_SIZE(functions); i++) {
		EXPECT_EQ(0, personality_set(functions[i]->bdf, false));
		EXPECT_TRUE(function_is(&self->before[i]));
		EXPECT_EQ(0, native_prove(functions[i]->bdf, self->story,
					  sizeof(self->story)));
	}
}

TEST_HARNESS_MAIN
