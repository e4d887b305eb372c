// SPDX-License-Identifier: GPL-2.0
/*
 * The same function in VFIO by its driver's method and by plain vfio-pci: what a
 * user gets out of it in the first case, as a share of the second.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "drivers/driver.h"
#include "drivers/edu.h"
#include "personality.h"
#include "stats.h"
#include "targets.h"

#define READS		2000
#define INTERRUPTS	100

/* Registers that read as they are: edu's liveness, the VF's link status */
#define EDU_REG		EDU_LIVENESS
/* Of a page that the method traps, and of the rings' pages */
#define IGBVF_TRAPPED	0x8
#define IGBVF_RING	0x2800

/**
 * struct work - something that a user does
 * @name: in the table
 * @driver: for whose functions
 * @times: how often in one measurement
 * @arg: for @once
 * @once: do it: 0 or a negative errno
 */
struct work {
	const char *name;
	const char *driver;
	int times;
	u32 arg;
	int (*once)(struct device_user *user, struct vfio_irq *irq, u32 arg);
};

static int round_trip(struct device_user *user, struct vfio_irq *irq, u32 arg)
{
	struct proof proof;

	(void)irq;
	(void)arg;
	return device_work(user, &proof);
}

static int read_register(struct device_user *user, struct vfio_irq *irq, u32 reg)
{
	(void)irq;
	vfio_read32(&user->f, 0, reg);
	return 0;
}

/* By the device's file, as QEMU does for a page that is not mapped */
static int read_region(struct device_user *user, struct vfio_irq *irq, u32 reg)
{
	u32 value;

	(void)irq;
	return pread(user->f.device, &value, sizeof(value),
		     user->f.bars[0].offset + reg) == sizeof(value) ? 0 : -EIO;
}

static int read_config(struct device_user *user, struct vfio_irq *irq, u32 reg)
{
	(void)irq;
	vfio_config_read(&user->f, reg, 4);
	return 0;
}

static int interrupt(struct device_user *user, struct vfio_irq *irq, u32 bits)
{
	int ret;

	vfio_write32(&user->f, 0, EDU_IRQ_RAISE, bits);
	ret = vfio_irq_wait(irq, 0, 60000);
	vfio_write32(&user->f, 0, EDU_IRQ_ACK, bits);
	return ret < 0 ? ret : 0;
}

/* edu's transfers take 100 ms each, whatever the way */
static const struct work works[] = {
	{ "DMA round trips", "edu", 1, 0, round_trip },
	{ "DMA round trips", "igbvf", 20, 0, round_trip },
	{ "interrupts", "edu", INTERRUPTS, 1, interrupt },
	{ "reads of a mapped register", "edu", READS, EDU_REG, read_register },
	{ "reads of a mapped register", "igbvf", READS, IGBVF_RING, read_register },
	{ "reads of a register that migration traps", "igbvf", READS,
	  IGBVF_TRAPPED, read_register },
	{ "reads by the file", "edu", READS, EDU_REG, read_region },
	{ "reads by the file", "igbvf", READS, IGBVF_RING, read_region },
	{ "reads of configuration space", "edu", READS, PCI_VENDOR_ID, read_config },
	{ "reads of configuration space", "igbvf", READS, PCI_VENDOR_ID, read_config },
};

#define WORKS ARRAY_SIZE(works)

static int time_work(const struct work *work, struct device_user *user,
		     struct vfio_irq *irq, u64 *ns)
{
	u64 start = now_ns();
	int ret = 0;
	int i;

	for (i = 0; !ret && i < work->times; i++)
		ret = work->once(user, irq, work->arg);
	*ns = now_ns() - start;
	return ret ? diag_error(ret, "%s: %s", user->f.bdf, work->name) : 0;
}

/* Interrupts need them for themselves; the others a driver that has started */
static int time_interrupts(const struct work *work, const char *bdf, u64 *ns)
{
	static struct device_user user;
	struct vfio_irq irq;
	int ret;

	ret = vfio_open(&user.f, bdf, &vfio_group_mode);
	if (ret)
		return ret;
	ret = vfio_irq_enable(&user.f, &irq, VFIO_PCI_MSI_IRQ_INDEX, 1);
	ret = ret ?: time_work(work, &user, &irq, ns);
	vfio_irq_disable(&irq);
	vfio_close(&user.f);
	return ret;
}

static int time_works(const char *driver, const char *bdf, u64 ns[WORKS])
{
	static struct device_user user;
	unsigned int w;
	int ret;

	ret = device_open(&user, bdf, &vfio_group_mode);
	if (ret)
		return ret;
	/* The first one waits for the link */
	ret = device_work(&user, &(struct proof) {});
	for (w = 0; !ret && w < WORKS; w++)
		if (!strcmp(works[w].driver, driver) && works[w].once != interrupt)
			ret = time_work(&works[w], &user, NULL, &ns[w]);
	device_close(&user);
	for (w = 0; !ret && w < WORKS; w++)
		if (!strcmp(works[w].driver, driver) && works[w].once == interrupt)
			ret = time_interrupts(&works[w], bdf, &ns[w]);
	return ret;
}

static int measure(const char *driver, const struct target *t, const char *way,
		   u64 ns[WORKS])
{
	int ret = personality_set_driver(t->bdf, way);

	ret = ret ?: personality_set(t->bdf, true);
	if (ret)
		return diag_error(ret, "%s: to VFIO by %s", t->bdf, way);
	ret = time_works(driver, t->bdf, ns);
	return personality_set(t->bdf, false) ?: ret;
}

int main(void)
{
	static const char *const drivers[] = { "edu", "igbvf" };
	static const char *const ways[] = { "bound", "vfio-pci" };
	static struct targets targets[ARRAY_SIZE(drivers)];
	static struct samples ratio[WORKS], us[WORKS];
	int rounds = bench_rounds(20);
	u64 ns[ARRAY_SIZE(ways)][WORKS];
	unsigned int d, w;
	int ret = 0;
	int round, i;

	for (d = 0; !ret && d < ARRAY_SIZE(drivers); d++)
		ret = targets_open_lab(&targets[d], drivers[d]);
	for (round = 0; !ret && round < rounds; round++) {
		for (d = 0; !ret && d < ARRAY_SIZE(drivers); d++) {
			for (i = 0; !ret && i < 2; i++) {
				int way = (i + round) % 2;

				ret = measure(drivers[d], &targets[d].target[0],
					      ways[way], ns[way]);
			}
		}
		for (w = 0; !ret && w < WORKS; w++) {
			samples_add(&ratio[w], (double)ns[1][w] / ns[0][w]);
			samples_add(&us[w], ns[0][w] / 1e3 / works[w].times);
		}
	}
	for (w = 0; !ret && w < WORKS; w++) {
		struct row row = {
			"data path, by method", works[w].driver, works[w].name,
			"vfio-pci's rate", samples_median(&us[w]),
		};

		row_print(&row, &ratio[w]);
	}
	return !!ret;
}
