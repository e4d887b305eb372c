// SPDX-License-Identifier: GPL-2.0
/*
 * selector: the ways to say which function is meant.
 */
#include "children.h"
#include "late.h"
#include "selector.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer is no name of anything, and more than libpci expects */
#define TEXT_MAX 128

static const struct {
	const char *word;
	unsigned int class, mask;
} classes[] = {
	{ "storage", 0x010000, 0xff0000 },
	{ "nvme", 0x010800, 0xffff00 },
	{ "network", 0x020000, 0xff0000 },
	{ "display", 0x030000, 0xff0000 },
	{ "multimedia", 0x040000, 0xff0000 },
	{ "audio", 0x040300, 0xffff00 },
	{ "communication", 0x070000, 0xff0000 },
	{ "serial", 0x0c0000, 0xff0000 },
	{ "usb", 0x0c0300, 0xffff00 },
	{ "wireless", 0x0d0000, 0xff0000 },
	{ "crypto", 0x100000, 0xff0000 },
	{ "accelerator", 0x120000, 0xff0000 },
};

static void selector_init(struct selector *s, enum selector_kind kind, const char *text)
{
	*s = (struct selector){
		.kind = kind,
		.text = text,
		.domain = ANY,
		.bus = ANY,
		.slot = ANY,
		.func = ANY,
		.vendor = ANY,
		.device = ANY,
	};
}

static const char *check_text(const char *text)
{
	if (!*text)
		return "it is empty";
	if (strlen(text) >= TEXT_MAX)
		return "it is too long";
	return NULL;
}

/* vendor:device, both given */
static const char *parse_assertion(struct selector *s, const char *text)
{
	unsigned long vendor, device;
	char copy[TEXT_MAX], *colon;

	snprintf(copy, sizeof(copy), "%s", text);
	colon = strchr(copy, ':');
	if (colon)
		*colon++ = '\0';
	if (!colon || !parse_number(copy, 16, 0, 0xffff, &vendor) ||
	    !parse_number(colon, 16, 0, 0xffff, &device))
		return "after the @ goes VENDOR:DEVICE, four hexadecimal digits each";
	s->vendor = (int)vendor;
	s->device = (int)device;
	return NULL;
}

/* "01:00": all functions of a slot */
static bool parse_slot(struct selector *s, const char *text)
{
	char with_function[TEXT_MAX + 2];

	snprintf(with_function, sizeof(with_function), "%s.0", text);
	if (!bdf_parse(with_function, &s->bdf))
		return false;
	s->kind = SELECT_FILTER;
	s->domain = (int)s->bdf.domain;
	s->bus = (int)s->bdf.bus;
	s->slot = (int)s->bdf.slot;
	return true;
}

/* "group:14" */
static const char *parse_group(struct selector *s, const char *text)
{
	unsigned long group;

	if (!parse_number(text, 10, 0, INT_MAX, &group))
		return "after group: goes the number of an IOMMU group";
	s->kind = SELECT_GROUP;
	s->group = (long)group;
	return NULL;
}

static const char *parse_address(struct selector *s, char *text)
{
	char *at = strchr(text, '@');

	if (at)
		*at++ = '\0';
	if (!at && parse_slot(s, text))
		return NULL;
	if (!bdf_parse(text, &s->bdf) && !bdf_parse_libvirt(text, &s->bdf))
		return "it is not an address: those are like 0000:01:10.0";
	s->kind = SELECT_ADDRESS;
	return at ? parse_assertion(s, at) : NULL;
}

const char *selector_parse(struct selector *s, const char *text)
{
	const char *why = check_text(text);
	char copy[TEXT_MAX];

	selector_init(s, SELECT_NAME, text);
	if (why)
		return why;
	if (!strncmp(text, "group:", 6))
		return parse_group(s, text + 6);
	if (!strncmp(text, "/dev/vfio/", 10) && !parse_group(s, text + 10))
		return NULL;
	if (strpbrk(text, "*?[")) {
		s->kind = SELECT_GLOB;
		return NULL;
	}
	/* A device file, by whatever name it has there */
	if (!strncmp(text, "/dev/", 5)) {
		s->text = text + 5;
		return *s->text ? NULL : "it is not the name of a device file";
	}
	snprintf(copy, sizeof(copy), "%s", strncmp(text, "/sys/", 5) ? text :
		 strrchr(text, '/') + 1);
	/* Names of interfaces and disks have neither colon nor slash */
	if (strchr(copy, ':') || !strncmp(copy, "pci_", 4))
		return parse_address(s, copy);
	if (strchr(text, '/'))
		return "it is neither an address nor the name of an interface or disk";
	return NULL;
}

