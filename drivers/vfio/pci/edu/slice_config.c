// SPDX-License-Identifier: GPL-2.0
/*
 * Slices of an edu: configuration space, as QEMU's edu has it: one memory BAR and MSI. See
 * slice.h.
 *
 * May touch: a slice's configuration space.
 */
#include <linux/cleanup.h>
#include <linux/unaligned.h>

#include "slice.h"

#define MSI_AT		0x40
#define CLASS_OTHER	0x00ff

/* Which bits a user can write; the rest of the space is read-only */
static const u8 writable[PCI_CFG_SPACE_SIZE] = {
	[PCI_COMMAND] = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER,
	[PCI_COMMAND + 1] = PCI_COMMAND_INTX_DISABLE >> 8,
	[PCI_CACHE_LINE_SIZE] = 0xff,
	[PCI_LATENCY_TIMER] = 0xff,
	/* All but the size of the BAR: user space finds it out by writing ones */
	[PCI_BASE_ADDRESS_0 + 2] = 0xf0,
	[PCI_BASE_ADDRESS_0 + 3] = 0xff,
	[PCI_INTERRUPT_LINE] = 0xff,
	[MSI_AT + PCI_MSI_FLAGS] = PCI_MSI_FLAGS_ENABLE,
	[MSI_AT + PCI_MSI_ADDRESS_LO] = 0xfc,
	[MSI_AT + PCI_MSI_ADDRESS_LO + 1 ... MSI_AT + PCI_MSI_DATA_64 + 1] = 0xff,
};

/**
 * edu_slice_config_reset() - configuration space as after a reset
 * @s: the slice
 *
 * Context: any; @s's lock held, or nobody else has it yet.
 */
void edu_slice_config_reset(struct edu_slice *s)
{
	u8 *pci = s->pci;

	BUILD_BUG_ON(EDU_SLICE_BAR_SIZE != 0x100000);
	memset(pci, 0, sizeof(s->pci));
	put_unaligned_le16(EDU_VENDOR_ID, pci + PCI_VENDOR_ID);
	put_unaligned_le16(EDU_DEVICE_ID, pci + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_STATUS_CAP_LIST, pci + PCI_STATUS);
	pci[PCI_REVISION_ID] = s->config.revision;
	put_unaligned_le16(CLASS_OTHER, pci + PCI_CLASS_DEVICE);
	put_unaligned_le16(EDU_SLICE_SUBSYSTEM_VENDOR, pci + PCI_SUBSYSTEM_VENDOR_ID);
	put_unaligned_le16(EDU_SLICE_SUBSYSTEM_DEVICE, pci + PCI_SUBSYSTEM_ID);
	pci[PCI_CAPABILITY_LIST] = MSI_AT;
	pci[MSI_AT + PCI_CAP_LIST_ID] = PCI_CAP_ID_MSI;
	put_unaligned_le16(PCI_MSI_FLAGS_64BIT, pci + MSI_AT + PCI_MSI_FLAGS);
}

/**
 * edu_slice_config_read() - read configuration space
 * @s: the slice
 * @at: where, in bytes
 * @buf: kernel memory
 * @count: how many bytes; none beyond the end of the space
 *
 * Context: any.
 */
void edu_slice_config_read(struct edu_slice *s, unsigned int at, u8 *buf, size_t count)
{
	guard(spinlock)(&s->lock);
	memcpy(buf, s->pci + at, count);
}

/**
 * edu_slice_config_write() - write what is writable of configuration space
 * @s: the slice
 * @at: where, in bytes
 * @buf: kernel memory
 * @count: how many bytes; none beyond the end of the space
 *
 * Context: any.
 */
void edu_slice_config_write(struct edu_slice *s, unsigned int at, const u8 *buf,
			    size_t count)
{
	guard(spinlock)(&s->lock);
	for (; count--; at++, buf++)
		s->pci[at] = (s->pci[at] & ~writable[at]) | (*buf & writable[at]);
}

/**
 * edu_slice_command() - is a bit of the command register set?
 * @s: the slice
 * @bit: PCI_COMMAND_*
 *
 * Context: any; @s's lock held.
 * Return: whether it is.
 */
bool edu_slice_command(struct edu_slice *s, u16 bit)
{
	lockdep_assert_held(&s->lock);
	return get_unaligned_le16(s->pci + PCI_COMMAND) & bit;
}
