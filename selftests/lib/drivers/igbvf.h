/* SPDX-License-Identifier: GPL-2.0 */
/* A VF of the 82576 and its PF. */
#ifndef LIB_DRIVERS_IGBVF_H
#define LIB_DRIVERS_IGBVF_H

#include "../vfio.h"

/*
 * Tell the PF that this VF was reset, and agree on an address. The PF's driver
 * answers only while its netdev is up. Returns 0 or a negative errno.
 */
int igbvf_greet_pf(struct vfio_function *f, u8 *mac);

#endif /* LIB_DRIVERS_IGBVF_H */
