// SPDX-License-Identifier: GPL-2.0
/*
 * callout: programs of the administrator's that run before a function is switched and
 * after it.
 */
#include "callout.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "diag.h"
#include "interrupt.h"
#include "selector.h"
#include "transaction.h"

/* So long one may take, in seconds; then it is killed, and has said no */
#define TIMEOUT 30
#define LOOKS_A_SECOND 20

static const char *const places[] = {
	"etc/vfio-personality/hooks.d", "run/vfio-personality/hooks.d",
	"usr/lib/vfio-personality/hooks.d",
};

/**
 * struct call - one program's
 * @m: the machine
 * @f: the function
 * @when: before, after or failed
 * @way: enable or disable
 */
struct call {
	const struct machine *m;
	const struct function *f;
	const char *when, *way;
};

static void set(const char *key, const char *value)
{
	setenv(key, value, 1);
}

static void __attribute__((noreturn)) be_program(const struct call *call, const char *path)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct function *f = call->f;
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_DFL);
	/* What it starts ends with it, should it take too long; our output is ours */
	setpgid(0, 0);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	set("VFIO_PERSONALITY_ROOT", call->m->root->real ? "" : call->m->root->name);
	set("VFIO_PERSONALITY_DRIVER", function_native_driver(call->m, f));
	snprintf(text, sizeof(text), "%04x:%04x", f->vendor, f->device);
	set("VFIO_PERSONALITY_ID", text);
	snprintf(text, sizeof(text), "%06x", f->class);
	set("VFIO_PERSONALITY_CLASS", text);
	snprintf(text, sizeof(text), "%ld", f->group);
	set("VFIO_PERSONALITY_GROUP", text);
	set("VFIO_PERSONALITY_BOOT_VGA", f->boot_vga ? "1" : "0");
	execl(path, path, call->when, call->way, f->address, NULL);
	say_as("error", "%s: %s", path, strerror(errno));
	_exit(127);
}

/* NULL if it ended well, else what it did. Who sets things right again may take his time */
static const char *wait_for(pid_t pid, bool interruptible)
{
	const struct timespec moment = { .tv_nsec = 1000000000L / LOOKS_A_SECOND };
	int looks = TIMEOUT * LOOKS_A_SECOND, status;
	pid_t ended;

	while (!(ended = waitpid(pid, &status, WNOHANG)) && looks-- &&
	       !(interruptible && interrupt_came()))
		nanosleep(&moment, NULL);
	if (ended == pid)
		return WIFEXITED(status) && !WEXITSTATUS(status) ? NULL : "has failed";
	kill(-pid, SIGKILL);
	waitpid(pid, &status, 0);
	return interruptible && interrupt_came() ? "was interrupted" : "took too long";
}

static bool call_one(const struct call *call, const char *file)
{
	char *path = xasprintf("%s/%s", call->m->root->real ? "" : call->m->root->name, file);
	bool before = !strcmp(call->when, "before");
	const char *what;
	pid_t pid = fork();

	if (!pid)
		be_program(call, path);
	what = pid < 0 ? "cannot be begun" : wait_for(pid, before);
	if (what)
		say_as(before ? "error" : "warning", "%s: %s (%s) %s",
		       call->f->address, path, call->when, what);
	free(path);
	return !what;
}

/* The place that @name in @folder is taken from; NULL if it is not to be called */
static char *find_file(const struct path_ctx *root, const char *folder, const char *name)
{
	char *file;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		file = xasprintf("%s/%s/%s", places[i], folder, name);
		if (path_exists(root, "%s", file)) {
			/* One that cannot be run, as a link to /dev/null, hides those below */
			if (!faccessat(root->dir, file, X_OK, 0))
				return file;
			free(file);
			return NULL;
		}
		free(file);
	}
	return NULL;
}

static bool call_folder(const struct call *call, const char *folder)
{
	struct names all = { 0 }, some;
	bool ok = true;
	char *file;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		some = path_list(call->m->root, "%s/%s", places[i], folder);
		for (size_t j = 0; j < some.n; j++)
			if (!names_have(&all, some.v[j]))
				names_add(&all, some.v[j]);
		names_free(&some);
	}
	names_sort(&all);
	for (size_t i = 0; ok && i < all.n; i++) {
		file = find_file(call->m->root, folder, all.v[i]);
		if (file)
			ok = call_one(call, file);
		free(file);
	}
	names_free(&all);
	return ok;
}

static bool call_class(const struct call *call)
{
	char *words = selector_class_words(), *folder;
	struct names names = names_split(words);
	struct selector s;
	bool ok = true;

	for (size_t i = 0; ok && i < names.n; i++) {
		if (selector_parse_class(&s, names.v[i]) || !selector_matches(&s, call->m, call->f))
			continue;
		folder = xasprintf("class/%s", names.v[i]);
		ok = call_folder(call, folder);
		free(folder);
	}
	names_free(&names);
	free(words);
	return ok;
}

static bool call_all(const struct call *call)
{
	const char *name = function_native_driver(call->m, call->f);
	char *address = xasprintf("address/%s", call->f->address),
	     *driver = xasprintf("driver/%s", name);
	bool ok = call_folder(call, "all") && call_folder(call, address) &&
		  (!*name || call_folder(call, driver)) && call_class(call);

	free(address);
	free(driver);
	return ok;
}

static bool any_place(const struct path_ctx *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (path_exists(root, "%s", places[i]))
			return true;
	return false;
}

struct callouts callouts_before(const struct machine *m, struct wants *wants)
{
	struct call call = { .m = m, .when = "before" };
	struct callouts callouts = { 0 };
	struct want *want;

	if (!any_place(m->root))
		return callouts;
	for_each_want(want, wants) {
		call.f = machine_find(m, want->address);
		if (want->vfs >= 0 || !call.f || !call.f->known || is_bridge(call.f) ||
		    in_vfio(call.f) == want->vfio)
			continue;
		call.way = want->vfio ? "enable" : "disable";
		names_add(&callouts.told, want->address);
		if (!call_all(&call))
			want->code = EXIT_FAILED;
	}
	return callouts;
}

void callouts_after(struct callouts *callouts, const struct machine *m,
		    const struct wants *wants)
{
	struct call call = { .m = m };
	const struct want *want;

	for_each_want(want, wants) {
		call.f = machine_find(m, want->address);
		if (!names_have(&callouts->told, want->address) || !call.f)
			continue;
		call.way = want->vfio ? "enable" : "disable";
		call.when = want_is_fine(want) ? "after" : "failed";
		call_all(&call);
	}
	names_free(&callouts->told);
}
