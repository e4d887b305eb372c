// SPDX-License-Identifier: GPL-2.0
/*
 * vfio-personality: an administrator's tool over the PCI personality switch.
 *
 * What is where, roughly from the ground up:
 *
 *   base/      files and lists, addresses, messages, signals; libraries that are loaded late
 *   machine/   what the machine is: its functions and what is made of them, modules, mounts,
 *              open files, the kernel's command line; which functions are meant
 *   net/       network interfaces: what stands on them, in which namespace, how they and VFs
 *              are set up
 *   check/     what speaks against taking a function, what helps, and what programs expect
 *   switch/    from wishes to writes: plan, transaction, journal, locks, call-outs, VFs; what
 *              came of it
 *   keep/      what is to last: a function's file, rules, what was done by whom and how to undo
 *              it, what keeps drivers off at boot
 *   instance/  vfio_devices that drivers provide on demand
 *   show/      functions as JSON and as text, who uses them, why they are what they are, what
 *              the next program is told
 *   doctor/    is the machine ready?
 *   command/   the command line, and the verbs
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
