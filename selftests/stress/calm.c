// SPDX-License-Identifier: GPL-2.0
/* The calm after a storm: nobody interferes, so nothing may fail. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "drivers/driver.h"
#include "edu_fixture.h"
#include "file.h"
#include "module.h"
#include "native.h"
#include "slice.h"
#include "stress.h"
#include "uevent.h"
#include "wait.h"

#define UEVENT_MS	1000
#define SETTLE_MS	10000
/* They work on when power/control lets them sleep; the links of other NICs go down */
#define MAY_SLEEP	(EDUS | BIT(NVME) | BIT(VIRTIO))

static struct function_state noted[SUBJECTS];

/*
 * Drivers of functions, in an order that their dependencies allow. VFIO's comes first, as
 * on a machine whose command line has ids for it: the kernel asks it before the others.
 */
static const char * const modules[] = {
	PERSONALITY_MODULE, "vfio-pci", "pci-stub", SLICE_MODULE, PROVIDER_MODULE, "edu",
	"igbvf", "e1000e", "nvme", "igb", "virtio_net",
};

#define FIRST_NATIVE	3

/* Before the storm; those that were not shall not be afterwards */
static bool was_loaded[ARRAY_SIZE(modules)];

int wrong(unsigned int i, const char *what, int error)
{
	report("WRONG: %s: %s%s%s", subjects[i].name, what, error ? ": " : "",
	       error ? strerrorname_np(-error) : "");
	describe(i);
	return 1;
}

static int load_modules(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(modules); i++)
		ret = module_load(modules[i]) ?: ret;
	return ret;
}

/* In their order; what is in use stays where it is */
static int reload_modules(void)
{
	unsigned int i;

	for (i = FIRST_NATIVE; i < ARRAY_SIZE(modules); i++)
		module_unload(modules[i]);
	return load_modules();
}

int calm_note(void)
{
	unsigned int i;
	int bad = 0;

	for (i = 0; i < ARRAY_SIZE(modules); i++)
		was_loaded[i] = module_loaded(modules[i]);
	if (reload_modules() || slice_calm_note())
		return 1;
	for (i = 0; i < SUBJECTS; i++) {
		if (subject_is_vf(i))
			continue;
		if (!function_await_driver(subjects[i].bdf, subjects[i].native) ||
		    function_save(&noted[i], subjects[i].bdf))
			bad += wrong(i, "is not in order to begin with", 0);
	}
	return bad;
}

static bool is_edu(unsigned int i)
{
	return !strcmp(subjects[i].native, "edu");
}

static int prove_native(unsigned int i)
{
	char story[240];

	if (is_edu(i))
		return edu_prove(subjects[i].bdf);
	return native_prove(subjects[i].bdf, story, sizeof(story));
}

static int prove_vfio(unsigned int i)
{
	struct proof proof;

	return device_prove(subjects[i].bdf, &vfio_group_mode, &proof);
}

/* It has a reason: steps were to fail, or a sibling's user barred the way back */
static int check_broken(unsigned int i, bool injected)
{
	if (pci_driver_is(subjects[i].bdf, ""))
		return pci_group_size(subjects[i].bdf) > 1 ? 0 :
		       wrong(i, "broken, without a driver", 0);
	return injected ? 0 : wrong(i, "broken, with a driver bound", 0);
}

/* Whatever the storm made of it, it is that altogether */
static int check_as_found(unsigned int i, bool injected)
{
	const char *bdf = subjects[i].bdf;
	int vfio = personality_get(bdf);
	char state[32];
	int ret;

	ret = pci_read_line(bdf, "personality/state", state, sizeof(state));
	if (ret < 0)
		return wrong(i, "no state", ret);
	if (vfio != !strncmp(state, "vfio", 4))
		return wrong(i, "state and use_vfio disagree", 0);
	if (!strcmp(state, "broken"))
		return check_broken(i, injected);
	if (!strcmp(state, "unbound") != pci_driver_is(bdf, ""))
		return wrong(i, "state and driver disagree", 0);
	if (pci_driver_is(bdf, "vfio-pci") && !vfio)
		return wrong(i, "vfio-pci is bound, and use_vfio reads 0", 0);
	if (!pci_reads(bdf, "driver_override", "(null)"))
		return wrong(i, "driver_override is set", 0);
	if (vfio && subject_group_is_vfio(i) && prove_vfio(i))
		return wrong(i, "does not work in VFIO, as it was found", 0);
	if (pci_driver_is(bdf, subjects[i].native) && !vfio && prove_native(i))
		return wrong(i, "does not work natively, as it was found", 0);
	return 0;
}

/* One write, and one uevent if it changes anything */
static int set(unsigned int i, bool vfio, int socket)
{
	const char *bdf = subjects[i].bdf;
	int was = personality_get(bdf);
	struct uevent event;
	const char *told;
	int ret;

	personality_set_driver(bdf, "auto");
	ret = personality_set(bdf, vfio);
	if (ret)
		return wrong(i, vfio ? "1, in the calm" : "0, in the calm", ret);
	if (was == vfio)
		return 0;
	ret = uevent_wait(socket, "change", bdf, "PCI_PERSONALITY", &event,
			  UEVENT_MS);
	told = ret ? NULL : uevent_get(&event, "PCI_PERSONALITY");
	if (!told || !pci_reads(bdf, "personality/state", told))
		return wrong(i, "no uevent tells its state", ret);
	return 0;
}

