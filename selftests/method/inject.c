// SPDX-License-Identifier: GPL-2.0
/*
 * Each step of the method fails in turn, by the test builds' own knobs. A
 * transition that fails leaves the function as it was, and working.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "edu_fixture.h"
#include "file.h"
#include "module.h"

/* What fails: callbacks of the driver, and the registration in the helpers */
#define DRIVER_KNOB	"/sys/module/edu_vfio/parameters/fail_step"
#define HELPERS_KNOB	"/sys/module/vfio_pci_personality/parameters/fail_step"

FIXTURE(inject) {
	struct edu_fixture edu;
	const struct function_state *was;
	const char *bdf;
	int fd;
	u8 out[EDU_BUFFER_SIZE];
};

/*
 * With these steps failing, 1 or 0 gives @error and leaves the function in @state.
 * @bare: without the driver's attributes, until the next round trip or bind.
 */
struct injection {
	const char *driver;
	const char *helpers;
	bool to_vfio;
	int error;
	const char *state;
	bool bare;
};

FIXTURE_VARIANT(inject) {
	struct injection step;
};

FIXTURE_VARIANT_ADD(inject, enable_resume) {
	.step = { "\n", "resume", true, -EIO, "native" },
};

FIXTURE_VARIANT_ADD(inject, enable_prepare) {
	.step = { "\n", "prepare", true, -EIO, "native" },
};

FIXTURE_VARIANT_ADD(inject, enable_stop) {
	.step = { "stop", "\n", true, -EIO, "native" },
};

FIXTURE_VARIANT_ADD(inject, enable_save) {
	.step = { "\n", "save", true, -EIO, "native" },
};

FIXTURE_VARIANT_ADD(inject, enable_create) {
	.step = { "create", "\n", true, -EIO, "native" },
};

FIXTURE_VARIANT_ADD(inject, enable_register) {
	.step = { "\n", "register", true, -EIO, "native" },
};

FIXTURE_VARIANT_ADD(inject, disable_start) {
	.step = { "start", "\n", false, -EIO, "vfio" },
};

FIXTURE_VARIANT_ADD(inject, disable_finish) {
	.step = { "\n", "finish", false, -EIO, "vfio" },
};

/* The roll-back fails as well */
FIXTURE_VARIANT_ADD(inject, enable_save_rollback) {
	.step = { "start", "save", true, -EIO, "broken" },
};

FIXTURE_VARIANT_ADD(inject, enable_create_rollback) {
	.step = { "create,start", "\n", true, -EIO, "broken" },
};

FIXTURE_VARIANT_ADD(inject, enable_register_rollback) {
	.step = { "start", "register", true, -EIO, "broken" },
};

FIXTURE_VARIANT_ADD(inject, disable_create_rollback) {
	.step = { "start,create", "\n", false, -EIO, "broken" },
};

FIXTURE_VARIANT_ADD(inject, disable_register_rollback) {
	.step = { "start", "register", false, -EIO, "broken" },
};

FIXTURE_VARIANT_ADD(inject, disable_finish_rollback) {
	.step = { "create", "finish", false, -EIO, "broken" },
};

/* Or a part of it that the function can do without */
FIXTURE_VARIANT_ADD(inject, enable_bare) {
	.step = { "create", "finish", true, -EIO, "native", true },
};

FIXTURE_VARIANT_ADD(inject, disable_bare) {
	.step = { "stop", "finish", false, 0, "native", true },
};

static void fail_steps(const char *driver, const char *helpers)
{
	file_write(DRIVER_KNOB, driver);
	file_write(HELPERS_KNOB, helpers);
}

FIXTURE_SETUP(inject)
{
	self->fd = -1;
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	ASSERT_EQ(0, module_load(EDU_VFIO));
	if (access(DRIVER_KNOB, F_OK) || access(HELPERS_KNOB, F_OK)) {
		/* After SKIP there is no teardown */
		EXPECT_EQ(0, edu_teardown(&self->edu));
		SKIP(return, "the modules are no test build (PERSONALITY_TEST=1)");
	}
	self->was = &self->edu.was[0];
	self->bdf = self->was->bdf;
	self->fd = edu_open(self->bdf);
	ASSERT_LE(0, self->fd);
	edu_random(self->out, sizeof(self->out));
	ASSERT_EQ(0, edu_write(self->fd, self->out, EDU_BUFFER_SIZE, 0));
}

