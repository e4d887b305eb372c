/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cdi: specifications by which container engines and Kubernetes hand devices to
 * containers (github.com/cncf-tags/container-device-interface).
 */
#ifndef VP_CDI_H
#define VP_CDI_H

#include <json-c/json.h>

#include "function.h"

/* What the devices are called there: CDI_KIND=ADDRESS */
#define CDI_KIND "vfio-personality/pci"

/* A specification of @functions, which are in VFIO and end with NULL */
struct json_object *cdi_spec(const struct machine *m, const struct function *const *functions);
/*
 * Engines find the function at @address by it, or each of its VFs, if it is in VFIO. What
 * went wrong has been said
 */
bool cdi_write(const struct machine *m, const char *address, bool vfs);
bool cdi_exists(const struct path_ctx *root, const char *address);
/* Takes those away that are of functions which are not in VFIO any more */
void cdi_clean(const struct path_ctx *root);

#endif
