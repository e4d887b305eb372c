/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI functions as sysfs shows them. A function is named by its address, such
 * as "0000:00:02.0". What is not only about PCI takes the name of an auxiliary or mdev
 * device as well, which is under a vfio_device in a function's place.
 */
#ifndef LIB_PCI_H
#define LIB_PCI_H

#include "types.h"

#define PCI_BDF_LEN	16
#define PCI_NAME_LEN	64

/* Is the function there? */
bool pci_present(const char *bdf);

/* One of its attributes; see file.h */
int pci_read(const char *bdf, const char *attr, char *buf, size_t size);
int pci_read_line(const char *bdf, const char *attr, char *buf, size_t size);
int pci_write(const char *bdf, const char *attr, const char *value);
bool pci_has(const char *bdf, const char *attr);
/* Does it read @value and a newline? */
bool pci_reads(const char *bdf, const char *attr, const char *value);

/* An attribute that is a number: the number, or a negative errno */
long pci_number(const char *bdf, const char *attr);

/* The bound driver's name, empty if there is none: 0 or a negative errno */
int pci_driver(const char *bdf, char *name, size_t size);
bool pci_driver_is(const char *bdf, const char *name);

/* Unbind, or bind with driver_override set for the occasion: 0 or -errno */
int pci_unbind(const char *bdf);
int pci_bind(const char *bdf, const char *driver);

/* The IOMMU group's number and how many devices are in it; -errno if none */
int pci_group(const char *bdf);
int pci_group_size(const char *bdf);

/* What the bound driver made of the function: 0 or -ENOENT */
int pci_netdev(const char *bdf, char *name, size_t size);
int pci_block(const char *bdf, char *name, size_t size);
int pci_vfio_device(const char *bdf, char *name, size_t size);

/* Functions by id: fills up to @max, returns how many there are */
int pci_find(u16 vendor, u16 device, char bdf[][PCI_BDF_LEN], int max);

/* A function by id that is in no IOMMU group: 0 or -ENOENT */
int pci_find_without_group(u16 vendor, u16 device, char *bdf);

/* The first of them that can have @vfs VFs: 0 or -ENOENT */
int pci_find_pf(u16 vendor, u16 device, int vfs, char *bdf);

/* Another function of the same slot: 0 or -ENOENT */
int pci_slot_function(const char *bdf, int function, char *other);

/* VFs of a PF: enable (0 disables); the address of one: 0 or -errno */
int pci_set_vfs(const char *pf, int vfs);
int pci_vf(const char *pf, int index, char *bdf);

/* Take the function off the bus; look for functions again: 0 or -errno */
int pci_remove(const char *bdf);
int pci_rescan(void);

#endif /* LIB_PCI_H */