FIXTURE_TEARDOWN(inject)
{
	fail_steps("\n", "\n");
	close(self->fd);
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

/* Native, with the bytes that were written before it all, and working */
static bool is_untouched(const struct function_state *was, int fd, const u8 *out)
{
	u8 in[EDU_BUFFER_SIZE];

	return !edu_read(fd, in, sizeof(in), 0) && !memcmp(in, out, sizeof(in)) &&
	       edu_is_native(was) && !edu_write(fd, out, sizeof(in), 0);
}

static bool is_broken(const char *bdf, int fd)
{
	u8 byte;

	return personality_is(bdf, "broken") && personality_get(bdf) == 0 &&
	       pci_driver_is(bdf, EDU_DRIVER) &&
	       edu_read(fd, &byte, 1, 0) == -EBUSY;
}

/* Native and working, but not to be seen in sysfs */
static bool is_bare(const char *bdf, int fd, const u8 *out)
{
	u8 in[EDU_BUFFER_SIZE];

	return edu_operations(bdf) < 0 && !pci_has(bdf, "vfio/revision") &&
	       !edu_read(fd, in, sizeof(in), 0) && !memcmp(in, out, sizeof(in));
}

/* Have the transition fail: is the function in the state that it should be in? */
static bool fails(const struct function_state *was, int fd,
		  const struct injection *step)
{
	int ret;

	if (!step->to_vfio && personality_set(was->bdf, true))
		return false;
	fail_steps(step->driver, step->helpers);
	ret = personality_set(was->bdf, step->to_vfio);
	fail_steps("\n", "\n");

	if (ret != step->error ||
	    !personality_last_error_is(was->bdf, ret ? "method" : NULL, ret))
		return false;
	if (!strcmp(step->state, "broken"))
		return is_broken(was->bdf, fd);
	return personality_is(was->bdf, step->state);
}

/* From anywhere into VFIO, and to native; both work */
static bool goes_round(const struct function_state *was)
{
	return !personality_set(was->bdf, true) && edu_is_vfio(was->bdf) &&
	       !edu_drive(was->bdf) && !personality_set(was->bdf, false) &&
	       personality_last_error_is(was->bdf, NULL, 0);
}

TEST_F(inject, function_is_usable_afterwards)
{
	bool broken = !strcmp(variant->step.state, "broken");
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(fails(self->was, self->fd, &variant->step));
		if (variant->step.bare)
			EXPECT_TRUE(is_bare(self->bdf, self->fd, self->out));
		if (!variant->step.bare && !strcmp(variant->step.state, "native"))
			EXPECT_TRUE(is_untouched(self->was, self->fd, self->out));
		EXPECT_TRUE(goes_round(self->was));
		EXPECT_TRUE(is_untouched(self->was, self->fd, self->out));
	}

	/* From broken, 0 alone is a way out as well */
	if (broken) {
		ASSERT_TRUE(fails(self->was, self->fd, &variant->step));
		ASSERT_EQ(0, personality_set(self->bdf, false));
		EXPECT_TRUE(edu_is_native(self->was));
		close(self->fd);
		self->fd = edu_open(self->bdf);
		ASSERT_LE(0, self->fd);
	}

	/* And from anywhere unbind and bind are */
	if (!broken && !variant->step.bare)
		return;
	ASSERT_TRUE(fails(self->was, self->fd, &variant->step));
	ASSERT_EQ(0, pci_unbind(self->bdf));
	ASSERT_EQ(0, pci_bind(self->bdf, EDU_DRIVER));
	EXPECT_TRUE(edu_is_native(self->was));
	EXPECT_TRUE(goes_round(self->was));
	EXPECT_TRUE(edu_is_native(self->was));
}

TEST_HARNESS_MAIN
