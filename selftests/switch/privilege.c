// SPDX-License-Identifier: GPL-2.0
/*
 * A writer who may administer the machine, but not load modules: CAP_SYS_ADMIN without
 * CAP_SYS_MODULE, as a manager of containers has it. Drivers come for him by the
 * function's ids, as they do when it is plugged in; nothing comes by a name that he chose.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>

#include "kselftest_harness.h"

#include "capability.h"
#include "drivers/driver.h"
#include "lab.h"
#include "module.h"
#include "native.h"
#include "personality.h"

/* A module that has no business here, but could be loaded: of the selftests' */
#define STRANGER "personality_claim"

FIXTURE(privilege) {
	struct function_state before;
	struct proof proof;
	char story[240];
};

FIXTURE_SETUP(privilege)
{
	REQUIRE_LAB(&lab_e1000e);
	ASSERT_TRUE(module_exists(STRANGER));
	if (module_loaded(STRANGER))
		ASSERT_EQ(0, module_unload(STRANGER));
	if (!module_loaded("vfio") && !access("/sys/module/vfio", F_OK))
		SKIP(return, "VFIO is built in");
	if (module_loaded("vfio"))
		ASSERT_EQ(0, module_unload_tree("vfio"));
	ASSERT_EQ(0, function_save(&self->before, lab_e1000e.bdf));
}

FIXTURE_TEARDOWN(privilege)
{
	module_load(lab_e1000e.native);
	pci_write(lab_e1000e.bdf, "driver_override", "\n");
	function_restore(&self->before);
	if (module_loaded(STRANGER))
		EXPECT_EQ(0, module_unload(STRANGER));
}

/* What a write to use_vfio comes to for a process without CAP_SYS_MODULE */
static int set_without_cap(const char *bdf, bool vfio)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(capability_drop(CAP_SYS_MODULE) ? 255 :
		      -personality_set(bdf, vfio));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

TEST_F(privilege, name_loads_nothing)
{
	ASSERT_EQ(0, personality_set_driver(lab_e1000e.bdf, STRANGER));
	EXPECT_EQ(-ENOENT, set_without_cap(lab_e1000e.bdf, true));
	EXPECT_FALSE(module_loaded(STRANGER));
	EXPECT_TRUE(personality_last_error_is(lab_e1000e.bdf, "load", -ENOENT));
	EXPECT_TRUE(personality_last_error_has(lab_e1000e.bdf, "CAP_SYS_MODULE"));
	EXPECT_TRUE(function_is(&self->before));

	/* Who may load modules is not told of that */
	EXPECT_GT(0, personality_set(lab_e1000e.bdf, true));
	EXPECT_FALSE(personality_last_error_has(lab_e1000e.bdf, "CAP_SYS_MODULE"));
}

/* An override is a name that somebody chose, too */
TEST_F(privilege, override_loads_nothing)
{
	ASSERT_EQ(0, module_load("vfio-pci"));
	ASSERT_EQ(0, pci_unbind(lab_e1000e.bdf));
	ASSERT_EQ(0, pci_bind(lab_e1000e.bdf, "vfio-pci"));
	ASSERT_EQ(0, pci_write(lab_e1000e.bdf, "driver_override", STRANGER));
	EXPECT_EQ(-ENOENT, set_without_cap(lab_e1000e.bdf, false));
	EXPECT_FALSE(module_loaded(STRANGER));
	EXPECT_TRUE(personality_last_error_has(lab_e1000e.bdf, "CAP_SYS_MODULE"));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
}

/* Nothing is lost of what comes by itself: there */
TEST_F(privilege, ids_load_vfio)
{
	ASSERT_FALSE(module_loaded("vfio"));
	EXPECT_EQ(0, set_without_cap(lab_e1000e.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_EQ(0, device_prove(lab_e1000e.bdf, &vfio_group_mode, &self->proof));
}

/* The same with the name of a driver that the ids ask for */
TEST_F(privilege, ids_load_the_named)
{
	ASSERT_FALSE(module_loaded("vfio"));
	ASSERT_EQ(0, personality_set_driver(lab_e1000e.bdf, "vfio-pci"));
	EXPECT_EQ(0, set_without_cap(lab_e1000e.bdf, true));
	EXPECT_TRUE(function_is_vfio(lab_e1000e.bdf, "vfio-pci"));
}

/* And back, where the native driver's module has gone meanwhile */
TEST_F(privilege, ids_load_native)
{
	if (!module_loaded(lab_e1000e.native))
		SKIP(return, "driver %s is built in", lab_e1000e.native);
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, module_unload(lab_e1000e.native));
	EXPECT_EQ(0, set_without_cap(lab_e1000e.bdf, false));
	EXPECT_TRUE(module_loaded(lab_e1000e.native));
	EXPECT_TRUE(function_is(&self->before));
	EXPECT_EQ(0, native_prove(lab_e1000e.bdf, self->story,
				  sizeof(self->story)));
}

TEST_HARNESS_MAIN
