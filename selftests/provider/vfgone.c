// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of VFs made by configfs when they go away, or their PF does: nobody waits but
 * for a user, what was made can be removed at any time, and it is found again by what comes
 * back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "kselftest_harness.h"
#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "modprobe.h"
#include "module.h"
#include "personality.h"
#include "vf.h"
#include "wait.h"

#define AT_ONCE_MS	10000
#define END_MS		60000
/* A driver that there is none of, but that somebody may wish for */
#define NO_DRIVER	"selftest-no-vfio-driver"

FIXTURE(vfgone) {
	char vf[3][PCI_BDF_LEN];
	struct device_user user;
	struct proof proof;
};

static bool is(const char *name, const char *state)
{
	return provided_reads(&vf_provided, name, "state", state);
}

static bool is_by_now(const char *name, const char *state)
{
	char path[4096], text[32] = "";

	file_read_line(provided_path(path, &vf_provided, name, "state"), text, sizeof(text));
	return !strcmp(text, state);
}

/* What a PF brings or takes with it is there or gone a moment after it */
static bool becomes(const char *name, const char *state)
{
	return !wait_for(is_by_now(name, state), AT_ONCE_MS) || is(name, state);
}

static bool says(const char *name, const char *words)
{
	return provided_says(&vf_provided, name, words);
}

static bool has_index(const char *name, const char *index)
{
	return provided_reads(&vf_provided, name, "index", index);
}

/* Something that may wait for a user, or for modprobe: in the background */
struct deed {
	int (*what)(void);
	pthread_t thread;
	atomic_bool done;
	int ret;
	u64 took_ms;
};

static void *act(void *arg)
{
	struct deed *deed = arg;
	u64 start = now_ms();

	deed->ret = deed->what();
	deed->took_ms = now_ms() - start;
	deed->done = true;
	return NULL;
}

static int begin(struct deed *deed, int (*what)(void))
{
	deed->what = what;
	deed->done = false;
	return -pthread_create(&deed->thread, NULL, act, deed);
}

static int end(struct deed *deed)
{
	pthread_join(deed->thread, NULL);
	return deed->ret;
}

static int remove_pf(void)
{
	return pci_remove(lab_igb.bdf);
}

static int remove_vfs(void)
{
	return pci_set_vfs(lab_igb.bdf, 0);
}

static int make_a_live(void)
{
	return vf_set_live("a", true);
}

static bool provides(void)
{
	char path[4096];

	return !access(provided_path(path, &vf_provided, NULL, NULL), F_OK);
}

/*
 * The PF is found again, and its netdev is up as vf_provided_setup() left it. What had been
 * made is there again, a among it unless all were removed.
 */
static int find_pf(void)
{
	int ret = pci_rescan();

	if (ret || !function_await_driver(lab_igb.bdf, lab_igb.native))
		return ret ?: -ENODEV;
	if (wait_for(provides() && !is_by_now("a", "gone"), AT_ONCE_MS))
		return -ETIMEDOUT;
	return pf_set_up(true);
}

FIXTURE_SETUP(vfgone)
{
	const char *lacks = vf_provided_lacks();

	if (lacks)
		SKIP(return, "%s", lacks);
	ASSERT_EQ(0, vf_provided_setup());
	ASSERT_EQ(0, vf_make("a"));
	ASSERT_EQ(0, vf_make("b"));
}

FIXTURE_TEARDOWN(vfgone)
{
	modprobe_restore();
	device_close(&self->user);
	EXPECT_EQ(0, vf_provided_teardown());
}

/* With its PF gone: what each says, and what can be done with it still */
static void expect_gone(struct __test_metadata *_metadata)
{
	EXPECT_TRUE(becomes("a", "gone"));
	EXPECT_TRUE(provided_reads(&vf_provided, "a", "live", "0"));
	EXPECT_TRUE(provided_reads(&vf_provided, "a", "device", ""));
	EXPECT_EQ(-ENODEV, vf_set_live("a", true));
	EXPECT_TRUE(says("a", "has gone"));
	EXPECT_EQ(0, vf_set_live("a", false));
	EXPECT_EQ(-ENODEV, provided_write(&vf_provided, "a", "index", "5"));
	EXPECT_TRUE(says("a", "has gone"));
	EXPECT_TRUE(has_index("a", "0"));
	EXPECT_EQ(-ENODEV, vf_make("d"));
	EXPECT_EQ(0, provided_available(&vf_provided));
}

