// SPDX-License-Identifier: GPL-2.0
/*
 * The native side of a driver that was converted: igbvf's netdev lives through
 * the VFIO personality. Its peer is the PF, in the same switch.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "claim.h"
#include "drivers/driver.h"
#include "drivers/igbvf.h"
#include "igbvf_guest.h"
#include "lab.h"
#include "migration.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "shell.h"
#include "subsystem.h"
#include "traffic.h"
#include "vf.h"
#include "wait.h"

#define FRAMES	100
#define LINK_MS	60000

#define VF_ADD_FILTER	(0x02 | 2 << 16)

/* Receive descriptors: read them, or with @set set them */
static int ring_size(const char *netdev, unsigned int set)
{
	struct ethtool_ringparam ring = { .cmd = ETHTOOL_GRINGPARAM };
	struct ifreq ifr = { .ifr_data = (void *)&ring };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", netdev);
	ret = ioctl(fd, SIOCETHTOOL, &ifr);
	if (!ret && set) {
		ring.cmd = ETHTOOL_SRINGPARAM;
		ring.rx_pending = set;
		ret = ioctl(fd, SIOCETHTOOL, &ifr);
	}
	ret = ret ? -errno : (int)ring.rx_pending;
	close(fd);
	return ret;
}

FIXTURE(native) {
	char vf[1][PCI_BDF_LEN];
	const char *bdf;
	char netdev[PCI_NAME_LEN];
	char pf[PCI_NAME_LEN];
	struct traffic_peer us;
	struct traffic_peer peer;
	struct proof proof;
};

FIXTURE_SETUP(native)
{
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, vf_create(1, self->vf));
	self->bdf = self->vf[0];
	ASSERT_EQ(0, pci_netdev(self->bdf, self->netdev, sizeof(self->netdev)));
	ASSERT_EQ(0, pci_netdev(lab_igb.bdf, self->pf, sizeof(self->pf)));
	ASSERT_EQ(0, net_set_up(self->netdev, true));
	ASSERT_EQ(0, traffic_open(&self->us, self->netdev));
	ASSERT_EQ(0, traffic_open(&self->peer, self->pf));
	ASSERT_EQ(0, traffic_await_link(&self->us, &self->peer));
}

FIXTURE_TEARDOWN(native)
{
	registers_release();
	traffic_close(&self->us);
	traffic_close(&self->peer);
	shell("ip link set %s mtu 1500", self->pf);
	EXPECT_EQ(0, vf_destroy());
}

/* Both ways, each frame once */
#define EXPECT_TRAFFIC(us, peer, count, length) do {			\
	EXPECT_EQ(0, traffic_await_link(us, peer));			\
	EXPECT_EQ(0, traffic_await_link(peer, us));			\
	EXPECT_EQ(0, traffic_exchange(us, peer, count, length));	\
	EXPECT_EQ(0, traffic_exchange(peer, us, count, length));	\
} while (0)

#define ASSERT_TO_VFIO(bdf) do {					\
	ASSERT_EQ(0, personality_set(bdf, true));			\
	ASSERT_TRUE(personality_is(bdf, "vfio"));			\
	ASSERT_TRUE(pci_driver_is(bdf, "igbvf"));			\
} while (0)

/* The same netdev, with all that was set */
TEST_F_TIMEOUT(native, netdev_lives_on, 90)
{
	unsigned int index = if_nametoindex(self->netdev);
	char addresses[] = "/tmp/addresses.XXXXXX";
	int round;

	close(mkstemp(addresses));
	ASSERT_EQ(0, shell("ip addr add 192.0.2.1/24 dev %s", self->netdev));
	ASSERT_EQ(0, shell("ip link set %s mtu 1400", self->netdev));
	ASSERT_EQ(512, ring_size(self->netdev, 512));
	ASSERT_EQ(0, shell("ip -4 addr show %s | grep -v link/ | grep inet >%s",
			   self->netdev, addresses));

	for (round = 0; round < 3; round++) {
		struct traffic_peer again;

		ASSERT_TO_VFIO(self->bdf);
		EXPECT_EQ(index, if_nametoindex(self->netdev));
		EXPECT_GT(0, ring_size(self->netdev, 256));
		EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode,
					  &self->proof));
		ASSERT_EQ(0, personality_set(self->bdf, false));

		EXPECT_EQ(index, if_nametoindex(self->netdev));
		EXPECT_EQ(0, shell("ip -4 addr show %s | grep inet | cmp - %s",
				   self->netdev, addresses));
		EXPECT_EQ(0, shell("ip link show %s | grep -q 'mtu 1400'",
				   self->netdev));
		EXPECT_EQ(512, ring_size(self->netdev, 0));
		ASSERT_EQ(0, traffic_open(&again, self->netdev));
		EXPECT_EQ(0, memcmp(self->us.mac, again.mac, sizeof(again.mac)));
		traffic_close(&again);
		/* The sockets that were open before work on */
		EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 1000);
	}
	unlink(addresses);
}

