/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User-space drivers, one a device of the lab. Each proves that the function
 * works in its VFIO personality: data went to the device and came back through
 * the IOMMU, and the device's interrupt arrived.
 */
#ifndef LIB_DRIVERS_DRIVER_H
#define LIB_DRIVERS_DRIVER_H

#include "../vfio.h"

/**
 * struct proof - what a driver has seen
 * @sent: bytes that the device read from memory
 * @received: bytes that the device wrote to memory, checked for what they are
 * @interrupts: how many arrived
 * @story: what happened, for people
 */
struct proof {
	size_t sent;
	size_t received;
	unsigned int interrupts;
	char story[240];
};

/**
 * struct device_driver - a user-space driver
 * @name: of the device
 * @vendor: PCI vendor id
 * @device: PCI device id
 * @size: of the driver's state, zeroed before @start
 * @start: bring the device up, with the function open in the state's place;
 *	what it allocated with vfio_alloc() need not be freed
 * @prove: have the device do its work and check it; may be called repeatedly
 * @stop: silence the device; also after a @start that failed
 *
 * @start and @prove return 0 or a negative errno.
 */
struct device_driver {
	const char *name;
	u16 vendor;
	u16 device;
	size_t size;
	int (*start)(struct vfio_function *f, void *state);
	int (*prove)(void *state, struct proof *proof);
	void (*stop)(void *state);
};

extern const struct device_driver edu_driver;
extern const struct device_driver nvme_driver;
extern const struct device_driver e1000e_driver;
extern const struct device_driver igb_driver;
extern const struct device_driver igbvf_driver;
extern const struct device_driver virtio_net_driver;

/* The driver for a function, or NULL */
const struct device_driver *device_driver_find(const char *bdf);

/* A user of a function: it is open and its driver started */
struct device_user {
	struct vfio_function f;
	const struct device_driver *driver;
	void *state;
};

/* Return 0 or a negative errno; after an error of the first nothing is open */
int device_open(struct device_user *user, const char *bdf,
		const struct vfio_mode *mode);
int device_open_as(struct device_user *user, const struct device_driver *driver,
		   const char *name, const struct vfio_mode *mode);
int device_work(struct device_user *user, struct proof *proof);
void device_close(struct device_user *user);

/* The three in a row */
int device_prove(const char *bdf, const struct vfio_mode *mode,
		 struct proof *proof);

#endif /* LIB_DRIVERS_DRIVER_H */
