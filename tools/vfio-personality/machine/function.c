// SPDX-License-Identifier: GPL-2.0
/*
 * function: what sysfs says of the machine's PCI functions.
 *
 * Everything may vanish while it is read. A function without its ids is gone;
 * any other file that is not there has its empty value.
 */
#include "function.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "children.h"
#include "display.h"

static const char *const state_names[] = {
	[STATE_UNBOUND] = "unbound",
	[STATE_NATIVE] = "native",
	[STATE_VFIO] = "vfio",
	[STATE_VFIO_REBOUND] = "vfio-rebound",
	[STATE_BROKEN] = "broken",
	[STATE_UNBINDING] = "unbinding",
};

const char *state_name(enum state state)
{
	return state_names[state];
}

bool in_vfio(const struct function *f)
{
	return f->vfio_device[0];
}

bool is_network(const struct function *f)
{
	return f->class >> 16 == 0x02;
}

bool is_bridge(const struct function *f)
{
	return f->class >> 16 == 0x06 && f->class >> 8 != 0x0680;
}

bool same_group(const struct function *a, const struct function *b)
{
	return a->group >= 0 && a->group == b->group;
}

/*
 * Those of the kernel's drivers that leave the group's DMA to VFIO, besides VFIO's
 * own. A bridge's driver need not be one of them.
 */
bool blocks_group(const struct function *f)
{
	return f->driver[0] && !in_vfio(f) && strcmp(f->driver, "pcieport") &&
	       strcmp(f->driver, "pci-stub");
}

/* @f as its machine has it, to be added to when more of it is asked for */
static struct function *own(const struct machine *m, const struct function *f)
{
	return m->functions + (f - m->functions);
}

const char *function_path(const struct machine *m, const struct function *f)
{
	char path[PATH_MAX];

	if (!f->path)
		own(m, f)->path = xstrdup(path_read_link(m->root, path, sizeof(path), SYS_PCI "/%s",
							 f->address) ? "" : path);
	return f->path;
}

bool is_below(const struct machine *m, const struct function *f, const struct function *upper)
{
	const char *path = function_path(m, f), *top = function_path(m, upper);
	size_t len = strlen(top);

	return len && !strncmp(path, top, len) && path[len] == '/';
}

static void read_text(const struct machine *m, const struct function *f, const char *file,
		      char *buf, size_t size)
{
	path_read(m->root, buf, size, SYS_PCI "/%s/%s", f->address, file);
}

static unsigned long read_number(const struct machine *m, const struct function *f,
				 const char *file)
{
	unsigned long value;

	return path_read_number(m->root, &value, SYS_PCI "/%s/%s", f->address, file) ? 0 : value;
}

/* What the kernel tells udev has all ids in one file */
static bool read_ids(const struct machine *m, struct function *f)
{
	unsigned int ignored;
	const struct {
		const char *line;
		unsigned int *first, *second;
	} ids[] = {
		{ "PCI_CLASS=", &f->class, &ignored },
		{ "PCI_ID=", &f->vendor, &f->device },
		{ "PCI_SUBSYS_ID=", &f->subvendor, &f->subdevice },
	};
	char text[PATH_TEXT], *value;
	int n;

	read_text(m, f, "uevent", text, sizeof(text));
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		value = strstr(text, ids[i].line);
		if (!value)
			return false;
		value += strlen(ids[i].line);
		/* A class has no second half */
		n = sscanf(value, "%x:%x", ids[i].first, ids[i].second);
		if (n < 1 || (n < 2 && ids[i].second != &ignored))
			return false;
	}
	return true;
}

static void read_group(const struct machine *m, struct function *f)
{
	unsigned long group;
	char name[32];

	f->group = -1;
	if (!path_read_link_name(m->root, name, sizeof(name), SYS_PCI "/%s/iommu_group",
				 f->address) &&
	    parse_number(name, 10, 0, INT_MAX, &group))
		f->group = (long)group;
}

