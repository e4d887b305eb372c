/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A migration stream on the wire: what the helpers put before a driver's state.
 *
 * Little-endian: struct vfio_pci_migration_header, then the state in words of 32
 * bits, as many as the header says. The end of a stream is known from its beginning.
 */
#ifndef _LINUX_VFIO_PCI_MIGRATION_STREAM_H
#define _LINUX_VFIO_PCI_MIGRATION_STREAM_H

#include <linux/types.h>

#define VFIO_PCI_MIGRATION_MAGIC	0x4d435056	/* "VPCM" */
/* Of the header; a driver has a version of its own for what follows it */
#define VFIO_PCI_MIGRATION_VERSION	1

/**
 * struct vfio_pci_migration_header - what a stream begins with
 * @magic: VFIO_PCI_MIGRATION_MAGIC
 * @version: VFIO_PCI_MIGRATION_VERSION
 * @length: of all that follows the header, in bytes
 * @checksum: CRC-32 of IEEE 802.3, of all that follows this member
 * @vendor: PCI vendor of the function that the stream is from
 * @device: PCI device
 * @subsystem_vendor: PCI subsystem vendor
 * @subsystem_device: PCI subsystem
 * @revision: PCI revision
 * @bar_size: of the BAR with the driver's registers, in bytes
 * @data_version: the driver's, of the state
 */
struct vfio_pci_migration_header {
	__le32 magic;
	__le32 version;
	__le32 length;
	__le32 checksum;
	__le16 vendor;
	__le16 device;
	__le16 subsystem_vendor;
	__le16 subsystem_device;
	__le32 revision;
	__le32 bar_size;
	__le32 data_version;
};

/**
 * struct vfio_migration_identity - what a stream must be from, to be for a device
 * @vendor: PCI vendor, as the user sees it
 * @device: PCI device
 * @subsystem_vendor: PCI subsystem vendor
 * @subsystem_device: PCI subsystem
 * @revision: PCI revision
 * @size: of the BAR with the driver's registers, in bytes
 */
struct vfio_migration_identity {
	u16 vendor;
	u16 device;
	u16 subsystem_vendor;
	u16 subsystem_device;
	u32 revision;
	u32 size;
};

#endif /* _LINUX_VFIO_PCI_MIGRATION_STREAM_H */
