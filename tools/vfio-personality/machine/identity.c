// SPDX-License-Identifier: GPL-2.0
/*
 * identity: which device a function is, when addresses have moved or there are two
 * of one model.
 */
#include "identity.h"

#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "late.h"

void identity_path(const struct machine *m, const struct function *f, char *path, size_t size)
{
	const char *start = strstr(function_path(m, f), "devices/");
	char copy[PATH_TEXT], *rest = copy, *part, address[BDF_LEN];
	struct bdf bdf;
	size_t len = 0;

	*path = '\0';
	if (!start)
		return;
	snprintf(copy, sizeof(copy), "%s", start + strlen("devices/"));
	while ((part = strsep(&rest, "/")) && len < size) {
		snprintf(address, sizeof(address), "%s", part);
		if (bdf_parse(part, &bdf))
			part = strrchr(address, ':') + 1;
		len += (size_t)snprintf(path + len, size - len, "%s%s", len ? "/" : "", part);
	}
	if (len >= size)
		*path = '\0';
}

static void ignore(char *fmt, ...)
{
	(void)fmt;
}

static void __attribute__((noreturn)) fail(char *fmt, ...)
{
	errx(EXIT_FAILED, "libpci: %s", fmt);
}

static struct pci_access *open_config(const struct path_ctx *root)
{
	struct pci_access *access = pci()->alloc();
	char *path = xasprintf("%s/sys/bus/pci", root->name);

	access->method = PCI_ACCESS_SYS_BUS_PCI;
	access->error = fail;
	access->warning = ignore;
	access->debug = ignore;
	pci()->set_param(access, "sysfs.path", path);
	pci()->init(access);
	free(path);
	return access;
}

/* PCIe's device serial number, which no driver is needed for; 0 if there is none */
static unsigned long long read_dsn(const struct path_ctx *root, const struct function *f)
{
	struct pci_access *access;
	unsigned long long dsn = 0;
	struct pci_dev *dev;
	struct pci_cap *cap;

	if (!path_exists(root, SYS_PCI "/%s/config", f->address))
		return 0;
	access = open_config(root);
	dev = pci()->get_dev(access, (int)f->bdf.domain, (int)f->bdf.bus, (int)f->bdf.slot,
			     (int)f->bdf.func);
	cap = pci()->find_cap(dev, PCI_EXT_CAP_ID_DSN, PCI_CAP_EXTENDED);
	if (cap)
		dsn = (unsigned long long)pci()->read_long(dev, cap->addr + 8) << 32 |
		      pci()->read_long(dev, cap->addr + 4);
	pci()->free_dev(dev);
	pci()->cleanup(access);
	return dsn == ~0ULL ? 0 : dsn;
}

/* What devices say of themselves may be any bytes; only what a file of ours may hold */
static void add_serial(char *serials, const char *kind, const char *value)
{
	size_t len = strlen(serials), end = strlen(value);

	while (end && isspace((unsigned char)value[end - 1]))
		end--;
	if (!end || len + strlen(kind) + end + 3 > IDENTITY_LEN)
		return;
	len += (size_t)sprintf(serials + len, "%s%s:", len ? "," : "", kind);
	for (size_t i = 0; i < end; i++)
		serials[len++] = isalnum((unsigned char)value[i]) || strchr("-_.:", value[i]) ?
				 value[i] : '_';
	serials[len] = '\0';
}

/* A VF has its PF's, or one that was thrown dice for */
static void read_serials(const struct machine *m, const struct function *f, char *serials)
{
	struct names controllers = path_list(m->root, SYS_PCI "/%s/nvme", f->address),
		     nets = path_list(m->root, SYS_PCI "/%s/net", f->address);
	unsigned long long dsn = read_dsn(m->root, f);
	unsigned long assigned;
	char text[64];

	*serials = '\0';
	snprintf(text, sizeof(text), "%016llx", dsn);
	if (dsn && !*f->pf)
		add_serial(serials, "dsn", text);
	if (controllers.n && path_read(m->root, text, sizeof(text), SYS_PCI "/%s/nvme/%s/serial",
				       f->address, controllers.v[0]) > 0)
		add_serial(serials, "nvme", text);
	/* 0: the one that the device came with */
	if (nets.n && !*f->pf &&
	    !path_read_number(m->root, &assigned, SYS_PCI "/%s/net/%s/addr_assign_type",
			      f->address, nets.v[0]) && !assigned &&
	    path_read(m->root, text, sizeof(text), SYS_PCI "/%s/net/%s/address", f->address,
		      nets.v[0]) > 0)
		add_serial(serials, "mac", text);
	names_free(&controllers);
	names_free(&nets);
}