static int set_all(bool vfio)
{
	int socket = uevent_open();
	unsigned int i;
	int bad = 0;

	for (i = 0; i < SUBJECTS; i++)
		if (!subject_is_vf(i) || pci_present(subjects[i].bdf))
			bad += set(i, vfio, socket);
	close(socket);
	return bad;
}

/* It may have come into VFIO from no driver, or a stub, and leads there again */
static int bind_natively(unsigned int i)
{
	const char *bdf = subjects[i].bdf;

	if (pci_driver_is(bdf, "pci-stub"))
		pci_unbind(bdf);
	if (pci_driver_is(bdf, ""))
		file_write("/sys/bus/pci/drivers_probe", bdf);
	if (!function_await_driver(bdf, subjects[i].native))
		return wrong(i, "its native driver is not bound", 0);
	/* VFIO has left it at "on"; and after a removal the IOMMU counts anew */
	pci_write(bdf, "power/control", noted[i].control);
	noted[i].group = pci_group(bdf);
	return 0;
}

/* From where the storm has left them to where they were when it began */
static int all_natively(void)
{
	int bad = set_all(false);
	unsigned int i;

	for (i = 0; i < SUBJECTS; i++)
		if (!subject_is_vf(i))
			bad += bind_natively(i);
	return bad;
}

static int check_native(unsigned int i)
{
	if (prove_native(i))
		return wrong(i, "does not work natively", 0);
	if ((MAY_SLEEP & BIT(i)) && !pci_reads(subjects[i].bdf, "power/control", "auto"))
		return wrong(i, "has lost its power setting", 0);
	/* Unless somebody forgot to say that he needs it no more */
	if (is_edu(i) && wait_for(pci_reads(subjects[i].bdf, "power/runtime_status",
					    "suspended"), SETTLE_MS))
		return wrong(i, "does not fall asleep", 0);
	pci_write(subjects[i].bdf, "power/control", noted[i].control);
	return function_is(&noted[i]) ? 0 : wrong(i, "is not as it was", 0);
}

/* There and back: 0 is the exact reverse of 1 */
static int round_trip(void)
{
	unsigned int i;
	int bad = 0;

	for (i = 0; i < SUBJECTS; i++)
		if (MAY_SLEEP & BIT(i))
			pci_write(subjects[i].bdf, "power/control", "auto");
	for (i = 0; i < SUBJECTS; i++)
		bad += slice_calm_prove(i);
	bad += set_all(true);
	for (i = 0; i < SUBJECTS; i++)
		if (!subject_is_vf(i) && prove_vfio(i))
			bad += wrong(i, "does not work in VFIO", 0);
	for (i = 0; i < SUBJECTS; i++)
		bad += slice_calm_refused(i);
	bad += set_all(false);
	for (i = 0; i < SUBJECTS; i++)
		if (!subject_is_vf(i))
			bad += check_native(i);
	return bad;
}

static void set_pf_up(void)
{
	char netdev[PCI_NAME_LEN];

	if (!pci_netdev(subjects[IGB].bdf, netdev, sizeof(netdev)))
		net_set_up(netdev, true);
}

int calm_check(struct storm *storm)
{
	unsigned int i;
	int bad = 0;

	pci_rescan();
	if (load_modules()) {
		report("WRONG: modules do not load any more");
		bad++;
	}
	set_pf_up();
	for (i = 0; i < SUBJECTS; i++) {
		if (pci_present(subjects[i].bdf))
			bad += check_as_found(i, storm->injected & BIT(i));
		else if (!subject_is_vf(i))
			bad += wrong(i, "is gone", 0);
	}
	bad += slice_calm_check();

	pci_set_vfs(subjects[IGB].bdf, 0);
	reload_modules();
	bad += all_natively();
	set_pf_up();
	return bad + round_trip();
}

static bool is_unloaded(const char *module)
{
	int ret = module_unload_tree(module);

	/* Or it is built in */
	return !ret || ret == -ENOENT;
}

static int unload(const char *module)
{
	/* Who looks at a disk that is new holds its driver for a moment */
	if (!wait_for(is_unloaded(module), SETTLE_MS))
		return 0;
	report("WRONG: %s does not unload", module);
	return 1;
}

/* Nothing holds anything any more: all of it can go, and what was there comes again */
int calm_unload(void)
{
	int bad = slice_calm_unload();
	unsigned int i;

	if (!vfio_unload()) {
		report("WRONG: VFIO's modules do not unload");
		bad++;
	}
	for (i = 0; i < ARRAY_SIZE(modules); i++)
		bad += unload(modules[i]);
	if (load_modules())
		bad++;
	for (i = 0; i < SUBJECTS; i++)
		if (!subject_is_vf(i) &&
		    !function_await_driver(subjects[i].bdf, subjects[i].native))
			bad += wrong(i, "its native driver does not come again", 0);
	for (i = 0; i < ARRAY_SIZE(modules); i++)
		if (!was_loaded[i])
			bad += unload(modules[i]);
	return bad;
}
