// SPDX-License-Identifier: GPL-2.0
/*
 * A driver stays bound while its function is in VFIO, and when the function is broken.
 * Whatever else happens to the function then, the driver is not called for it: the
 * drvdata is not its own, or the hardware is not. The drivers are the selftests' own,
 * see modules/bound.h, and igbvf, which would not survive it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "aer.h"
#include "bound.h"
#include "claim.h"
#include "drivers/driver.h"
#include "edu_fixture.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "suspend.h"
#include "vf.h"
#include "wait.h"

#define HELPERS		"vfio-pci-personality"
#define HELPERS_KNOB	"/sys/module/vfio_pci_personality/parameters/fail_step"
#define EDU_KNOB	"/sys/module/edu_vfio/parameters/fail_step"
#define IGB_PORT	"port0"
#define NOBODY		65534
#define IDLE_MS		5000
#define TIMEOUT_MS	30000

/* Neither personality works: a driver that starts no more, and VFIO gets nothing */
static int break_function(const char *bdf)
{
	int ret = personality_set(bdf, true) ?: bound_instead("start -5 create -5");

	if (!ret && personality_set(bdf, false) != -EIO)
		ret = -EINVAL;
	return ret ?: bound_instead("");
}

static bool is_alive(const char *bdf)
{
	return personality_is(bdf, "native") && pci_reads(bdf, "alive", "1");
}

/* The number that somebody without any privilege reads, or a negative errno */
static int number_for_nobody(const char *bdf, const char *attr)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		if (setuid(NOBODY))
			_exit(255);
		_exit(pci_number(bdf, attr));
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return WEXITSTATUS(status);
}

/**
 * struct reach - a function whose driver is not to be reached
 * @lab: how it was before
 * @bdf: its address
 * @broken: it is broken; otherwise it is in VFIO
 * @proof: of its work there
 */
struct reach {
	struct function_state lab;
	const char *bdf;
	bool broken;
	struct proof proof;
};

static int reach_start(struct reach *r, const char *driver, bool broken)
{
	int ret = module_load(PERSONALITY_MODULE) ?: module_load(BOUND_MODULE);

	r->bdf = lab_igb.bdf;
	r->broken = broken;
	ret = ret ?: function_save(&r->lab, r->bdf) ?: pci_unbind(r->bdf) ?:
	      pci_bind(r->bdf, driver);
	if (!ret && !is_alive(r->bdf))
		ret = -EIO;
	if (!ret)
		ret = broken ? break_function(r->bdf) :
			       personality_set(r->bdf, true);
	return ret ?: bound_forget();
}

static int reach_end(struct reach *r)
{
	int ret;

	pci_write(r->bdf, "power/control", "on");
	bound_instead("");
	ret = personality_set(r->bdf, false);
	return function_restore(&r->lab) ?: module_unload(BOUND_MODULE) ?: ret;
}

/* Its driver has not been called, and it is what it was */
static bool was_left_alone(const struct reach *r)
{
	return bound_was_called(r->bdf, "") &&
	       personality_is(r->bdf, r->broken ? "broken" : "vfio");
}

static bool comes_back(const struct reach *r)
{
	return !personality_set(r->bdf, false) && is_alive(r->bdf) &&
	       pci_reads(r->bdf, "saved", "1");
}

/* In VFIO, it works there */
static bool is_unharmed(struct reach *r)
{
	return (r->broken ||
		!device_prove(r->bdf, &vfio_group_mode, &r->proof)) &&
	       comes_back(r);
}

FIXTURE(reached) {
	struct reach r;
};

FIXTURE_VARIANT(reached) {
	bool broken;
};

FIXTURE_VARIANT_ADD(reached, vfio) { .broken = false };
FIXTURE_VARIANT_ADD(reached, broken) { .broken = true };

FIXTURE_SETUP(reached)
{
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, reach_start(&self->r, BOUND_DRIVER, variant->broken));
}

FIXTURE_TEARDOWN(reached)
{
	EXPECT_EQ(0, reach_end(&self->r));
}

TEST_F(reached, by_reset)
{
	EXPECT_EQ(0, pci_write(self->r.bdf, "reset", "1"));
	EXPECT_TRUE(was_left_alone(&self->r));
	EXPECT_TRUE(is_unharmed(&self->r));
}

