// SPDX-License-Identifier: GPL-2.0
/*
 * predict: what the switch is going to do with a function.
 *
 * The switch says which method is there, and what modules it would ask for to find a
 * better one; whether there is any such module, libkmod knows. Before the switch is
 * loaded there is only that, and what the function's ids are.
 */
#include "predict.h"

#include <stdio.h>
#include <string.h>

#include "early.h"
#include "module.h"

#define ALIAS "pci-personality-vfio:"

static bool uses_switch(const struct machine *m, const struct function *f)
{
	char module[NAME_LEN];

	return !path_read_link_name(m->root, module, sizeof(module), SYS_PCI "/%s/driver/module",
				    f->address) &&
	       path_exists(m->root, "sys/module/pci_personality/holders/%s", module);
}

/* By the switch, if it is loaded: what is there, or what it would ask for */
static bool is_offered(const struct machine *m, const struct function *f)
{
	char text[NAME_LEN + 80];

	if (path_read(m->root, text, sizeof(text), SYS_PCI "/%s/personality/offers",
		      f->address) < 0)
		return uses_switch(m, f);
	if (!strncmp(text, "vfio ", 5))
		return true;
	return path_read(m->root, text, sizeof(text), SYS_PCI "/%s/personality/modalias",
			 f->address) > 0 && module_would_load(m->root, text);
}

static bool has_method(const struct machine *m, const struct function *f)
{
	char alias[NAME_LEN + 80];

	if (!f->driver[0])
		return false;
	if (is_offered(m, f))
		return true;
	snprintf(alias, sizeof(alias), ALIAS "%s:v%04Xd%04Xsv%04Xsd%04Xbc%02Xsc%02Xi%02X",
		 f->driver, f->vendor, f->device, f->subvendor, f->subdevice, f->class >> 16,
		 f->class >> 8 & 0xff, f->class & 0xff);
	return module_would_load(m->root, alias);
}

struct prediction predict_enable(const struct machine *m, const struct function *f,
				 const char *wanted)
{
	struct prediction p = { .path = f->driver[0] ? "rebind" : "bind" };
	bool bound, automatic, method;

	if (!wanted)
		wanted = function_vfio_driver(m, f);
	bound = !strcmp(wanted, "bound");
	automatic = !strcmp(wanted, "auto");
	method = (bound || automatic) && has_method(m, f);
	if (bound || (automatic && method)) {
		p.path = "method";
		p.answer = method ? DRIVER_FINE : DRIVER_NO_METHOD;
		snprintf(p.driver, sizeof(p.driver), "%s", f->driver);
	} else if (automatic) {
		p.answer = module_best_vfio(m->root, f, p.driver, sizeof(p.driver));
	} else {
		p.answer = module_ask_driver(m->root, wanted);
		snprintf(p.driver, sizeof(p.driver), "%s", wanted);
	}
	return p;
}

struct prediction predict_disable(const struct machine *m, const struct function *f)
{
	const char *native = function_switch(m, f)->native_driver;
	struct prediction p = { .path = "rebind" };

	if (early_is(m, f))
		return (struct prediction){ .path = "probe", .driver = "auto" };
	if (f->state == STATE_VFIO)
		p.path = "method";
	else if (!strcmp(native, "none"))
		p.path = "unbind";
	snprintf(p.driver, sizeof(p.driver), "%s", native);
	return p;
}
