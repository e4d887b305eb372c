// SPDX-License-Identifier: GPL-2.0
/*
 * The same function in VFIO by its driver's method and by plain vfio-pci: what a
 * user gets out of it in the first case, as a share of the second. The VF of igbvf also
 * by the method without migration, and by vfio-pci once more: what is noise.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "drivers/driver.h"
#include "drivers/edu.h"
#include "drivers/igbvf.h"
#include "file.h"
#include "personality.h"
#include "stats.h"
#include "targets.h"

#define READS		20000
#define INTERRUPTS	200
/* Of so many parts of a measurement the fastest counts: nothing else ran meanwhile */
#define PARTS		20

/* Registers that read as they are: edu's liveness, the VF's link status */
#define EDU_REG		EDU_LIVENESS
/* Of a page that is trapped for migration, as those of the interrupts are */
#define IGBVF_STATUS	0x8
#define IGBVF_VECTOR	2

/**
 * struct path - a way for a user to have the function
 * @suffix: to the name of what he does, in the table
 * @vfio_driver: what 1 uses
 * @stays: without migration
 * @driver: for whose functions, or NULL
 */
struct path {
	const char *suffix;
	const char *vfio_driver;
	bool stays;
	const char *driver;
};

static const struct path paths[] = {
	/* The first is what the others are compared with */
	{ NULL, "vfio-pci", false, NULL },
	{ "", "bound", false, NULL },
	{ ", without migration", "bound", true, "igbvf" },
	{ ", by vfio-pci once more", "vfio-pci", false, "igbvf" },
};

#define PATHS ARRAY_SIZE(paths)

/**
 * struct work - something that a user does
 * @name: in the table
 * @driver: for whose functions
 * @times: how often in one measurement, of which PARTS are timed one by one
 * @arg: for @once
 * @once: do it: 0 or a negative errno
 * @vectors: it needs these, and the function for itself; of MSI or MSI-X
 */
struct work {
	const char *name;
	const char *driver;
	int times;
	u32 arg;
	int (*once)(struct device_user *user, struct vfio_irq *irq, u32 arg);
	int vectors;
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

static int write_register(struct device_user *user, struct vfio_irq *irq, u32 reg)
{
	(void)irq;
	vfio_write32(&user->f, 0, reg, 0);
	return 0;
}

static int edu_interrupt(struct device_user *user, struct vfio_irq *irq, u32 bits)
{
	int ret;

	vfio_write32(&user->f, 0, EDU_IRQ_RAISE, bits);
	ret = vfio_irq_wait(irq, 0, 60000);
	vfio_write32(&user->f, 0, EDU_IRQ_ACK, bits);
	return ret < 0 ? ret : 0;
}

/* It masks itself, and is unmasked, as the handler of a guest does it */
static int igbvf_interrupt(struct device_user *user, struct vfio_irq *irq, u32 vector)
{
	int ret;

	vfio_write32(&user->f, 0, VF_EICS, BIT(vector));
	ret = vfio_irq_wait(irq, vector, 60000);
	vfio_write32(&user->f, 0, VF_EIMS, BIT(vector));
	return ret < 0 ? ret : 0;
}

static void igbvf_route(struct vfio_function *f)
{
	vfio_write32(f, 0, VF_EITR(IGBVF_VECTOR), 0);
	vfio_write32(f, 0, VF_IVAR_MISC, IGBVF_VECTOR | VF_IVAR_VALID);
	vfio_write32(f, 0, VF_EIAC, BIT(IGBVF_VECTOR));
	vfio_write32(f, 0, VF_EIAM, BIT(IGBVF_VECTOR));
	vfio_write32(f, 0, VF_EIMS, BIT(IGBVF_VECTOR));
}

/* edu's transfers take 100 ms each, whatever the way */
static const struct work works[] = {
	{ "DMA round trips", "edu", 1, 0, round_trip, 0 },
	{ "DMA round trips", "igbvf", 200, 0, round_trip, 0 },
	{ "interrupts", "edu", INTERRUPTS, 1, edu_interrupt, 1 },
	{ "interrupts", "igbvf", INTERRUPTS, IGBVF_VECTOR, igbvf_interrupt,
	  IGBVF_VECTOR + 1 },
	{ "reads of a trapped register", "edu", READS, EDU_REG, read_register, 0 },
	{ "reads of a ring's register", "igbvf", READS, RDBAL, read_register, 0 },
	{ "reads of STATUS", "igbvf", READS, IGBVF_STATUS, read_register, 0 },
	{ "writes of EIMS", "igbvf", READS, VF_EIMS, write_register, 0 },
	{ "writes of EITR", "igbvf", READS, VF_EITR(0), write_register, 0 },
	{ "reads by the file", "edu", READS, EDU_REG, read_region, 0 },
	{ "reads by the file", "igbvf", READS, RDBAL, read_region, 0 },
	{ "reads of configuration space", "edu", READS, PCI_VENDOR_ID, read_config, 0 },
	{ "reads of configuration space", "igbvf", READS, PCI_VENDOR_ID, read_config, 0 },
};

#define WORKS ARRAY_SIZE(works)

static int time_work(const struct work *work, struct device_user *user,
		     struct vfio_irq *irq, u64 *ns)
{
	int parts = work->times < PARTS ? work->times : PARTS;
	int part, i;
	u64 start, took;
	int ret = 0;

