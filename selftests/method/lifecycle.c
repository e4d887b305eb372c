// SPDX-License-Identifier: GPL-2.0
/*
 * What else happens to a function: unbind, removal, the driver's rmmod, suspend;
 * each while it is native, in VFIO, and in a user's hands.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "kselftest_harness.h"
#include "edu_subject.h"
#include "module.h"
#include "suspend.h"

#define HELPERS	"vfio-pci-personality"

FIXTURE(life) {
	struct edu_fixture edu;
	const struct function_state *was;
	const char *bdf;
	struct edu_subject subject;
};

FIXTURE_VARIANT(life) {
	enum edu_situation in;
};

FIXTURE_VARIANT_ADD(life, native) { .in = EDU_NATIVE };
FIXTURE_VARIANT_ADD(life, flipped) { .in = EDU_FLIPPED };
FIXTURE_VARIANT_ADD(life, held) { .in = EDU_HELD };

FIXTURE_SETUP(life)
{
	ASSERT_EQ(0, edu_setup(&self->edu, 2));
	self->was = &self->edu.was[0];
	self->bdf = self->was->bdf;
	ASSERT_EQ(0, subject_start(&self->subject, self->was, variant->in));
}

FIXTURE_TEARDOWN(life)
{
	subject_stop(&self->subject);
	if (!pci_present(self->bdf))
		pci_rescan();
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

/* Native, and in VFIO once more */
static bool is_sound(const struct function_state *was)
{
	return edu_is_native(was) && !personality_set(was->bdf, true) &&
	       edu_is_vfio(was->bdf) && !edu_drive(was->bdf) &&
	       !personality_set(was->bdf, false) && edu_is_native(was);
}

TEST_F(life, unbind)
{
	char name[PCI_NAME_LEN];

	ASSERT_TRUE(subject_is_taken(&self->subject, pci_unbind));
	EXPECT_TRUE(subject_is_gone(&self->subject));
	EXPECT_TRUE(personality_is(self->bdf, "unbound"));
	EXPECT_EQ(0, personality_get(self->bdf));
	EXPECT_EQ(-ENOENT, pci_vfio_device(self->bdf, name, sizeof(name)));

	ASSERT_EQ(0, pci_bind(self->bdf, EDU_DRIVER));
	EXPECT_TRUE(is_sound(self->was));
}

TEST_F(life, remove_and_rescan)
{
	ASSERT_TRUE(subject_is_taken(&self->subject, pci_remove));
	EXPECT_TRUE(subject_is_gone(&self->subject));
	EXPECT_FALSE(pci_present(self->bdf));

	ASSERT_TRUE(function_comes_back(&self->edu.was[0]));
	EXPECT_TRUE(is_sound(self->was));
}

/* What is needed in VFIO stays; what is not goes, and the function does not care */
TEST_F(life, rmmod)
{
	static const char * const needed[] = {
		EDU_VFIO, HELPERS, PERSONALITY_MODULE, EDU_DRIVER,
	};
	unsigned int i;

	if (!self->edu.loaded)
		SKIP(return, "the module was loaded already");
	EXPECT_EQ(-EAGAIN, module_unload(EDU_DRIVER));
	close(self->subject.fd);
	self->subject.fd = -1;

	for (i = 0; variant->in != EDU_NATIVE && i < ARRAY_SIZE(needed); i++)
		EXPECT_EQ(strcmp(needed[i], PERSONALITY_MODULE) ? -EAGAIN : SWITCH_NEEDED,
			  module_unload(needed[i]));
	if (variant->in != EDU_NATIVE) {
		EXPECT_TRUE(subject_goes_on(&self->subject));
		return;
	}

	ASSERT_EQ(0, module_load(EDU_VFIO));
	ASSERT_EQ(0, module_unload_tree(HELPERS));
	EXPECT_TRUE(edu_is_native(self->was));
	REQUIRE_SWITCH_MODULE();
	ASSERT_EQ(0, module_unload_tree(PERSONALITY_MODULE));
	EXPECT_FALSE(pci_has(self->bdf, "use_vfio"));
	EXPECT_EQ(0, edu_prove(self->bdf));
	ASSERT_EQ(0, module_load(PERSONALITY_MODULE));
	EXPECT_TRUE(is_sound(self->was));

	ASSERT_EQ(0, module_unload(EDU_VFIO));
	ASSERT_EQ(0, module_unload(EDU_DRIVER));
	EXPECT_TRUE(pci_driver_is(self->bdf, ""));
	ASSERT_EQ(0, module_load(EDU_DRIVER));
	EXPECT_TRUE(is_sound(self->was));
}

/* Does everybody go on after a sleep, and come back? */
static bool survives(struct edu_subject *subject, const struct function_state *sibling)
{
	return subject_goes_on(subject) && !edu_prove(sibling->bdf) &&
	       subject_comes_back(subject);
}

TEST_F_TIMEOUT(life, suspend_to_idle, 120)
{
	int ret = suspend_devices("freeze", "platform");

	if (ret == -EOPNOTSUPP)
		SKIP(return, "this kernel cannot test suspend (CONFIG_PM_DEBUG)");
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(survives(&self->subject, &self->edu.was[1]));
}

TEST_F_TIMEOUT(life, suspend_to_ram, 120)
{
	int ret = suspend_devices("mem", "core");

	if (ret == -EOPNOTSUPP)
		SKIP(return, "this machine cannot sleep, or its kernel not test that");
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(survives(&self->subject, &self->edu.was[1]));
}

/* As for an image of memory, which all devices have to hold still for */
TEST_F_TIMEOUT(life, hibernate, 120)
{
	int ret = suspend_devices("disk", "devices");

	if (ret == -EOPNOTSUPP)
		SKIP(return, "this kernel cannot hibernate, or not test that");
	EXPECT_EQ(0, ret);
	EXPECT_TRUE(survives(&self->subject, &self->edu.was[1]));
}

TEST_HARNESS_MAIN