static void read_vfio_device(const struct machine *m, struct function *f)
{
	struct names devices = path_list(m->root, SYS_PCI "/%s/vfio-dev", f->address);

	if (devices.n)
		snprintf(f->vfio_device, sizeof(f->vfio_device), "%s", devices.v[0]);
	names_free(&devices);
}

static void read_state(const struct machine *m, struct function *f)
{
	char state[32], *seconds;

	read_text(m, f, "personality/state", state, sizeof(state));
	/* "unbinding 12": for so many seconds */
	seconds = strchr(state, ' ');
	if (seconds) {
		*seconds++ = '\0';
		if (!parse_number(seconds, 10, 0, ULONG_MAX, &f->unbinding))
			state[0] = '\0';
	}
	for (size_t i = 0; i < ARRAY_SIZE(state_names); i++)
		if (!strcmp(state, state_names[i])) {
			f->state = (enum state)i;
			return;
		}
	f->state = in_vfio(f) ? STATE_VFIO_REBOUND : f->driver[0] ? STATE_NATIVE : STATE_UNBOUND;
}

void function_override(const struct machine *m, const struct function *f, char *buf, size_t size)
{
	read_text(m, f, "driver_override", buf, size);
	if (!strcmp(buf, "(null)"))
		*buf = '\0';
}

const struct switch_texts *function_switch(const struct machine *m, const struct function *f)
{
	struct switch_texts *texts = f->texts;

	if (texts)
		return texts;
	texts = own(m, f)->texts = xcalloc(1, sizeof(*texts));
	read_text(m, f, "personality/native_driver", texts->native_driver,
		  sizeof(texts->native_driver));
	read_text(m, f, "personality/vfio_driver", texts->vfio_driver, sizeof(texts->vfio_driver));
	read_text(m, f, "personality/last_error", texts->last_error, sizeof(texts->last_error));
	return texts;
}

const char *function_native_driver(const struct machine *m, const struct function *f)
{
	return in_vfio(f) && f->state != STATE_VFIO ? function_switch(m, f)->native_driver :
						      f->driver;
}

const char *function_vfio_driver(const struct machine *m, const struct function *f)
{
	const char *driver = function_switch(m, f)->vfio_driver;

	return *driver ? driver : "auto";
}

static bool read_function(const struct machine *m, struct function *f)
{
	if (!read_ids(m, f))
		return false;
	f->switchable = path_exists(m->root, SYS_PCI "/%s/use_vfio", f->address);
	path_read_link_name(m->root, f->driver, sizeof(f->driver), SYS_PCI "/%s/driver",
			    f->address);
	path_read_link_name(m->root, f->pf, sizeof(f->pf), SYS_PCI "/%s/physfn", f->address);
	f->max_vfs = read_number(m, f, "sriov_totalvfs");
	f->vfs = f->max_vfs ? read_number(m, f, "sriov_numvfs") : 0;
	f->boot_vga = display_is_firmwares(m->root, f);
	read_group(m, f);
	read_vfio_device(m, f);
	read_state(m, f);
	return true;
}

struct function *machine_find_on_path(const struct machine *m, char *path)
{
	struct function *f = NULL;
	struct bdf bdf;
	char *part;

	while ((part = strsep(&path, "/")))
		if (bdf_parse(part, &bdf))
			f = machine_find(m, part);
	return f;
}

struct function *function_on_path(const struct machine *m, char *path)
{
	struct function *f = machine_find_on_path(m, path);

	return f && f->known ? f : NULL;
}

static int by_address(const void *a, const void *b)
{
	return bdf_compare(&((const struct function *)a)->bdf, &((const struct function *)b)->bdf);
}

void machine_open(struct machine *m, const struct path_ctx *root)
{
	struct names addresses = path_list(root, SYS_PCI);
	struct function *f;

	*m = (struct machine){
		.root = root,
		.functions = xcalloc(addresses.n, sizeof(*m->functions)),
		.has_switch = path_exists(root, "sys/module/pci_personality"),
	};
	for (size_t i = 0; i < addresses.n; i++) {
		f = m->functions + m->count;
		if (!bdf_parse(addresses.v[i], &f->bdf))
			continue;
		snprintf(f->address, sizeof(f->address), "%s", addresses.v[i]);
		f->group = -1;
		m->count++;
	}
	names_free(&addresses);
	if (m->count)
		qsort(m->functions, m->count, sizeof(*m->functions), by_address);
}

