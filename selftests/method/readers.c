// SPDX-License-Identifier: GPL-2.0
/*
 * Who looks at a function's driver without a lock, as every reader of
 * /proc/bus/pci/devices does, while the function changes its personality.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "edu_fixture.h"
#include "file.h"
#include "module.h"
#include "wait.h"

#define DEVICES		"/proc/bus/pci/devices"
#define READER_MODULE	"personality_reader"
#define PARAMETERS	"/sys/module/" READER_MODULE "/parameters/"
#define PREEMPTED_MS	4000
#define TIMEOUT_MS	60000
#define READERS		4	/* twice as many as the lab has processors */
#define FLIPS		20

FIXTURE(readers) {
	struct edu_fixture edu;
	const char *bdf;
};

FIXTURE_SETUP(readers)
{
	ASSERT_EQ(0, edu_setup(&self->edu, 1));
	self->bdf = self->edu.was[0].bdf;
	/* Once round, for the modules that it takes */
	ASSERT_EQ(0, personality_set(self->bdf, true));
	ASSERT_EQ(0, personality_set(self->bdf, false));
}

FIXTURE_TEARDOWN(readers)
{
	if (module_loaded(READER_MODULE))
		EXPECT_EQ(0, module_unload(READER_MODULE));
	EXPECT_EQ(0, edu_teardown(&self->edu));
}

/* Is each line that has a driver's name one with a name that there is? */
static bool names_are_right(void)
{
	char line[1024];
	char path[128];
	FILE *f = fopen(DEVICES, "re");
	bool right = f;
	char *name;

	while (right && fgets(line, sizeof(line), f)) {
		name = strrchr(line, '\t');
		if (!name || name[1] == '\n')
			continue;
		name[strcspn(name, "\n")] = '\0';
		snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s", name + 1);
		right = !access(path, F_OK);
		if (!right)
			fprintf(stderr, "# there is no driver \"%s\"\n", name + 1);
	}
	if (f)
		fclose(f);
	return right;
}

/* A process that reads when it is told to: writes to @go begin it */
static pid_t start_reader(int *go)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends))
		return -1;
	pid = fork();
	if (!pid) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 1 && names_are_right() ? 0 : 1);
	}
	close(ends[0]);
	*go = ends[1];
	return pid;
}

static int preempt(pid_t pid, const char *bdf)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", pid);
	return file_write(PARAMETERS "pid", number) ?:
	       file_write(PARAMETERS "function", bdf);
}

static bool is_preempted(void)
{
	char text[8];

	return file_read_line(PARAMETERS "waiting", text, sizeof(text)) > 0 &&
	       text[0] == 'Y';
}

/* What it has seen of the driver stays for as long as it looks */
TEST_F_TIMEOUT(readers, preempted, 120)
{
	char ms[16];
	int status;
	pid_t pid;
	int go;

	if (access("/sys/kernel/debug/kprobes", F_OK))
		SKIP(return, "this kernel has no kprobes");
	ASSERT_EQ(0, module_load(READER_MODULE));
	snprintf(ms, sizeof(ms), "%d", PREEMPTED_MS);
	ASSERT_EQ(0, file_write(PARAMETERS "ms", ms));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	pid = start_reader(&go);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, preempt(pid, self->bdf));
	ASSERT_EQ(1, write(go, "", 1));
	close(go);
	EXPECT_EQ(0, wait_for(is_preempted(), TIMEOUT_MS));
	EXPECT_EQ(0, personality_set(self->bdf, false));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
}

struct reader {
	const char *bdf;
	atomic_bool *stop;
	bool right;
	pthread_t thread;
};

static void *keep_reading(void *arg)
{
	struct reader *reader = arg;
	char text[4096];

	while (!*reader->stop && reader->right)
		reader->right = names_are_right() &&
				pci_read(reader->bdf, "uevent", text,
					 sizeof(text)) > 0 &&
				strstr(text, "DRIVER=" EDU_DRIVER "\n");
	return NULL;
}

TEST_F_TIMEOUT(readers, many, 240)
{
	struct reader readers[READERS];
	atomic_bool stop = false;
	int i;

	for (i = 0; i < READERS; i++) {
		readers[i] = (struct reader) {
			.bdf = self->bdf,
			.stop = &stop,
			.right = true,
		};
		ASSERT_EQ(0, pthread_create(&readers[i].thread, NULL,
					    keep_reading, &readers[i]));
	}
	for (i = 0; i < FLIPS; i++)
		EXPECT_EQ(0, personality_set(self->bdf, !(i % 2)));
	stop = true;
	for (i = 0; i < READERS; i++) {
		pthread_join(readers[i].thread, NULL);
		EXPECT_TRUE(readers[i].right);
	}
	EXPECT_TRUE(edu_is_native(&self->edu.was[0]));
}

TEST_HARNESS_MAIN
