// SPDX-License-Identifier: GPL-2.0
/*
 * usage: what --help says.
 */
#include "usage.h"

static const char options_json[] =
	"      --json           answer with a JSON document\n";
static const char options_table[] =
	"  -o, --output LIST    these columns, with commas between\n"
	"      --no-legend      no heading\n";
static const char options_select[] =
	"  -s [[[[D]:]B]:][S][.[F]]\n"
	"                       these addresses only, as lspci does\n"
	"  -d [V]:[D][:C]       these vendors, devices, classes only, as lspci does\n"
	"      --class WORD     this class only (storage, nvme, network, display, multimedia,\n"
	"                       audio, communication, serial, usb, wireless, crypto,\n"
	"                       accelerator)\n";
static const char options_dry[] =
	"  -n, --dry-run        only tell what would be done\n";
static const char options_all[] =
	"      --all            a selector may mean several functions\n";
static const char options_switch[] =
	"      --group          all that is in the same IOMMU group as well\n"
	"      --keep-going     what one group cannot do does not undo the others\n"
	"      --jobs N         so many groups at a time at most (64); 1 for in order\n"
	"      --force LIST     lift these checks: unseen, mounted, swap, holder, claimed,\n"
	"                       open, address, route, master, upper, ssh, netns, vga,\n"
	"                       reserved, sibling\n"
	"      --vfs N          the functions stay; they get N VFs in that personality\n"
	"      --persist        for always: see save (enable) and unsave (disable)\n"
	"      --wait           until the device files are there\n"
	"      --timeout S      wait at most so many seconds (10)\n";
static const char options_driver[] =
	"      --driver NAME    auto, bound (its own method only), or a driver's name\n";
static const char options_owner[] =
	"      --user USER      owner of the device files, as kept by save and --persist\n"
	"      --owner-group GROUP\n"
	"                       their group\n"
	"      --mode MODE      their permissions, as 0660\n";
static const char options_check[] =
	"      --for CONSUMER   ask for libvirt, kubevirt, dpdk or qemu\n"
	"      --group          as if all of the IOMMU group were taken\n"
	"      --force LIST     as enable does\n"
	"      --driver NAME    as enable does\n";
static const char options_force[] =
	"      --force LIST     lift these checks, as enable does; kept with what is saved\n";
static const char options_apply[] =
	"      --force LIST     lift these checks, besides those that were saved\n"
	"      --on-bind        only what has to wait for its driver, which is there now\n"
	"      --jobs N         so many groups at a time at most (64); 1 for in order\n"
	"      --timeout S      wait at most so many seconds (10)\n";

static const struct {
	const char *synopsis, *summary;
	const char *parts[10];
} usages[VERBS] = {
	[VERB_LIST] = { "list [SELECTOR...]", "PCI functions and their personalities",
		{ options_select, options_table, options_json } },
	[VERB_STATUS] = { "status [SELECTOR...]", "all there is to know of functions",
		{ options_select, options_json } },
	[VERB_CHECK] = { "check SELECTOR...", "may they be taken? Exits with 0 for yes, 1 for no",
		{ options_select, options_check, options_table, options_json } },
	[VERB_ENABLE] = { "enable SELECTOR...", "to VFIO",
		{ options_select, options_driver, options_switch, options_owner, options_dry, options_all,
		  options_table, options_json } },
	[VERB_DISABLE] = { "disable SELECTOR...", "back to what was there before",
		{ options_select, options_switch, options_dry, options_all, options_table, options_json } },
	[VERB_SAVE] = { "save SELECTOR...", "come up in the personality they have now",
		{ options_select, options_driver, options_force, options_owner, options_dry, options_all,
		  options_table, options_json } },
	[VERB_UNSAVE] = { "unsave SELECTOR...", "forget that",
		{ options_select, options_dry, options_all, options_table, options_json } },
	[VERB_APPLY] = { "apply [ADDRESS...]", "do now what was saved",
		{ options_dry, options_apply, options_table, options_json } },
	[VERB_UDEV] = { "udev NAME", "for the udev rules: properties of a VFIO device file",
		{ 0 } },
};

void usage_all(FILE *to)
{
	fputs("usage: vfio-personality VERB [OPTIONS] [SELECTOR...]\n\n"
	      "Switches PCI functions between their native drivers and VFIO.\n\n", to);
	for (int verb = 0; verb < VERB_UDEV; verb++)
		fprintf(to, "  %-24s %s\n", usages[verb].synopsis, usages[verb].summary);
	fputs("\nA SELECTOR is an address (0000:01:10.0, 01:10.0, pci_0000_01_10_0, or\n"
	      "01:10.0@8086:10ca to be sure), or the name of a network interface, nvme\n"
	      "controller or disk. VERB --help tells the options; vfio-personality(8) the rest.\n",
	      to);
}

void usage_verb(FILE *to, enum verb verb)
{
	fprintf(to, "usage: vfio-personality %s\n\n%s.\n\n", usages[verb].synopsis,
		usages[verb].summary);
	for (int i = 0; usages[verb].parts[i]; i++)
		fputs(usages[verb].parts[i], to);
	fputs("      --sysfs-root DIR look at DIR/sys, DIR/dev, ... instead of /sys, /dev, ...\n"
	      "  -h, --help           this\n", to);
}
