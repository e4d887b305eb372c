/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Members of struct vfio_device_ops that came after 6.12. VFIO calls them
 * without a look whether they are there.
 */
#ifndef _COMPAT_VFIO_DEVICE_OPS_H
#define _COMPAT_VFIO_DEVICE_OPS_H

#include <generated/compat-probes.h>

#ifdef PERSONALITY_HAVE_VFIO_MATCH_TOKEN_UUID
#define COMPAT_VFIO_PCI_MATCH_TOKEN \
	.match_token_uuid = vfio_pci_core_match_token_uuid,
#else
#define COMPAT_VFIO_PCI_MATCH_TOKEN
#endif

#ifdef PERSONALITY_HAVE_VFIO_PASID_ATTACH_IOAS
#define COMPAT_VFIO_PCI_PASID \
	.pasid_attach_ioas = vfio_iommufd_physical_pasid_attach_ioas, \
	.pasid_detach_ioas = vfio_iommufd_physical_pasid_detach_ioas,
#else
#define COMPAT_VFIO_PCI_PASID
#endif

#ifdef PERSONALITY_HAVE_VFIO_GET_REGION_INFO_CAPS
#define COMPAT_VFIO_PCI_DEVICE_IO \
	.get_region_info_caps = vfio_pci_ioctl_get_region_info,
#else
#define COMPAT_VFIO_PCI_DEVICE_IO
#endif

#endif /* _COMPAT_VFIO_DEVICE_OPS_H */
