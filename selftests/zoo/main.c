// SPDX-License-Identifier: GPL-2.0
/*
 * zoo-<batch>: every animal of a batch goes to VFIO and back three times, all at once.
 * Its driver, the devices below it and its configuration space have to be as before,
 * and what it does natively it has to do again. vm-run --zoo <batch> has the animals.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "kselftest.h"
#include "wait.h"
#include "zoo.h"

#define SLOTS		32
#define AWAKE_MS	120000
#define QUIET_MS	3000
#define LOOK_MS		250

/**
 * struct cage - an animal of this batch
 * @animal: which
 * @bdf: where it is, empty if this QEMU has none
 * @keeper: flips it
 * @driverless: this kernel lacks a driver that Debian's has
 * @ret: how that went
 */
struct cage {
	const struct animal *animal;
	char bdf[PCI_BDF_LEN];
	pthread_t keeper;
	bool driverless;
	int ret;
};

static struct cage cages[SLOTS];
static unsigned int count;

static void find_animals(const char *batch)
{
	const struct animal *animal;
	struct cage *cage;

	for (animal = zoo; animal->model; animal++) {
		if (strcmp(animal->batch, batch) || count == SLOTS)
			continue;
		cage = &cages[count++];
		cage->animal = animal;
		if (animal_find(animal, cage->bdf))
			cage->bdf[0] = '\0';
	}
}

static bool load_modules(void)
{
	bool any = false;
	unsigned int i;

	/* Stock kernels have drivers that fail for what this list has none for */
	for (i = 0; i < count; i++)
		if (cages[i].bdf[0] && strcmp(cages[i].animal->driver, "-"))
			any |= coldplug(cages[i].bdf) > 0;
	return any;
}

/* All that is below all of them, in short */
static u64 fingerprint(void)
{
	u64 hash = 5381;
	unsigned int i;

	for (i = 0; i < count; i++) {
		char *list = cages[i].bdf[0] ? children_list(cages[i].bdf) : NULL;
		const char *c;

		for (c = list; c && *c; c++)
			hash = hash * 33 + *c;
		free(list);
	}
	return hash;
}

/* Is it as it will be? */
static bool is_ready(struct cage *cage)
{
	bool awake = !cage->bdf[0] || animal_awake(cage->animal, cage->bdf);

	cage->driverless = !awake && coldplug_lacks(cage->bdf);
	return awake || cage->driverless;
}

static bool all_ready(void)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!is_ready(&cages[i]))
			return false;
	return true;
}

/* Until nothing new has come for a while, and all is there that has to be */
static void settle(void)
{
	u64 deadline = now_ms() + AWAKE_MS;
	u64 quiet_since = now_ms();
	u64 was = 0, is;

	while (now_ms() < deadline) {
		if (load_modules())
			quiet_since = now_ms();
		is = fingerprint();
		if (is != was)
			quiet_since = now_ms();
		if (now_ms() - quiet_since > QUIET_MS && all_ready())
			return;
		was = is;
		sleep_ms(LOOK_MS);
	}
}

static void *keep(void *arg)
{
	struct cage *cage = arg;
	bool awake = !cage->driverless && animal_awake(cage->animal, cage->bdf);

	if (awake || cage->driverless)
		cage->ret = animal_flip(cage->animal, cage->bdf, awake);
	else
		cage->ret = diag_error(-ENODEV, "%s: not at work to begin with",
				       cage->bdf);
	return NULL;
}

static void report(const struct cage *cage)
{
	const char *model = cage->animal->model;

	if (cage->bdf[0])
		ksft_test_result(!cage->ret, "%s at %s%s\n", model, cage->bdf,
				 cage->driverless ? ", which has no driver here" : "");
	else
		ksft_test_result_skip("%s: this QEMU has none\n", model);
}

int main(void)
{
	unsigned int i;

	setlinebuf(stdout);
	find_animals(program_invocation_short_name + strlen("zoo-"));
	ksft_print_header();
	if (!count)
		ksft_exit_fail_msg("there is no such batch\n");
	ksft_set_plan(count);
	settle();

	for (i = 0; i < count; i++)
		if (cages[i].bdf[0] &&
		    pthread_create(&cages[i].keeper, NULL, keep, &cages[i]))
			ksft_exit_fail_msg("no thread\n");
	for (i = 0; i < count; i++)
		if (cages[i].bdf[0])
			pthread_join(cages[i].keeper, NULL);
	for (i = 0; i < count; i++)
		report(&cages[i]);
	ksft_finished();
}
