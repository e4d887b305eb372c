// SPDX-License-Identifier: GPL-2.0
/*
 * The storm: vfio_devices are made on demand beside a function that goes on, are
 * configured, created, destroyed and removed. In a round all are slices of one edu, with
 * few names, so that they meet.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "drivers/edu.h"
#include "file.h"
#include "module.h"
#include "slice.h"
#include "stress.h"
#include "wait.h"

/* Its modules are gone for so long at most before they are loaded again */
#define GONE_MS		200
/* Of an edu as it is, and so of a slice that has just been made */
#define REVISION	"16"
#define SIZE		"4096"

void slice_name(u32 arg, char *name)
{
	snprintf(name, SLICE_NAME_LEN, "s%u", slice_number(arg));
}

static bool reads(const char *bdf, const char *name, const char *attr, const char *value)
{
	char path[PATH_MAX];
	char text[PATH_MAX];

	return file_read_line(slice_path(path, bdf, name, attr), text, sizeof(text)) >= 0 &&
	       !strcmp(text, value);
}

static bool is_made(const char *bdf, const char *name)
{
	char path[PATH_MAX];

	return !access(slice_path(path, bdf, name, NULL), F_OK);
}

/* A number is given to one device only, however often its name comes again */
static unsigned int find_living(const char *bdf, ino_t *numbers, unsigned int max)
{
	char pattern[PATH_MAX];
	unsigned int i, n = 0;
	struct stat st;
	glob_t found;

	snprintf(pattern, sizeof(pattern),
		 "/sys/bus/pci/devices/%s/vfio_provider.*/vfio-dev/vfio*", bdf);
	if (!glob(pattern, GLOB_NOSORT, NULL, &found))
		for (i = 0; i < found.gl_pathc && n < max; i++)
			if (!stat(found.gl_pathv[i], &st))
				numbers[n++] = st.st_ino;
	globfree(&found);
	return n;
}

unsigned int slices_living(const char *bdf)
{
	ino_t numbers[SLICES_MAX];

	return find_living(bdf, numbers, ARRAY_SIZE(numbers));
}

/* A slice that was there before and after the look at use_vfio was then, too */
int find_both(const struct subject *subject)
{
	ino_t before[SLICES_MAX], after[SLICES_MAX];
	unsigned int i, j, were, are;

	were = find_living(subject->bdf, before, ARRAY_SIZE(before));
	if (!were || personality_get(subject->bdf) != 1)
		return 0;
	are = find_living(subject->bdf, after, ARRAY_SIZE(after));
	for (i = 0; i < were; i++)
		for (j = 0; j < are; j++)
			if (before[i] == after[j])
				return BOTH;
	return 0;
}

/* One has a driver that provides them if its directory is there and says what they are */
static bool is_provided(const char *bdf)
{
	char path[PATH_MAX];
	char text[256];

	return file_read(slice_path(path, bdf, NULL, "description"), text, sizeof(text)) > 0;
}

static u64 circumstances_of(const char *bdf, const char *name)
{
	u64 seen = is_made(bdf, name) ? BY(MADE) : BY(UNMADE);

	seen |= reads(bdf, name, "live", "1") ? BY(LIVE) : BY(NOT_LIVE);
	if (!is_provided(bdf))
		seen |= BY(UNPROVIDED);
	return seen;
}

u64 slice_circumstances(const struct task *task)
{
	char name[SLICE_NAME_LEN];
	unsigned int living;
	const char *bdf;
	u64 seen = 0;

	if (task->on == SUBJECTS || !(PARENTS & BIT(task->on)))
		return 0;
	bdf = subjects[task->on].bdf;
	living = slices_living(bdf);
	if (living)
		seen |= BY(HAS_SLICES);
	/* Others may create the rest meanwhile */
	if (living >= SLICES_MAX / 2)
		seen |= BY(CROWDED);
	if (!op_is_slices(task->op))
		return seen;
	slice_name(task->arg, name);
	return seen | circumstances_of(bdf, name);
}

int make_slice(const struct subject *subject, u32 arg)
{
	char name[SLICE_NAME_LEN];
	int ret;

	slice_name(arg, name);
	ret = slice_make(subject->bdf, name);
	if (ret)
		return ret;
	return slice_reads(subject->bdf, name, "revision", REVISION) &&
	       slice_reads(subject->bdf, name, "buffer_size", SIZE) ? 0 : UNDONE;
}

