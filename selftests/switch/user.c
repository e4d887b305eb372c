// SPDX-License-Identifier: GPL-2.0
/*
 * What a user of a flipped function can rely on, beyond what the drivers of the
 * library use: INTx, reset, BARs without a mapping, and that the IOMMU lets the
 * device reach what the user gave it, and nothing else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "drivers/edu.h"
#include "lab.h"
#include "personality.h"
#include "wait.h"

#define TIMEOUT_MS 5000

FIXTURE(user) {
	struct function_state before;
	struct vfio_function f;
	bool open;
};

FIXTURE_VARIANT(user) {
	const struct vfio_mode *mode;
};

FIXTURE_VARIANT_ADD(user, group) {
	.mode = &vfio_group_mode,
};

FIXTURE_VARIANT_ADD(user, cdev) {
	.mode = &vfio_cdev_mode,
};

FIXTURE_SETUP(user)
{
	const char *lacking = variant->mode->lacking(NULL);

	REQUIRE_LAB(&lab_edu);
	if (lacking)
		SKIP(return, "%s", lacking);
	ASSERT_EQ(0, function_save(&self->before, lab_edu.bdf));
	ASSERT_EQ(0, personality_set(lab_edu.bdf, true));
	ASSERT_EQ(0, vfio_open(&self->f, lab_edu.bdf, variant->mode));
	self->open = true;
}

FIXTURE_TEARDOWN(user)
{
	if (self->open)
		vfio_close(&self->f);
	function_restore(&self->before);
}

TEST_F(user, configuration_space)
{
	EXPECT_EQ(lab_edu.vendor,
		  vfio_config_read(&self->f, PCI_VENDOR_ID, 2));
	EXPECT_EQ(lab_edu.device,
		  vfio_config_read(&self->f, PCI_DEVICE_ID, 2));
	EXPECT_NE(0, vfio_find_capability(&self->f, PCI_CAP_ID_MSI, 0));
	EXPECT_EQ(0, vfio_find_capability(&self->f, PCI_CAP_ID_MSIX, 0));

	/* Ids are not the user's to write */
	vfio_config_write(&self->f, PCI_VENDOR_ID, 2, 0xdead);
	EXPECT_EQ(lab_edu.vendor,
		  vfio_config_read(&self->f, PCI_VENDOR_ID, 2));
}

/* The same registers through the mapping and through the file */
TEST_F(user, bar_without_mapping)
{
	struct vfio_function unmapped = self->f;

	ASSERT_NE(NULL, self->f.bars[0].addr);
	unmapped.bars[0].addr = NULL;
	EXPECT_EQ(vfio_read32(&self->f, 0, EDU_ID),
		  vfio_read32(&unmapped, 0, EDU_ID));
	vfio_write32(&unmapped, 0, EDU_LIVENESS, 0x1234abcd);
	EXPECT_EQ(~0x1234abcdU, vfio_read32(&self->f, 0, EDU_LIVENESS));
	vfio_write32(&self->f, 0, EDU_LIVENESS, 0x55aa);
	EXPECT_EQ(~0x55aaU, vfio_read32(&unmapped, 0, EDU_LIVENESS));
}

/* INTx is masked when it fires, and fires again once unmasked, not before */
TEST_F(user, intx)
{
	struct vfio_irq irq;
	int round;

	vfio_write32(&self->f, 0, EDU_IRQ_ACK,
		     vfio_read32(&self->f, 0, EDU_IRQ_STATUS));
	ASSERT_EQ(0, vfio_irq_enable(&self->f, &irq, VFIO_PCI_INTX_IRQ_INDEX, 1));
	EXPECT_EQ(-ETIMEDOUT, vfio_irq_wait(&irq, 0, 100));

	for (round = 1; round <= 3; round++) {
		vfio_write32(&self->f, 0, EDU_IRQ_RAISE, round);
		EXPECT_EQ(1, vfio_irq_wait(&irq, 0, TIMEOUT_MS));
		EXPECT_EQ(round, vfio_read32(&self->f, 0, EDU_IRQ_STATUS));
		vfio_write32(&self->f, 0, EDU_IRQ_ACK, round);
		vfio_write32(&self->f, 0, EDU_IRQ_RAISE, round);
		EXPECT_EQ(-ETIMEDOUT, vfio_irq_wait(&irq, 0, 50));
		EXPECT_EQ(0, vfio_irq_unmask(&irq));
		EXPECT_EQ(1, vfio_irq_wait(&irq, 0, TIMEOUT_MS));
		vfio_write32(&self->f, 0, EDU_IRQ_ACK, round);
		EXPECT_EQ(0, vfio_irq_unmask(&irq));
		EXPECT_EQ(-ETIMEDOUT, vfio_irq_wait(&irq, 0, 50));
	}
	vfio_irq_disable(&irq);
}

