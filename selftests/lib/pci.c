// SPDX-License-Identifier: GPL-2.0
/* PCI functions as sysfs shows them, see pci.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "pci.h"

#define BUSES "/sys/bus"
#define DEVICES BUSES "/pci/devices"
#define DRIVERS "/sys/bus/pci/drivers"

/* By what its name looks like: an address, a driver's name and a number, a UUID */
static const char *bus_of(const char *name)
{
	if (strchr(name, ':'))
		return "pci";
	return strchr(name, '.') ? "auxiliary" : "mdev";
}

static const char *attr_path(char *path, const char *bdf, const char *attr)
{
	snprintf(path, PATH_MAX, BUSES "/%s/devices/%s/%s", bus_of(bdf), bdf, attr);
	return path;
}

bool pci_present(const char *bdf)
{
	return pci_has(bdf, "vendor");
}

int pci_read(const char *bdf, const char *attr, char *buf, size_t size)
{
	char path[PATH_MAX];

	return file_read(attr_path(path, bdf, attr), buf, size);
}

int pci_read_line(const char *bdf, const char *attr, char *buf, size_t size)
{
	char path[PATH_MAX];

	return file_read_line(attr_path(path, bdf, attr), buf, size);
}

int pci_write(const char *bdf, const char *attr, const char *value)
{
	char path[PATH_MAX];

	return file_write(attr_path(path, bdf, attr), value);
}

bool pci_has(const char *bdf, const char *attr)
{
	char path[PATH_MAX];

	return !access(attr_path(path, bdf, attr), F_OK);
}

bool pci_reads(const char *bdf, const char *attr, const char *value)
{
	char text[256];

	return pci_read_line(bdf, attr, text, sizeof(text)) >= 0 &&
	       !strcmp(text, value);
}

long pci_number(const char *bdf, const char *attr)
{
	char text[32];
	int ret = pci_read_line(bdf, attr, text, sizeof(text));

	return ret < 0 ? ret : strtol(text, NULL, 0);
}

int pci_driver(const char *bdf, char *name, size_t size)
{
	char path[PATH_MAX];
	int ret;

	name[0] = '\0';
	if (!pci_present(bdf))
		return -ENODEV;
	ret = file_link_name(attr_path(path, bdf, "driver"), name, size);
	return ret == -ENOENT ? 0 : ret;
}

bool pci_driver_is(const char *bdf, const char *name)
{
	char driver[PCI_NAME_LEN];

	return !pci_driver(bdf, driver, sizeof(driver)) && !strcmp(driver, name);
}

int pci_unbind(const char *bdf)
{
	return pci_write(bdf, "driver/unbind", bdf);
}

int pci_bind(const char *bdf, const char *driver)
{
	char path[PATH_MAX];
	char saved[256];
	int ret;

	ret = pci_read_line(bdf, "driver_override", saved, sizeof(saved));
	if (ret < 0)
		return ret;
	ret = pci_write(bdf, "driver_override", driver);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), DRIVERS "/%s/bind", driver);
	ret = file_write(path, bdf);
	/* "(null)" is how sysfs shows that nothing is set; a newline clears */
	pci_write(bdf, "driver_override",
		  strcmp(saved, "(null)") && saved[0] ? saved : "\n");
	return ret;
}

int pci_group(const char *bdf)
{
	char path[PATH_MAX];
	char name[32];
	int ret = file_link_name(attr_path(path, bdf, "iommu_group"), name,
				 sizeof(name));

	return ret ? ret : atoi(name);
}

int pci_group_size(const char *bdf)
{
	char path[PATH_MAX];

	if (pci_group(bdf) < 0)
		return pci_group(bdf);
	return file_count(attr_path(path, bdf, "iommu_group/devices/*"));
}

int pci_netdev(const char *bdf, char *name, size_t size)
{
	char path[PATH_MAX];
	int ret = file_match(attr_path(path, bdf, "net/*"), name, size);

	/* A virtio function's netdev belongs to the virtio device below it */
	return ret ? file_match(attr_path(path, bdf, "virtio*/net/*"), name,
				size) : 0;
}

int pci_block(const char *bdf, char *name, size_t size)
{
	unsigned int subsystem, namespace;
	char path[PATH_MAX];
	char found[32];
	int ret;

	if (!file_match(attr_path(path, bdf, "virtio*/block/vd*"), name, size))
		return 0;
	ret = file_match(attr_path(path, bdf, "nvme/nvme*/nvme*n*"), found,
			 sizeof(found));
	if (ret)
		return ret;
	/* With multipath, this is one way (nvme0c0n1) to the disk (nvme0n1) */
	if (sscanf(found, "nvme%uc%*un%u", &subsystem, &namespace) == 2)
		snprintf(found, sizeof(found), "nvme%un%u", subsystem, namespace);
	snprintf(name, size, "%s", found);
	return 0;
}

int pci_vfio_device(const char *bdf, char *name, size_t size)
{
	char path[PATH_MAX];

	return file_match(attr_path(path, bdf, "vfio-dev/vfio*"), name, size);
}

int pci_find(u16 vendor, u16 device, char bdf[][PCI_BDF_LEN], int max)
{
	struct dirent **entries;
	int n = scandir(DEVICES, &entries, NULL, alphasort);
	int count = 0;
	int i;

	for (i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.' && strlen(name) < PCI_BDF_LEN &&
		    pci_number(name, "vendor") == vendor &&
		    pci_number(name, "device") == device) {
			if (count < max)
				strcpy(bdf[count], name);
			count++;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return count;
}

/* As many as are looked through for the first that has what is wanted */
#define LOOKED_AT	16

int pci_find_pf(u16 vendor, u16 device, int vfs, char *bdf)
{
	char found[LOOKED_AT][PCI_BDF_LEN];
	int n = pci_find(vendor, device, found, LOOKED_AT);
	int i;

	for (i = 0; i < n && i < LOOKED_AT; i++) {
		if (pci_number(found[i], "sriov_totalvfs") >= vfs) {
			strcpy(bdf, found[i]);
			return 0;
		}
	}
	return -ENOENT;
}

int pci_find_without_group(u16 vendor, u16 device, char *bdf)
{
	char found[LOOKED_AT][PCI_BDF_LEN];
	int n = pci_find(vendor, device, found, LOOKED_AT);
	int i;

	for (i = 0; i < n && i < LOOKED_AT; i++) {
		if (pci_group(found[i]) < 0) {
			strcpy(bdf, found[i]);
			return 0;
		}
	}
	return -ENOENT;
}

int pci_slot_function(const char *bdf, int function, char *other)
{
	char *dot;

	snprintf(other, PCI_BDF_LEN, "%s", bdf);
	dot = strrchr(other, '.');
	if (!dot)
		return -ENOENT;
	snprintf(dot, PCI_BDF_LEN - (dot - other), ".%d", function);
	return pci_present(other) ? 0 : -ENOENT;
}

int pci_set_vfs(const char *pf, int vfs)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", vfs);
	return pci_write(pf, "sriov_numvfs", number);
}

int pci_vf(const char *pf, int index, char *bdf)
{
	char path[PATH_MAX];
	char link[32];

	snprintf(link, sizeof(link), "virtfn%d", index);
	return file_link_name(attr_path(path, pf, link), bdf, PCI_BDF_LEN);
}

int pci_remove(const char *bdf)
{
	return pci_write(bdf, "remove", "1");
}

int pci_rescan(void)
{
	return file_write("/sys/bus/pci/rescan", "1");
}