/* Asleep or kept awake: that is for others to say */
TEST_F(reached, by_runtime_pm)
{
	const char *bdf = self->r.bdf;

	ASSERT_EQ(0, pci_write(bdf, "power/control", "auto"));
	wait_for(pci_reads(bdf, "power/runtime_status", "suspended"), 3000);
	ASSERT_EQ(0, pci_write(bdf, "power/control", "on"));
	EXPECT_TRUE(was_left_alone(&self->r));
	EXPECT_TRUE(is_unharmed(&self->r));
}

TEST_F(reached, by_vfs)
{
	const char *bdf = self->r.bdf;

	EXPECT_EQ(-ENOENT, pci_set_vfs(bdf, 1));
	EXPECT_EQ(0, pci_number(bdf, "sriov_numvfs"));
	EXPECT_EQ(0, number_for_nobody(bdf, "sriov_vf_total_msix"));
	EXPECT_TRUE(was_left_alone(&self->r));
	EXPECT_TRUE(is_unharmed(&self->r));
	EXPECT_EQ(BOUND_MSIX, number_for_nobody(bdf, "sriov_vf_total_msix"));
}

TEST_F_TIMEOUT(reached, by_errors, 90)
{
	if (!aer_is_handled(self->r.bdf))
		SKIP(return, "the kernel has no say in PCIe errors here");
	EXPECT_TRUE(aer_recovers(IGB_PORT, AER_NONFATAL));
	EXPECT_TRUE(was_left_alone(&self->r));
	/*
	 * This resets the link. Without a driver that could, nobody restores what a reset
	 * clears, the same as for a function that has none.
	 */
	if (!variant->broken)
		EXPECT_TRUE(aer_recovers(IGB_PORT, AER_FATAL));
	EXPECT_TRUE(was_left_alone(&self->r));
	EXPECT_TRUE(comes_back(&self->r));
}

/* A system's sleep; also a driver's that has the callbacks of long ago */
FIXTURE(asleep) {
	struct reach r;
};

FIXTURE_VARIANT(asleep) {
	const char *driver;
	bool broken;
};

FIXTURE_VARIANT_ADD(asleep, vfio) {
	.driver = BOUND_DRIVER,
};

FIXTURE_VARIANT_ADD(asleep, broken) {
	.driver = BOUND_DRIVER,
	.broken = true,
};

FIXTURE_VARIANT_ADD(asleep, legacy_vfio) {
	.driver = BOUND_LEGACY_DRIVER,
};

FIXTURE_VARIANT_ADD(asleep, legacy_broken) {
	.driver = BOUND_LEGACY_DRIVER,
	.broken = true,
};

FIXTURE_SETUP(asleep)
{
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, reach_start(&self->r, variant->driver, variant->broken));
}

FIXTURE_TEARDOWN(asleep)
{
	EXPECT_EQ(0, reach_end(&self->r));
}

TEST_F_TIMEOUT(asleep, suspended, 120)
{
	int ret = suspend_devices("mem", "core");

	if (ret == -EOPNOTSUPP)
		SKIP(return, "this machine cannot sleep, or its kernel not test that");
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(was_left_alone(&self->r));
	EXPECT_TRUE(is_unharmed(&self->r));

	/* Native, the driver is called, as it has always been */
	ASSERT_EQ(0, bound_forget());
	EXPECT_EQ(0, suspend_devices("mem", "core"));
	EXPECT_TRUE(bound_was_called(self->r.bdf, "suspend resume"));
	EXPECT_TRUE(is_alive(self->r.bdf));
}

TEST_F_TIMEOUT(asleep, hibernated, 120)
{
	int ret = suspend_devices("disk", "core");

	if (ret == -EOPNOTSUPP)
		SKIP(return, "this kernel cannot hibernate, or not test that");
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(was_left_alone(&self->r));
	EXPECT_TRUE(is_unharmed(&self->r));
}

/* The ways out of broken. A function that is stopped is not to be stopped again */
FIXTURE(broken) {
	struct reach r;
};

FIXTURE_SETUP(broken)
{
	REQUIRE_LAB(&lab_igb);
	ASSERT_EQ(0, reach_start(&self->r, BOUND_DRIVER, true));
}

FIXTURE_TEARDOWN(broken)
{
	EXPECT_EQ(0, reach_end(&self->r));
}

