/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bdf: the address of a PCI function.
 */
#ifndef VP_BDF_H
#define VP_BDF_H

#include <stdbool.h>

/* "00000000:00:00.0": domains may have more than four digits */
#define BDF_LEN 24

/**
 * struct bdf - the address of a PCI function
 * @domain: segment group
 * @bus: bus
 * @slot: device
 * @func: function
 */
struct bdf {
	unsigned int domain, bus, slot, func;
};

/* [domain:]bus:device.function and nothing else; @bdf is set if true */
bool bdf_parse(const char *text, struct bdf *bdf);
/* libvirt's pci_domain_bus_device_function */
bool bdf_parse_libvirt(const char *text, struct bdf *bdf);
/* As sysfs writes it */
void bdf_format(const struct bdf *bdf, char text[BDF_LEN]);
int bdf_compare(const struct bdf *a, const struct bdf *b);

#endif
