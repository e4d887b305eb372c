// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-personality: an administrator's tool over the PCI personality switch.
 *
 * The files, from the ground up:
 *
 *   util, path, bdf, diag      memory and lists; files; addresses; messages
 *   function                   what sysfs says of functions
 *   selector, select           which of them are meant
 *   verbs, words, options,     the command line
 *   usage
 *   columns, describe, pciids  what there is to tell of functions, as JSON
 *   inuse, filter              who uses them, shortly; which of them are shown
 *   output, table, cell        JSON as a document and as text
 *   check, check_*             what speaks against taking one; they look at
 *   survey, devices, mounts,   what is below a function, mounted, exported, open, in
 *   export, openers, netns,    another namespace, routed
 *   rtnl, pppoe, ssh
 *   nodes, holders             VFIO's device files, and who has them open
 *   module, predict            what can be loaded or why not, what the switch will do
 *   want, plan, plan_vfs,      from wishes to writes
 *   execute
 *   vf, vf_io, rtnl_vf         how VFs are set up
 *   journal, lock, interrupt   so that a killed run can be undone; turns; signals
 *   callout                    programs that make way for it
 *   transaction, vfs, outcome  all of it together; what came of it
 *   config, config_file        what is kept in /etc of a function
 *   rules, rules_*             what is wanted of all that are like something
 *   wanted, difference         both of them; what is not as they say
 *   identity                   which device a function is, wherever it is
 *   persist, early, hold       keeps it; what was taken before its driver came; what
 *                              keeps drivers off without the switch
 *   consumer, emit, cdi, next  what programs expect, and are given; what to do then
 *   cmdline, initramfs         what the kernel is told; what comes before apply
 *   doctor_*                   is the machine ready?
 *   instance, instance_*,      vfio_devices that drivers provide: what is there; making them;
 *   created                    those that are saved
 *   switch, record, record_*,  a transaction by hand; who did it, and how to undo it
 *   undo_instance
 *   keeper, trial              leads functions back when nobody else does
 *   explain                    why a function is what it is
 *   verb_*                     the verbs
 */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "options.h"
#include "output.h"
#include "pciids.h"
#include "rules.h"
#include "verbs.h"

static int run(const struct options *o)
{
	struct path_ctx root;
	struct machine m;
	int error, code;

	if (!output_check(o))
		return EXIT_USAGE;
	error = path_init(&root, o->root);
	if (error)
		return say_and(EXIT_USAGE, "--sysfs-root: %s: %s", o->root, strerror(-error));
	machine_open(&m, &root);
	code = verb_words[o->verb].run(&m, o);
	machine_free(&m);
	path_done(&root);
	return code;
}

/* Whoever closed these does not want messages in the first file that is opened */
static void open_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct options o;
	int code;

	open_standard_files();
	setlocale(LC_CTYPE, "");
	if (options_parse(&o, argc, argv, &code))
		code = run(&o);
	options_free(&o);
	rules_done();
	pciids_done();
	diag_done();
	/* A table that could not be written was not delivered */
	if (fflush(stdout) || ferror(stdout))
		return code ? code : EXIT_FAILED;
	return code;
}
