// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation that a transition makes fails once: by a driver's own method
 * and by rebinding, there and back. Afterwards the function is exactly native or
 * exactly in VFIO, and works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "drivers/driver.h"
#include "edu_fixture.h"
#include "fail_nth.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "vf.h"
#include "wait.h"

/* More than any transition makes */
#define MANY	5000
#define LIMIT_S	3000

FIXTURE(transition) {
	struct function_state was;
	char vf[1][PCI_BDF_LEN];
};

/**
 * struct fixture_variant_transition - a function and its way
 * @device: of the lab; the first VF of igb if NULL
 * @native: its native driver, and the name of its module; empty for none
 * @state: in VFIO
 * @prove: it is proven after each so many failures: some take seconds
 * @spared: on the way back, what its native driver does for itself; NULL for nothing
 * @every: each so many-th allocation fails: all of them, unless a round takes
 *	seconds; EVERY=1 in the environment lets all
 */
FIXTURE_VARIANT(transition) {
	const struct lab_device *device;
	const char *native;
	const char *state;
	unsigned int prove;
	unsigned int every;
	const char *spared;
};

FIXTURE_VARIANT_ADD(transition, edu_by_method) {
	.device = &lab_edu, .native = "edu", .state = "vfio",
	.prove = 1, .every = 1,
};

FIXTURE_VARIANT_ADD(transition, igbvf_by_method) {
	.native = "igbvf", .state = "vfio", .prove = 10, .every = 1,
};

FIXTURE_VARIANT_ADD(transition, edu_unbound) {
	.device = &lab_edu, .native = "", .state = "vfio-rebound",
	.prove = 1, .every = 1,
};

FIXTURE_VARIANT_ADD(transition, nvme_by_rebind) {
	.device = &lab_nvme, .native = "nvme",
	.state = "vfio-rebound", .prove = 2, .every = 4,
	/* nvme_init_subsystem() fails with the lock held that it then waits for */
	.spared = "pci_device_probe",
};

FIXTURE_SETUP(transition)
{
	const char *lacks = fail_nth_lacks();
	const char *bdf;

	if (lacks)
		SKIP(return, "%s", lacks);
	if (variant->device)
		REQUIRE_LAB(variant->device);
	else
		REQUIRE_LAB(&lab_igb);
	if (!variant->native[0] && module_loaded("edu"))
		ASSERT_EQ(0, module_unload("edu"));
	if (variant->native[0])
		ASSERT_EQ(0, module_load(variant->native));
	if (!variant->device)
		ASSERT_EQ(0, vf_create(1, self->vf));
	bdf = variant->device ? variant->device->bdf : self->vf[0];
	ASSERT_TRUE(function_await_driver(bdf, variant->native));
	ASSERT_EQ(0, function_save(&self->was, bdf));
	ASSERT_EQ(0, self->was.vfio);

	/* With the modules of the way there, and all that stays after the first */
	ASSERT_EQ(0, personality_set(bdf, true));
	ASSERT_TRUE(personality_is(bdf, variant->state));
	ASSERT_EQ(0, personality_set(bdf, false));
	ASSERT_EQ(0, fail_nth_setup());
}

FIXTURE_TEARDOWN(transition)
{
	fail_nth_finish();
	function_restore(&self->was);
	if (!variant->device)
		EXPECT_EQ(0, vf_destroy());
	if (!strcmp(variant->native, "edu")) {
		module_unload(EDU_VFIO);
		EXPECT_EQ(0, module_unload("edu"));
	}
}

static bool prove_native(const char *bdf, const char *native)
{
	struct lent_node node;
	char story[240];
	bool works;

	if (!native[0])
		return true;
	if (strcmp(native, "edu"))
		return !native_prove(bdf, story, sizeof(story));
	node_lend("misc", &node);
	works = !edu_prove(bdf);
	node_return(&node);
	return works;
}

static bool prove_vfio(const char *bdf)
{
	struct lent_node node;
	struct proof proof;
	bool works;

	node_lend("vfio", &node);
	works = !device_prove(bdf, &vfio_group_mode, &proof);
	node_return(&node);
	return works;
}

static bool is_native(const struct function_state *was, bool prove)
{
	return personality_is(was->bdf, was->driver[0] ? "native" : "unbound") &&
	       function_is(was) &&
	       (!prove || prove_native(was->bdf, was->driver));
}

static bool is_vfio(const struct function_state *was, const char *state,
		    bool prove)
{
	struct function_state is;

	if (!personality_is(was->bdf, state) || function_save(&is, was->bdf) ||
	    is.vfio != 1)
		return false;
	if (is.override_len != was->override_len ||
	    memcmp(is.override, was->override, was->override_len))
		return false;
	return !prove || prove_vfio(was->bdf);
}

/* The administrator shall not look for the reason where it is not */
static bool explains(const char *bdf)
{
	char text[512];

	return pci_read_line(bdf, "personality/last_error", text,
			     sizeof(text)) >= 0 &&
	       !strstr(text, "no IOMMU group");
}

struct sweep {
	unsigned int injected;
	unsigned int failed;
};

/* All of one direction: false if anything was not as it should be */
static bool sweep(const struct function_state *was, const char *state,
		  unsigned int proven, unsigned int every, bool to_vfio,
		  struct sweep *sweep)
{
	unsigned int n, tries = 0;

	for (n = 1; n < MANY; n += every) {
		bool prove = ++tries % proven == 0;
		bool injected, in_vfio, right;
		int ret;

		if (fail_nth_arm(n))
			return false;
		ret = personality_set(was->bdf, to_vfio);
		injected = fail_nth_disarm();
		sweep->injected += injected;
		sweep->failed += !!ret;

		in_vfio = ret ? !to_vfio : to_vfio;
		right = in_vfio ? is_vfio(was, state, prove || !injected) :
				  is_native(was, prove || !injected);
		if (!right || (ret && !injected) || !explains(was->bdf)) {
			diag("%s: %d, allocation %u failing, returned %d; it is not right",
			     was->bdf, to_vfio, injected ? n : 0, ret);
			return false;
		}
		if (!ret && personality_set(was->bdf, !to_vfio))
			return false;
		if (!injected)
			return true;
	}
	return false;
}

TEST_F_TIMEOUT(transition, there_and_back, LIMIT_S)
{
	unsigned int every = fail_nth_every(variant->every);
	struct sweep there = {}, back = {};

	EXPECT_TRUE(sweep(&self->was, variant->state, variant->prove,
			  every, true, &there));
	TH_LOG("to VFIO: %u failures injected and survived, %u of them failed the write",
	       there.injected, there.failed);
	ASSERT_EQ(0, personality_set(self->was.bdf, true));
	if (variant->spared)
		ASSERT_EQ(0, fail_nth_spare(variant->spared));
	EXPECT_TRUE(sweep(&self->was, variant->state, variant->prove,
			  every, false, &back));
	TH_LOG("to native: %u failures injected and survived, %u of them failed the write",
	       back.injected, back.failed);
	/* Each takes at least a group, an override, a report; and a vfio_device or a driver */
	EXPECT_LT(20 / every, there.failed);
	EXPECT_LT((variant->native[0] ? 10 : 5) / every, back.failed);
	ASSERT_EQ(0, personality_set(self->was.bdf, false));
}

TEST_HARNESS_MAIN