/* Another network namespace, where the PF is a host of its own */
struct away {
	int here;
	int there;
	const char *pf;
};

/* -EINVAL if the kernel has no namespaces of networks */
static int away_open(struct away *away, const char *pf)
{
	away->pf = pf;
	away->here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (away->here < 0)
		return -EINVAL;
	if (unshare(CLONE_NEWNET))
		return -errno;
	away->there = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (setns(away->here, CLONE_NEWNET))
		return -errno;
	if (shell("ip link set %s netns /proc/%d/fd/%d", pf, getpid(), away->there) ||
	    setns(away->there, CLONE_NEWNET))
		return -EIO;
	return shell("ip addr add 192.0.2.2/24 dev %s && ip link set %s up", pf, pf) ?
	       -EIO : 0;
}

/* The PF is where it was, and so are we */
static int away_close(struct away *away)
{
	int ret = setns(away->there, CLONE_NEWNET) ||
		  shell("ip link set %s netns /proc/%d/fd/%d", away->pf, getpid(),
			away->here) ||
		  setns(away->here, CLONE_NEWNET);

	close(away->there);
	close(away->here);
	return ret ? -EIO : 0;
}

#define STREAM_BYTES	(4 << 20)
#define STREAM_BYTE(i)	((u8)((i) * 2654435761u >> 24))
#define STREAM_PORT	5001

/* Send all bytes, or take them all and see that they are right */
static bool stream_pump(int fd, bool send_them)
{
	static __thread u8 chunk[16384];
	size_t i, n, at = 0;
	ssize_t ret;

	while (at < STREAM_BYTES) {
		n = STREAM_BYTES - at < sizeof(chunk) ? STREAM_BYTES - at : sizeof(chunk);
		for (i = 0; send_them && i < n; i++)
			chunk[i] = STREAM_BYTE(at + i);
		ret = send_them ? send(fd, chunk, n, MSG_NOSIGNAL) :
				  recv(fd, chunk, n, 0);
		if (ret <= 0)
			return false;
		for (i = 0; !send_them && i < (size_t)ret; i++)
			if (chunk[i] != STREAM_BYTE(at + i))
				return false;
		at += ret;
	}
	return true;
}

static void *stream_answer(void *listener)
{
	int fd = accept(*(int *)listener, NULL, NULL);
	bool good = fd >= 0 && stream_pump(fd, false) && stream_pump(fd, true);

	close(fd);
	return good ? listener : NULL;
}

/* A TCP stream to 192.0.2.2 and one back, of bytes that are known */
static bool stream_flows(int listener)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(STREAM_PORT),
		.sin_addr.s_addr = inet_addr("192.0.2.2"),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pthread_t thread;
	void *answered;
	bool good;

	if (pthread_create(&thread, NULL, stream_answer, &listener))
		return false;
	good = !connect(fd, (struct sockaddr *)&to, sizeof(to)) &&
	       stream_pump(fd, true) && stream_pump(fd, false);
	close(fd);
	/* Who waits for a connection that does not come waits no more */
	if (!good)
		shutdown(listener, SHUT_RDWR);
	pthread_join(thread, &answered);
	return good && answered;
}

static int stream_listen(void)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(STREAM_PORT),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(fd, 1))
		return -errno;
	return fd;
}

#define PING		"ping -q -W 1 192.0.2.2 >/dev/null 2>&1"

/* As two hosts: ping, and TCP; the addresses are not set again */
TEST_F_TIMEOUT(native, ip, 200)
{
	struct away away;
	int listener;
	int ret;

	ret = away_open(&away, self->pf);
	if (ret == -EINVAL)
		SKIP(return, "the kernel has no CONFIG_NET_NS");
	ASSERT_EQ(0, ret);
	listener = stream_listen();
	EXPECT_LE(0, listener);
	EXPECT_EQ(0, setns(away.here, CLONE_NEWNET));
	EXPECT_EQ(0, shell("ip addr add 192.0.2.1/24 dev %s", self->netdev));

	EXPECT_EQ(0, wait_for(!shell(PING " -c 1"), LINK_MS));
	EXPECT_EQ(0, shell(PING " -c 3"));
	EXPECT_TRUE(stream_flows(listener));
	EXPECT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(personality_is(self->bdf, "vfio"));
	EXPECT_NE(0, shell(PING " -c 1"));
	EXPECT_EQ(0, personality_set(self->bdf, false));
	EXPECT_EQ(0, wait_for(!shell(PING " -c 1"), LINK_MS));
	EXPECT_EQ(0, shell(PING " -c 3"));
	EXPECT_TRUE(stream_flows(listener));

	close(listener);
	EXPECT_EQ(0, away_close(&away));
	/* Whoever moves between networks is taken down */
	EXPECT_EQ(0, net_set_up(self->pf, true));
}

