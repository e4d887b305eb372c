// SPDX-License-Identifier: GPL-2.0
/*
 * inuse: who uses a function, in words short enough for a column of list.
 */
#include "inuse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "children.h"
#include "describe.h"
#include "holders.h"
#include "packet.h"
#include "pppoe.h"
#include "rtnl.h"

static void add_once(struct names *uses, const char *text)
{
	if (!names_have(uses, text))
		names_add(uses, text);
}

static void add_format(struct names *uses, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add_format(struct names *uses, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	add_once(uses, text);
}

static void add_use(struct inuse *use, const char *ifname, const char *text)
{
	struct inuse_net *new;

	use->nets = xrealloc(use->nets, use->net_count + 1, sizeof(*new));
	new = use->nets + use->net_count++;
	snprintf(new->ifname, sizeof(new->ifname), "%s", ifname);
	new->text = xstrdup(text);
}

static void see_address(void *data, const char *ifname, const char *text, bool local)
{
	if (!local)
		add_use(data, ifname, text);
}

static void see_filtered(void *data, const char *ifname)
{
	add_use(data, ifname, "tc");
}

/**
 * struct packet_use - packet sockets under way
 * @use: what is known
 * @ifname: their interface
 */
struct packet_use {
	struct inuse *use;
	const char *ifname;
};

static void see_packet_socket(void *data, const struct opener *opener)
{
	struct packet_use *packets = data;
	char *text;

	text = opener ? xasprintf("%s(%d)", opener->command, opener->pid) :
			xstrdup("packet socket");
	add_use(packets->use, packets->ifname, text);
	free(text);
}

/* What stands on it may be in a container */
static void see_link(void *data, const struct rtnl_link *link)
{
	const struct foreign_link *foreign;
	struct inuse *use = data;
	const struct netns *netns = survey_netns(&use->findings.survey, use->root);
	struct packet_use packets = { .use = use, .ifname = link->name };
	char *text;

	packet_sockets_find(use->root, survey_packets(&use->findings.survey, use->root),
			    link->index, see_packet_socket, &packets);
	if (link->xdp)
		add_use(use, link->name, "XDP");
	for_each_foreign(foreign, netns)
		if (foreign->lower == link->index) {
			text = xasprintf("%s in %s", foreign->name, foreign->where);
			add_use(use, link->name, text);
			free(text);
		}
}

static void read_nets(struct inuse *use)
{
	static const struct rtnl_ops ops = {
		.link = see_link, .address = see_address, .filtered = see_filtered,
	};

	struct names dialled;

	if (use->nets_read)
		return;
	use->nets_read = true;
	rtnl_walk(use->root, &ops, use);
	dialled = pppoe_interfaces(use->root);
	for (size_t i = 0; i < dialled.n; i++)
		add_use(use, dialled.v[i], "PPPoE");
	names_free(&dialled);
}

/**
 * struct stack - interfaces on interfaces, under way
 * @use: what is known
 * @own: the function's
 * @seen: those that have been looked at, which ends circles
 * @uses: where to
 */
struct stack {
	const struct inuse *use;
	const struct names *own;
	struct names seen;
	struct names *uses;
};

/* True if @name, or what stands on it, is in use */
static bool add_interface(struct stack *stack, const char *name)
{
	const struct inuse_net *net = stack->use->nets;
	bool own = names_have(stack->own, name), used = false;
	struct names files;

	if (names_have(&stack->seen, name))
		return true;
	names_add(&stack->seen, name);
	for (; net < stack->use->nets + stack->use->net_count; net++)
		if (!strcmp(net->ifname, name)) {
			add_format(stack->uses, own ? "%s" : "%s (%s)", net->text, name);
			used = true;
		}
	files = path_list(stack->use->root, "sys/class/net/%s", name);
	for (size_t i = 0; i < files.n; i++) {
		if (strncmp(files.v[i], "upper_", 6))
			continue;
		if (!add_interface(stack, files.v[i] + 6))
			add_once(stack->uses, files.v[i] + 6);
		used = true;
	}
	names_free(&files);
	return used;
}

static void add_foreign(struct inuse *use, const struct machine *m, const struct function *f,
			struct names *uses)
{
	const struct netns *netns = survey_netns(&use->findings.survey, m->root);
	const struct foreign_link *link;

	for_each_foreign(link, netns)
		if (!strcmp(link->parent, f->address))
			add_format(uses, "%s in %s", link->name, link->where);
}

static void add_net(struct inuse *use, const struct machine *m, const struct function *f,
		    struct names *uses)
{
	const struct names *nets = &function_children(m, f)->nets;
	struct stack stack = { .use = use, .own = nets, .uses = uses };

	if (nets->n)
		read_nets(use);
	else if (is_network(f))
		add_foreign(use, m, f, uses);
	for (size_t i = 0; i < nets->n; i++)
		add_interface(&stack, nets->v[i]);
	names_free(&stack.seen);
}

static void add_native(struct inuse *use, const struct machine *m, const struct function *f,
		       struct names *uses)
{
	struct findings *findings = &use->findings;
	struct devices devices = devices_of(m, f);

	findings->glance = true;
	check_disk(m, f, &devices, findings);
	check_share(m, f, &devices, findings);
	check_open(m, f, &devices, findings);
	for (size_t i = 0; i < findings->n; i++)
		if (findings->v[i].brief)
			add_once(uses, findings->v[i].brief);
	findings_cut(findings, 0);
	devices_free(&devices);
	add_net(use, m, f, uses);
}

static void see_holder(void *data, const struct opener *opener)
{
	add_format(data, "%s(%d)", opener->command, opener->pid);
}

struct json_object *inuse_json(struct inuse *use, const struct machine *m,
			       const struct function *f)
{
	const struct children *children = function_children(m, f);
	struct names uses = { 0 };
	struct json_object *array;

	use->root = m->root;
	if (f->boot_vga)
		names_add(&uses, "boot display");
	if (f->vfs)
		add_format(&uses, "%lu of %lu VFs", f->vfs, f->max_vfs);
	if (in_vfio(f))
		holders_find(m, f, survey_openers(&use->findings.survey, m->root), see_holder,
			     &uses);
	else if ((*f->driver || children->nets.n || children->blocks.n) && !is_bridge(f))
		add_native(use, m, f, &uses);
	array = json_names(&uses);
	names_free(&uses);
	return array;
}

const char *inuse_unseen(const struct inuse *use)
{
	const struct survey *survey = &use->findings.survey;

	if (survey->openers && survey->openers->unseen)
		return survey->openers->unseen;
	return survey->mounts ? survey->mounts->unseen : NULL;
}

void inuse_free(struct inuse *use)
{
	for (size_t i = 0; i < use->net_count; i++)
		free(use->nets[i].text);
	free(use->nets);
	findings_free(&use->findings);
	*use = (struct inuse){ 0 };
}
