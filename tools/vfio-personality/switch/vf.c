// SPDX-License-Identifier: GPL-2.0
/*
 * vf: how VFs are to be set up, as text.
 */
#include "vf.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than any */
#define SPEC_MAX 512
#define NUMBER_MAX 65534

static const char *const names[VF_SETTINGS] = {
	[VF_MAC] = "mac",
	[VF_VLAN] = "vlan",
	[VF_RATE] = "rate",
	[VF_SPOOFCHK] = "spoofchk",
	[VF_TRUST] = "trust",
	[VF_STATE] = "state",
};

/* The words of ip(8), of which some are parts of one setting */
enum word {
	WORD_MAC,
	WORD_VLAN,
	WORD_QOS,
	WORD_PROTO,
	WORD_MAX_RATE,
	WORD_MIN_RATE,
	WORD_SPOOFCHK,
	WORD_TRUST,
	WORD_STATE,
	WORDS
};

static const char *const words[WORDS] = {
	[WORD_MAC] = "mac",
	[WORD_VLAN] = "vlan",
	[WORD_QOS] = "qos",
	[WORD_PROTO] = "proto",
	[WORD_MAX_RATE] = "max_tx_rate",
	[WORD_MIN_RATE] = "min_tx_rate",
	[WORD_SPOOFCHK] = "spoofchk",
	[WORD_TRUST] = "trust",
	[WORD_STATE] = "state",
};

/**
 * struct spec - one text
 * @first: it is about these VFs
 * @last: to this one
 * @given: bit n: word n was said
 * @mac: its value
 * @numbers: of the words that have one
 * @values: all as settings
 */
struct spec {
	unsigned long first, last;
	unsigned int given;
	unsigned long numbers[WORDS];
	char proto[8];
	struct vf_values values;
};

const char *vf_setting_name(enum vf_setting setting)
{
	return names[setting];
}

/* Of one card, not of a group of them */
static const char *parse_mac(char *to, const char *text)
{
	unsigned int byte[6];
	int end = 0;

	if (strlen(text) != 17 || strspn(text, "0123456789abcdefABCDEF:") != 17 ||
	    sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &byte[0], &byte[1], &byte[2], &byte[3],
		   &byte[4], &byte[5], &end) != 6 || end != 17)
		return "a MAC address is like 52:54:00:12:34:56";
	if (byte[0] & 1)
		return "that MAC address is one of a group (multicast), which no VF can have";
	snprintf(to, VF_VALUE, "%02x:%02x:%02x:%02x:%02x:%02x", byte[0], byte[1], byte[2],
		 byte[3], byte[4], byte[5]);
	return NULL;
}

static const char *parse_choice(char *to, const char *text, const char *choices, const char *why)
{
	struct names names = names_split(choices);
	bool is = names_have(&names, text);

	names_free(&names);
	if (is)
		strcpy(to, text);
	return is ? NULL : why;
}

static const char *parse_value(struct spec *spec, enum word word, const char *text)
{
	switch (word) {
	case WORD_MAC:
		return parse_mac(spec->values.v[VF_MAC], text);
	case WORD_VLAN:
		return parse_number(text, 10, 0, 4094, &spec->numbers[word]) ? NULL :
			"a VLAN is a number from 1 to 4094, or 0 for none";
	case WORD_QOS:
		return parse_number(text, 10, 0, 7, &spec->numbers[word]) ? NULL :
			"qos is a number from 0 to 7";
	case WORD_PROTO:
		return parse_choice(spec->proto, text, "802.1Q,802.1ad",
				    "proto is 802.1Q or 802.1ad");
	case WORD_MAX_RATE:
	case WORD_MIN_RATE:
		return parse_number(text, 10, 0, INT_MAX, &spec->numbers[word]) ? NULL :
			"a rate is a number of Mbit/s, or 0 for no limit";
	case WORD_SPOOFCHK:
		return parse_choice(spec->values.v[VF_SPOOFCHK], text, "on,off",
				    "spoofchk is on or off");
	case WORD_TRUST:
		return parse_choice(spec->values.v[VF_TRUST], text, "on,off",
				    "trust is on or off");
	case WORD_STATE:
		return parse_choice(spec->values.v[VF_STATE], text, "auto,enable,disable",
				    "state is auto, enable or disable");
	case WORDS:
		break;
	}
	return NULL;
}

#define NO_WORD \
	"there is no such setting; there are mac, vlan, qos, proto, max_tx_rate, min_tx_rate, spoofchk, trust and state"