TEST_F(user, msi)
{
	struct vfio_irq irq;
	u32 round;

	EXPECT_EQ(1, vfio_irq_count(&self->f, VFIO_PCI_MSI_IRQ_INDEX));
	EXPECT_EQ(0, vfio_irq_count(&self->f, VFIO_PCI_MSIX_IRQ_INDEX));
	ASSERT_EQ(0, vfio_irq_enable(&self->f, &irq, VFIO_PCI_MSI_IRQ_INDEX, 1));
	for (round = 1; round <= 100; round++) {
		vfio_write32(&self->f, 0, EDU_IRQ_RAISE, 1);
		EXPECT_EQ(1, vfio_irq_wait(&irq, 0, TIMEOUT_MS));
		vfio_write32(&self->f, 0, EDU_IRQ_ACK, 1);
	}
	EXPECT_EQ(100, irq.total);
	vfio_irq_disable(&irq);
}

/* Have the device write its buffer to @iova and wait until it says it did */
static int dma_to(struct vfio_function *f, u64 iova)
{
	vfio_write64(f, 0, EDU_DMA_SRC, EDU_BUFFER);
	vfio_write64(f, 0, EDU_DMA_DST, iova);
	vfio_write64(f, 0, EDU_DMA_COUNT, 64);
	vfio_write64(f, 0, EDU_DMA_CMD, EDU_DMA_RUN | EDU_DMA_TO_MEMORY);
	return wait_for(!(vfio_read64(f, 0, EDU_DMA_CMD) & EDU_DMA_RUN),
			TIMEOUT_MS);
}

TEST_F(user, dma_stops_at_what_is_mapped)
{
	struct vfio_buffer buf;

	vfio_dma_bits(&self->f, EDU_DMA_BITS);
	ASSERT_EQ(0, vfio_alloc(&self->f, 4096, &buf));
	memset(buf.addr, 0x5a, 64);
	vfio_barrier();
	EXPECT_EQ(0, dma_to(&self->f, buf.iova));
	vfio_barrier();
	EXPECT_NE(0x5a, *(u8 *)buf.addr);

	/* The same memory, no longer the device's: faults are to be expected */
	memset(buf.addr, 0x5a, 64);
	ASSERT_EQ(0, variant->mode->unmap(&self->f, buf.iova, buf.size));
	EXPECT_EQ(0, dma_to(&self->f, buf.iova));
	vfio_barrier();
	EXPECT_EQ(0x5a, *(u8 *)buf.addr);
	ASSERT_EQ(0, variant->mode->map(&self->f, buf.addr, buf.iova, buf.size));
	EXPECT_EQ(0, dma_to(&self->f, buf.iova));
	vfio_barrier();
	EXPECT_NE(0x5a, *(u8 *)buf.addr);
}

/* A device that can be reset works afterwards */
TEST(reset)
{
	struct function_state before;
	struct device_user user;
	struct vfio_function f;
	struct proof proof;

	REQUIRE_LAB(&lab_nvme);
	ASSERT_EQ(0, function_save(&before, lab_nvme.bdf));
	ASSERT_EQ(0, personality_set(lab_nvme.bdf, true));
	ASSERT_EQ(0, vfio_open(&f, lab_nvme.bdf, &vfio_group_mode));
	EXPECT_TRUE(f.can_reset);
	EXPECT_EQ(0, vfio_reset(&f));
	vfio_close(&f);

	/* In the middle of its work, too */
	ASSERT_EQ(0, device_open(&user, lab_nvme.bdf, &vfio_group_mode));
	EXPECT_EQ(0, device_work(&user, &proof));
	EXPECT_EQ(0, vfio_reset(&user.f));
	device_close(&user);
	EXPECT_EQ(0, device_prove(lab_nvme.bdf, &vfio_group_mode, &proof));
	EXPECT_EQ(0, function_restore(&before));
}

TEST_HARNESS_MAIN
