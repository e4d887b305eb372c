// SPDX-License-Identifier: GPL-2.0
/*
 * NVMe controllers. Registers, commands and structures have the names of the
 * NVM Express Base and NVM Command Set specifications.
 *
 * The proof: the controller and its namespace are identified, and the first
 * blocks of the lab's disk, each of which says its own number, are read through
 * an I/O queue that interrupts.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../diag.h"
#include "../native.h"
#include "../wait.h"
#include "driver.h"

/* Controller registers */
#define NVME_CAP		0x00
#define   CAP_TO(cap)		  ((u8)((cap) >> 24))	/* in 500 ms */
#define   CAP_DSTRD(cap)	  ((cap) >> 32 & 0xf)
#define NVME_CC			0x14
#define   CC_EN			  BIT(0)
#define   CC_SHN_NORMAL		  BIT(14)
#define   CC_IOSQES_64		  (6 << 16)
#define   CC_IOCQES_16		  (4 << 20)
#define NVME_CSTS		0x1c
#define   CSTS_RDY		  BIT(0)
#define   CSTS_SHST_COMPLETE	  (2 << 2)
#define   CSTS_SHST_MASK	  (3 << 2)
#define NVME_AQA		0x24
#define NVME_ASQ		0x28
#define NVME_ACQ		0x30
#define NVME_DOORBELLS		0x1000

/* Commands */
#define ADMIN_CREATE_IO_SQ	0x01
#define ADMIN_CREATE_IO_CQ	0x05
#define ADMIN_IDENTIFY		0x06
#define   CNS_NAMESPACE		  0
#define   CNS_CONTROLLER	  1
#define IO_READ			0x02
#define QUEUE_CONTIGUOUS	BIT(0)
#define QUEUE_INTERRUPTS	BIT(1)

#define NAMESPACE		1
#define QUEUE_DEPTH		8
#define BLOCKS			8
#define PAGE			4096
#define TIMEOUT_MS		10000

struct nvme_command {
	u8 opcode;
	u8 flags;
	u16 cid;
	u32 nsid;
	u32 cdw2[4];
	u64 prp1;
	u64 prp2;
	u32 cdw10;
	u32 cdw11;
	u32 cdw12;
	u32 cdw13[3];
};

struct nvme_completion {
	u32 result;
	u32 reserved;
	u16 sq_head;
	u16 sq_id;
	u16 cid;
	u16 status;		/* bit 0 is the phase */
};

static_assert(sizeof(struct nvme_command) == 64, "submission queue entry");
static_assert(sizeof(struct nvme_completion) == 16, "completion queue entry");

/**
 * struct nvme_queue - a pair of a submission and a completion queue
 * @id: of both; also the interrupt vector
 * @tail: where the next command goes
 * @head: where the next completion comes
 * @phase: what its phase bit will be
 */
struct nvme_queue {
	u16 id;
	u16 tail;
	u16 head;
	u16 phase;
	struct vfio_buffer submission;
	struct vfio_buffer completion;
};

struct nvme {
	struct vfio_function *f;
	struct vfio_irq irq;
	struct nvme_queue admin;
	struct nvme_queue io;
	struct vfio_buffer data;
	unsigned int stride;
	char model[41];
	size_t block_size;
};

static u64 doorbell(struct nvme *nvme, struct nvme_queue *q, bool completion)
{
	return NVME_DOORBELLS + (2 * q->id + completion) * nvme->stride;
}

static int alloc_queue(struct nvme *nvme, struct nvme_queue *q, u16 id)
{
	int ret;

	q->id = id;
	q->phase = 1;
	ret = vfio_alloc(nvme->f, PAGE, &q->submission);
	return ret ?: vfio_alloc(nvme->f, PAGE, &q->completion);
}

static bool is_complete(struct nvme_queue *q, struct nvme_completion *c)
{
	vfio_barrier();
	memcpy(c, q->completion.addr + q->head * sizeof(*c), sizeof(*c));
	return (le16toh(c->status) & 1) == q->phase;
}

