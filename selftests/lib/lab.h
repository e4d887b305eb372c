/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The devices that the tests are for. One that is not there is a reason to skip.
 *
 * Stock: they are the lab's, at the addresses that selftests/vm/lab.sh gives them.
 */
#ifndef LIB_LAB_H
#define LIB_LAB_H

#include "pci.h"

struct lab_device {
	const char *name;
	const char *bdf;
	u16 vendor;
	u16 device;
	const char *native;	/* its native driver, NULL if it has none */
};

extern const struct lab_device lab_edu;
extern const struct lab_device lab_edu2;
extern const struct lab_device lab_e1000e;
extern const struct lab_device lab_nvme;
extern const struct lab_device lab_virtio;
#define LAB_IGB_BDF "0000:01:00.0"
extern const struct lab_device lab_igb;
/* The functions of one slot, in one IOMMU group */
extern const struct lab_device lab_slot_e1000e;
extern const struct lab_device lab_slot_edu;
/* What no user can have */
extern const struct lab_device lab_host_bridge;
extern const struct lab_device lab_isa_bridge;
extern const struct lab_device lab_root_port;
/* An empty port for hot-plug: QEMU's id, its address, that of what is plugged in */
#define LAB_SPARE_PORT	"spare0"
#define LAB_SPARE_PORT_BDF "0000:00:12.0"
#define LAB_SPARE_BDF	"0000:03:00.0"

/* Why @device cannot be used, or NULL. Valid until the next call */
const char *lab_lacks(const struct lab_device *device);

/* Skip the test unless the lab's @_device is there */
#define REQUIRE_LAB(_device) do {				\
	const char *__why = lab_lacks(_device);			\
								\
	if (__why)						\
		SKIP(_exit(KSFT_SKIP), "%s", __why);		\
} while (0)

#endif /* LIB_LAB_H */
