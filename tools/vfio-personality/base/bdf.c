// SPDX-License-Identifier: GPL-2.0
/*
 * bdf: the address of a PCI function.
 */
#include "bdf.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Up to @digits hexadecimal digits, at least one */
static const char *take_hex(const char *text, int digits, unsigned int *value)
{
	*value = 0;
	if (!isxdigit((unsigned char)*text))
		return NULL;
	for (; digits && isxdigit((unsigned char)*text); digits--, text++)
		*value = *value << 4 | (unsigned int)(isdigit((unsigned char)*text) ?
			*text - '0' : tolower((unsigned char)*text) - 'a' + 10);
	return text;
}

static const char *take_char(const char *text, char c)
{
	return text && *text == c ? text + 1 : NULL;
}

static bool in_range(const struct bdf *bdf)
{
	return bdf->bus <= 0xff && bdf->slot <= 0x1f && bdf->func <= 7;
}

/* bus SEPARATOR device DOT function */
static bool take_rest(const char *text, char separator, char dot, struct bdf *bdf)
{
	text = text ? take_hex(text, 2, &bdf->bus) : NULL;
	text = take_char(text, separator);
	text = text ? take_hex(text, 2, &bdf->slot) : NULL;
	text = take_char(text, dot);
	text = text ? take_hex(text, 1, &bdf->func) : NULL;
	return text && !*text && in_range(bdf);
}

bool bdf_parse(const char *text, struct bdf *bdf)
{
	const char *colon = strchr(text, ':');

	bdf->domain = 0;
	if (!colon)
		return false;
	if (strchr(colon + 1, ':')) {
		text = take_hex(text, 8, &bdf->domain);
		text = take_char(text, ':');
	}
	return take_rest(text, ':', '.', bdf);
}

bool bdf_parse_libvirt(const char *text, struct bdf *bdf)
{
	if (strncmp(text, "pci_", 4))
		return false;
	text = take_hex(text + 4, 8, &bdf->domain);
	return take_rest(take_char(text, '_'), '_', '_', bdf);
}

void bdf_format(const struct bdf *bdf, char text[BDF_LEN])
{
	snprintf(text, BDF_LEN, "%04x:%02x:%02x.%x", bdf->domain, bdf->bus & 0xff,
		 bdf->slot & 0x1f, bdf->func & 7);
}

int bdf_compare(const struct bdf *a, const struct bdf *b)
{
	const unsigned int x[] = { a->domain, a->bus, a->slot, a->func };
	const unsigned int y[] = { b->domain, b->bus, b->slot, b->func };

	for (int i = 0; i < 4; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}
