// SPDX-License-Identifier: GPL-2.0
/*
 * The driver's own method: into VFIO and back while the driver stays bound, with
 * data through the IOMMU and interrupts in both personalities.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "claim.h"
#include "diag.h"
#include "drivers/driver.h"
#include "drivers/edu.h"
#include "edu_fixture.h"
#include "module.h"
#include "wait.h"

#define ROUNDS		50
#define TIMEOUT_MS	10000

/* What every interface of VFIO shall see */
FIXTURE(flip) {
	struct edu_fixture edu;
	const char *bdf;
	int fd;
	u8 out[EDU_BUFFER_SIZE];
	u8 in[EDU_BUFFER_SIZE];
};

FIXTURE_VARIANT(flip) {
	const struct vfio_mode *mode;
};

FIXTURE_VARIANT_ADD(flip, group) { .mode = &vfio_group_mode };
FIXTURE_VARIANT_ADD(flip, cdev) { .mode = &vfio_cdev_mode };

FIXTURE_SETUP(flip)
{
	const char *lacking;

	self->fd = -1;
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	self->bdf = self->edu.was[0].bdf;

	/* What the kernel has of VFIO can be seen when the function is there */
	ASSERT_EQ(0, personality_set(self->bdf, true));
	lacking = variant->mode->lacking(self->bdf);
	ASSERT_EQ(0, personality_set(self->bdf, false));
	if (lacking) {
		/* After SKIP there is no teardown */
		EXPECT_EQ(0, edu_teardown(&self->edu));
		SKIP(return, "%s", lacking);
	}

	self->fd = edu_open(self->bdf);
	ASSERT_LE(0, self->fd);
	edu_random(self->out, sizeof(self->out));
}

FIXTURE_TEARDOWN(flip)
{
	close(self->fd);
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

TEST_F(flip, there_and_back)
{
	struct proof proof;
	int i;

	EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, personality_set(self->bdf, true));
		EXPECT_TRUE(edu_is_vfio(self->bdf));
		EXPECT_EQ(-ENOENT, edu_interrupts(self->bdf));
		EXPECT_EQ(0, device_prove(self->bdf, variant->mode, &proof));
		/* A second user after the first */
		EXPECT_EQ(0, device_prove(self->bdf, variant->mode, &proof));
		ASSERT_EQ(0, personality_set(self->bdf, true));
		EXPECT_TRUE(edu_is_vfio(self->bdf));

		ASSERT_EQ(0, personality_set(self->bdf, false));
		EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
		ASSERT_EQ(0, personality_set(self->bdf, false));
	}
	EXPECT_TRUE(personality_last_error_is(self->bdf, NULL, 0));
}

/* What an unbind would lose, although VFIO's user overwrote the hardware's copy */
TEST_F(flip, keeps_the_drivers_state)
{
	struct proof proof;
	long operations;

	ASSERT_EQ(0, edu_write(self->fd, self->out, EDU_BUFFER_SIZE, 0));
	ASSERT_EQ(0, pci_write(self->bdf, "vfio/revision", "0x42"));
	operations = edu_operations(self->bdf);
	ASSERT_LT(0, operations);

	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_EQ(0, device_prove(self->bdf, variant->mode, &proof));
	EXPECT_EQ(-EBUSY, edu_read(self->fd, self->in, 1, 0));
	EXPECT_EQ(-EBUSY, edu_write(self->fd, self->in, 1, 0));
	ASSERT_EQ(0, personality_set(self->bdf, false));

	/* The counter goes on, the file is still open, the bytes are the same */
	EXPECT_EQ(operations, edu_operations(self->bdf));
	EXPECT_EQ(0x42, pci_number(self->bdf, "vfio/revision"));
	ASSERT_EQ(0, edu_read(self->fd, self->in, EDU_BUFFER_SIZE, 0));
	EXPECT_EQ(0, memcmp(self->out, self->in, EDU_BUFFER_SIZE));
	EXPECT_EQ(operations + 1, edu_operations(self->bdf));
}

