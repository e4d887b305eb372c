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

#include "diag.h"

#define PREFIX "journal-"
#define LAST "end"

int journal_make_dir(const struct path_ctx *root)
{
	int error = path_mkdir(root, "run");

	return error ? error : path_mkdir(root, RUN_DIR);
}

/* Held while journals are looked at or begun, so that none looks abandoned */
static int lock_journals(const struct path_ctx *root)
{
	int fd = path_open(root, O_RDWR | O_CREAT, RUN_DIR "/lock");

	if (fd >= 0)
		flock(fd, LOCK_EX);
	return fd;
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

int journal_begin(struct journal *journal, const struct path_ctx *root, const struct plan *plan)
{
	int lock = lock_journals(root), error;

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

/* EXIT_DONE if there is nothing to undo any more */
static int undo_step(const struct path_ctx *root, const struct step *step, bool dry_run)
{
	char now[NAME_LEN];
	int error;

	if (path_read(root, now, sizeof(now), SYS_PCI "/%s/%s", step->address, step->attr) < 0 ||
	    strcmp(now, step->to) || !strcmp(step->from, step->to))
		return EXIT_DONE;
	if (dry_run) {
		say("%s: %s is going to be %s again", step->address, step->attr, step->from);
		return EXIT_DONE;
	}
	error = step_write(step, root, step->from);
	if (error)
		return say_and(EXIT_NOT_RESTORED, "%s: %s cannot be set back to %s: %s",
			       step->address, step->attr, step->from, strerror(-error));
	say("%s: %s is %s again", step->address, step->attr, step->from);
	return EXIT_DONE;
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

static int recover_one(const struct path_ctx *root, const char *name, int fd, bool dry_run)
{
	struct plan plan = { 0 };
	char *text = fd_read_all(fd);
	int whole = journal_parse(text, &plan), code = EXIT_DONE;

	if (whole < 0)
		code = say_and(EXIT_NOT_RESTORED, "line %zu of a killed run's journal is damaged",
			       plan.n + 1);
	else if (whole)
		say("an earlier run (process %s) was killed; what it began is %sundone",
		    name + strlen(PREFIX), dry_run ? "going to be " : "");
	for (size_t i = plan.n; whole > 0 && i-- > 0;)
		if (undo_step(root, &plan.steps[i], dry_run))
			code = EXIT_NOT_RESTORED;
	if (code)
		say("see to the functions named in it, then remove %s/" RUN_DIR "/%s",
		    root->real ? "" : root->name, name);
	else if (!dry_run)
		path_unlink(root, RUN_DIR "/%s", name);
	plan_free(&plan);
	free(text);
	return code;
}

int journal_recover(const struct path_ctx *root, bool dry_run)
{
	struct names names = path_list(root, RUN_DIR);
	int lock, fd, code = EXIT_DONE;

	if (!names.n)
		return EXIT_DONE;
	lock = lock_journals(root);
	for (size_t i = 0; i < names.n; i++) {
		if (strncmp(names.v[i], PREFIX, strlen(PREFIX)))
			continue;
		fd = path_open(root, O_RDONLY, RUN_DIR "/%s", names.v[i]);
		if (fd < 0)
			continue;
		if (!flock(fd, LOCK_EX | LOCK_NB) && recover_one(root, names.v[i], fd, dry_run))
			code = EXIT_NOT_RESTORED;
		close(fd);
	}
	if (lock >= 0)
		close(lock);
	names_free(&names);
	return code;
}