/* One live, one held, one of a VF that is not there; nobody uses them */
TEST_F_TIMEOUT(vfgone, removed, 600)
{
	ASSERT_EQ(0, vf_bear(2, self->vf));
	ASSERT_EQ(0, vf_make("c"));
	ASSERT_EQ(0, vf_set_live("a", true));
	ASSERT_TRUE(has_index("c", "2"));
	ASSERT_EQ(0, pci_remove(lab_igb.bdf));
	EXPECT_FALSE(pci_present(self->vf[0]));
	expect_gone(_metadata);
	EXPECT_TRUE(becomes("b", "gone"));
	EXPECT_TRUE(becomes("c", "gone"));
	EXPECT_EQ(0, vf_unmake("b"));

	ASSERT_EQ(0, find_pf());
	EXPECT_TRUE(is("a", "configured"));
	EXPECT_TRUE(becomes("c", "configured"));
	EXPECT_TRUE(has_index("c", "2"));
	EXPECT_EQ(-ENODEV, vf_set_live("a", true));
	EXPECT_TRUE(says("a", "sriov_numvfs"));
	ASSERT_EQ(0, vf_bear(3, self->vf));
	EXPECT_TRUE(vf_is_held(self->vf[0]));
	EXPECT_TRUE(function_await_driver(self->vf[1], "igbvf"));
	EXPECT_TRUE(vf_is_held(self->vf[2]));
	ASSERT_EQ(0, vf_set_live("a", true));
	ASSERT_EQ(0, vf_set_live("c", true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	EXPECT_EQ(0, device_prove(self->vf[2], &vfio_group_mode, &self->proof));
}

/* All that was made is removed while it is gone; the type is there again as if nothing was */
TEST_F_TIMEOUT(vfgone, removed_and_emptied, 600)
{
	ASSERT_EQ(0, vf_bear(1, self->vf));
	ASSERT_EQ(0, vf_set_live("a", true));
	ASSERT_EQ(0, pci_remove(lab_igb.bdf));
	EXPECT_TRUE(becomes("a", "gone"));
	EXPECT_EQ(0, vf_unmake("a"));
	EXPECT_EQ(0, vf_unmake("b"));
	EXPECT_EQ(0, wait_for(!provides(), 5000));

	ASSERT_EQ(0, find_pf());
	ASSERT_EQ(0, vf_bear(1, self->vf));
	EXPECT_TRUE(function_await_driver(self->vf[0], "igbvf"));
	/* That one is native: the next */
	ASSERT_EQ(0, vf_make("a"));
	EXPECT_TRUE(has_index("a", "1"));
	ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
	ASSERT_EQ(0, vf_bear(2, self->vf));
	ASSERT_EQ(0, vf_set_live("a", true));
	EXPECT_EQ(0, device_prove(self->vf[1], &vfio_group_mode, &self->proof));
}

/* @goes waits for the user of a, who is asked; nobody else waits */
static void go_with_a_user(struct __test_metadata *_metadata, FIXTURE_DATA(vfgone) *self,
			   int (*goes)(void))
{
	struct vfio_irq request;
	struct deed deed;
	u64 start;

	ASSERT_EQ(0, vf_bear(2, self->vf));
	ASSERT_EQ(0, vf_set_live("a", true));
	ASSERT_EQ(0, device_open(&self->user, self->vf[0], &vfio_group_mode));
	ASSERT_EQ(0, vfio_irq_enable(&self->user.f, &request, VFIO_PCI_REQ_IRQ_INDEX, 1));
	ASSERT_EQ(0, begin(&deed, goes));
	EXPECT_LE(1, vfio_irq_wait(&request, 0, 10000));
	start = now_ms();
	EXPECT_FALSE(deed.done);
	/* Its vfio_device has been unregistered; the VF is the user's still */
	EXPECT_TRUE(is("a", "configured"));
	EXPECT_TRUE(provided_reads(&vf_provided, "a", "live", "0"));
	EXPECT_EQ(0, vf_set_live("a", false));
	EXPECT_EQ(-EBUSY, vf_set_live("a", true));
	EXPECT_TRUE(says("a", "until its user"));
	EXPECT_TRUE(is("b", "configured"));
	EXPECT_EQ(0, vf_unmake("b"));
	EXPECT_GT(AT_ONCE_MS, now_ms() - start);
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	vfio_irq_disable(&request);
	device_close(&self->user);
	EXPECT_EQ(0, end(&deed));
	EXPECT_FALSE(pci_present(self->vf[0]));
}

TEST_F_TIMEOUT(vfgone, removed_with_a_user, 600)
{
	go_with_a_user(_metadata, self, remove_pf);
	EXPECT_FALSE(pci_present(lab_igb.bdf));
	expect_gone(_metadata);
	ASSERT_EQ(0, find_pf());
	EXPECT_TRUE(is("a", "configured"));
	ASSERT_EQ(0, vf_bear(1, self->vf));
	EXPECT_TRUE(vf_is_held(self->vf[0]));
	ASSERT_EQ(0, vf_set_live("a", true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
}

TEST_F_TIMEOUT(vfgone, vfs_removed_with_a_user, 600)
{
	go_with_a_user(_metadata, self, remove_vfs);
	EXPECT_TRUE(is("a", "configured"));
	EXPECT_EQ(-ENODEV, vf_set_live("a", true));
	EXPECT_TRUE(says("a", "sriov_numvfs"));
	ASSERT_EQ(0, vf_bear(2, self->vf));
	EXPECT_TRUE(vf_is_held(self->vf[0]));
	/* Given back while the VFs were going, it is nobody's */
	EXPECT_TRUE(function_await_driver(self->vf[1], "igbvf"));
	ASSERT_EQ(0, vf_set_live("a", true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
}

/* Some live, some held, as many times as there are: what is reserved is held again */
TEST_F_TIMEOUT(vfgone, vfs_come_and_go, 600)
{
	static const char * const ways[] = { "auto", "vfio-pci" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		ASSERT_EQ(0, vf_bear(3, self->vf));
		EXPECT_TRUE(vf_is_held(self->vf[0]));
		EXPECT_TRUE(vf_is_held(self->vf[1]));
		EXPECT_TRUE(function_await_driver(self->vf[2], "igbvf"));
		ASSERT_EQ(0, personality_set_driver(self->vf[0], ways[i]));
		ASSERT_EQ(0, vf_set_live("a", true));
		ASSERT_EQ(0, pci_set_vfs(lab_igb.bdf, 0));
		EXPECT_TRUE(is("a", "configured"));
		EXPECT_TRUE(provided_reads(&vf_provided, "a", "live", "0"));
		EXPECT_TRUE(provided_reads(&vf_provided, "a", "device", ""));
		EXPECT_EQ(0, vf_set_live("a", false));
	}
	/* One of them alone does without the other */
	ASSERT_EQ(0, vf_bear(1, self->vf));
	EXPECT_TRUE(vf_is_held(self->vf[0]));
	EXPECT_EQ(-ENODEV, vf_set_live("b", true));
	EXPECT_TRUE(says("b", "write 2 or more to sriov_numvfs"));
	ASSERT_EQ(0, vf_set_live("a", true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
}

static int unbind_vf(void)
{
	char vf[PCI_BDF_LEN];
	int ret = pci_vf(lab_igb.bdf, 0, vf);

	return ret ?: pci_unbind(vf);
}

/* Who gives a VF back does not wait for its user; the VF is given back when he has gone */
TEST_F_TIMEOUT(vfgone, given_back_while_unbound, 600)
{
	struct vfio_irq request;
	struct deed deed;
	int i;

	ASSERT_EQ(0, vf_bear(1, self->vf));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, vf_set_live("a", true));
		ASSERT_EQ(0, device_open(&self->user, self->vf[0], &vfio_group_mode));
		ASSERT_EQ(0, vfio_irq_enable(&self->user.f, &request,
					     VFIO_PCI_REQ_IRQ_INDEX, 1));
		ASSERT_EQ(0, begin(&deed, unbind_vf));
		EXPECT_LE(1, vfio_irq_wait(&request, 0, 10000));
		EXPECT_TRUE(is("a", "configured"));
		EXPECT_EQ(0, vf_unmake("a"));
		EXPECT_FALSE(deed.done);
		EXPECT_EQ(0, device_work(&self->user, &self->proof));
		vfio_irq_disable(&request);
		device_close(&self->user);
		EXPECT_EQ(0, end(&deed));
		EXPECT_TRUE(personality_is(self->vf[0], "unbound"));
		EXPECT_EQ(0, wait_for(pci_reads(self->vf[0], "driver_override", "(null)"),
				      5000));
		/* It is as any other, for the native driver and for the next who reserves it */
		ASSERT_EQ(0, pci_bind(self->vf[0], "igbvf"));
		ASSERT_EQ(0, pci_unbind(self->vf[0]));
		ASSERT_EQ(0, vf_make("a"));
		EXPECT_TRUE(has_index("a", "0"));
		EXPECT_TRUE(vf_is_held(self->vf[0]));
	}
	sleep_ms(3000);
	EXPECT_TRUE(vf_is_held(self->vf[0]));
}

FIXTURE(loading) {
	char vf[1][PCI_BDF_LEN];
	struct proof proof;
};

FIXTURE_VARIANT(loading) {
	const char *choice;
	const char *request;
	int (*goes)(void);
};

FIXTURE_VARIANT_ADD(loading, pf_of_best) {
	.choice = "auto",
	.request = "vfio_pci:*",
	.goes = remove_pf,
};

FIXTURE_VARIANT_ADD(loading, pf_of_named) {
	.choice = NO_DRIVER,
	.request = NO_DRIVER,
	.goes = remove_pf,
};

FIXTURE_VARIANT_ADD(loading, vf_of_best) {
	.choice = "auto",
	.request = "vfio_pci:*",
	.goes = remove_vfs,
};

FIXTURE_VARIANT_ADD(loading, vf_of_named) {
	.choice = NO_DRIVER,
	.request = NO_DRIVER,
	.goes = remove_vfs,
};

FIXTURE_SETUP(loading)
{
	const char *lacks = vf_provided_lacks();

	if (lacks)
		SKIP(return, "%s", lacks);
	ASSERT_EQ(0, vf_provided_setup());
	ASSERT_EQ(0, vf_make("a"));
	ASSERT_EQ(0, vf_bear(1, self->vf));
}

FIXTURE_TEARDOWN(loading)
{
	modprobe_restore();
	EXPECT_EQ(0, vf_provided_teardown());
}

/* Who removes them waits neither for the write nor for the module that it asks for */
TEST_F_TIMEOUT(loading, removed_meanwhile, 600)
{
	struct deed live, gone;

	ASSERT_EQ(0, personality_set_driver(self->vf[0], variant->choice));
	ASSERT_EQ(0, modprobe_hold(variant->request));
	ASSERT_EQ(0, begin(&live, make_a_live));
	EXPECT_EQ(0, modprobe_await_held());
	ASSERT_EQ(0, begin(&gone, variant->goes));
	EXPECT_EQ(0, wait_for(gone.done, END_MS));
	/* The write ends as well, without what it waited for */
	EXPECT_EQ(0, wait_for(live.done, AT_ONCE_MS));
	modprobe_restore();
	EXPECT_EQ(0, end(&gone));
	EXPECT_EQ(-ENODEV, end(&live));
	EXPECT_TRUE(says("a", "removed"));
	TH_LOG("removed in %llu ms; the write ended after %llu", gone.took_ms, live.took_ms);
	if (!pci_present(lab_igb.bdf)) {
		EXPECT_TRUE(becomes("a", "gone"));
		ASSERT_EQ(0, find_pf());
	}
	ASSERT_EQ(0, vf_bear(1, self->vf));
	EXPECT_TRUE(vf_is_held(self->vf[0]));
	ASSERT_EQ(0, vf_set_live("a", true));
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
}

TEST_HARNESS_MAIN