/* Configured by the native driver's attribute, before the vfio_device exists */
TEST_F(flip, shows_what_was_configured)
{
	u8 revision = pci_number(self->bdf, "revision");
	u8 mine = revision + 1;
	struct vfio_function f;
	u8 config[64];
	char text[8];
	int i;

	for (i = 0; i < 2; i++, mine += 0x10) {
		snprintf(text, sizeof(text), "%u", mine);
		ASSERT_EQ(0, pci_write(self->bdf, "vfio/revision", text));
		ASSERT_EQ(0, personality_set(self->bdf, true));
		ASSERT_EQ(0, vfio_open(&f, self->bdf, variant->mode));
		EXPECT_EQ(mine, vfio_config_read(&f, PCI_REVISION_ID, 1));
		EXPECT_EQ(mine, vfio_config_read(&f, PCI_CLASS_REVISION, 2) & 0xff);
		EXPECT_EQ(mine, vfio_config_read(&f, PCI_CLASS_REVISION, 4) & 0xff);
		EXPECT_EQ(sizeof(config), pread(f.device, config, sizeof(config),
						f.config));
		EXPECT_EQ(mine, config[PCI_REVISION_ID]);
		/* Its neighbours are the device's own */
		EXPECT_EQ(0x1234, vfio_config_read(&f, PCI_VENDOR_ID, 2));
		EXPECT_EQ(vfio_config_read(&f, PCI_CLASS_PROG, 1),
			  config[PCI_CLASS_PROG]);
		EXPECT_EQ(pci_number(self->bdf, "class"),
			  vfio_config_read(&f, PCI_CLASS_REVISION, 4) >> 8);
		vfio_close(&f);
		ASSERT_EQ(0, personality_set(self->bdf, false));
	}
	/* The kernel's idea of the function is not concerned */
	EXPECT_EQ(revision, pci_number(self->bdf, "revision"));
}

/* No variants: these do not depend on how a user opens the function */
FIXTURE(functions) {
	struct edu_fixture edu;
};

FIXTURE_SETUP(functions)
{
	ASSERT_EQ(0, edu_setup(&self->edu, 3));
}

FIXTURE_TEARDOWN(functions)
{
	registers_release();
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

/* What was written natively is nobody else's to read, whichever way it goes */
TEST_F(functions, leaves_nothing_to_a_user)
{
	static const char * const ways[] = { "bound", "vfio-pci" };
	const u8 clear[EDU_BUFFER_SIZE] = {};
	const char *bdf = self->edu.was[0].bdf;
	u8 out[EDU_BUFFER_SIZE], in[EDU_BUFFER_SIZE];
	struct device_user user;
	unsigned int i;
	int fd;

	edu_random(out, sizeof(out));
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		fd = edu_open(bdf);
		ASSERT_LE(0, fd);
		ASSERT_EQ(0, edu_write(fd, out, sizeof(out), 0));
		ASSERT_EQ(0, personality_set_driver(bdf, ways[i]));
		ASSERT_EQ(0, personality_set(bdf, true));
		ASSERT_EQ(0, device_open(&user, bdf, &vfio_group_mode));
		EXPECT_EQ(0, edu_peek(&user, in));
		EXPECT_EQ(0, memcmp(clear, in, sizeof(in)));
		device_close(&user);
		ASSERT_EQ(0, personality_set(bdf, false));
		/* The driver's own copy stays, as long as the driver does */
		if (!i) {
			EXPECT_EQ(0, edu_read(fd, in, sizeof(in), 0));
			EXPECT_EQ(0, memcmp(out, in, sizeof(in)));
		}
		close(fd);
	}
}

