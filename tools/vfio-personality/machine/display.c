// SPDX-License-Identifier: GPL-2.0
/*
 * display: which display the machine booted with.
 */
#include "display.h"

#include <stdlib.h>
#include <string.h>

#define CLASS_DISPLAY	0x03
#define CLASS_VGA	0x0300

/* Whom the kernel lets draw where the firmware did: drivers/firmware, drivers/video/fbdev, drm */
static const char *const firmware_buffers[] = {
	"BOOTFB", "efidrm", "efifb", "simple-framebuffer", "simpledrm", "simplefb", "vesadrm",
	"vesafb",
};

static bool is_firmware_buffer(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(firmware_buffers); i++)
		if (!strcmp(name, firmware_buffers[i]))
			return true;
	return false;
}

/* "  fc000000-fcffffff : NAME", and further in what is inside of that; all can read the names */
static bool memory_has_firmware_buffer(const struct path_ctx *root, const char *address)
{
	char *text = path_read_all(root, "proc/iomem"), *rest = text, *line, *name;
	size_t indent, outer = 0;
	bool inside = false, has = false;

	while (!has && (line = strsep(&rest, "\n"))) {
		indent = strspn(line, " ");
		name = strstr(line, " : ");
		if (!name)
			continue;
		name += strlen(" : ");
		inside &= indent > outer;
		has = inside && is_firmware_buffer(name);
		if (!inside && !strcmp(name, address)) {
			inside = true;
			outer = indent;
		}
	}
	free(text);
	return has;
}

/* The kernel says it of VGA controllers; not of an integrated GPU, which may be no such thing */
bool display_is_firmwares(const struct path_ctx *root, const struct function *f)
{
	unsigned long is;

	if (f->class >> 16 != CLASS_DISPLAY)
		return false;
	if (!path_read_number(root, &is, SYS_PCI "/%s/boot_vga", f->address) && is)
		return true;
	return f->class >> 8 != CLASS_VGA && memory_has_firmware_buffer(root, f->address);
}
