// SPDX-License-Identifier: GPL-2.0
/* The functions of the storm. */
#include <string.h>

#include "stress.h"

#define PF_AND_VFS	(BIT(IGB) | ALL_VFS)
#define SLOT		(BIT(SLOT_E1000E) | BIT(SLOT_EDU))

const struct subject subjects[SUBJECTS] = {
	[EDU] = { "edu", "0000:00:03.0", "1234 11e8", "edu", BIT(EDU) },
	[EDU2] = { "edu 2", "0000:00:04.0", "1234 11e8", "edu", BIT(EDU2) },
	[E1000E] = { "e1000e", "0000:00:05.0", "8086 10d3", "e1000e", BIT(E1000E) },
	[NVME] = { "nvme", "0000:00:06.0", "1b36 0010", "nvme", BIT(NVME) },
	[VIRTIO] = { "virtio-net", "0000:00:07.0", "1af4 1041", "virtio-pci",
		     BIT(VIRTIO) },
	[IGB] = { "igb", "0000:01:00.0", "8086 10c9", "igb", PF_AND_VFS },
	[VF0] = { "igb's VF 0", "0000:01:10.0", "8086 10ca", "igbvf", PF_AND_VFS },
	[VF1] = { "igb's VF 1", "0000:01:10.2", "8086 10ca", "igbvf", PF_AND_VFS },
	[SLOT_E1000E] = { "slot's e1000e", "0000:02:00.0", "8086 10d3", "e1000e",
			  SLOT },
	[SLOT_EDU] = { "slot's edu", "0000:02:00.1", "1234 11e8", "edu", SLOT },
};

bool subject_is_vf(unsigned int i)
{
	return i == VF0 || i == VF1;
}

bool subjects_present(void)
{
	unsigned int i;

	for (i = 0; i < SUBJECTS; i++)
		if (!subject_is_vf(i) && !pci_present(subjects[i].bdf))
			return false;
	return true;
}

/* "compat" is what the kernel calls it if nobody but its registers' owner is known */
bool subject_may_have(const struct subject *subject, const char *name)
{
	static const char * const others[] = {
		"", "compat", "vfio-pci", "virtio_vfio_pci", "pci-stub",
		"personality-test-vfio-pci",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(name, others[i]))
			return true;
	return !strcmp(name, subject->native);
}

bool subject_group_is_vfio(unsigned int i)
{
	int group = pci_group(subjects[i].bdf);
	unsigned int other;

	for (other = 0; other < SUBJECTS; other++)
		if ((subjects[i].kin & BIT(other)) &&
		    pci_present(subjects[other].bdf) &&
		    pci_group(subjects[other].bdf) == group &&
		    personality_get(subjects[other].bdf) != 1)
			return false;
	return true;
}