struct identity identity_of(const struct machine *m, const struct function *f)
{
	struct identity identity = {
		.vendor = f->vendor,
		.device = f->device,
		.subvendor = f->subvendor,
		.subdevice = f->subdevice,
	};

	identity_path(m, f, identity.path, sizeof(identity.path));
	read_serials(m, f, identity.serials);
	return identity;
}

struct names identity_slots(const struct machine *m, const struct function *f)
{
	struct names all = path_list(m->root, "sys/bus/pci/slots"), slots = { 0 };
	const struct function *pf = machine_find(m, f->pf);
	char address[BDF_LEN], part[BDF_LEN + 2];

	for (size_t i = 0; i < all.n; i++) {
		if (path_read(m->root, address, sizeof(address), "sys/bus/pci/slots/%s/address",
			      all.v[i]) <= 0)
			continue;
		snprintf(part, sizeof(part), "/%s.", address);
		if (strstr(function_path(m, pf ? pf : f), part))
			names_add(&slots, all.v[i]);
	}
	names_free(&all);
	return slots;
}

static bool same_model(const struct identity *saved, const struct function *f)
{
	return saved->vendor == f->vendor && saved->device == f->device &&
	       saved->subvendor == f->subvendor && saved->subdevice == f->subdevice;
}

static size_t kind_len(const char *serial)
{
	return strcspn(serial, ":");
}

/* Of the kinds that both know: 1 all are the same, -1 one is not, 0 there are none */
static int compare_serials(const char *saved, const char *now)
{
	struct names a = names_split(saved), b = names_split(now);
	int result = 0;

	for (size_t i = 0; result >= 0 && i < a.n; i++)
		for (size_t j = 0; result >= 0 && j < b.n; j++) {
			size_t len = kind_len(a.v[i]);

			if (len && len == kind_len(b.v[j]) && !strncmp(a.v[i], b.v[j], len))
				result = strcmp(a.v[i], b.v[j]) ? -1 : 1;
		}
	names_free(&a);
	names_free(&b);
	return result;
}

/* By vendor and device, which need not be known yet */
static bool is_twin(const struct identity *saved, const struct machine *m,
		    const struct function *f, const struct function *other)
{
	unsigned long vendor, device;

	return strcmp(other->address, f->address) &&
	       !path_read_number(m->root, &vendor, SYS_PCI "/%s/vendor", other->address) &&
	       !path_read_number(m->root, &device, SYS_PCI "/%s/device", other->address) &&
	       vendor == saved->vendor && device == saved->device;
}

static bool has_twin(const struct identity *saved, const struct machine *m,
		     const struct function *f)
{
	const struct function *other;

	for_each_function(other, m)
		if (is_twin(saved, m, f, other))
			return true;
	return false;
}

bool identity_needs_driver(const struct identity *saved, const struct machine *m,
			   const struct function *f)
{
	return *saved->serials && !strstr(saved->serials, "dsn:") && has_twin(saved, m, f);
}

bool identity_is_last(const struct identity *saved, const struct machine *m,
		      const struct function *f)
{
	struct identity now = identity_of(m, f);
	struct function *other;

	if (!same_model(saved, f) || !*saved->path || strcmp(saved->path, now.path))
		return false;
	for_each_function(other, m) {
		if (!is_twin(saved, m, f, other))
			continue;
		machine_know(m, other);
		now = identity_of(m, other);
		if (compare_serials(saved->serials, now.serials) >= 0)
			return false;
	}
	return true;
}

enum identity_match identity_compare(const struct identity *saved, const struct machine *m,
				     const struct function *f)
{
	struct identity now;
	int serials;

	if (!same_model(saved, f))
		return IDENTITY_OTHER;
	now = identity_of(m, f);
	serials = compare_serials(saved->serials, now.serials);
	if (serials)
		return serials > 0 ? IDENTITY_SURE : IDENTITY_OTHER;
	if (*saved->path && strcmp(saved->path, now.path))
		return IDENTITY_OTHER;
	return identity_needs_driver(saved, m, f) ? IDENTITY_OPEN : IDENTITY_SAME;
}

struct function *identity_find(const struct identity *saved, struct machine *m)
{
	struct function *f;

	if (!*saved->serials)
		return NULL;
	for_each_function(f, m)
		if (machine_know(m, f) && identity_compare(saved, m, f) == IDENTITY_SURE)
			return f;
	return NULL;
}