static const char *parse_word(struct spec *spec, char *text)
{
	char *value = strchr(text, '=');

	if (!value)
		return "behind the VF go settings, as mac=52:54:00:12:34:56,vlan=100";
	*value++ = '\0';
	for (int word = 0; word < WORDS; word++) {
		if (strcmp(text, words[word]))
			continue;
		if (spec->given & 1U << word)
			return "a setting is there twice";
		spec->given |= 1U << word;
		return parse_value(spec, (enum word)word, value);
	}
	return NO_WORD;
}

static bool is_given(const struct spec *spec, enum word word)
{
	return spec->given & 1U << word;
}

/* What the kernel takes together */
static const char *put_together(struct spec *spec)
{
	const unsigned long *n = spec->numbers;

	if ((is_given(spec, WORD_QOS) || is_given(spec, WORD_PROTO)) && !is_given(spec, WORD_VLAN))
		return "qos and proto go with a vlan";
	if (is_given(spec, WORD_VLAN))
		snprintf(spec->values.v[VF_VLAN], VF_VALUE, "%lu/%lu/%s", n[WORD_VLAN],
			 n[WORD_QOS], *spec->proto ? spec->proto : "802.1Q");
	if (n[WORD_MAX_RATE] && n[WORD_MIN_RATE] > n[WORD_MAX_RATE])
		return "min_tx_rate is more than max_tx_rate";
	if (is_given(spec, WORD_MAX_RATE) || is_given(spec, WORD_MIN_RATE))
		snprintf(spec->values.v[VF_RATE], VF_VALUE, "%lu/%lu", n[WORD_MIN_RATE],
			 n[WORD_MAX_RATE]);
	if (is_given(spec, WORD_MAC) && spec->first != spec->last)
		return "a MAC address is one VF's";
	return NULL;
}

/* "3", "0-3", "all" */
static const char *parse_numbers(struct spec *spec, char *text)
{
	char *dash = strchr(text, '-');

	if (!strcmp(text, "all")) {
		spec->last = NUMBER_MAX;
		return NULL;
	}
	if (dash)
		*dash++ = '\0';
	if (!parse_number(text, 10, 0, NUMBER_MAX, &spec->first) ||
	    !parse_number(dash ? dash : text, 10, spec->first, NUMBER_MAX, &spec->last))
		return "before the colon goes the number of a VF from 0 on, two as 0-3, or all";
	return NULL;
}

static const char *parse_spec(struct spec *spec, const char *text)
{
	char copy[SPEC_MAX], *rest, *part;
	const char *why;

	*spec = (struct spec){ 0 };
	if ((size_t)snprintf(copy, sizeof(copy), "%s", text) >= sizeof(copy))
		return "it is too long";
	rest = copy;
	part = strsep(&rest, ":");
	if (!rest)
		return "it is like 0:mac=52:54:00:12:34:56,vlan=100, or all:trust=on";
	why = parse_numbers(spec, part);
	while (!why && (part = strsep(&rest, ",")))
		why = parse_word(spec, part);
	return why ? why : put_together(spec);
}

static void add(char **text, const char *fmt, const char *value)
{
	char *one = xasprintf(fmt, value), *more;

	more = xasprintf("%s%s%s", *text, **text ? "," : "", one);
	free(one);
	free(*text);
	*text = more;
}

static void add_vlan(char **text, const char *value)
{
	unsigned int vlan, qos;
	char proto[8], number[24];

	if (sscanf(value, "%u/%u/%7s", &vlan, &qos, proto) != 3)
		return;
	snprintf(number, sizeof(number), "%u", vlan);
	add(text, "vlan=%s", number);
	snprintf(number, sizeof(number), "%u", qos);
	if (qos)
		add(text, "qos=%s", number);
	if (strcmp(proto, "802.1Q"))
		add(text, "proto=%s", proto);
}

static void add_rate(char **text, const char *value)
{
	unsigned int min, max;
	char number[24];

	if (sscanf(value, "%u/%u", &min, &max) != 2)
		return;
	snprintf(number, sizeof(number), "%u", max);
	add(text, "max_tx_rate=%s", number);
	snprintf(number, sizeof(number), "%u", min);
	if (min)
		add(text, "min_tx_rate=%s", number);
}

