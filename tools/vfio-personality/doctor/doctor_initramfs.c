// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_initramfs: does the initramfs leave alone what is saved?
 */
#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "early.h"
#include "initramfs.h"

/* It has a driver that may come before us */
static bool is_concerned(const struct machine *m, const struct function *f)
{
	return f && !early_is(m, f) && *initramfs_native(m, f);
}

/* Of those that are saved to be in VFIO, whose drivers come before apply takes them */
static struct names find_first(const struct doctor *d, const struct initramfs *i)
{
	struct names first = { 0 };
	const struct function *f;

	for (size_t n = 0; n < d->saved.n; n++) {
		f = machine_find(d->m, d->saved.v[n]);
		if (is_concerned(d->m, f) && initramfs_has_driver(i, initramfs_native(d->m, f)))
			names_add(&first, d->saved.v[n]);
	}
	return first;
}

/* What is saved, and what the initramfs has of it, are not the same */
static struct names find_stale(const struct doctor *d, const struct initramfs *i)
{
	struct names all = config_list(d->m->root), stale = { 0 };
	const struct function *f;

	for_each_function(f, d->m)
		if (!names_have(&all, f->address))
			names_add(&all, f->address);
	for (size_t n = 0; n < all.n; n++)
		if (initramfs_is_stale(d->m, i, all.v[n]))
			names_add(&stale, all.v[n]);
	names_free(&all);
	return stale;
}

/* With our hook: it holds what it knows of, and must know what is saved */
static void examine_hooked(struct doctor *d, const struct initramfs *i)
{
	struct names stale = find_stale(d, i);
	char *some = doctor_some(&stale);

	if (stale.n)
		doctor_say(d, VERDICT_PROBLEM, "initramfs", i->again,
			   "it is out of date: what is saved of %s has changed since", some);
	else if (d->saved.n)
		doctor_say(d, VERDICT_OK, "initramfs", NULL,
			   "it knows what is saved, and holds it before native drivers come");
	free(some);
	names_free(&stale);
}

static void examine_bare(struct doctor *d, const struct initramfs *i, const char *first)
{
	if (*first)
		doctor_say(d, VERDICT_PROBLEM, "initramfs",
			   i->hooked ? i->again :
			   "install the hook for initramfs-tools or dracut (make install), or keep them out of it (Debian: MODULES=dep, then update-initramfs -u)",
			   "the native drivers of %s are in it, and have them before apply takes them",
			   first);
	else
		doctor_say(d, VERDICT_OK, "initramfs", NULL,
			   "no native driver of what is saved is in it");
}

void doctor_initramfs(struct doctor *d)
{
	struct names first = { 0 };
	bool concerned = false;
	struct initramfs i;
	char *some;

	for (size_t n = 0; n < d->saved.n; n++)
		concerned |= is_concerned(d->m, machine_find(d->m, d->saved.v[n]));
	if (!concerned && !initramfs_has_hook(d->m->root))
		return;
	i = initramfs_read(d->m->root);
	first = find_first(d, &i);
	some = doctor_some(&first);
	if (i.hooked && initramfs_has_us(&i))
		examine_hooked(d, &i);
	else if (concerned && !i.contents)
		doctor_say(d, VERDICT_UNKNOWN, "initramfs", NULL,
			   "what it has cannot be read: native drivers in it come before apply");
	else if (concerned)
		examine_bare(d, &i, some);
	free(some);
	names_free(&first);
	initramfs_free(&i);
}