/* By libpci's parser, which writes to what it reads */
static const char *parse_filter(struct selector *s, const char *text, struct pci_filter *filter,
				char *(*parse)(struct pci_filter *filter, char *text))
{
	const char *why = check_text(text);
	char copy[TEXT_MAX];

	selector_init(s, SELECT_FILTER, text);
	pci()->filter_init(NULL, filter);
	if (why)
		return why;
	snprintf(copy, sizeof(copy), "%s", text);
	return parse(filter, copy);
}

const char *selector_parse_slot(struct selector *s, const char *text)
{
	struct pci_filter filter;
	const char *why = parse_filter(s, text, &filter, pci()->filter_parse_slot);

	s->domain = filter.domain;
	s->bus = filter.bus;
	s->slot = filter.slot;
	s->func = filter.func;
	return why;
}

const char *selector_parse_id(struct selector *s, const char *text)
{
	struct pci_filter filter;
	const char *why = parse_filter(s, text, &filter, pci()->filter_parse_id);

	s->filter = FILTER_ID;
	s->vendor = filter.vendor;
	s->device = filter.device;
	if (filter.device_class >= 0) {
		s->class_mask = (filter.device_class_mask & 0xffff) << 8;
		s->class = (unsigned int)filter.device_class << 8 & s->class_mask;
	}
	if (filter.prog_if >= 0) {
		s->class_mask |= 0xff;
		s->class |= (unsigned int)filter.prog_if & 0xff;
	}
	return why;
}

const char *selector_parse_class(struct selector *s, const char *text)
{
	selector_init(s, SELECT_FILTER, text);
	s->filter = FILTER_CLASS;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (!strcmp(text, classes[i].word)) {
			s->class = classes[i].class;
			s->class_mask = classes[i].mask;
			return NULL;
		}
	return "there is no such class; --help names them";
}

char *selector_class_words(void)
{
	char *list = xstrdup(""), *more;

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		more = xasprintf("%s%s%s", list, i ? "," : "", classes[i].word);
		free(list);
		list = more;
	}
	return list;
}

static bool fits(int wanted, unsigned int is)
{
	return wanted == ANY || (unsigned int)wanted == is;
}

bool selector_agrees(const struct selector *s, const struct function *f)
{
	return fits(s->vendor, f->vendor) && fits(s->device, f->device);
}

static bool any_is_like(const char *pattern, const struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (!fnmatch(pattern, names->v[i], 0))
			return true;
	return false;
}

/* The first domain may be left out, as in addresses */
static bool is_like(const char *pattern, const struct machine *m, const struct function *f)
{
	const struct children *children;
	const char *in_domain = strchr(f->address, ':');

	if (!fnmatch(pattern, f->address, 0) ||
	    (!f->bdf.domain && in_domain && !fnmatch(pattern, in_domain + 1, 0)))
		return !is_bridge(f);
	children = function_children(m, f);
	return any_is_like(pattern, &children->nets) || any_is_like(pattern, &children->blocks) ||
	       any_is_like(pattern, &children->controllers) ||
	       any_is_like(pattern, &children->others);
}

static bool is_called(const char *name, const struct machine *m, const struct function *f)
{
	const struct children *children = function_children(m, f);

	return names_have(&children->nets, name) || names_have(&children->blocks, name) ||
	       names_have(&children->controllers, name);
}

bool selector_matches(const struct selector *s, const struct machine *m,
		      const struct function *f)
{
	switch (s->kind) {
	case SELECT_ADDRESS:
		return !bdf_compare(&s->bdf, &f->bdf);
	case SELECT_NAME:
		return is_called(s->text, m, f);
	case SELECT_GLOB:
		return is_like(s->text, m, f);
	case SELECT_GROUP:
		return f->group == s->group && !is_bridge(f);
	case SELECT_FILTER:
		return fits(s->domain, f->bdf.domain) && fits(s->bus, f->bdf.bus) &&
		       fits(s->slot, f->bdf.slot) && fits(s->func, f->bdf.func) &&
		       selector_agrees(s, f) && (f->class & s->class_mask) == s->class;
	}
	return false;
}