int configure_slice(const struct subject *subject, u32 arg)
{
	static const struct {
		const char *attr;
		const char *value;
		bool valid;
	} settings[] = {
		{ "buffer_size", SIZE, true }, { "buffer_size", "64", true },
		{ "buffer_size", "1000", true }, { "buffer_size", "4104", false },
		{ "buffer_size", "65", false }, { "revision", "7", true },
		{ "revision", "255", true }, { "revision", "256", false },
		{ "revision", "one", false },
	};
	unsigned int i = (arg >> 8) % ARRAY_SIZE(settings);
	char name[SLICE_NAME_LEN];
	int ret;

	slice_name(arg, name);
	ret = slice_write(subject->bdf, name, settings[i].attr, settings[i].value);
	if (!settings[i].valid && (!ret || ret == -EINVAL))
		return ret ? 0 : -EILSEQ;
	if (ret)
		return ret;
	return slice_reads(subject->bdf, name, settings[i].attr, settings[i].value) ? 0 :
	       UNDONE;
}

int create_slice(const struct subject *subject, u32 arg)
{
	char name[SLICE_NAME_LEN];
	int ret;

	slice_name(arg, name);
	ret = slice_set_live(subject->bdf, name, true);
	if (ret)
		return ret;
	return slice_reads(subject->bdf, name, "live", "1") ? find_both(subject) : UNDONE;
}

int destroy_slice(const struct subject *subject, u32 arg)
{
	char name[SLICE_NAME_LEN];
	int ret;

	slice_name(arg, name);
	ret = slice_set_live(subject->bdf, name, false);
	if (ret)
		return ret;
	return slice_reads(subject->bdf, name, "live", "0") ? 0 : UNDONE;
}

int remove_slice(const struct subject *subject, u32 arg)
{
	char name[SLICE_NAME_LEN];
	int ret;

	slice_name(arg, name);
	ret = slice_remove(subject->bdf, name);
	if (ret)
		return ret;
	return is_made(subject->bdf, name) ? UNDONE : 0;
}

/* Is it a path in sysfs of a device below the parent? */
static bool is_below(const char *device, const char *bdf)
{
	const char *parent = strstr(device, bdf);

	return !strncmp(device, "/sys/devices/", 13) && parent && parent[-1] == '/' &&
	       !strncmp(parent + strlen(bdf), "/vfio_provider.", 15) &&
	       !strchr(parent + strlen(bdf) + 1, '/');
}

int slice_look(const char *bdf, const char *name)
{
	static const struct {
		const char *state;
		const char *live;
		bool device;
	} all[] = {
		{ "configured", "0", false }, { "live", "1", true },
		{ "leaving", "1", false }, { "gone", "0", false },
	};
	static const char * const attrs[] = { "state", "live", "device" };
	char text[ARRAY_SIZE(attrs)][PATH_MAX];
	char path[PATH_MAX];
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		slice_path(path, bdf, name, attrs[i]);
		ret = file_read_line(path, text[i], sizeof(text[i]));
		if (ret < 0)
			return ret;
	}
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (!strcmp(all[i].state, text[0]))
			break;
	if (i == ARRAY_SIZE(all) || (text[2][0] && !is_below(text[2], bdf))) {
		diag("%s/%s: state '%s', device '%s'", bdf, name, text[0], text[2]);
		return -EILSEQ;
	}
	if (!strcmp(all[i].live, text[1]) && all[i].device == !!text[2][0])
		return 0;
	diag("%s/%s: state '%s', live '%s', device '%s'", bdf, name, text[0], text[1],
	     text[2]);
	return UNDONE;
}

int read_slice(const struct subject *subject, u32 arg)
{
	char name[SLICE_NAME_LEN];
	int ret;

	slice_name(arg, name);
	if (slice_available(subject->bdf) > SLICES_MAX)
		return -EILSEQ;
	ret = slice_look(subject->bdf, name);
	return ret ?: find_both(subject);
}

/* What has been made holds them; they are in use then, which is no error */
int reload_slices(const struct subject *subject, u32 arg)
{
	int ret = module_unload(SLICE_MODULE);
	int loaded;

	(void)subject;
	if (!ret && (arg & 1))
		module_unload(PROVIDER_MODULE);
	if (!ret)
		sleep_ms((arg >> 8) % GONE_MS);
	loaded = module_load(SLICE_MODULE);
	/* Another may have unloaded it */
	return ret && ret != -ENOENT ? ret : loaded;
}

void slice_complain(const struct task *task)
{
	char name[SLICE_NAME_LEN];
	char path[PATH_MAX];
	char text[512];
	int ret;

	slice_name(task->arg, name);
	slice_path(path, subjects[task->on].bdf, name, "last_error");
	ret = file_read_line(path, text, sizeof(text));
	report("    the slice is %s, last_error (%d): %s", name, ret, text);
}
