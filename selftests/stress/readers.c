// SPDX-License-Identifier: GPL-2.0
/* The storm: somebody reads what there is to read, or listens. */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "stress.h"
#include "uevent.h"
#include "wait.h"

/* Somebody who watches does so for so long at most */
#define WATCH_MS	300
/* An unbind that nothing holds up is over after so long */
#define UNBIND_MS	500

static const char * const states[] = {
	"unbound", "native", "vfio", "vfio-rebound", "broken", NULL
};

static bool is_one_of(const char *text, const char * const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

/* Its driver is being unbound, for so many seconds already */
static bool is_unbinding(const char *state)
{
	unsigned int seconds;
	char rest;

	return sscanf(state, "unbinding %u%c", &seconds, &rest) == 1;
}

/* A driver that was bound before and after the look at the state was then, too */
static int look_for_broken(const struct subject *subject)
{
	char before[PCI_NAME_LEN], after[PCI_NAME_LEN];

	if (pci_driver(subject->bdf, before, sizeof(before)) ||
	    !pci_reads(subject->bdf, "personality/state", "broken") ||
	    pci_driver(subject->bdf, after, sizeof(after)) ||
	    strcmp(before, after))
		return 0;
	return before[0] ? BROKEN_BOUND : BROKEN;
}

/* While a broken one is unbound, it has lost its driver's link, and is broken still */
int find_broken(const struct subject *subject)
{
	int ret = look_for_broken(subject);

	if (ret == BROKEN) {
		sleep_ms(UNBIND_MS);
		ret = look_for_broken(subject);
	}
	return ret;
}

/* Nobody's is meant to stay */
int find_override(const struct subject *subject)
{
	char text[256];

	if (pci_read_line(subject->bdf, "driver_override", text, sizeof(text)) < 0)
		return 0;
	return strcmp(text, "(null)") ? OVERRIDDEN : 0;
}

int read_all(const struct subject *subject, u32 arg)
{
	static const char * const numbers[] = { "0", "1", NULL };
	static const struct {
		const char *attr;
		const char * const *values;
	} attrs[] = {
		{ "personality/state", states },
		{ "use_vfio", numbers },
		{ "personality/native_driver", NULL },
		{ "personality/last_error", NULL },
		{ "personality/vfio_driver", NULL },
		{ "driver_override", NULL },
	};
	char text[ARRAY_SIZE(attrs)][512];
	unsigned int i;
	int ret;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		ret = pci_read_line(subject->bdf, attrs[i].attr, text[i],
				    sizeof(text[i]));
		if (ret < 0)
			return ret;
		if (strchr(text[i], '\n'))
			return -EILSEQ;
		if (attrs[i].values && !is_one_of(text[i], attrs[i].values) &&
		    (i || !is_unbinding(text[i])))
			return -EILSEQ;
	}
	if (is_unbinding(text[0]))
		return UNBINDING;
	if (!strcmp(text[0], "broken"))
		return find_broken(subject);
	/* A state that is one of VFIO's, and use_vfio */
	if (!strncmp(text[0], "vfio", 4) != !strcmp(text[1], "1"))
		return UNDONE;
	return find_override(subject);
}

static const struct subject *subject_at(unsigned int bus, unsigned int devfn)
{
	char bdf[PCI_BDF_LEN];
	unsigned int i;

	snprintf(bdf, sizeof(bdf), "0000:%02x:%02x.%x", bus & 0xff,
		 devfn >> 3 & 0x1f, devfn & 7);
	for (i = 0; i < SUBJECTS; i++)
		if (!strcmp(subjects[i].bdf, bdf))
			return &subjects[i];
	return NULL;
}

/* Bus and devfn come first, the driver's name last, after the resources */
static bool is_device_line(const char *line)
{
	const char *name = strrchr(line, '\t');
	unsigned int bus, devfn;
	const struct subject *subject;

	if (!name || sscanf(line, "%2x%2x\t", &bus, &devfn) != 2)
		return false;
	for (line = ++name; *line; line++)
		if (!isalnum((unsigned char)*line) && !strchr("-_.", *line))
			return false;
	subject = subject_at(bus, devfn);
	return !subject || subject_may_have(subject, name);
}

/* Anybody may read it, at any time, and no lock keeps the driver for them */
static int list_once(void)
{
	FILE *f = fopen("/proc/bus/pci/devices", "re");
	char line[512];
	int ret = 0;

	if (!f)
		return -errno;
	while (!ret && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!is_device_line(line))
			ret = -EILSEQ;
	}
	fclose(f);
	if (ret)
		report("    /proc/bus/pci/devices has: %s", line);
	return ret;
}

int list_devices(const struct subject *subject, u32 arg)
{
	u64 end = now_ms() + arg % WATCH_MS;
	int ret;

	(void)subject;
	do
		ret = list_once();
	while (!ret && now_ms() < end);
	return ret;
}

static bool is_right(const struct uevent *event)
{
	const char *bdf = uevent_get(event, "PCI_SLOT_NAME");
	const char *state = uevent_get(event, "PCI_PERSONALITY");
	const char *driver = uevent_get(event, "DRIVER");
	unsigned int i;

	for (i = 0; i < SUBJECTS; i++)
		if (bdf && driver && !strcmp(subjects[i].bdf, bdf) &&
		    !subject_may_have(&subjects[i], driver))
			return false;
	return !state || is_one_of(state, states);
}

int listen_to_uevents(const struct subject *subject, u32 arg)
{
	u64 end = now_ms() + arg % WATCH_MS;
	int fd = uevent_open();
	struct uevent event;
	int ret = 0;
	u64 now;

	(void)subject;
	if (fd < 0)
		return fd;
	while (!ret && (now = now_ms()) < end) {
		ret = uevent_next(fd, &event, end - now);
		if (!ret && event.length && !is_right(&event)) {
			report("    uevent %s: %s, %s", event.text,
			       uevent_get(&event, "PCI_PERSONALITY") ?: "-",
			       uevent_get(&event, "DRIVER") ?: "-");
			ret = -EILSEQ;
		}
	}
	close(fd);
	return ret == -ETIMEDOUT ? 0 : ret;
}
