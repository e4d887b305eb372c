// SPDX-License-Identifier: GPL-2.0
/*
 * A VF with a running guest moves to another VF and back: how long it stands
 * still, and in which step. Beside each step, the register accesses that it
 * cannot do without, made by this program on a mapped page.
 */
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "diag.h"
#include "igbvf_guest.h"
#include "migration.h"
#include "personality.h"
#include "stats.h"
#include "vf.h"

/* A register of the rings' pages, which are mapped; of the queue not in use */
#define RDBAL1 0x2900

enum { QUIESCE, SAVE, RESTORE, RESUME, STEPS };

/*
 * Accesses to registers in drivers/vfio/pci/igbvf/state.c, for a guest that has
 * one queue each way and told the PF nothing but that it was reset:
 *	quiesce: control of four queues read, twice; two of them written and read;
 *		mask; throttling of three vectors
 *	save: mailbox 17, queues 28, interrupts 7, counters 9
 *	restore: reset 4, a message 22, queues and interrupts 35 written and read,
 *		mailbox 19, counters and the like 10
 *	resume: mask, control of four queues written, two tails read and written,
 *		causes
 */
static const struct {
	const char *name;
	unsigned int accesses;
} steps[STEPS] = {
	[QUIESCE]	= { "quiesce", 16 },
	[SAVE]		= { "save", 61 },
	[RESTORE]	= { "restore", 125 },
	[RESUME]	= { "resume", 10 },
};

static struct {
	struct samples share[STEPS];
	struct samples ratio[STEPS];
	struct samples us[STEPS];
	struct samples total;
	struct samples bytes;
} result;

static u8 stream[MIGRATION_MAX];

static u64 time_accesses(struct vfio_function *f, unsigned int count)
{
	u64 start = now_ns();

	while (count--)
		vfio_read32(f, 0, RDBAL1);
	return now_ns() - start;
}

static int move(struct guest *guest, struct vfio_function *to)
{
	struct vfio_function *from = guest->f;
	u64 at[STEPS + 1], ns, total;
	ssize_t size;
	int ret;
	int i;

	at[QUIESCE] = now_ns();
	ret = migration_set(from, VFIO_DEVICE_STATE_RUNNING_P2P, NULL);
	ret = ret ?: migration_set(from, VFIO_DEVICE_STATE_STOP, NULL);
	at[SAVE] = now_ns();
	size = ret ?: migration_save(from, stream, sizeof(stream));
	at[RESTORE] = now_ns();
	ret = size < 0 ? size : migration_load(to, stream, size);
	at[RESUME] = now_ns();
	ret = ret ?: migration_set(to, VFIO_DEVICE_STATE_RUNNING, NULL);
	at[STEPS] = now_ns();
	ret = ret ?: guest_move(guest, to);
	/* It has the same address as the other still */
	ret = ret ?: vfio_reset(from);
	if (ret)
		return diag_error(ret, "moving %s to %s", from->bdf, to->bdf);

	total = at[STEPS] - at[0];
	for (i = 0; i < STEPS; i++) {
		ns = at[i + 1] - at[i];
		samples_add(&result.us[i], ns / 1e3);
		samples_add(&result.share[i], (double)ns / total);
		samples_add(&result.ratio[i], (double)ns /
			    time_accesses(to, steps[i].accesses));
	}
	samples_add(&result.total, total / 1e3);
	samples_add(&result.bytes, size);
	return 0;
}

static void print(void)
{
	struct row row = { .section = "migration", .subject = "igbvf" };
	int i;

	for (i = 0; i < STEPS; i++) {
		row.what = steps[i].name;
		row.us = samples_median(&result.us[i]);
		row.against = "the stop time";
		row_print(&row, &result.share[i]);
		row.against = "its accesses alone";
		row_print(&row, &result.ratio[i]);
	}
	row.us = 0;
	row.what = "state";
	row.against = "bytes";
	row_print(&row, &result.bytes);
	row.what = "stop time";
	row.against = "us";
	row_print(&row, &result.total);
}

static int open_vf(const char *bdf, struct vfio_function *f)
{
	int ret = personality_set_driver(bdf, "bound");

	ret = ret ?: personality_set(bdf, true);
	if (ret)
		return diag_error(ret, "%s: use_vfio", bdf);
	return vfio_open(f, bdf, &vfio_group_mode);
}

int main(void)
{
	int rounds = bench_rounds(20);
	static struct vfio_function f[2];
	static struct guest guest;
	char vf[2][PCI_BDF_LEN];
	int ret;
	int i;

	ret = vf_create(2, vf);
	for (i = 0; !ret && i < 2; i++)
		ret = open_vf(vf[i], &f[i]);
	ret = ret ?: guest_start(&guest, &f[0]);
	ret = ret ?: guest_map(&guest, &f[1]);
	for (i = 0; !ret && i < rounds; i++)
		ret = move(&guest, &f[!(i % 2)]);
	if (!ret)
		print();
	vfio_irq_disable(&guest.irq);
	vfio_close(&f[1]);
	vfio_close(&f[0]);
	for (i = 0; i < 2; i++)
		personality_set(vf[i], false);
	return !!ret;
}