TEST_F_TIMEOUT(native, stream, 60)
{
	ASSERT_TO_VFIO(self->bdf);
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRAFFIC(&self->us, &self->peer, 2000, 1500);
}

/* What the PF was told of VLANs and large frames it is told again */
TEST_F_TIMEOUT(native, vlan_and_mtu, 60)
{
	struct traffic_peer us, peer;

	if (shell("/sbin/modprobe -q 8021q"))
		SKIP(return, "the kernel has no VLANs");
	ASSERT_EQ(0, shell("ip link set %s mtu 4000", self->pf));
	ASSERT_EQ(0, shell("ip link set %s mtu 4000", self->netdev));
	ASSERT_EQ(0, shell("ip link add link %s name us.5 type vlan id 5", self->netdev));
	ASSERT_EQ(0, shell("ip link add link %s name peer.5 type vlan id 5", self->pf));
	ASSERT_EQ(0, shell("ip link set us.5 up && ip link set peer.5 up"));
	ASSERT_EQ(0, traffic_open(&us, "us.5"));
	ASSERT_EQ(0, traffic_open(&peer, "peer.5"));
	EXPECT_TRAFFIC(&us, &peer, FRAMES, 3000);

	ASSERT_TO_VFIO(self->bdf);
	/* Not in this personality, and not silently */
	EXPECT_NE(0, shell("ip link set %s mtu 1500 2>/dev/null", self->netdev));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRAFFIC(&us, &peer, FRAMES, 3000);
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 3000);

	ASSERT_EQ(0, shell("ip link set %s mtu 2000", self->netdev));
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 1900);

	traffic_close(&us);
	traffic_close(&peer);
	EXPECT_EQ(0, shell("ip link del peer.5"));
	EXPECT_EQ(0, shell("ip link del us.5"));
}

/* Down before, or taken down meanwhile: down afterwards, and can come up */
TEST_F_TIMEOUT(native, down, 60)
{
	ASSERT_EQ(0, net_set_up(self->netdev, false));
	ASSERT_TO_VFIO(self->bdf);
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	/* No hardware, no way up */
	EXPECT_NE(0, shell("ip link set %s up 2>/dev/null", self->netdev));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_EQ(0, net_is_up(self->netdev));
	ASSERT_EQ(0, net_set_up(self->netdev, true));
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 100);

	ASSERT_TO_VFIO(self->bdf);
	ASSERT_EQ(0, net_set_up(self->netdev, false));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_EQ(0, net_is_up(self->netdev));
	ASSERT_EQ(0, net_set_up(self->netdev, true));
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 100);
}

/* The stock driver hangs for good in the second one */
TEST_F_TIMEOUT(native, reset, 60)
{
	ASSERT_EQ(0, pci_write(self->bdf, "reset", "1"));
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 100);
	ASSERT_EQ(0, net_set_up(self->netdev, false));
	ASSERT_EQ(0, pci_write(self->bdf, "reset", "1"));
	ASSERT_EQ(0, net_set_up(self->netdev, true));
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 100);
}

/* remove of a function that is stopped */
TEST_F_TIMEOUT(native, unbound_in_vfio, 60)
{
	struct traffic_peer us;

	ASSERT_TO_VFIO(self->bdf);
	ASSERT_EQ(0, pci_unbind(self->bdf));
	EXPECT_EQ(0, if_nametoindex(self->netdev));
	ASSERT_EQ(0, pci_bind(self->bdf, "igbvf"));
	ASSERT_EQ(0, pci_netdev(self->bdf, self->netdev, sizeof(self->netdev)));
	ASSERT_EQ(0, net_set_up(self->netdev, true));
	ASSERT_EQ(0, traffic_open(&us, self->netdev));
	EXPECT_TRAFFIC(&us, &self->peer, FRAMES, 100);
	traffic_close(&us);

	ASSERT_TO_VFIO(self->bdf);
}

