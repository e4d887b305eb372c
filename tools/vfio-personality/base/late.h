/* SPDX-License-Identifier: GPL-2.0 */
/*
 * late: libraries that are loaded when they are first needed.
 *
 * libkmod brings libcrypto with it, libmount brings libselinux, libpci brings libz; to load
 * all of these takes longer than all else that a switch of one function does. Most are done
 * without a question about modules, mounts, names or udev, and without a table.
 *
 * The calls are those of the libraries' headers, without the prefix of their names:
 * kmod()->new() is kmod_new(). Who cannot have a library cannot go on: the program ends with
 * a message then.
 */
#ifndef VP_LATE_H
#define VP_LATE_H

#include <libkmod.h>
#include <libmount/libmount.h>
#include <libsmartcols.h>
#include <libudev.h>
#include <pci/pci.h>

#define KMOD_CALLS(call) \
	call(kmod_, new) \
	call(kmod_, set_log_fn) \
	call(kmod_, module_new_from_lookup) \
	call(kmod_, module_apply_filter) \
	call(kmod_, module_get_module) \
	call(kmod_, module_get_install_commands) \
	call(kmod_, module_get_name) \
	call(kmod_, module_get_options) \
	call(kmod_, module_get_info) \
	call(kmod_, module_info_get_key) \
	call(kmod_, module_info_get_value) \
	call(kmod_, module_info_free_list) \
	call(kmod_, module_probe_insert_module) \
	call(kmod_, module_unref) \
	call(kmod_, module_unref_list) \
	call(kmod_, list_next) \
	call(kmod_, unref)

#define MNT_CALLS(call) \
	call(mnt_, new_iter) \
	call(mnt_, free_iter) \
	call(mnt_, new_table) \
	call(mnt_, new_table_from_file) \
	call(mnt_, unref_table) \
	call(mnt_, table_parse_file) \
	call(mnt_, table_parse_swaps) \
	call(mnt_, table_next_fs) \
	call(mnt_, fs_get_devno) \
	call(mnt_, fs_get_root) \
	call(mnt_, fs_get_source) \
	call(mnt_, fs_get_target) \
	call(mnt_, fs_match_fstype)

#define SCOLS_CALLS(call) \
	call(scols_, new_table) \
	call(scols_, unref_table) \
	call(scols_, table_set_column_separator) \
	call(scols_, table_enable_noheadings) \
	call(scols_, table_enable_noencoding) \
	call(scols_, table_new_column) \
	call(scols_, table_new_line) \
	call(scols_, line_refer_data) \
	call(scols_, print_table)

#define UDEV_CALLS(call) \
	call(udev_, new) \
	call(udev_, unref) \
	call(udev_, device_new_from_subsystem_sysname) \
	call(udev_, device_get_is_initialized) \
	call(udev_, device_get_property_value) \
	call(udev_, device_get_sysname) \
	call(udev_, device_unref) \
	call(udev_, monitor_new_from_netlink) \
	call(udev_, monitor_filter_add_match_subsystem_devtype) \
	call(udev_, monitor_enable_receiving) \
	call(udev_, monitor_get_fd) \
	call(udev_, monitor_receive_device) \
	call(udev_, monitor_unref)

#define PCI_CALLS(call) \
	call(pci_, alloc) \
	call(pci_, init) \
	call(pci_, cleanup) \
	call(pci_, set_param) \
	call(pci_, set_name_list_path) \
	call(pci_, lookup_name) \
	call(pci_, get_dev) \
	call(pci_, find_cap) \
	call(pci_, read_long) \
	call(pci_, free_dev) \
	call(pci_, filter_init) \
	call(pci_, filter_parse_slot) \
	call(pci_, filter_parse_id)

#define LATE_MEMBER(prefix, name) __typeof__(prefix##name) *name;

struct late_kmod {
	KMOD_CALLS(LATE_MEMBER)
};

struct late_mnt {
	MNT_CALLS(LATE_MEMBER)
};

struct late_scols {
	SCOLS_CALLS(LATE_MEMBER)
};

struct late_udev {
	UDEV_CALLS(LATE_MEMBER)
};

struct late_pci {
	PCI_CALLS(LATE_MEMBER)
};

#undef LATE_MEMBER

const struct late_kmod *kmod(void);
const struct late_mnt *mnt(void);
const struct late_scols *scols(void);
const struct late_udev *udev(void);
const struct late_pci *pci(void);

#endif