TEST_F(broken, leads_into_vfio)
{
	const char *bdf = self->r.bdf;

	ASSERT_EQ(0, personality_set(bdf, true));
	EXPECT_TRUE(bound_was_called(bdf, "create:stopped"));
	EXPECT_TRUE(personality_is(bdf, "vfio"));
	EXPECT_EQ(0, device_prove(bdf, &vfio_group_mode, &self->r.proof));
	EXPECT_TRUE(comes_back(&self->r));
}

TEST_F(broken, leads_to_native)
{
	EXPECT_TRUE(comes_back(&self->r));
	EXPECT_TRUE(bound_was_called(self->r.bdf, "remove:stopped"));
	ASSERT_EQ(0, personality_set(self->r.bdf, true));
	EXPECT_TRUE(is_unharmed(&self->r));
}

TEST_F(broken, leads_to_unbound)
{
	const char *bdf = self->r.bdf;

	ASSERT_EQ(0, pci_unbind(bdf));
	EXPECT_TRUE(bound_was_called(bdf, "remove:stopped"));
	ASSERT_EQ(0, pci_bind(bdf, BOUND_DRIVER));
	EXPECT_TRUE(is_alive(bdf));
}

/* A callback that is under way when use_vfio is written */
FIXTURE(running) {
	struct function_state lab;
	const char *bdf;
};

FIXTURE_SETUP(running)
{
	REQUIRE_LAB(&lab_edu);
	REQUIRE_LAB(&lab_edu2);
	self->bdf = lab_edu.bdf;
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	ASSERT_EQ(0, module_load(BOUND_MODULE));
	ASSERT_EQ(0, function_save(&self->lab, self->bdf));
	if (self->lab.driver[0])
		ASSERT_EQ(0, pci_unbind(self->bdf));
	ASSERT_EQ(0, pci_bind(self->bdf, BOUND_DRIVER));
	/* All modules that a transition needs are there: the first one loads them */
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	ASSERT_EQ(0, bound_forget());
}

FIXTURE_TEARDOWN(running)
{
	bound_set_idle(0);
	pci_write(lab_edu2.bdf, "power/control", "on");
	if (pci_driver_is(lab_edu2.bdf, BOUND_DRIVER))
		EXPECT_EQ(0, pci_unbind(lab_edu2.bdf));
	pci_write(self->bdf, "power/control", "on");
	EXPECT_EQ(0, personality_set(self->bdf, false));
	EXPECT_EQ(0, pci_unbind(self->bdf));
	EXPECT_EQ(0, function_restore(&self->lab));
	EXPECT_EQ(0, module_unload(BOUND_MODULE));
}

/* It ends before the native function does */
TEST_F(running, runtime_idle)
{
	ASSERT_EQ(0, bound_set_idle(IDLE_MS));
	ASSERT_EQ(0, pci_write(self->bdf, "power/control", "auto"));
	ASSERT_EQ(0, wait_for(bound_has_been_called(self->bdf, "runtime_idle"),
			      TIMEOUT_MS));
	ASSERT_TRUE(bound_was_called(self->bdf, "runtime_idle"));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	/* VFIO's own may be next */
	EXPECT_TRUE(bound_was_called_first(self->bdf,
					   "runtime_idle runtime_idle_end stop create:stopped"));
}

/* Ask once more: a look that was under way already, with the old setting, is as good */
static bool is_being_asked(const char *bdf, const char *callback)
{
	pci_write(bdf, "power/control", "on");
	pci_write(bdf, "power/control", "auto");
	return !wait_for(bound_has_been_called(bdf, callback), 1000);
}

/* VFIO's own ends before VFIO does, whose drvdata it has */
TEST_F(running, runtime_idle_of_vfio)
{
	/* Where a function has a role, drvdata stays the driver's */
	bool role = personality_is_built_in();
	const char *idle = role ? "vfio_idle:stopped" : "vfio_idle:foreign";
	const char *first = role ?
		"vfio_idle:stopped vfio_idle_end:stopped start:stopped" :
		"vfio_idle:foreign vfio_idle_end:foreign start:stopped";

	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, bound_forget());
	ASSERT_EQ(0, bound_set_idle(IDLE_MS));
	ASSERT_EQ(0, wait_for(is_being_asked(self->bdf, idle),
			      TIMEOUT_MS));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(bound_was_called_first(self->bdf, first));
}

/*
 * Another function's, native all the time: it was called by way of the switch, which may
 * be unloaded when nothing is in VFIO any more.
 */
