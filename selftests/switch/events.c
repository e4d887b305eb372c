// SPDX-License-Identifier: GPL-2.0
/*
 * What a transition tells: an uevent for whoever waits for /dev nodes, a trace
 * event for whoever measures.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "lab.h"
#include "personality.h"
#include "tracefs.h"
#include "uevent.h"

#define TIMEOUT_MS	5000
#define TRACE_EVENT	"pci_personality/pci_personality_transition"
#define TRACE_NAME	"pci_personality_transition"

FIXTURE(events) {
	struct function_state before;
	int socket;
	struct uevent event;
	char trace[65536];
};

FIXTURE_SETUP(events)
{
	REQUIRE_LAB(&lab_e1000e);
	ASSERT_EQ(0, function_save(&self->before, lab_e1000e.bdf));
	self->socket = uevent_open();
	ASSERT_LE(0, self->socket);
}

FIXTURE_TEARDOWN(events)
{
	tracefs_stop();
	close(self->socket);
	function_restore(&self->before);
}

static int next_event(int socket, struct uevent *event)
{
	return uevent_wait(socket, "change", lab_e1000e.bdf, "PCI_PERSONALITY",
			   event, TIMEOUT_MS);
}

static const char *get(const struct uevent *event, const char *variable)
{
	return uevent_get(event, variable) ?: "(none)";
}

TEST_F(events, uevent_of_success)
{
	char group[16], vfio[PCI_NAME_LEN];

	snprintf(group, sizeof(group), "%d", pci_group(lab_e1000e.bdf));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, pci_vfio_device(lab_e1000e.bdf, vfio, sizeof(vfio)));
	ASSERT_EQ(0, next_event(self->socket, &self->event));
	EXPECT_STREQ("vfio-rebound", get(&self->event, "PCI_PERSONALITY"));
	EXPECT_STREQ(group, get(&self->event, "PCI_PERSONALITY_GROUP"));
	EXPECT_STREQ(vfio, get(&self->event, "PCI_PERSONALITY_VFIO_DEVICE"));
	EXPECT_EQ(NULL, uevent_get(&self->event, "PCI_PERSONALITY_ERROR"));

	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	ASSERT_EQ(0, next_event(self->socket, &self->event));
	EXPECT_STREQ("native", get(&self->event, "PCI_PERSONALITY"));
	EXPECT_STREQ(group, get(&self->event, "PCI_PERSONALITY_GROUP"));
	EXPECT_EQ(NULL, uevent_get(&self->event, "PCI_PERSONALITY_VFIO_DEVICE"));
	EXPECT_EQ(NULL, uevent_get(&self->event, "PCI_PERSONALITY_ERROR"));

	/* Nothing changed, nothing told */
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	EXPECT_EQ(-ETIMEDOUT, uevent_wait(self->socket, "change", lab_e1000e.bdf,
					  "PCI_PERSONALITY", &self->event, 300));
}

TEST_F(events, uevent_of_failure)
{
	ASSERT_EQ(0, personality_set_driver(lab_e1000e.bdf, "no-such-driver"));
	ASSERT_EQ(-ENOENT, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, next_event(self->socket, &self->event));
	EXPECT_STREQ("native", get(&self->event, "PCI_PERSONALITY"));
	EXPECT_TRUE(personality_names_error(get(&self->event, "PCI_PERSONALITY_ERROR"),
					    -ENOENT));
	EXPECT_EQ(NULL, uevent_get(&self->event, "PCI_PERSONALITY_VFIO_DEVICE"));
}

/* How the event of a transition begins */
static void trace_line(char *line, size_t size, bool vfio, const char *from,
		       const char *to)
{
	snprintf(line, size, TRACE_NAME ": %s use_vfio=%d from=%s to=%s ",
		 lab_e1000e.bdf, vfio, from, to);
}

/* The value of "<name>=<number>" in the line of the trace that has @what */
static long long trace_number(const char *trace, const char *what,
			      const char *name)
{
	const char *line = strstr(trace, what);
	const char *at;
	char key[64];

	snprintf(key, sizeof(key), " %s=", name);
	at = line ? strstr(line, key) : NULL;
	if (!at || (strchr(line, '\n') && at > strchr(line, '\n')))
		return -1000000;
	return strtoll(at + strlen(key), NULL, 10);
}

TEST_F(events, trace)
{
	char there[128], back[128], failed[128];

	trace_line(there, sizeof(there), true, "native", "vfio-rebound");
	trace_line(back, sizeof(back), false, "vfio-rebound", "native");
	trace_line(failed, sizeof(failed), true, "native", "native");
	ASSERT_EQ(0, tracefs_start(TRACE_EVENT));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, true));
	ASSERT_EQ(0, personality_set(lab_e1000e.bdf, false));
	ASSERT_EQ(0, personality_set_driver(lab_e1000e.bdf, "no-such-driver"));
	ASSERT_EQ(-ENOENT, personality_set(lab_e1000e.bdf, true));

	ASSERT_LT(0, tracefs_read(self->trace, sizeof(self->trace)));
	ASSERT_NE(NULL, strstr(self->trace, there));
	EXPECT_EQ(0, trace_number(self->trace, there, "error"));
	EXPECT_LT(0, trace_number(self->trace, there, "load_ns"));
	EXPECT_LT(0, trace_number(self->trace, there, "unbind_ns"));
	EXPECT_LT(0, trace_number(self->trace, there, "bind_ns"));
	EXPECT_EQ(0, trace_number(self->trace, there, "rollback_ns"));

	ASSERT_NE(NULL, strstr(self->trace, back));
	EXPECT_EQ(0, trace_number(self->trace, back, "error"));
	EXPECT_LT(0, trace_number(self->trace, back, "bind_ns"));

	ASSERT_NE(NULL, strstr(self->trace, failed));
	EXPECT_EQ(-ENOENT, trace_number(self->trace, failed, "error"));
	EXPECT_EQ(0, trace_number(self->trace, failed, "unbind_ns"));
}

TEST_HARNESS_MAIN
