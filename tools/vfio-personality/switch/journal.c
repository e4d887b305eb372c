// SPDX-License-Identifier: GPL-2.0
/*
 * journal: what a run is about to write, so that a later one can undo it.
 *
 * The file has one line a step and "end" for the last. Nothing is written to
 * sysfs before that is there, so a journal without it stands for nothing.
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "denied.h"
#include "diag.h"
#include "lock.h"
#include "nic.h"

#define PREFIX "journal-"
/* As long as the command line's, if nothing else is said */
#define NIC_TIMEOUT 10

#define LAST "end"

int journal_make_dir(const struct path_ctx *root)
{
	int error = path_mkdir(root, "run");

	if (!error)
		error = path_mkdir(root, RUN_DIR);
	/* A lock may be taken by whoever can open its file */
	return error ? error : path_close_folder(root, RUN_DIR);
}

/* Held while journals are looked at or begun, so that none looks abandoned */
static int lock_journals(const struct path_ctx *root, unsigned long timeout)
{
	int fd = path_open(root, O_RDWR | O_CREAT, RUN_DIR "/lock"), error;
	unsigned long tries = timeout * LOCK_TRIES;

	if (fd < 0)
		return fd;
	error = lock_wait(fd, &tries);
	if (error)
		close(fd);
	return error ? error : fd;
}

static int write_steps(int fd, const struct plan *plan)
{
	FILE *file = fdopen(dup(fd), "w");
	int failed;

	if (!file)
		return -errno;
	for (size_t i = 0; i < plan->n; i++)
		fprintf(file, "%s %s %s %s\n", plan->steps[i].address, plan->steps[i].attr,
			plan->steps[i].from, plan->steps[i].to);
	fputs(LAST "\n", file);
	failed = ferror(file);
	return fclose(file) || failed ? -EIO : 0;
}

int journal_begin(struct journal *journal, const struct path_ctx *root, const struct plan *plan,
		  unsigned long timeout)
{
	int lock = lock_journals(root, timeout), error;

	journal->root = root;
	journal->fd = -1;
	if (lock < 0)
		return lock;
	snprintf(journal->name, sizeof(journal->name), RUN_DIR "/" PREFIX "%d", getpid());
	journal->fd = path_open(root, O_RDWR | O_CREAT | O_EXCL, "%s", journal->name);
	error = journal->fd < 0 ? journal->fd : 0;
	if (!error && flock(journal->fd, LOCK_EX | LOCK_NB))
		error = -errno;
	if (!error)
		error = write_steps(journal->fd, plan);
	close(lock);
	if (error)
		journal_end(journal, false);
	return error;
}

void journal_end(struct journal *journal, bool keep)
{
	if (journal->fd < 0)
		return;
	if (!keep)
		path_unlink(journal->root, "%s", journal->name);
	close(journal->fd);
	journal->fd = -1;
}

/* A line of a journal; nothing else than what plans are made of is accepted */
static bool parse_step(const char *line, struct step *step)
{
	char attr[64];
	struct bdf bdf;
	int end = 0;

	*step = (struct step){ 0 };
	if (sscanf(line, "%23s %63s %63s %63s%n", step->address, attr, step->from, step->to,
		   &end) != 4 || line[end])
		return false;
	step->attr = plan_attr(attr);
	return step->attr && bdf_parse(step->address, &bdf);
}

/* False if it could not be undone */
static bool undo_step(const struct path_ctx *root, const struct step *step, bool dry_run)
{
	char now[NAME_LEN];
	int error;

	if (!strcmp(step->from, step->to) || !strcmp(step->from, PLAN_NOTHING) ||
	    step_read(step, root, now, sizeof(now)) || strcmp(now, step->to))
		return true;
	if (dry_run) {
		say("%s: %s is going to be %s again", step->address, step->attr, step->from);
		return true;
	}
	error = step_write(step, root, step->from);
	if (error)
		say("%s: %s cannot be set back to %s: %s", step->address, step->attr, step->from,
		    strerror(-error));
	else
		say("%s: %s is %s again", step->address, step->attr, step->from);
	if (!error && !strcmp(step->attr, "use_vfio") && !strcmp(step->from, "0"))
		nic_set_again(root, step->address, NIC_TIMEOUT);
	return !error;
}

int journal_parse(char *text, struct plan *plan)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		if (!strcmp(line, LAST))
			return 1;
		if (!text)	/* cut off within this line */
			return 0;
		plan->steps = xrealloc(plan->steps, plan->n + 1, sizeof(*plan->steps));
		if (!parse_step(line, &plan->steps[plan->n]))
			return -1;
		plan->n++;
	}
	return 0;
}

/**
 * struct recovery - what is done about the journals of killed runs
 * @m: the machine; those are undone that touch groups of its selected functions
 * @dry_run: only tell what would be undone
 * @only_tell: of all, that they are there
 * @code: EXIT_DONE, or EXIT_NOT_RESTORED
 */