/* Its registers are somebody else's: it can neither be bound nor come back */
TEST_F(functions, registers_taken)
{
	const char *bdf = self->edu.was[0].bdf;
	u8 out[EDU_BUFFER_SIZE], in[EDU_BUFFER_SIZE];
	int fd = edu_open(bdf);

	ASSERT_LE(0, fd);
	edu_random(out, sizeof(out));
	ASSERT_EQ(0, edu_write(fd, out, sizeof(out), 0));
	ASSERT_EQ(0, personality_set(bdf, true));
	ASSERT_EQ(0, registers_claim(bdf));
	EXPECT_EQ(-EBUSY, personality_set(bdf, false));
	EXPECT_TRUE(personality_last_error_is(bdf, "method", -EBUSY));
	EXPECT_TRUE(edu_is_vfio(bdf));
	ASSERT_EQ(0, registers_release());
	EXPECT_EQ(0, edu_drive(bdf));
	ASSERT_EQ(0, personality_set(bdf, false));
	EXPECT_EQ(0, edu_read(fd, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(out, in, sizeof(in)));
	close(fd);

	ASSERT_EQ(0, pci_unbind(bdf));
	ASSERT_EQ(0, registers_claim(bdf));
	EXPECT_NE(0, pci_bind(bdf, EDU_DRIVER));
	EXPECT_TRUE(personality_is(bdf, "unbound"));
	ASSERT_EQ(0, registers_release());
	ASSERT_EQ(0, pci_bind(bdf, EDU_DRIVER));
	EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
}

TEST_F(functions, modules_come_by_themselves)
{
	const char *bdf = self->edu.was[0].bdf;

	if (!vfio_unload())
		SKIP(return, "VFIO is built in or in use: it cannot be unloaded");
	ASSERT_EQ(0, personality_set(bdf, true));
	EXPECT_TRUE(edu_is_vfio(bdf));
	EXPECT_EQ(0, edu_drive(bdf));
	EXPECT_TRUE(module_loaded(EDU_VFIO));
	/* The other way's driver was not needed */
	EXPECT_FALSE(module_loaded("vfio-pci"));
}

/* A child's work: its exit status */
static int flip_rounds(const struct function_state *was)
{
	u8 out[EDU_BUFFER_SIZE], in[EDU_BUFFER_SIZE];
	int fd = edu_open(was->bdf);
	long operations;
	int ret, i;

	edu_random(out, sizeof(out));
	if (fd < 0 || edu_write(fd, out, sizeof(out), 0))
		return 1;
	operations = edu_operations(was->bdf);

	for (i = 0; i < ROUNDS; i++) {
		ret = personality_set(was->bdf, true);
		if (!ret && !edu_is_vfio(was->bdf))
			ret = -EINVAL;
		if (!ret)
			ret = edu_drive(was->bdf);
		if (!ret)
			ret = personality_set(was->bdf, false);
		if (!ret && !function_is(was))
			ret = -EINVAL;
		if (!ret)
			ret = edu_read(fd, in, sizeof(in), 0);
		if (!ret && memcmp(out, in, sizeof(in)))
			ret = -EIO;
		if (ret) {
			diag_error(ret, "%s: round %d", was->bdf, i);
			return 1;
		}
	}
	return edu_operations(was->bdf) == operations + ROUNDS ? 0 : 2;
}

/* Shared with the child: when to end, and what it has done */
struct sibling {
	bool stop;
	long rounds;
};

/*
 * The driver's third function is not concerned, not for a moment: it answers, and
 * it sleeps and wakes by the native driver's callbacks, not by VFIO's, which the
 * siblings' registrations set for the whole driver.
 */
static int sibling_rounds(const char *bdf, struct sibling *shared)
{
	u8 out[64], in[64];
	int fd = edu_open(bdf);

	if (fd < 0)
		return 1;
	while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
		edu_random(out, sizeof(out));
		if (edu_write(fd, out, sizeof(out), 0) ||
		    wait_for(pci_reads(bdf, "power/runtime_status", "suspended"),
			     TIMEOUT_MS) ||
		    edu_read(fd, in, sizeof(in), 0) ||
		    memcmp(out, in, sizeof(in)))
			return 2;
		shared->rounds++;
	}
	return 0;
}

