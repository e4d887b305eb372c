// SPDX-License-Identifier: GPL-2.0
/*
 * A migration that does not come about costs the guest nothing: it goes on at the source,
 * with its network, whatever it was that the destination did not like.
 */
#include <endian.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "igbvf_stream.h"
#include "lab.h"
#include "module.h"
#include "nested_vfs.h"
#include "relay.h"
#include "shell.h"
#include "vf.h"
#include "wait.h"

#define REFUSE_TIMEOUT	800
#define END_MS		60000

/* In what the device has saved, behind its magic: in the first of the registers; in all */
#define FIRST_REGISTER	(sizeof(struct vfio_pci_migration_header) - sizeof(u32))
#define HALF		(FIRST_REGISTER + sizeof(struct igbvf_stream) / 2)

FIXTURE(refuse) {
	struct nested_vfs vfs;
	struct relay relay;
};

FIXTURE_SETUP(refuse)
{
	REQUIRE_NESTED();
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, nested_vfs_open(&self->vfs, NESTED_VF_OPTIONS));
	ASSERT_EQ(0, nested_vfs_boot(&self->vfs));
}

FIXTURE_TEARDOWN(refuse)
{
	relay_end(&self->relay);
	EXPECT_EQ(0, nested_vfs_close(&self->vfs));
}

#define source(self)		(&(self)->vfs.guest[0])
#define destination(self)	(&(self)->vfs.guest[1])

/* The migration is an error, and the destination gone */
#define EXPECT_FAILS() do {						\
	char __reply[QMP_LINE];						\
									\
	EXPECT_EQ(-EIO, nested_await_sent(source(self), __reply));	\
	EXPECT_EQ(0, wait_for(!nested_is_alive(destination(self)), END_MS)); \
} while (0)

/* The guest is where it was, and so is each of its frames */
#define EXPECT_GOES_ON() do {						\
	EXPECT_EQ(0, nested_await_running(source(self)));		\
	EXPECT_EQ(0, nested_vfs_settle(&self->vfs, 0));			\
	EXPECT_TRUE(nested_vfs_kept_all(&self->vfs,			\
		source(self)->qmp.stop_us, source(self)->qmp.resume_us)); \
	nested_kill(destination(self));					\
} while (0)

/*
 * Begin a migration whose stream comes to harm in what the device has saved: @after bytes
 * behind its magic.
 */
static int send_by_relay(struct relay *relay, struct nested_vfs *s, size_t after,
			 enum relay_harm harm)
{
	u32 magic = htole32(VFIO_PCI_MIGRATION_MAGIC);
	char listens[64], passes_on[64];
	char mark[sizeof(magic) + 1] = {};
	int ret = nested_vfs_await(s, 0);

	memcpy(mark, &magic, sizeof(magic));
	snprintf(listens, sizeof(listens), NESTED_SOCKET, "relay");
	snprintf(passes_on, sizeof(passes_on), NESTED_SOCKET, s->guest[1].name);
	return ret ?:
		relay_start(relay, listens, passes_on, mark, after, harm) ?:
		nested_vfs_exchange(s, 0) ?:
		nested_send(&s->guest[0], "relay", NESTED_UNLIMITED);
}

TEST_F_TIMEOUT(refuse, goes_on_at_the_source, REFUSE_TIMEOUT)
{
	struct nested_vfs *s = &self->vfs;
	char reply[QMP_LINE];
	int ret;

	/* The administrator has given the other VF another address */
	TH_LOG("another address");
	ASSERT_EQ(0, shell("ip link set %s vf 1 mac 02:00:00:00:00:99", s->pf));
	ASSERT_EQ(0, nested_vfs_await(s, 0));
	ASSERT_EQ(0, nested_vfs_exchange(s, 0));
	ASSERT_EQ(0, nested_send(source(self), destination(self)->name, NESTED_UNLIMITED));
	EXPECT_FAILS();
	EXPECT_GOES_ON();
	ASSERT_EQ(0, shell("ip link set %s vf 1 mac 00:00:00:00:00:00", s->pf));

	/* The stream is damaged on its way, in the first of the registers */
	TH_LOG("damage");
	ASSERT_EQ(0, send_by_relay(&self->relay, s, FIRST_REGISTER, RELAY_DAMAGE));
	EXPECT_FAILS();
	EXPECT_EQ(1, relay_end(&self->relay));
	EXPECT_GOES_ON();

	/* The destination ends when it has half of the device's state */
	TH_LOG("killed");
	ASSERT_EQ(0, send_by_relay(&self->relay, s, HALF, RELAY_STALL));
	ASSERT_EQ(0, relay_await_stalled(&self->relay));
	ASSERT_TRUE(nested_is_alive(destination(self)));
	ASSERT_EQ(0, kill(destination(self)->pid, SIGKILL));
	relay_end(&self->relay);
	EXPECT_FAILS();
	EXPECT_GOES_ON();

	/*
	 * The administrator thinks better of it, as late. To cancel shuts the connection down,
	 * and what QEMU says came of it depends on whether it was just writing to that.
	 */
	TH_LOG("cancelled");
	ASSERT_EQ(0, send_by_relay(&self->relay, s, HALF, RELAY_STALL));
	ASSERT_EQ(0, relay_await_stalled(&self->relay));
	nested_cancel(source(self));
	relay_end(&self->relay);
	ret = nested_await_sent(source(self), reply);
	EXPECT_TRUE(ret == -ECANCELED || ret == -EIO);
	EXPECT_GOES_ON();

	/*
	 * The PF is down, and says nothing to the destination. It is the source's PF, too:
	 * the guest's link is there again when the PF is.
	 */
	TH_LOG("PF down");
	ASSERT_EQ(0, nested_vfs_await(s, 0));
	ASSERT_EQ(0, pf_set_up(false));
	ASSERT_EQ(0, nested_send(source(self), destination(self)->name, NESTED_UNLIMITED));
	EXPECT_FAILS();
	EXPECT_EQ(0, nested_await_running(source(self)));
	ASSERT_EQ(0, pf_set_up(true));
	EXPECT_EQ(0, nested_ask(source(self), NULL, "prove " NESTED_SLOT));
	ASSERT_EQ(0, nested_vfs_exchange(s, 0));
	source(self)->qmp.stop_us = 0;
	EXPECT_GOES_ON();

	/* It was for nothing but that */
	TH_LOG("none of that");
	ASSERT_EQ(0, nested_vfs_await(s, 0));
	ASSERT_EQ(0, nested_vfs_exchange(s, 0));
	ASSERT_EQ(0, nested_send(source(self), destination(self)->name, NESTED_UNLIMITED));
	ASSERT_EQ(0, nested_await_sent(source(self), reply));
	ASSERT_EQ(0, nested_await_running(destination(self)));
	ASSERT_EQ(0, nested_vfs_settle(s, 1));
	EXPECT_TRUE(nested_vfs_kept_all(s, source(self)->qmp.stop_us,
					destination(self)->qmp.resume_us));
}

TEST_HARNESS_MAIN
