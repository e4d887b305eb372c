/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kmodlib: libkmod, loaded when a module is asked for first.
 *
 * It brings libcrypto with it, and to load that takes longer than all else that a switch of
 * one function does; most are done without a question about modules.
 */
#ifndef VP_KMODLIB_H
#define VP_KMODLIB_H

#include <libkmod.h>

#define KMODLIB_CALLS(call) \
	call(new) \
	call(set_log_fn) \
	call(module_new_from_lookup) \
	call(module_apply_filter) \
	call(module_get_module) \
	call(module_get_install_commands) \
	call(module_get_name) \
	call(module_get_options) \
	call(module_get_info) \
	call(module_info_get_key) \
	call(module_info_get_value) \
	call(module_info_free_list) \
	call(module_probe_insert_module) \
	call(module_unref) \
	call(module_unref_list) \
	call(list_next) \
	call(unref)

/* Its functions, without the kmod_ that their names begin with */
struct kmodlib {
#define KMODLIB_MEMBER(name) __typeof__(kmod_##name) *name;
	KMODLIB_CALLS(KMODLIB_MEMBER)
#undef KMODLIB_MEMBER
};

/* Whoever cannot have it cannot go on: the program ends with a message then */
const struct kmodlib *kmod(void);

#endif