/* Hand one command to the controller and wait for the interrupt of its end */
static int submit(struct nvme *nvme, struct nvme_queue *q,
		  struct nvme_command *command)
{
	struct nvme_completion completion;
	u16 cid = q->tail;
	int ret;

	command->cid = htole16(cid);
	memcpy(q->submission.addr + q->tail * sizeof(*command), command,
	       sizeof(*command));
	q->tail = (q->tail + 1) % QUEUE_DEPTH;
	vfio_barrier();
	vfio_write32(nvme->f, 0, doorbell(nvme, q, false), q->tail);

	ret = vfio_irq_wait(&nvme->irq, q->id, TIMEOUT_MS);
	if (ret < 0)
		return diag_error(ret, "%s: interrupt of command %02x on queue %u",
				  nvme->f->bdf, command->opcode, q->id);
	if (!is_complete(q, &completion))
		return diag_error(-EIO, "%s: interrupt without a completion",
				  nvme->f->bdf);

	q->head = (q->head + 1) % QUEUE_DEPTH;
	if (!q->head)
		q->phase = !q->phase;
	vfio_write32(nvme->f, 0, doorbell(nvme, q, true), q->head);

	if (le16toh(completion.cid) != cid || le16toh(completion.status) >> 1)
		return diag_error(-EIO, "%s: command %02x ended with status %04x",
				  nvme->f->bdf, command->opcode,
				  le16toh(completion.status) >> 1);
	return 0;
}

static int identify(struct nvme *nvme, u32 cns, u32 nsid)
{
	struct nvme_command command = {
		.opcode = ADMIN_IDENTIFY,
		.nsid = htole32(nsid),
		.prp1 = htole64(nvme->data.iova),
		.cdw10 = htole32(cns),
	};

	return submit(nvme, &nvme->admin, &command);
}

static int create_io_queue(struct nvme *nvme)
{
	u32 id_and_size = nvme->io.id | (QUEUE_DEPTH - 1) << 16;
	struct nvme_command cq = {
		.opcode = ADMIN_CREATE_IO_CQ,
		.prp1 = htole64(nvme->io.completion.iova),
		.cdw10 = htole32(id_and_size),
		.cdw11 = htole32(QUEUE_CONTIGUOUS | QUEUE_INTERRUPTS |
				 nvme->io.id << 16),
	};
	struct nvme_command sq = {
		.opcode = ADMIN_CREATE_IO_SQ,
		.prp1 = htole64(nvme->io.submission.iova),
		.cdw10 = htole32(id_and_size),
		.cdw11 = htole32(QUEUE_CONTIGUOUS | nvme->io.id << 16),
	};
	int ret = submit(nvme, &nvme->admin, &cq);

	return ret ?: submit(nvme, &nvme->admin, &sq);
}

static int wait_ready(struct nvme *nvme, u32 ready)
{
	u64 cap = vfio_read64(nvme->f, 0, NVME_CAP);
	int ret = wait_for((vfio_read32(nvme->f, 0, NVME_CSTS) & CSTS_RDY) == ready,
			   CAP_TO(cap) * 500);

	return ret ? diag_error(ret, "%s: CSTS.RDY=%u, CSTS is %08x",
				nvme->f->bdf, ready,
				vfio_read32(nvme->f, 0, NVME_CSTS)) : 0;
}

static int enable_controller(struct nvme *nvme)
{
	struct vfio_function *f = nvme->f;
	int ret;

	vfio_write32(f, 0, NVME_CC, 0);
	ret = wait_ready(nvme, 0);
	if (ret)
		return ret;

	vfio_write32(f, 0, NVME_AQA, (QUEUE_DEPTH - 1) | (QUEUE_DEPTH - 1) << 16);
	vfio_write64(f, 0, NVME_ASQ, nvme->admin.submission.iova);
	vfio_write64(f, 0, NVME_ACQ, nvme->admin.completion.iova);
	vfio_write32(f, 0, NVME_CC, CC_IOCQES_16 | CC_IOSQES_64 | CC_EN);
	return wait_ready(nvme, CSTS_RDY);
}