TEST_F(running, runtime_idle_of_another)
{
	const char *other = lab_edu2.bdf;

	REQUIRE_SWITCH_MODULE();
	ASSERT_EQ(0, pci_bind(other, BOUND_DRIVER));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, bound_set_idle(IDLE_MS));
	ASSERT_EQ(0, pci_write(other, "power/control", "auto"));
	ASSERT_EQ(0, wait_for(bound_has_been_called(other, "runtime_idle"), TIMEOUT_MS));
	ASSERT_TRUE(bound_was_called(other, "runtime_idle"));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(bound_has_been_called(other, "runtime_idle_end"));
}

/* What the core has of ours holds the switch */
FIXTURE(switch_module) {
	struct edu_fixture edu;
	const char *bdf;
};

FIXTURE_SETUP(switch_module)
{
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	ASSERT_EQ(0, module_load(EDU_VFIO));
	if (access(EDU_KNOB, F_OK)) {
		/* After SKIP there is no teardown */
		EXPECT_EQ(0, edu_teardown(&self->edu));
		SKIP(return, "the modules are no test build (PERSONALITY_TEST=1)");
	}
	self->bdf = self->edu.was[0].bdf;
}

FIXTURE_TEARDOWN(switch_module)
{
	EXPECT_EQ(0, module_load(PERSONALITY_MODULE));
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

TEST_F(switch_module, is_held_by_what_is_broken)
{
	REQUIRE_SWITCH_MODULE();
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, file_write(EDU_KNOB, "start,create"));
	EXPECT_EQ(-EIO, personality_set(self->bdf, false));
	ASSERT_EQ(0, file_write(EDU_KNOB, "\n"));
	ASSERT_TRUE(personality_is(self->bdf, "broken"));

	EXPECT_EQ(0, module_unload(EDU_VFIO));
	EXPECT_EQ(0, module_unload_tree(HELPERS));
	EXPECT_EQ(-EAGAIN, module_unload(PERSONALITY_MODULE));
	ASSERT_EQ(0, pci_unbind(self->bdf));
	EXPECT_EQ(0, module_unload(PERSONALITY_MODULE));

	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	ASSERT_EQ(0, pci_bind(self->bdf, EDU_DRIVER));
	EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
}

/* A vendor's driver, which knows nothing of all this: its netdev was up when it broke */
FIXTURE(vendor) {
	char vf[1][PCI_BDF_LEN];
	char story[240];
	struct proof proof;
};

FIXTURE_SETUP(vendor)
{
	char netdev[PCI_NAME_LEN];

	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	if (module_load(HELPERS) || access(HELPERS_KNOB, F_OK))
		SKIP(return, "the modules are no test build (PERSONALITY_TEST=1)");
	ASSERT_EQ(0, vf_create(1, self->vf));
	ASSERT_EQ(0, pci_netdev(self->vf[0], netdev, sizeof(netdev)));
	ASSERT_EQ(0, net_set_up(netdev, true));
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	ASSERT_EQ(0, registers_claim(self->vf[0]));
	ASSERT_EQ(0, file_write(HELPERS_KNOB, "register"));
	EXPECT_GT(0, personality_set(self->vf[0], false));
	ASSERT_EQ(0, file_write(HELPERS_KNOB, "\n"));
	ASSERT_EQ(0, registers_release());
	ASSERT_TRUE(personality_is(self->vf[0], "broken"));
}

FIXTURE_TEARDOWN(vendor)
{
	registers_release();
	file_write(HELPERS_KNOB, "\n");
	EXPECT_EQ(0, vf_destroy());
}

TEST_F_TIMEOUT(vendor, is_not_reached_by_reset, 120)
{
	EXPECT_EQ(0, pci_write(self->vf[0], "reset", "1"));
	EXPECT_TRUE(personality_is(self->vf[0], "broken"));
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_EQ(0, native_prove(self->vf[0], self->story, sizeof(self->story)));
}

TEST_F_TIMEOUT(vendor, is_not_reached_by_suspend, 120)
{
	int ret = suspend_devices("mem", "core");

	if (ret == -EOPNOTSUPP)
		SKIP(return, "this machine cannot sleep, or its kernel not test that");
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(personality_is(self->vf[0], "broken"));
	ASSERT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_TRUE(personality_is(self->vf[0], "native"));
}

TEST_HARNESS_MAIN