	*ns = ~0ULL;
	for (part = 0; !ret && part < parts; part++) {
		start = now_ns();
		for (i = 0; !ret && i < work->times / parts; i++)
			ret = work->once(user, irq, work->arg);
		took = (now_ns() - start) * parts;
		if (took < *ns)
			*ns = took;
	}
	return ret ? diag_error(ret, "%s: %s", user->f.bdf, work->name) : 0;
}

/* What needs interrupts needs them for itself; the rest, a driver that has started */
static int time_interrupts(const struct work *work, const char *bdf, u64 *ns)
{
	static struct device_user user;
	bool is_igbvf = work->once == igbvf_interrupt;
	struct vfio_irq irq;
	int ret;

	ret = vfio_open(&user.f, bdf, &vfio_group_mode);
	if (ret)
		return ret;
	ret = vfio_irq_enable(&user.f, &irq, is_igbvf ? VFIO_PCI_MSIX_IRQ_INDEX :
			      VFIO_PCI_MSI_IRQ_INDEX, work->vectors);
	if (!ret && is_igbvf)
		igbvf_route(&user.f);
	ret = ret ?: time_work(work, &user, &irq, ns);
	if (is_igbvf)
		vfio_write32(&user.f, 0, VF_EIMC, ~0u);
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
		if (!strcmp(works[w].driver, driver) && !works[w].vectors)
			ret = time_work(&works[w], &user, NULL, &ns[w]);
	device_close(&user);
	for (w = 0; !ret && w < WORKS; w++)
		if (!strcmp(works[w].driver, driver) && works[w].vectors)
			ret = time_interrupts(&works[w], bdf, &ns[w]);
	return ret;
}

static bool is_for(const struct path *path, const char *driver)
{
	return !path->driver || !strcmp(path->driver, driver);
}

static int measure(const char *driver, const struct target *t, const struct path *path,
		   u64 ns[WORKS])
{
	int ret = 0;

	if (!strcmp(driver, "igbvf"))
		ret = pci_write(t->bdf, "vfio/migration", path->stays ? "0" : "1");
	ret = ret ?: personality_set_driver(t->bdf, path->vfio_driver);
	ret = ret ?: personality_set(t->bdf, true);
	if (ret)
		return diag_error(ret, "%s: to VFIO by %s", t->bdf, path->vfio_driver);
	ret = time_works(driver, t->bdf, ns);
	return personality_set(t->bdf, false) ?: ret;
}

/* One after the other, each round begins with another */
static int measure_paths(const char *driver, const struct target *t, int round,
			 u64 ns[PATHS][WORKS])
{
	unsigned int i, p;
	int ret = 0;

	for (i = 0; !ret && i < PATHS; i++) {
		p = (i + round) % PATHS;
		if (is_for(&paths[p], driver))
			ret = measure(driver, t, &paths[p], ns[p]);
	}
	return ret;
}

static void print(unsigned int p, unsigned int w, const struct samples *ratio,
		  const struct samples *us)
{
	char what[96];
	struct row row = {
		"data path, by method", works[w].driver, what, "vfio-pci's rate",
		samples_median(us),
	};

	snprintf(what, sizeof(what), "%s%s", works[w].name, paths[p].suffix);
	row_print(&row, ratio);
}

/*
 * Who waits, and his interrupts, on one processor: whether they share it made more of a
 * difference than what is measured.
 */
static int stay_on_one_cpu(void)
{
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		return diag_error(-errno, "one processor");
	return file_write("/proc/irq/default_smp_affinity", "1");
}

int main(void)
{
	static const char *const drivers[] = { "edu", "igbvf" };
	static struct targets targets[ARRAY_SIZE(drivers)];
	static struct samples ratio[PATHS][WORKS], us[PATHS][WORKS];
	int rounds = bench_rounds(20);
	u64 ns[PATHS][WORKS];
	unsigned int d, p, w;
	int ret = stay_on_one_cpu();
	int round;

	for (d = 0; !ret && d < ARRAY_SIZE(drivers); d++)
		ret = targets_open_lab(&targets[d], drivers[d]);
	for (round = 0; !ret && round < rounds; round++) {
		for (d = 0; !ret && d < ARRAY_SIZE(drivers); d++)
			ret = measure_paths(drivers[d], &targets[d].target[0], round, ns);
		for (p = 1; !ret && p < PATHS; p++) {
			for (w = 0; w < WORKS; w++) {
				if (!is_for(&paths[p], works[w].driver))
					continue;
				samples_add(&ratio[p][w],
					    (double)ns[0][w] / ns[p][w]);
				samples_add(&us[p][w], ns[p][w] / 1e3 / works[w].times);
			}
		}
	}
	for (w = 0; !ret && w < WORKS; w++)
		for (p = 1; p < PATHS; p++)
			if (is_for(&paths[p], works[w].driver))
				print(p, w, &ratio[p][w], &us[p][w]);
	return !!ret;
}