/* Its registers are somebody else's when it is to come back: VFIO keeps it */
TEST_F_TIMEOUT(native, registers_taken, 90)
{
	ASSERT_TO_VFIO(self->bdf);
	ASSERT_EQ(0, registers_claim(self->bdf));
	EXPECT_EQ(-EBUSY, personality_set(self->bdf, false));
	EXPECT_TRUE(personality_last_error_is(self->bdf, "method", -EBUSY));
	ASSERT_EQ(0, registers_release());
	EXPECT_TRUE(personality_is(self->bdf, "vfio"));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));

	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 100);
}

/* igbvf leaves runtime PM alone: its use of the function stays counted */
TEST_F_TIMEOUT(native, runtime_pm_is_as_before, 90)
{
	static const char * const controls[] = { "on", "auto" };
	struct function_state before;
	char status[PCI_NAME_LEN];
	unsigned int i, round;

	for (i = 0; i < ARRAY_SIZE(controls); i++) {
		ASSERT_EQ(0, pci_write(self->bdf, "power/control", controls[i]));
		ASSERT_EQ(0, function_save(&before, self->bdf));
		for (round = 0; round < 2; round++) {
			ASSERT_TO_VFIO(self->bdf);
			EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode,
						  &self->proof));
			ASSERT_EQ(0, personality_set(self->bdf, false));
			EXPECT_TRUE(function_is(&before));
			ASSERT_LT(0, pci_read_line(self->bdf,
						   "power/runtime_status",
						   status, sizeof(status)));
			EXPECT_STREQ("active", status);
		}
		EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 100);
	}
}

/* An address that the netdev listens to beside its own; -1 or what to close */
static int listen_to(const char *netdev, const u8 *mac)
{
	struct packet_mreq request = {
		.mr_ifindex = if_nametoindex(netdev),
		.mr_type = PACKET_MR_UNICAST,
		.mr_alen = TRAFFIC_MAC_LEN,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	memcpy(request.mr_address, mac, TRAFFIC_MAC_LEN);
	if (fd >= 0 && !setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request,
				   sizeof(request)))
		return fd;
	close(fd);
	return -1;
}

/* Does a frame to @mac reach the netdev? One to its own address comes after it, or not */
static int netdev_hears(struct traffic_peer *us, struct traffic_peer *peer,
			const u8 *mac)
{
	u32 seq;
	int ret;

	traffic_drain(us);
	ret = traffic_send(peer, mac, 1, TRAFFIC_MIN);
	ret = ret ?: traffic_send(peer, us->mac, 2, TRAFFIC_MIN);
	ret = ret ?: traffic_receive(us, &seq, LINK_MS);
	return ret ?: seq == 1;
}

/* A guest that wants the frames of another address, too */
static int add_filter(struct vfio_function *f, const u8 *mac)
{
	u32 message[IGBVF_MSG_WORDS] = { VF_ADD_FILTER };
	int ret;

	memcpy(message + 1, mac, TRAFFIC_MAC_LEN);
	ret = igbvf_ask_pf(f, message);
	return ret ?: message[0] & IGBVF_MSG_ACK ? 0 : -EPERM;
}

/*
 * What the PF was told for the host is not there for a guest, nor is a guest's for the
 * host: a reset does not do that. So it is with and without migration.
 */
TEST_F_TIMEOUT(native, addresses_are_the_hosts, 250)
{
	const u8 hosts[] = { 0x02, 0x00, 0x00, 0x00, 0x02, 1 };
	const u8 guests[] = { 0x02, 0x00, 0x00, 0x00, 0x02, 2 };
	struct vfio_function f;
	struct guest guest;
	u32 seq = 0;
	int i, fd;

	fd = listen_to(self->netdev, hosts);
	ASSERT_LE(0, fd);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, pci_write(self->bdf, "vfio/migration", i ? "0" : "1"));
		EXPECT_EQ(1, netdev_hears(&self->us, &self->peer, hosts));
		EXPECT_EQ(0, netdev_hears(&self->us, &self->peer, guests));

		ASSERT_TO_VFIO(self->bdf);
		ASSERT_EQ(0, vfio_open(&f, self->bdf, &vfio_group_mode));
		ASSERT_EQ(0, guest_start(&guest, &f));
		ASSERT_EQ(0, guest_await_link(&guest, &self->peer));
		EXPECT_EQ(0, guest_hears(&guest, &self->peer, hosts, TRAFFIC_MIN,
					 &self->peer, &seq));
		EXPECT_EQ(0, add_filter(&f, guests));
		EXPECT_EQ(1, guest_hears(&guest, &self->peer, guests, TRAFFIC_MIN,
					 &self->peer, &seq));
		/* A guest that forgets what it asked for */
		vfio_irq_disable(&guest.irq);
		EXPECT_EQ(0, vfio_reset(&f));
		vfio_close(&f);

		ASSERT_EQ(0, personality_set(self->bdf, false));
		ASSERT_EQ(0, traffic_await_link(&self->peer, &self->us));
	}
	EXPECT_EQ(1, netdev_hears(&self->us, &self->peer, hosts));
	EXPECT_EQ(0, netdev_hears(&self->us, &self->peer, guests));
	close(fd);
}

