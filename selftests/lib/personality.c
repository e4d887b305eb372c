// SPDX-License-Identifier: GPL-2.0
/* The switch as its users see it, see personality.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "lab.h"
#include "module.h"
#include "personality.h"
#include "wait.h"

/* What is built in has no initstate, but is there for modprobe */
bool personality_is_built_in(void)
{
	return !module_loaded(PERSONALITY_MODULE) && pci_has(lab_edu.bdf, "use_vfio");
}

int personality_set(const char *bdf, bool vfio)
{
	return pci_write(bdf, "use_vfio", vfio ? "1" : "0");
}

int personality_get(const char *bdf)
{
	return pci_number(bdf, "use_vfio");
}

bool personality_reads(const char *bdf, const char *attr, const char *value)
{
	char path[64];
	char text[256];
	int ret;

	snprintf(path, sizeof(path), "personality/%s", attr);
	ret = pci_read_line(bdf, path, text, sizeof(text));
	if (ret >= 0 && !strcmp(text, value))
		return true;
	if (ret < 0)
		diag_error(ret, "%s: %s", bdf, path);
	else
		diag("%s: %s reads \"%s\", not \"%s\"", bdf, path, text, value);
	return false;
}

int personality_set_driver(const char *bdf, const char *name)
{
	return pci_write(bdf, "personality/vfio_driver", name);
}

bool personality_names_error(const char *text, int error)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", -error);
	return !strcmp(text, strerrorname_np(-error)) || !strcmp(text, number);
}

bool personality_last_error_is(const char *bdf, const char *stage, int error)
{
	char text[512], in[32], name[32];
	int number = 0, words = 0;
	int ret;

	if (!error)
		return personality_reads(bdf, "last_error", "");

	ret = pci_read_line(bdf, "personality/last_error", text, sizeof(text));
	if (ret > 0 && !strchr(text, '\n') &&
	    sscanf(text, "%31[^:]: %31s (%d): %n", in, name, &number, &words) == 3 &&
	    !strcmp(in, stage) && personality_names_error(name, error) &&
	    number == error && words && text[words])
		return true;
	diag("%s: last_error reads \"%s\", not \"%s: %s (%d): ...\"", bdf, text,
	     stage, strerrorname_np(-error), error);
	return false;
}

bool personality_last_error_has(const char *bdf, const char *words)
{
	char text[512];
	int ret = pci_read_line(bdf, "personality/last_error", text, sizeof(text));

	if (ret >= 0 && strstr(text, words))
		return true;
	diag("%s: last_error reads \"%s\", without \"%s\"", bdf, text, words);
	return false;
}

int personality_native_driver(const char *bdf, char *name, size_t size)
{
	return pci_read_line(bdf, "personality/native_driver", name, size);
}

bool function_is_vfio(const char *bdf, const char *driver)
{
	char name[PCI_NAME_LEN];
	char path[64];
	bool ok = true;

	if (personality_get(bdf) != 1) {
		diag("%s: use_vfio reads %d", bdf, personality_get(bdf));
		ok = false;
	}
	if (!personality_is(bdf, "vfio-rebound"))
		ok = false;
	if (pci_driver(bdf, name, sizeof(name)) || strcmp(name, driver)) {
		diag("%s: driver \"%s\" is bound, not %s", bdf, name, driver);
		ok = false;
	}
	if (pci_vfio_device(bdf, name, sizeof(name))) {
		diag("%s: there is no vfio-dev/vfioN", bdf);
		ok = false;
	}
	snprintf(path, sizeof(path), "/dev/vfio/%d", pci_group(bdf));
	if (access("/dev/vfio/devices", F_OK) && access(path, F_OK)) {
		diag("%s: there is no %s", bdf, path);
		ok = false;
	}
	return ok;
}