TEST_F_TIMEOUT(functions, fifty_rounds_on_two_beside_a_third, 300)
{
	const struct function_state *was = self->edu.was;
	struct sibling *shared = mmap(NULL, sizeof(*shared),
				      PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const char *third = was[2].bdf;
	pid_t pids[3];
	int status;
	int i;

	ASSERT_NE(MAP_FAILED, shared);
	ASSERT_EQ(0, pci_write(third, "power/autosuspend_delay_ms", "5"));
	ASSERT_EQ(0, pci_write(third, "power/control", "auto"));
	for (i = 0; i < 3; i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (!pids[i])
			_exit(i < 2 ? flip_rounds(&was[i]) :
				      sibling_rounds(third, shared));
	}
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(pids[i], waitpid(pids[i], &status, 0));
		EXPECT_EQ(0, status) {
			TH_LOG("%s", was[i].bdf);
		}
		if (i == 1)
			__atomic_store_n(&shared->stop, true, __ATOMIC_RELAXED);
	}
	EXPECT_LT(ROUNDS / 4, shared->rounds);
	EXPECT_EQ(0, pci_write(third, "power/control", "on"));
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(edu_is_native(&was[i]));
}

/* However the user set it, it is so again, and no use of the function is lost */
FIXTURE(runtime_pm) {
	struct edu_fixture edu;
	const char *bdf;
};

FIXTURE_VARIANT(runtime_pm) {
	const char *control;
	const char *delay;
	bool asleep;
};

FIXTURE_VARIANT_ADD(runtime_pm, on) {
	.control = "on", .delay = "0",
};

FIXTURE_VARIANT_ADD(runtime_pm, auto_awake) {
	.control = "auto", .delay = "100000",
};

FIXTURE_VARIANT_ADD(runtime_pm, auto_asleep) {
	.control = "auto", .delay = "0", .asleep = true,
};

FIXTURE_VARIANT_ADD(runtime_pm, auto_never) {
	.control = "auto", .delay = "-1",
};

FIXTURE_SETUP(runtime_pm)
{
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	self->bdf = self->edu.was[0].bdf;
	ASSERT_EQ(0, pci_write(self->bdf, "power/autosuspend_delay_ms",
			       variant->delay));
	ASSERT_EQ(0, pci_write(self->bdf, "power/control", variant->control));
}

FIXTURE_TEARDOWN(runtime_pm)
{
	pci_write(self->bdf, "power/control", "on");
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

TEST_F(runtime_pm, is_as_before)
{
	const char *status = variant->asleep ? "suspended" : "active";
	/* An error, and the same again, where the kernel does not show it */
	long usage = pci_number(self->bdf, "power/runtime_usage");
	struct function_state was;
	int i;

	ASSERT_EQ(0, function_save(&was, self->bdf));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, wait_for(pci_reads(self->bdf, "power/runtime_status",
						status), TIMEOUT_MS));
		ASSERT_EQ(0, personality_set(self->bdf, true));
		EXPECT_EQ(0, edu_drive(self->bdf));
		ASSERT_EQ(0, personality_set(self->bdf, false));
		EXPECT_TRUE(function_is(&was));
		EXPECT_EQ(usage, pci_number(self->bdf, "power/runtime_usage"));
		EXPECT_TRUE(pci_reads(self->bdf, "power/autosuspend_delay_ms",
				      variant->delay));
	}
	EXPECT_EQ(0, wait_for(pci_reads(self->bdf, "power/runtime_status",
					status), TIMEOUT_MS));

	/* The native driver's own use is balanced, too */
	EXPECT_TRUE(edu_is_native(&was));
	EXPECT_EQ(0, wait_for(pci_reads(self->bdf, "power/runtime_status",
					status), TIMEOUT_MS));
	ASSERT_EQ(0, pci_write(self->bdf, "power/control", "on"));
	EXPECT_TRUE(pci_reads(self->bdf, "power/runtime_status", "active"));
}

TEST_HARNESS_MAIN
