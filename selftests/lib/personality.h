/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The switch as its users see it, and what a transition has to leave as it was.
 * Functions that can fail return 0 or a negative errno; they say nothing unless
 * noted, since an error may be what a test is after.
 */
#ifndef LIB_PERSONALITY_H
#define LIB_PERSONALITY_H

#include "pci.h"

#define PERSONALITY_MODULE "pci-personality"

/*
 * Is the switch a part of this kernel (series/)? Then it cannot be unloaded, nobody can come
 * between an unbind and the next bind, and driver_override is the user's throughout.
 */
bool personality_is_built_in(void);

/* What an unload of the switch fails with while something needs it */
#define SWITCH_NEEDED	(personality_is_built_in() ? -ENOENT : -EAGAIN)

#define REQUIRE_SWITCH_MODULE() do {					\
	if (personality_is_built_in())					\
		SKIP(return, "the switch is part of the kernel");	\
} while (0)

/* Write use_vfio; read it: 1, 0 or a negative errno */
int personality_set(const char *bdf, bool vfio);
int personality_get(const char *bdf);

/* Does personality/@attr read @value? If not, says what it reads */
bool personality_reads(const char *bdf, const char *attr, const char *value);
#define personality_is(bdf, state) personality_reads(bdf, "state", state)

/* What 1 will use */
int personality_set_driver(const char *bdf, const char *name);

/*
 * Is @text how the switch names @error (negative)? By its name, or by its number
 * on a kernel that knows no names (CONFIG_SYMBOLIC_ERRNAME).
 */
bool personality_names_error(const char *text, int error);

/*
 * Does last_error tell of @error (negative) in stage @stage, in one line and with
 * words that follow? With @error 0: is it empty? If not, says what it reads.
 */
bool personality_last_error_is(const char *bdf, const char *stage, int error);

/* Are @words in last_error? If not, says what it reads */
bool personality_last_error_has(const char *bdf, const char *words);

/* The driver's name in personality/native_driver, or "none" */
int personality_native_driver(const char *bdf, char *name, size_t size);

/* Is the function in the VFIO personality in all respects? Says what is not */
bool function_is_vfio(const char *bdf, const char *driver);

/**
 * struct function_state - what a transition there and back must not change
 * @bdf: the function
 * @driver: bound, empty if none
 * @override: bytes of driver_override
 * @override_len: how many
 * @control: power/control
 * @group: IOMMU group
 * @msi: interrupts allocated
 * @vfio: use_vfio
 */
struct function_state {
	char bdf[PCI_BDF_LEN];
	char driver[PCI_NAME_LEN];
	char override[4096];
	int override_len;
	char control[16];
	int group;
	int msi;
	int vfio;
};

/* Note how the function is */
int function_save(struct function_state *state, const char *bdf);

/* Is it so still? Says what is not */
bool function_is(const struct function_state *state);

/*
 * Make it so again: for teardown, after whatever a test that failed has left.
 * Says what it could not do.
 */
int function_restore(const struct function_state *state);

/* Wait, for drivers that are bound in the background: is @driver bound? */
bool function_await_driver(const char *bdf, const char *driver);

/*
 * Rescan for one that was removed: is it as it was, but for the number of its IOMMU
 * group? That is set to the new one: the old may not be free again, as VFIO loses a
 * group where an allocation fails, see vfio_create_group().
 */
bool function_comes_back(struct function_state *was);

#endif /* LIB_PERSONALITY_H */