/* What the next user gets when the one before has not cleaned up */
TEST_F_TIMEOUT(native, addresses_are_the_guests, 120)
{
	const u8 extra[] = { 0x02, 0x00, 0x00, 0x00, 0x02, 2 };
	struct vfio_function f;
	struct guest guest;
	u32 seq = 0;

	ASSERT_TO_VFIO(self->bdf);
	ASSERT_EQ(0, vfio_open(&f, self->bdf, &vfio_group_mode));
	ASSERT_EQ(0, guest_start(&guest, &f));
	ASSERT_EQ(0, add_filter(&f, extra));
	ASSERT_EQ(0, guest_await_link(&guest, &self->peer));
	EXPECT_EQ(1, guest_hears(&guest, &self->peer, extra, TRAFFIC_MIN, &self->peer,
				 &seq));
	vfio_irq_disable(&guest.irq);
	vfio_close(&f);

	ASSERT_EQ(0, vfio_open(&f, self->bdf, &vfio_group_mode));
	ASSERT_EQ(0, guest_start(&guest, &f));
	ASSERT_EQ(0, guest_await_link(&guest, &self->peer));
	EXPECT_EQ(0, guest_hears(&guest, &self->peer, extra, TRAFFIC_MIN, &self->peer,
				 &seq));
	vfio_irq_disable(&guest.irq);
	vfio_close(&f);
	ASSERT_EQ(0, personality_set(self->bdf, false));
}

/* Is it there to be moved? Then some of its registers are not there to be mapped */
static void expect_migratable(struct __test_metadata *_metadata, const char *bdf,
			      bool migratable)
{
	struct vfio_function f;

	ASSERT_TO_VFIO(bdf);
	ASSERT_EQ(0, vfio_open(&f, bdf, &vfio_group_mode));
	EXPECT_EQ(migratable ? VFIO_MIGRATION_STOP_COPY | VFIO_MIGRATION_P2P : -ENOTTY,
		  migration_flags(&f));
	EXPECT_EQ(f.bars[0].size, f.bars[0].mapped_from + f.bars[0].mapped);
	EXPECT_EQ(migratable, !!f.bars[0].mapped_from);
	vfio_close(&f);
}

/* Who does not want to migrate gets a function without a trap */
TEST_F_TIMEOUT(native, stays, 120)
{
	ASSERT_TRUE(pci_reads(self->bdf, "vfio/migration", "1"));
	expect_migratable(_metadata, self->bdf, true);
	ASSERT_EQ(0, personality_set(self->bdf, false));

	EXPECT_EQ(-EINVAL, pci_write(self->bdf, "vfio/migration", "perhaps"));
	ASSERT_EQ(0, pci_write(self->bdf, "vfio/migration", "0"));
	expect_migratable(_metadata, self->bdf, false);
	EXPECT_FALSE(pci_has(self->bdf, "vfio/migration"));
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 100);

	ASSERT_TRUE(pci_reads(self->bdf, "vfio/migration", "0"));
	ASSERT_EQ(0, pci_write(self->bdf, "vfio/migration", "1"));
	expect_migratable(_metadata, self->bdf, true);
	ASSERT_EQ(0, personality_set(self->bdf, false));
}

/* Of silicon not all can be read: whatever the user wants, nothing pretends it could */
TEST_F_TIMEOUT(native, silicon_stays, 120)
{
	ASSERT_EQ(0, subsystem_pretend(self->bdf, 0x8086, 0xa03c));
	EXPECT_TRUE(pci_reads(self->bdf, "vfio/migration", "0"));
	EXPECT_EQ(-EOPNOTSUPP, pci_write(self->bdf, "vfio/migration", "1"));
	expect_migratable(_metadata, self->bdf, false);
	EXPECT_EQ(0, device_prove(self->bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRAFFIC(&self->us, &self->peer, FRAMES, 100);
}

TEST_HARNESS_MAIN
