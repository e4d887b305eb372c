/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual functions of the lab's igb. Its netdev has to be up, since its driver
 * answers the VFs' mailboxes only then.
 */
#ifndef LIB_VF_H
#define LIB_VF_H

#include "lab.h"
#include "provided.h"

/*
 * Have @count VFs of the lab's igb, its netdev up, and wait for their native
 * driver: 0 or a negative errno, after diag() said why. @vf (of @count) gets
 * their addresses.
 */
int vf_create(int count, char vf[][PCI_BDF_LEN]);

/*
 * Is a VF kept for VFIO: has it no driver, and gets none if somebody has the kernel look for
 * one? Says what is not.
 */
bool vf_is_held(const char *bdf);

/*
 * Let a netdev that is about to come up say nothing by itself: IPv6's greetings
 * arrive wherever a group is asked for. The PF's has been silenced by vf_create().
 */
void net_quiet(const char *netdev);

/* The PF's netdev alone: VFs come and go faster while it is down */
int pf_set_up(bool up);

/* The reverse: no VFs, netdev down. Waits for them to be gone */
int vf_destroy(void);

/*
 * VFs by configfs: the type that the lab's igb has then, and why it cannot have it, or NULL.
 * With no VF yet, its netdev up and configfs mounted; the reverse of that, whatever has been
 * made, and whether the PF is there or not. These say what went wrong.
 */
#define VF_MODULE	"vfio-provider-vf"

extern const struct provided vf_provided;

const char *vf_provided_lacks(void);
int vf_provided_setup(void);
int vf_provided_teardown(void);

/* One of them; they say nothing, as provided.h's */
int vf_make(const char *name);
int vf_unmake(const char *name);
int vf_set_live(const char *name, bool live);

/* There are @count VFs now, at these addresses; what becomes of them is not waited for */
int vf_bear(int count, char vf[][PCI_BDF_LEN]);

#endif /* LIB_VF_H */