static int learn_names(struct nvme *nvme)
{
	const u8 *data = nvme->data.addr;
	unsigned int format, shift;
	size_t end;
	u32 lbaf;
	int ret;

	ret = identify(nvme, CNS_CONTROLLER, 0);
	if (ret)
		return ret;
	snprintf(nvme->model, sizeof(nvme->model), "%.40s", data + 24);	/* MN */
	while ((end = strlen(nvme->model)) && nvme->model[end - 1] == ' ')
		nvme->model[end - 1] = '\0';

	ret = identify(nvme, CNS_NAMESPACE, NAMESPACE);
	if (ret)
		return ret;
	format = data[26] & 0xf;			/* FLBAS */
	memcpy(&lbaf, data + 128 + format * sizeof(lbaf), sizeof(lbaf));
	shift = le32toh(lbaf) >> 16 & 0xff;		/* LBADS */
	if (shift < 9 || shift > 12)
		return diag_error(-EIO, "%s: blocks of 2^%u bytes", nvme->f->bdf,
				  shift);
	nvme->block_size = 1UL << shift;
	return 0;
}

static int nvme_start(struct vfio_function *f, void *state)
{
	struct nvme *nvme = state;
	int ret;

	nvme->f = f;
	nvme->stride = 4 << CAP_DSTRD(vfio_read64(f, 0, NVME_CAP));
	ret = alloc_queue(nvme, &nvme->admin, 0);
	if (!ret)
		ret = alloc_queue(nvme, &nvme->io, 1);
	if (!ret)
		ret = vfio_alloc(f, PAGE, &nvme->data);
	if (!ret)
		ret = vfio_irq_enable(f, &nvme->irq, VFIO_PCI_MSIX_IRQ_INDEX, 2);
	if (!ret)
		ret = enable_controller(nvme);
	if (!ret)
		ret = learn_names(nvme);
	return ret ?: create_io_queue(nvme);
}

static int nvme_prove(void *state, struct proof *proof)
{
	struct nvme *nvme = state;
	unsigned int before = nvme->irq.total;
	size_t bytes = BLOCKS * DISK_BLOCK_SIZE;
	struct nvme_command read = {
		.opcode = IO_READ,
		.nsid = htole32(NAMESPACE),
		.prp1 = htole64(nvme->data.iova),
		.cdw12 = htole32(bytes / nvme->block_size - 1),
	};
	int ret;

	memset(nvme->data.addr, 0, PAGE);
	ret = submit(nvme, &nvme->io, &read);
	if (!ret)
		ret = disk_check(nvme->f->bdf, nvme->data.addr, 0, BLOCKS);
	if (ret)
		return ret;

	proof->sent = sizeof(read);
	proof->received = bytes;
	proof->interrupts = nvme->irq.total - before;
	snprintf(proof->story, sizeof(proof->story),
		 "%s read blocks 0 to %d to IOVA %llx, the first says \"%.*s\", %u MSI-X interrupts",
		 nvme->model, BLOCKS - 1, nvme->data.iova,
		 (int)strcspn(nvme->data.addr, "\n"), (char *)nvme->data.addr,
		 proof->interrupts);
	return 0;
}

static void nvme_stop(void *state)
{
	struct nvme *nvme = state;
	u32 cc = vfio_read32(nvme->f, 0, NVME_CC);

	if (cc & CC_EN) {
		vfio_write32(nvme->f, 0, NVME_CC, cc | CC_SHN_NORMAL);
		if (wait_for((vfio_read32(nvme->f, 0, NVME_CSTS) &
			      CSTS_SHST_MASK) == CSTS_SHST_COMPLETE, TIMEOUT_MS))
			diag("%s: the controller does not shut down",
			     nvme->f->bdf);
		vfio_write32(nvme->f, 0, NVME_CC, 0);
		wait_ready(nvme, 0);
	}
	vfio_irq_disable(&nvme->irq);
}

const struct device_driver nvme_driver = {
	.name = "nvme",
	.vendor = 0x1b36,	/* QEMU's NVMe controller: docs/specs/pci-ids.rst */
	.device = 0x0010,
	.size = sizeof(struct nvme),
	.start = nvme_start,
	.prove = nvme_prove,
	.stop = nvme_stop,
};