static int count_msi(const char *bdf)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/msi_irqs/*", bdf);
	return file_count(path);
}

int function_save(struct function_state *state, const char *bdf)
{
	int ret;

	memset(state, 0, sizeof(*state));
	snprintf(state->bdf, sizeof(state->bdf), "%s", bdf);
	ret = pci_driver(bdf, state->driver, sizeof(state->driver));
	if (ret)
		return diag_error(ret, "%s: driver", bdf);
	ret = pci_read(bdf, "driver_override", state->override,
		       sizeof(state->override));
	if (ret < 0)
		return diag_error(ret, "%s: driver_override", bdf);
	state->override_len = ret;
	ret = pci_read_line(bdf, "power/control", state->control,
			    sizeof(state->control));
	if (ret < 0)
		return diag_error(ret, "%s: power/control", bdf);
	state->group = pci_group(bdf);
	state->msi = count_msi(bdf);
	state->vfio = personality_get(bdf);
	return 0;
}

bool function_is(const struct function_state *was)
{
	struct function_state is;
	bool ok = true;

	if (function_save(&is, was->bdf))
		return false;
	if (strcmp(is.driver, was->driver)) {
		diag("%s: driver \"%s\", was \"%s\"", was->bdf, is.driver,
		     was->driver);
		ok = false;
	}
	if (is.override_len != was->override_len ||
	    memcmp(is.override, was->override, was->override_len)) {
		diag("%s: driver_override is \"%s\", was \"%s\"", was->bdf,
		     is.override, was->override);
		ok = false;
	}
	if (strcmp(is.control, was->control)) {
		diag("%s: power/control is %s, was %s", was->bdf, is.control,
		     was->control);
		ok = false;
	}
	/* Some kernels find a group when the first driver is bound, and then keep it */
	if ((was->group >= 0 && is.group != was->group) ||
	    is.msi != was->msi || is.vfio != was->vfio) {
		diag("%s: group %d, %d MSIs, use_vfio %d; was %d, %d, %d",
		     was->bdf, is.group, is.msi, is.vfio, was->group, was->msi,
		     was->vfio);
		ok = false;
	}
	return ok;
}

/* By the ordinary files: the switch itself may be what has failed */
static int restore_driver(const struct function_state *state)
{
	int ret = 0;

	if (pci_driver_is(state->bdf, state->driver))
		return 0;
	if (!pci_driver_is(state->bdf, ""))
		ret = pci_unbind(state->bdf);
	if (!ret && state->driver[0])
		ret = pci_bind(state->bdf, state->driver);
	return ret;
}

int function_restore(const struct function_state *state)
{
	char override[sizeof(state->override)];
	int ret = 0;

	if (!state->bdf[0])
		return 0;
	if (pci_has(state->bdf, "use_vfio")) {
		personality_set_driver(state->bdf, "auto");
		if (personality_get(state->bdf) != state->vfio)
			ret = personality_set(state->bdf, state->vfio);
	}
	if (ret)
		diag_error(ret, "%s: going back to use_vfio %d", state->bdf,
			   state->vfio);

	ret = restore_driver(state);
	if (ret)
		return diag_error(ret, "%s: restoring driver \"%s\"", state->bdf,
				  state->driver);

	snprintf(override, sizeof(override), "%s",
		 strcmp(state->override, "(null)\n") ? state->override : "\n");
	ret = pci_write(state->bdf, "driver_override", override);
	if (ret)
		diag_error(ret, "%s: restoring driver_override", state->bdf);
	pci_write(state->bdf, "power/control", state->control);
	return ret;
}

bool function_await_driver(const char *bdf, const char *driver)
{
	if (!wait_for(pci_driver_is(bdf, driver), 10000))
		return true;
	diag("%s: driver %s is not bound", bdf, driver);
	return false;
}

bool function_comes_back(struct function_state *was)
{
	if (pci_rescan() || !function_await_driver(was->bdf, was->driver))
		return false;
	was->group = pci_group(was->bdf);
	return was->group >= 0 && function_is(was);
}
