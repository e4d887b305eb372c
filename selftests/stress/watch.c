// SPDX-License-Identifier: GPL-2.0
/* The storm: processes that do what they drew, and somebody who looks after them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "stress.h"
#include "wait.h"

/* Nothing takes so long, on a machine that emulates two CPUs on a busy one */
#define HANGS_MS	200000

struct storm *storm_new(void)
{
	struct storm *storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const int writer_first = PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
	pthread_mutexattr_t mutex_attr;
	pthread_rwlockattr_t attr;
	unsigned int i;

	if (storm == MAP_FAILED)
		return NULL;
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	/* Or a suspend would never get its turn */
	pthread_rwlockattr_setkind_np(&attr, writer_first);
	pthread_rwlock_init(&storm->awake, &attr);
	for (i = 0; i < SUBJECTS; i++)
		pthread_rwlock_init(&storm->resets[i], &attr);
	pthread_mutexattr_init(&mutex_attr);
	pthread_mutexattr_setpshared(&mutex_attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&storm->vfs, &mutex_attr);
	return storm;
}

static const char *name_of(const struct task *task)
{
	return task->on == SUBJECTS ? "the machine" : subjects[task->on].name;
}

/* The last ones: what the others draw is the same, whatever becomes of slices */
static bool is_slicer(unsigned int index)
{
	return index >= WORKERS - SLICERS;
}

/* What the library said of a failure is of interest if there should be none */
static void copy_diagnostics(int fd)
{
	char text[4096];
	char *line, *next;
	ssize_t n;

	lseek(fd, 0, SEEK_SET);
	n = read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	for (line = strtok_r(text, "\n", &next); line;
	     line = strtok_r(NULL, "\n", &next))
		report("    %s", line);
}

static void complain(const struct worker *worker, unsigned int index, int result,
		     u64 seen)
{
	char with[1024] = "";
	size_t at = 0;
	unsigned int op;

	for (op = 0; op < OPS; op++)
		if (seen & BY(op))
			at += snprintf(with + at, sizeof(with) - at, " %s,",
				       op_kinds[op].name);
	report("ILLEGAL: %s of %s: %s (process %u, operation %u, arg %#x)",
	       op_kinds[worker->task.op].name, name_of(&worker->task),
	       strerrorname_np(-result), index, worker->number,
	       worker->task.arg);
	report("    meanwhile:%s circumstances %#llx", with,
	       (unsigned long long)(seen >> OPS));
	if (worker->task.on != SUBJECTS) {
		char error[512];

		if (pci_read_line(subjects[worker->task.on].bdf,
				  "personality/last_error", error,
				  sizeof(error)) > 0)
			report("    last_error: %s", error);
	}
	if (op_is_slices(worker->task.op))
		slice_complain(&worker->task);
}

static void work(struct storm *storm, unsigned int index)
{
	struct worker *worker = &storm->workers[index];
	int diagnostics = memfd_create("diagnostics", MFD_CLOEXEC);
	u64 random = storm->seed + index;
	struct snapshot snapshot;
	int ret;
	u64 seen;

	dup2(diagnostics, STDERR_FILENO);
	/* Seeds that follow each other shall have nothing in common */
	random = random_next(&random);
	for (worker->number = 0; !storm->over; worker->number++) {
		worker->task = op_draw(storm, &random, is_slicer(index));
		if (ftruncate(diagnostics, 0) || lseek(diagnostics, 0, SEEK_SET))
			break;
		meanwhile_begin(storm, &worker->task, &snapshot);
		worker->since = now_ms();
		ret = op_run(storm, &worker->task);
		worker->since = 0;
		seen = meanwhile_end(storm, &worker->task, &snapshot);

		if (!model_allows(storm, &worker->task, ret, seen)) {
			complain(worker, index, ret, seen);
			copy_diagnostics(diagnostics);
		}
	}
}

static void show_stack(pid_t pid)
{
	char path[64];
	char text[4096];
	char *line, *next;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	if (file_read(path, text, sizeof(text)) <= 0)
		return;
	for (line = strtok_r(text, "\n", &next); line;
	     line = strtok_r(NULL, "\n", &next))
		report("      %s", line);
}

/* All of them: who is waited for hangs as well */
static void show_all(struct storm *storm)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		struct worker *worker = &storm->workers[i];

		report("  process %u: %s of %s for %llu ms", i,
		       op_kinds[worker->task.op].name, name_of(&worker->task),
		       worker->since ? (unsigned long long)(now_ms() -
							    worker->since) : 0);
		show_stack(worker->pid);
	}
	/* And the kernel's own threads, in its log */
	file_write("/proc/sysrq-trigger", "w");
	file_write("/proc/sysrq-trigger", "t");
}

static bool hangs(struct storm *storm)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		u64 since = storm->workers[i].since;

		if (since && now_ms() > since + HANGS_MS)
			return true;
	}
	return false;
}

/* Those that are left, after collecting who has ended; < 0: one failed */
static int collect(struct storm *storm)
{
	int left = 0;
	unsigned int i;
	int status;

	for (i = 0; i < WORKERS; i++) {
		struct worker *worker = &storm->workers[i];

		if (!worker->pid)
			continue;
		if (waitpid(worker->pid, &status, WNOHANG) != worker->pid) {
			left++;
			continue;
		}
		worker->pid = 0;
		if (status) {
			report("process %u ended with status %#x", i, status);
			storm->illegal++;
		}
	}
	return left;
}

/* What happens to the edu shall meet what happens to its slices, whatever the focus is */
static void choose_sliced(struct storm *storm, u64 random)
{
	static const unsigned int edus[] = { EDU, EDU2, SLOT_EDU };
	/* Few that all go at times, so that their module can; and more than can be live */
	static const unsigned int names[] = { 2, 3, 6, SLICE_NAMES_MAX };

	storm->sliced = edus[random % ARRAY_SIZE(edus)];
	storm->slices = names[(random >> 32) % ARRAY_SIZE(names)];
	storm->focus |= BIT(storm->sliced);
}

int storm_rage(struct storm *storm, u64 seed, unsigned int seconds)
{
	u64 end = now_ms() + seconds * 1000ULL;
	u64 focus = ~seed;
	unsigned int i;
	pid_t pid;

	storm->seed = seed;
	storm->focus = subjects[random_next(&focus) % SUBJECTS].kin;
	choose_sliced(storm, random_next(&focus));
	storm->injected = 0;
	storm->over = false;
	for (i = 0; i < WORKERS; i++) {
		storm->workers[i].since = 0;
		pid = fork();
		if (pid < 0)
			return -errno;
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			work(storm, i);
			_exit(0);
		}
		storm->workers[i].pid = pid;
	}

	while (collect(storm)) {
		if (now_ms() > end)
			storm->over = true;
		if (hangs(storm)) {
			show_all(storm);
			return -ETIMEDOUT;
		}
		sleep_ms(50);
	}
	return 0;
}