bool machine_know(const struct machine *m, struct function *f)
{
	if (!f->known)
		f->known = read_function(m, f);
	return f->known;
}

static void know_address(const struct machine *m, const char *address)
{
	struct function *f = machine_find(m, address);

	if (f)
		machine_know(m, f);
}

static void function_free(struct function *f)
{
	children_free(f);
	free(f->texts);
	free(f->path);
}

/* The unknown are forgotten */
static void keep_known(struct machine *m)
{
	struct function *f, *to = m->functions;

	for_each_function(f, m) {
		if (f->known)
			*to++ = *f;
		else
			function_free(f);
	}
	m->count = (size_t)(to - m->functions);
}

void machine_know_all(struct machine *m)
{
	struct function *f;

	if (m->whole)
		return;
	for_each_function(f, m)
		machine_know(m, f);
	keep_known(m);
	m->whole = true;
}

void machine_know_groups(const struct machine *m)
{
	struct names members;
	struct function *f;

	for_each_selected(f, m) {
		members = path_list(m->root, SYS_PCI "/%s/iommu_group/devices", f->address);
		for (size_t i = 0; i < members.n; i++)
			know_address(m, members.v[i]);
		names_free(&members);
	}
}

static void know_vfs(const struct machine *m, const struct function *pf)
{
	char vf[NAME_LEN];

	for (unsigned long i = 0; i < pf->vfs; i++)
		if (!path_read_link_name(m->root, vf, sizeof(vf), SYS_PCI "/%s/virtfn%lu",
					 pf->address, i))
			know_address(m, vf);
}

/* A bridge has functions in its folder, another function perhaps a domain of its own */
static bool has_below(const struct machine *m, const struct function *f)
{
	struct names names = path_list(m->root, SYS_PCI "/%s", f->address);
	unsigned int domain, bus;
	struct bdf bdf;
	bool has = false;

	for (size_t i = 0; i < names.n && !has; i++)
		has = bdf_parse(names.v[i], &bdf) ||
		      sscanf(names.v[i], "pci%x:%x", &domain, &bus) == 2;
	names_free(&names);
	return has;
}

static void know_below(const struct machine *m, const struct function *upper)
{
	struct function *f;

	if (!has_below(m, upper))
		return;
	for_each_function(f, m)
		if (is_below(m, f, upper))
			machine_know(m, f);
}

void machine_narrow(struct machine *m)
{
	struct function *f;

	if (m->whole)
		return;
	machine_know_groups(m);
	for_each_selected(f, m) {
		know_address(m, f->pf);
		know_vfs(m, f);
		know_below(m, f);
	}
	keep_known(m);
}

void machine_read_again(struct machine *m)
{
	struct function *f, *found;
	struct machine old = *m;

	machine_open(m, old.root);
	m->switch_error = old.switch_error;
	for_each_selected(f, &old) {
		found = machine_find(m, f->address);
		if (found)
			found->selected = machine_know(m, found);
	}
	machine_free(&old);
	machine_narrow(m);
}

void machine_free(struct machine *m)
{
	struct function *f;

	for_each_function(f, m)
		function_free(f);
	free(m->functions);
	m->functions = NULL;
	m->count = 0;
}

struct function *next_selected(const struct machine *m, struct function *f)
{
	for (f = f ? f + 1 : m->functions; f < m->functions + m->count; f++)
		if (f->selected)
			return f;
	return NULL;
}

struct function *machine_find(const struct machine *m, const char *address)
{
	struct function key, *found;

	if (!bdf_parse(address, &key.bdf) || !m->count)
		return NULL;
	found = bsearch(&key, m->functions, m->count, sizeof(key), by_address);
	return found;
}