struct recovery {
	const struct machine *m;
	bool dry_run, only_tell;
	int code;
};

static bool concerns_one(const struct machine *m, const char *address)
{
	struct function *f = machine_find(m, address), *selected;

	if (!f || !machine_know(m, f))
		return false;
	for_each_selected(selected, m)
		if (selected == f || same_group(selected, f))
			return true;
	return false;
}

static bool concerns(const struct recovery *r, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (concerns_one(r->m, plan->steps[i].address))
			return true;
	return false;
}

/* Whose they are, each once */
static void tell_functions(const struct plan *plan, const char *name)
{
	char *list = xstrdup(""), *more;

	for (size_t i = 0; i < plan->n; i++) {
		if (strstr(list, plan->steps[i].address))
			continue;
		more = xasprintf("%s %s", list, plan->steps[i].address);
		free(list);
		list = more;
	}
	say_as("warning",
	       "an earlier run (process %s) was killed; the next enable or disable of one of these undoes what it began:%s",
	       name + strlen(PREFIX), list);
	free(list);
}

/* What cannot be undone stops only those whom it is about */
static void undo_all(struct recovery *r, const struct path_ctx *root, const char *name,
		     const struct plan *plan)
{
	bool whole = true;

	say("an earlier run (process %s) was killed; what it began is %sundone",
	    name + strlen(PREFIX), r->dry_run ? "going to be " : "");
	for (size_t i = plan->n; i-- > 0;) {
		if (undo_step(root, &plan->steps[i], r->dry_run))
			continue;
		whole = false;
		if (concerns_one(r->m, plan->steps[i].address))
			r->code = EXIT_NOT_RESTORED;
	}
	if (!whole)
		say("when that is mended, the next run undoes it; or remove %s/" RUN_DIR "/%s",
		    root->real ? "" : root->name, name);
	else if (!r->dry_run)
		path_unlink(root, RUN_DIR "/%s", name);
}

static void recover_one(struct recovery *r, const struct path_ctx *root, const char *name, int fd)
{
	struct plan plan = { 0 };
	char *text = fd_read_all(fd);
	int whole = journal_parse(text, &plan);
	struct bdf bdf;

	if (whole < 0)
		say_as("warning",
		       "line %zu of a killed run's journal is damaged, so it is left; see to its functions, then remove %s/%s/%s",
		       plan.n + 1, root->real ? "" : root->name, RUN_DIR, name);
	/* Of the line that is damaged, the function may still be known */
	if (whole < 0 && bdf_parse(plan.steps[plan.n].address, &bdf))
		plan.n++;
	if (whole < 0 && concerns(r, &plan))
		r->code = EXIT_NOT_RESTORED;
	else if (!whole && !r->dry_run)
		path_unlink(root, RUN_DIR "/%s", name);	/* nothing of it was done */
	else if (whole > 0 && !r->only_tell && concerns(r, &plan))
		undo_all(r, root, name, &plan);
	else if (whole > 0)
		tell_functions(&plan, name);
	plan_free(&plan);
	free(text);
}

/* Those that nobody has locked */
static void recover_abandoned(struct recovery *r, const struct names *names)
{
	const struct path_ctx *root = r->m->root;
	int fd;

	for (size_t i = 0; i < names->n; i++) {
		if (strncmp(names->v[i], PREFIX, strlen(PREFIX)))
			continue;
		fd = path_open(root, O_RDONLY, RUN_DIR "/%s", names->v[i]);
		if (fd < 0)
			continue;
		if (!flock(fd, LOCK_EX | LOCK_NB))
			recover_one(r, root, names->v[i], fd);
		close(fd);
	}
}

void journal_tell(const struct machine *m)
{
	struct names names = path_list(m->root, RUN_DIR);
	struct recovery r = { .m = m, .dry_run = true, .only_tell = true };

	recover_abandoned(&r, &names);
	names_free(&names);
}

int journal_recover(const struct machine *m, bool dry_run, unsigned long timeout)
{
	struct names names = path_list(m->root, RUN_DIR);
	struct recovery r = { .m = m, .dry_run = dry_run };
	int lock;

	if (!names.n)
		return EXIT_DONE;
	lock = dry_run ? -1 : lock_journals(m->root, timeout);
	if (!dry_run && lock == -EWOULDBLOCK)
		r.code = say_and(EXIT_LOCKED, "another vfio-personality begins; try later");
	else if (!dry_run && lock < 0)
		r.code = say_and(EXIT_FAILED, "cannot lock /" RUN_DIR ": %s",
				 error_text(m->root, -lock));
	else
		recover_abandoned(&r, &names);
	if (lock >= 0)
		close(lock);
	names_free(&names);
	return r.code;
}