char *vf_format(const struct vf_values *values)
{
	char *text = xstrdup(""), *fmt;

	for (int s = 0; s < VF_SETTINGS; s++) {
		if (!*values->v[s])
			continue;
		if (s == VF_VLAN) {
			add_vlan(&text, values->v[s]);
		} else if (s == VF_RATE) {
			add_rate(&text, values->v[s]);
		} else {
			fmt = xasprintf("%s=%s", names[s], values->v[s]);
			add(&text, "%s", fmt);
			free(fmt);
		}
	}
	return text;
}

/* As it is kept: its settings in one order, whatever they were written in */
static char *format_spec(const struct spec *spec)
{
	char *settings = vf_format(&spec->values), *text;

	if (spec->last == NUMBER_MAX && !spec->first)
		text = xasprintf("all:%s", settings);
	else if (spec->first == spec->last)
		text = xasprintf("%lu:%s", spec->first, settings);
	else
		text = xasprintf("%lu-%lu:%s", spec->first, spec->last, settings);
	free(settings);
	return text;
}

const char *vf_add(const char **specs, const char *text)
{
	char *one, *more;
	struct spec spec;
	const char *why = parse_spec(&spec, text);

	if (why)
		return why;
	one = format_spec(&spec);
	more = xasprintf("%s%s%s", *specs, **specs ? " " : "", one);
	*specs = xintern(more);
	free(more);
	free(one);
	return NULL;
}

struct vf_values vf_values_of(const char *specs, unsigned long number)
{
	struct names all = names_split_at(specs, " ");
	struct vf_values values = { 0 };
	struct spec spec;

	for (size_t i = 0; i < all.n; i++) {
		if (parse_spec(&spec, all.v[i]) || number < spec.first || number > spec.last)
			continue;
		for (int s = 0; s < VF_SETTINGS; s++)
			if (*spec.values.v[s])
				memcpy(values.v[s], spec.values.v[s], VF_VALUE);
	}
	names_free(&all);
	return values;
}

static const char *check_macs(const char *specs, const struct names *all)
{
	struct names macs = { 0 };
	struct vf_values values;
	const char *why = NULL;
	struct spec spec;

	for (size_t i = 0; !why && i < all->n; i++) {
		if (parse_spec(&spec, all->v[i]) || !*spec.values.v[VF_MAC])
			continue;
		/* One that is said anew does not count */
		values = vf_values_of(specs, spec.first);
		if (strcmp(values.v[VF_MAC], spec.values.v[VF_MAC]))
			continue;
		if (names_have(&macs, values.v[VF_MAC]))
			why = "two VFs would have one MAC address";
		names_add(&macs, values.v[VF_MAC]);
	}
	names_free(&macs);
	return why;
}

const char *vf_check(const char *specs, long vfs)
{
	struct names all = names_split_at(specs, " ");
	const char *why = NULL;
	struct spec spec;

	if (all.n && vfs <= 0)
		why = "settings of VFs go with a number of VFs";
	for (size_t i = 0; !why && i < all.n; i++) {
		if (parse_spec(&spec, all.v[i]))
			continue;
		if (spec.first >= (unsigned long)vfs ||
		    (spec.last >= (unsigned long)vfs && spec.last != NUMBER_MAX))
			why = "they are about a VF that there is not: the first one is 0";
	}
	if (!why)
		why = check_macs(specs, &all);
	names_free(&all);
	return why;
}

bool vf_is_default(enum vf_setting setting, const char *value, bool likely)
{
	static const char *const usual[VF_SETTINGS] = {
		[VF_MAC] = "00:00:00:00:00:00",
		[VF_VLAN] = "0/0/802.1Q",
		[VF_RATE] = "0/0",
		[VF_SPOOFCHK] = "on",
		[VF_TRUST] = "off",
		[VF_STATE] = "auto",
	};

	if (!likely && (setting == VF_SPOOFCHK || setting == VF_TRUST))
		return false;
	return !strcmp(value, usual[setting]);
}

const char *vf_attr(unsigned long number, enum vf_setting setting)
{
	char text[48];

	snprintf(text, sizeof(text), "vf/%lu/%s", number, names[setting]);
	return xintern(text);
}

bool vf_attr_parse(const char *attr, unsigned long *number, enum vf_setting *setting)
{
	char name[16];
	int end = 0;

	if (sscanf(attr, "vf/%5lu/%15[a-z]%n", number, name, &end) != 2 || attr[end])
		return false;
	for (int s = 0; s < VF_SETTINGS; s++)
		if (!strcmp(name, names[s])) {
			*setting = (enum vf_setting)s;
			return true;
		}
	return false;
}
