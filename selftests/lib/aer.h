/* SPDX-License-Identifier: GPL-2.0 */
/* Errors of a PCIe link (Advanced Error Reporting), reported by QEMU's devices. */
#ifndef LIB_AER_H
#define LIB_AER_H

#include "types.h"

/* Two of QEMU's names for errors, and what they are by default */
#define AER_NONFATAL	"COMP_TIME"
#define AER_FATAL	"MALF_TLP"

/* Does the kernel look at the errors of the port that function @bdf is behind? */
bool aer_is_handled(const char *bdf);

/* Have QEMU's device @id report @error, and await the end of the kernel's recovery */
bool aer_recovers(const char *id, const char *error);

#endif /* LIB_AER_H */
