// SPDX-License-Identifier: GPL-2.0
/*
 * predict: what the switch is going to do with a function.
 *
 * The switch alone knows for sure. It may load a module that registers a method
 * for the bound driver; here it is only seen that there is one, or that the
 * bound driver's module uses the switch.
 */
#include "predict.h"

#include <stdio.h>
#include <string.h>

#include "early.h"
#include "module.h"

static bool uses_switch(const struct machine *m, const struct function *f)
{
	char module[NAME_LEN];

	return !path_read_link_name(m->root, module, sizeof(module), SYS_PCI "/%s/driver/module",
				    f->address) &&
	       path_exists(m->root, "sys/module/pci_personality/holders/%s", module);
}

static bool has_method(const struct machine *m, const struct function *f)
{
	char alias[NAME_LEN + 32];

	if (!f->driver[0])
		return false;
	snprintf(alias, sizeof(alias), "pci-personality-vfio:%s", f->driver);
	return uses_switch(m, f) || module_answers(m->root, alias);
}

struct prediction predict_enable(const struct machine *m, const struct function *f,
				 const char *wanted)
{
	struct prediction p = { .path = f->driver[0] ? "rebind" : "bind" };
	bool bound, automatic, method = has_method(m, f);

	if (!wanted)
		wanted = f->vfio_driver[0] ? f->vfio_driver : "auto";
	bound = !strcmp(wanted, "bound");
	automatic = !strcmp(wanted, "auto");
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
	struct prediction p = { .path = "rebind" };

	if (early_is(m->root, f))
		return (struct prediction){ .path = "probe", .driver = "auto" };
	if (f->state == STATE_VFIO)
		p.path = "method";
	else if (!strcmp(f->native_driver, "none"))
		p.path = "unbind";
	snprintf(p.driver, sizeof(p.driver), "%s", f->native_driver);
	return p;
}
