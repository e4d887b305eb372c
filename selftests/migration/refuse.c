// SPDX-License-Identifier: GPL-2.0
/*
 * What a migratable function refuses, and that it is in a defined state then: bad
 * streams, arcs that are none, files closed or kept at the wrong time, resets in
 * the middle.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "drivers/driver.h"
#include "drivers/igbvf.h"
#include "file.h"
#include "igbvf_stream.h"
#include "lab.h"
#include "migration.h"
#include "module.h"
#include "native.h"
#include "personality.h"
#include "traffic.h"
#include "vf.h"
#include "wait.h"

#define LINK_MS		60000
#define RESET_MS	100	/* what PCI Express gives a function for it, at least */

/* BAR 0: up to here each access is VFIO's to see */
#define TRAPPED		0x2000
#define RX_COUNTER	0x0f10	/* cannot be written, as all statistics */
#define PAGE		0x1000

#define CTRL_DUP	0x0004
#define   CTRL_RST	  BIT(26)
#define EICS		0x1520
#define EIMS		0x1524
#define EIMC		0x1528
#define IVAR_MISC	0x1740
#define   IVAR_VALID	  0x80
#define MISC_VECTOR	2

#define VF_RESET	0x01
#define VF_SET_LPE	0x05

FIXTURE(refuse) {
	char vf[1][PCI_BDF_LEN];
	struct vfio_function f;
	struct proof proof;
	struct igbvf_stream good;
	struct igbvf_stream bad;
};

static ssize_t save(struct vfio_function *f, struct igbvf_stream *stream)
{
	return migration_save(f, (u8 *)stream, sizeof(*stream));
}

static int load(struct vfio_function *f, const struct igbvf_stream *stream,
		size_t size)
{
	return migration_load(f, (const u8 *)stream, size);
}

FIXTURE_SETUP(refuse)
{
	REQUIRE_LAB(&lab_igb);
	if (!module_exists("igbvf_vfio"))
		SKIP(return, "igbvf was left out of the build");
	ASSERT_EQ(0, vf_create(1, self->vf));
	ASSERT_EQ(0, personality_set(self->vf[0], true));
	ASSERT_EQ(0, vfio_open(&self->f, self->vf[0], &vfio_group_mode));
	ASSERT_EQ(sizeof(self->good), save(&self->f, &self->good));
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	self->bad = self->good;
}

/* Whatever it has gone through, a user who comes after it has a good function */
FIXTURE_TEARDOWN(refuse)
{
	vfio_close(&self->f);
	EXPECT_EQ(0, device_prove(self->vf[0], &vfio_group_mode, &self->proof));
	EXPECT_EQ(0, personality_set(self->vf[0], false));
	EXPECT_EQ(0, vf_destroy());
}

/* Still in RESUMING, which is not left but by a reset: that begins anew */
#define EXPECT_STUCK(error) do {					\
	EXPECT_EQ(error, migration_set(&self->f, VFIO_DEVICE_STATE_STOP, NULL)); \
	EXPECT_EQ(VFIO_DEVICE_STATE_RESUMING, migration_get(&self->f));	\
	EXPECT_EQ(0, vfio_reset(&self->f));				\
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));	\
	self->bad = self->good;						\
} while (0)

/*
 * Refused with @error by write(), after @bytes; nothing touched. A monitor that is told
 * so when it changes the state only has no guest to go back to.
 */
#define EXPECT_REFUSED(error, bytes) do {				\
	EXPECT_EQ(error, migration_write(&self->f, (u8 *)&self->bad, bytes)); \
	EXPECT_STUCK(error);						\
} while (0)

/* There may be more to come, which does not */
#define EXPECT_CUT_OFF(bytes) do {					\
	EXPECT_EQ(0, migration_write(&self->f, (u8 *)&self->bad, bytes)); \
	EXPECT_STUCK(-EBADMSG);						\
} while (0)

TEST_F_TIMEOUT(refuse, good_is_not_refused, 120)
{
	migration_stream_seal(&self->bad, sizeof(self->bad));
	EXPECT_EQ(0, memcmp(&self->bad, &self->good, sizeof(self->good)));
	EXPECT_EQ(0, load(&self->f, &self->good, sizeof(self->good)));
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
}

TEST_F_TIMEOUT(refuse, cut_off, 120)
{
	EXPECT_CUT_OFF(0);
	EXPECT_CUT_OFF(1);
	EXPECT_CUT_OFF(sizeof(self->bad.header) - 1);
	EXPECT_CUT_OFF(sizeof(self->bad.header));
	EXPECT_CUT_OFF(sizeof(self->bad) - 1);
}

TEST_F_TIMEOUT(refuse, too_long, 120)
{
	int fd;

	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RESUMING, &fd));
	EXPECT_EQ(sizeof(self->good), write(fd, &self->good, sizeof(self->good)));
	EXPECT_EQ(-1, write(fd, &self->good, 1));
	EXPECT_EQ(EFBIG, errno);
	close(fd);
	/* What was accepted is whole */
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP, NULL));
}

/* In how many parts it comes does not matter, nor does one that is empty */
TEST_F_TIMEOUT(refuse, in_parts, 120)
{
	const u8 *byte = (const u8 *)&self->good;
	size_t at;
	int fd;

	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RESUMING, &fd));
	for (at = 0; at < sizeof(self->good); at++) {
		EXPECT_EQ(0, write(fd, byte + at, 0));
		ASSERT_EQ(1, write(fd, byte + at, 1));
	}
	EXPECT_EQ(0, write(fd, byte, 0));
	close(fd);
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
}

TEST_F_TIMEOUT(refuse, damaged, 200)
{
	size_t at;

	/* Each part of it */
	for (at = sizeof(self->bad.header); at < sizeof(self->bad); at += 197) {
		((u8 *)&self->bad)[at] ^= 0x10;
		EXPECT_REFUSED(-EBADMSG, sizeof(self->bad));
	}
	self->bad.header.checksum ^= 1;
	EXPECT_REFUSED(-EBADMSG, sizeof(self->bad));
	self->bad.header.length ^= 4;
	EXPECT_REFUSED(-EBADMSG, sizeof(self->bad));
}

TEST_F_TIMEOUT(refuse, foreign, 120)
{
	self->bad.header.magic ^= 1;
	EXPECT_REFUSED(-EXDEV, sizeof(self->bad));
	/* An I350's */
	self->bad.header.device = 0x1520;
	migration_stream_seal(&self->bad, sizeof(self->bad));
	EXPECT_REFUSED(-EXDEV, sizeof(self->bad));
	/* The header says it already */
	self->bad.header.device = 0x1520;
	EXPECT_REFUSED(-EXDEV, sizeof(self->bad.header));
}

TEST_F_TIMEOUT(refuse, future, 120)
{
	u8 longer[sizeof(self->bad) + 1] = {};

	self->bad.header.version++;
	migration_stream_seal(&self->bad, sizeof(self->bad));
	EXPECT_REFUSED(-EPROTONOSUPPORT, sizeof(self->bad));
	self->bad.header.version++;
	EXPECT_REFUSED(-EPROTONOSUPPORT, sizeof(self->bad.header));
	/* Of the driver's state */
	self->bad.header.data_version--;
	migration_stream_seal(&self->bad, sizeof(self->bad));
	EXPECT_REFUSED(-EPROTONOSUPPORT, sizeof(self->bad));
	/* Whatever its length is */
	self->bad.header.version++;
	memcpy(longer, &self->bad, sizeof(self->bad));
	EXPECT_EQ(-EPROTONOSUPPORT, migration_write(&self->f, longer, sizeof(longer)));
	EXPECT_STUCK(-EPROTONOSUPPORT);
}

#define EXPECT_NONSENSE() do {						\
	migration_stream_seal(&self->bad, sizeof(self->bad));					\
	EXPECT_REFUSED(-EBADMSG, sizeof(self->bad));			\
} while (0)

/* Well-formed, with contents that cannot be */
TEST_F_TIMEOUT(refuse, nonsense, 120)
{
	struct igbvf_state *state = &self->bad.state;

	state->queue[0].rdlen = ~0u;
	EXPECT_NONSENSE();
	state->queue[1].tdt = 0x10000;
	EXPECT_NONSENSE();
	state->asked = 2;
	EXPECT_NONSENSE();
	state->reset_done = 1;
	state->messages = IGBVF_MESSAGES + 1;
	EXPECT_NONSENSE();
	/* Messages for a PF that was not greeted */
	state->reset_done = 0;
	state->messages = 1;
	state->message[0][0] = VF_SET_LPE;
	EXPECT_NONSENSE();
	/* A greeting among them */
	state->reset_done = 1;
	state->messages = 1;
	state->message[0][0] = VF_RESET;
	EXPECT_NONSENSE();
}

/* A ring that no driver would have, and the device has all the same: it moves */
TEST_F_TIMEOUT(refuse, odd_rings, 120)
{
	u32 length;

	vfio_write32(&self->f, 0, RDLEN, ~0u);
	vfio_write32(&self->f, 0, TDLEN, 0x90);
	length = vfio_read32(&self->f, 0, RDLEN);
	EXPECT_EQ(0x90, vfio_read32(&self->f, 0, TDLEN));
	ASSERT_EQ(sizeof(self->good), save(&self->f, &self->good));
	ASSERT_EQ(0, vfio_reset(&self->f));
	vfio_write32(&self->f, 0, RDLEN, 0);
	vfio_write32(&self->f, 0, TDLEN, 0);
	ASSERT_EQ(0, load(&self->f, &self->good, sizeof(self->good)));
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_EQ(length, vfio_read32(&self->f, 0, RDLEN));
	EXPECT_EQ(0x90, vfio_read32(&self->f, 0, TDLEN));
}

/*
 * The PF is in reset as long as its netdev is down, and it says nothing. That is of no
 * matter to a guest that has not spoken to it yet.
 */
TEST_F_TIMEOUT(refuse, without_a_pf, 200)
{
	char pf[PCI_NAME_LEN], carrier[PCI_NAME_LEN + 16];
	u8 mac[TRAFFIC_MAC_LEN];

	ASSERT_EQ(0, igbvf_greet_pf(&self->f, mac));
	ASSERT_EQ(sizeof(self->bad), save(&self->f, &self->bad));
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	ASSERT_EQ(0, pci_netdev(lab_igb.bdf, pf, sizeof(pf)));
	snprintf(carrier, sizeof(carrier), "net/%s/carrier", pf);
	ASSERT_EQ(0, net_set_up(pf, false));
	EXPECT_EQ(-ETIMEDOUT, migration_write(&self->f, (u8 *)&self->bad,
					      sizeof(self->bad)));
	EXPECT_EQ(VFIO_DEVICE_STATE_ERROR, migration_get(&self->f));
	ASSERT_EQ(0, vfio_reset(&self->f));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
	EXPECT_EQ(0, load(&self->f, &self->good, sizeof(self->good)));
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));

	ASSERT_EQ(0, net_set_up(pf, true));
	ASSERT_EQ(0, wait_for(pci_reads(lab_igb.bdf, carrier, "1"), LINK_MS));
	EXPECT_EQ(0, load(&self->f, &self->bad, sizeof(self->bad)));
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
}

#define RT_RUNTIME	"/proc/sys/kernel/sched_rt_runtime_us"
#define ANSWER_MS	2000	/* how long igbvf-vfio waits for the PF */

/**
 * struct starved - who waits for the PF, and who takes his processor
 * @f: the function
 * @stream: what he writes to it
 * @ret: what came of that
 * @until_us: the processor is taken until then,
 * @answered: and until the PF is there
 */
struct starved {
	struct vfio_function *f;
	const struct igbvf_stream *stream;
	int ret;
	u64 until_us;
	bool answered;
};

static void *write_stream(void *arg)
{
	struct starved *s = arg;

	s->ret = migration_write(s->f, (const u8 *)s->stream, sizeof(*s->stream));
	return NULL;
}

static void *take_processor(void *arg)
{
	struct starved *s = arg;

	while (now_us() < s->until_us || !__atomic_load_n(&s->answered, __ATOMIC_ACQUIRE))
		;
	return NULL;
}

/* A thread on the second processor, before all others there of a lower priority */
static int start_at(int priority, pthread_t *thread, void *(*run)(void *), void *arg)
{
	struct sched_param param = { .sched_priority = priority };
	pthread_attr_t attr;
	cpu_set_t second;
	int ret;

	CPU_ZERO(&second);
	CPU_SET(1, &second);
	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	pthread_attr_setaffinity_np(&attr, sizeof(second), &second);
	ret = pthread_create(thread, &attr, run, arg);
	pthread_attr_destroy(&attr);
	return -ret;
}

/* The PF is there in time; who waits for it does not run before the time is up */
TEST_F_TIMEOUT(refuse, not_scheduled, 200)
{
	struct starved s = { .f = &self->f, .stream = &self->bad };
	char pf[PCI_NAME_LEN], runtime[16];
	pthread_t writer, taker;
	u8 mac[TRAFFIC_MAC_LEN];

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "there is one processor");
	ASSERT_EQ(0, igbvf_greet_pf(&self->f, mac));
	ASSERT_EQ(sizeof(self->bad), save(&self->f, &self->bad));
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	ASSERT_EQ(0, pci_netdev(lab_igb.bdf, pf, sizeof(pf)));
	ASSERT_EQ(0, net_set_up(pf, false));
	/* Otherwise those of no priority would have their share */
	ASSERT_LT(0, file_read_line(RT_RUNTIME, runtime, sizeof(runtime)));
	ASSERT_EQ(0, file_write(RT_RUNTIME, "-1"));

	s.until_us = now_us() + (ANSWER_MS + 500) * 1000;
	ASSERT_EQ(0, start_at(1, &writer, write_stream, &s));
	sleep_ms(300);
	ASSERT_EQ(0, start_at(2, &taker, take_processor, &s));
	EXPECT_EQ(0, net_set_up(pf, true));
	__atomic_store_n(&s.answered, true, __ATOMIC_RELEASE);
	pthread_join(taker, NULL);
	pthread_join(writer, NULL);
	EXPECT_EQ(0, s.ret);
	EXPECT_EQ(0, file_write(RT_RUNTIME, runtime));
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
}

#define PARAMETERS	"/sys/module/vfio_pci_personality/parameters/"

static int set_parameter(const char *path, int number)
{
	char value[16];

	snprintf(value, sizeof(value), "%d", number);
	return file_write(path, value);
}

static int silent_for(int reads)
{
	return set_parameter(PARAMETERS "silent_for", reads);
}

static int silent_after(int reads)
{
	return set_parameter(PARAMETERS "silent_after", reads);
}

/*
 * A device that is pulled out while it is restored, whenever that is: every register
 * reads as ones. The restore ends, and not with success.
 */
TEST_F_TIMEOUT(refuse, falls_silent, 400)
{
	u8 mac[TRAFFIC_MAC_LEN];
	int reads, ret = -1;

	ASSERT_EQ(0, igbvf_greet_pf(&self->f, mac));
	ASSERT_EQ(sizeof(self->bad), save(&self->f, &self->bad));
	ASSERT_EQ(0, silent_after(0));
	EXPECT_EQ(-ENODEV, migration_set(&self->f, VFIO_DEVICE_STATE_STOP_COPY, NULL));
	for (reads = 0; ret; reads++) {
		ASSERT_EQ(0, silent_after(-1));
		ASSERT_EQ(0, vfio_reset(&self->f));
		ASSERT_EQ(0, silent_after(reads));
		ret = migration_write(&self->f, (u8 *)&self->bad, sizeof(self->bad));
		ASSERT_TRUE(!ret || ret == -ENODEV || ret == -EIO) {
			silent_after(-1);
			TH_LOG("after %d reads: %d", reads, ret);
		}
	}
	ASSERT_EQ(0, silent_after(-1));
	EXPECT_LT(50, reads);
	EXPECT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
}

/* One read of a register, the one with this number, says ones: was it there to be read? */
static ssize_t save_with_a_glitch(struct vfio_function *f, struct igbvf_stream *stream,
				  int reads, bool *happened)
{
	char left[16] = "";
	ssize_t size;
	int ret;

	ret = silent_for(1) ?: silent_after(reads);
	size = ret ?: save(f, stream);
	if (file_read_line(PARAMETERS "silent_for", left, sizeof(left)) < 0)
		size = -EINVAL;
	*happened = !strcmp(left, "0");
	return silent_after(-1) ?: silent_for(-1) ?: size;
}

/* More than a ring's registers have bits for: a destination refuses that */
static bool is_nonsense(const struct igbvf_state *state)
{
	const struct igbvf_queue_state *q = state->queue;
	int i;

	for (i = 0; i < IGBVF_QUEUES; i++, q++)
		if (q->rdlen == ~0u || q->rdh == ~0u || q->rdt == ~0u ||
		    q->tdlen == ~0u || q->tdh == ~0u || q->tdt == ~0u)
			return true;
	return false;
}

/*
 * A device whose link is down for a moment, whenever that is, while its state is read:
 * what a destination would refuse as nonsense the source does not save. Nothing is loaded
 * here: in some registers all ones would stay until the VFs are made anew.
 */
TEST_F_TIMEOUT(refuse, nonsense_is_not_saved, 600)
{
	unsigned int refused = 0, saved = 0;
	bool happened = true;
	ssize_t size;
	int reads;

	for (reads = 1; happened; reads++) {
		ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP, NULL));
		size = save_with_a_glitch(&self->f, &self->bad, reads, &happened);
		ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
		if (size == -EBADMSG)
			refused++;
		if (size == -EBADMSG || size == -ENODEV)
			continue;
		ASSERT_EQ(sizeof(self->bad), size);
		saved++;
		EXPECT_FALSE(is_nonsense(&self->bad.state)) {
			TH_LOG("a stream of nonsense, by read %d", reads);
		}
	}
	TH_LOG("of %d reads that said ones, %u were found out, %u did no harm",
	       reads - 2, refused, saved);
	/*
	 * The length, head and tail of two rings each way; but for one, perhaps, as the
	 * PF greets its VFs when its link comes, and that is a read more
	 */
	EXPECT_LE(6 * IGBVF_QUEUES - 1, refused);
}

#define FLOOD		1000
#define LOG_INTERVAL_MS	5000	/* of the kernel's rate limit, in which it lets ten pass */
#define LOG_BURST	10

/* Lines of the kernel's log from now on with @text in them; nothing else waits for them */
static unsigned int count_log(int log, const char *text)
{
	unsigned int count = 0;
	char line[1024];
	ssize_t n;

	while ((n = read(log, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		line[n > 0 ? n : 0] = '\0';
		count += !!strstr(line, text);
	}
	return count;
}

/* Who may write streams may not fill the administrator's log */
TEST_F_TIMEOUT(refuse, log_is_not_flooded, 200)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	unsigned int i, lines;
	u64 began;
	int fd;

	ASSERT_LE(0, log);
	/* Whoever refused something before has had his say */
	sleep_ms(LOG_INTERVAL_MS + 1000);
	ASSERT_LE(0, lseek(log, 0, SEEK_END));
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RESUMING, &fd));
	self->bad.header.magic ^= 1;
	began = now_ms();
	for (i = 0; i < FLOOD; i++)
		ASSERT_EQ(-1, write(fd, &self->bad, sizeof(self->bad)));
	EXPECT_EQ(EXDEV, errno);
	began = now_ms() - began;
	lines = count_log(log, "the migration stream is refused");
	TH_LOG("%d refused streams in %llu ms: %u lines", FLOOD, began, lines);
	EXPECT_LE(1, lines);
	EXPECT_GE(LOG_BURST * (2 + began / LOG_INTERVAL_MS), lines);
	close(fd);
	close(log);
}

/* Registers that must not be had but one by one, and by whom VFIO knows of it */
TEST_F_TIMEOUT(refuse, accesses, 120)
{
	u64 bar = self->f.bars[0].offset;
	u32 words[2];
	void *page;

	EXPECT_EQ(sizeof(words), pread(self->f.device, words, sizeof(words), bar));
	EXPECT_EQ(-1, pread(self->f.device, words, 2, bar));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pread(self->f.device, words, 4, bar + 2));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(self->f.device, words, 1, bar + RX_COUNTER));
	EXPECT_EQ(EINVAL, errno);
	page = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, page);
	EXPECT_EQ(-1, pread(self->f.device, page, 4, bar));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, pwrite(self->f.device, page, 4, bar + RX_COUNTER));
	EXPECT_EQ(EFAULT, errno);
	munmap(page, PAGE);
	/* Across the end: as much as there is */
	EXPECT_EQ(4, pread(self->f.device, words, sizeof(words), bar + TRAPPED - 4));

	page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->f.device, bar);
	EXPECT_EQ(MAP_FAILED, page);
	EXPECT_EQ(EINVAL, errno);
	page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->f.device, bar + TRAPPED);
	ASSERT_NE(MAP_FAILED, page);
	munmap(page, PAGE);
	EXPECT_EQ(0, pread(self->f.device, words, 0, bar));
	EXPECT_EQ(0, pwrite(self->f.device, words, 0, bar));
}

/* What was done before an error is not kept secret */
TEST_F_TIMEOUT(refuse, accesses_in_part, 120)
{
	u64 bar = self->f.bars[0].offset;
	u8 *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, pages);
	ASSERT_EQ(0, mprotect(pages + PAGE, PAGE, PROT_NONE));
	EXPECT_EQ(4, pread(self->f.device, pages + PAGE - 4, 8, bar));
	munmap(pages, 2 * PAGE);
}

/* No way for a write that nobody sees */
TEST_F_TIMEOUT(refuse, ioeventfd, 120)
{
	struct vfio_device_ioeventfd request = {
		.argsz = sizeof(request),
		.flags = VFIO_DEVICE_IOEVENTFD_32,
		.offset = self->f.bars[0].offset + IGBVF_V2PMAILBOX,
		.data = IGBVF_MBX_REQ,
		.fd = eventfd(0, EFD_CLOEXEC),
	};

	ASSERT_LE(0, request.fd);
	EXPECT_EQ(-1, ioctl(self->f.device, VFIO_DEVICE_IOEVENTFD, &request));
	EXPECT_EQ(ENOTTY, errno);
	close(request.fd);
}

/* What a monitor maps it asks a container for the dirty pages of: whole ones */
TEST_F_TIMEOUT(refuse, no_part_of_a_page_is_mapped, 120)
{
	struct vfio_bar *bar;
	void *page;
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		bar = &self->f.bars[i];
		EXPECT_EQ(0, bar->mapped % PAGE);
		EXPECT_EQ(0, bar->mapped_from % PAGE);
	}
	/* The MSI-X table's */
	bar = &self->f.bars[3];
	EXPECT_NE(0, bar->size);
	EXPECT_EQ(NULL, bar->addr);
	page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->f.device, bar->offset + PAGE);
	EXPECT_EQ(MAP_FAILED, page) {
		munmap(page, PAGE);
	}
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, vfio_read32(&self->f, 3, PAGE));
}

/* A reset by the other name of the same register: the PF knows nothing any more */
TEST_F_TIMEOUT(refuse, reset_by_another_name, 120)
{
	u8 mac[TRAFFIC_MAC_LEN];

	ASSERT_EQ(0, igbvf_greet_pf(&self->f, mac));
	ASSERT_EQ(sizeof(self->good), save(&self->f, &self->good));
	EXPECT_EQ(1, self->good.state.reset_done);
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	vfio_write32(&self->f, 0, CTRL_DUP, CTRL_RST);
	ASSERT_EQ(sizeof(self->good), save(&self->f, &self->good));
	EXPECT_EQ(0, self->good.state.reset_done);
	EXPECT_EQ(0, self->good.state.messages);
}

/* What the one had not, the other has not either, whoever used it before */
TEST_F_TIMEOUT(refuse, thresholds_of_a_user_before, 120)
{
	vfio_write32(&self->f, 0, RXDCTL, 0);
	vfio_write32(&self->f, 0, TXDCTL, 0);
	ASSERT_EQ(sizeof(self->good), save(&self->f, &self->good));
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	vfio_write32(&self->f, 0, RXDCTL, 0x10101);
	vfio_write32(&self->f, 0, TXDCTL, 0x10101);
	ASSERT_EQ(0, vfio_reset(&self->f));
	ASSERT_EQ(0, load(&self->f, &self->good, sizeof(self->good)));
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	EXPECT_EQ(0, vfio_read32(&self->f, 0, RXDCTL));
	EXPECT_EQ(0, vfio_read32(&self->f, 0, TXDCTL));
}

/* Somebody who resets the function, and is at it */
struct resetter {
	struct vfio_function *f;
	sem_t begins;
	int ret;
};

static void *reset_it(void *arg)
{
	struct resetter *r = arg;

	sem_post(&r->begins);
	r->ret = vfio_reset(r->f);
	return NULL;
}

/*
 * An interrupt that is unmasked while the function is being reset: what the stream says
 * of it is what the device does. The write waits for the reset, or is before it.
 */
TEST_F_TIMEOUT(refuse, write_during_a_reset, 200)
{
	struct resetter r = { .f = &self->f };
	unsigned int round, waited = 0;
	struct vfio_irq irq;
	pthread_t thread;
	u64 began;
	int fires;

	ASSERT_EQ(0, sem_init(&r.begins, 0, 0));
	for (round = 0; round < 20; round++) {
		vfio_write32(&self->f, 0, EIMC, ~0u);
		ASSERT_EQ(0, pthread_create(&thread, NULL, reset_it, &r));
		sem_wait(&r.begins);
		sleep_ms(round);
		began = now_us();
		vfio_write32(&self->f, 0, EIMS, BIT(MISC_VECTOR));
		waited += now_us() - began > RESET_MS * 1000 / 2;
		pthread_join(thread, NULL);
		ASSERT_EQ(0, r.ret);

		ASSERT_EQ(0, vfio_irq_enable(&self->f, &irq,
					     VFIO_PCI_MSIX_IRQ_INDEX, 3));
		vfio_write32(&self->f, 0, IVAR_MISC, MISC_VECTOR | IVAR_VALID);
		vfio_write32(&self->f, 0, EICS, BIT(MISC_VECTOR));
		fires = vfio_irq_wait(&irq, MISC_VECTOR, 500) > 0;
		vfio_irq_disable(&irq);
		ASSERT_EQ(sizeof(self->good), save(&self->f, &self->good));
		EXPECT_EQ(fires ? BIT(MISC_VECTOR) : 0, self->good.state.eims) {
			TH_LOG("round %u", round);
		}
		ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	}
	/* Or this has shown nothing */
	EXPECT_LT(0, waited);
	TH_LOG("%u of %u writes waited for a reset", waited, round);
	sem_destroy(&r.begins);
}

/* A register that the device does not take: ERROR, until the reset */
TEST_F_TIMEOUT(refuse, fails_half_way, 120)
{
	/* The ring's base must be aligned */
	self->bad.state.queue[0].rdbal = ~0u;
	migration_stream_seal(&self->bad, sizeof(self->bad));
	EXPECT_EQ(-EIO, load(&self->f, &self->bad, sizeof(self->bad)));
	EXPECT_EQ(VFIO_DEVICE_STATE_ERROR, migration_get(&self->f));
	EXPECT_EQ(-EINVAL, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));
	ASSERT_EQ(0, vfio_reset(&self->f));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
}

static const u32 states[] = {
	VFIO_DEVICE_STATE_RUNNING, VFIO_DEVICE_STATE_RUNNING_P2P,
	VFIO_DEVICE_STATE_STOP, VFIO_DEVICE_STATE_STOP_COPY,
	VFIO_DEVICE_STATE_RESUMING,
};

static const u32 no_states[] = {
	VFIO_DEVICE_STATE_ERROR, VFIO_DEVICE_STATE_PRE_COPY,
	VFIO_DEVICE_STATE_PRE_COPY_P2P, VFIO_DEVICE_STATE_PRE_COPY_P2P + 1, ~0u,
};

/* From each state to each: by the shortest way, or not at all */
TEST_F_TIMEOUT(refuse, arcs, 200)
{
	unsigned int from, to;

	for (from = 0; from < ARRAY_SIZE(states); from++) {
		for (to = 0; to < ARRAY_SIZE(states); to++) {
			/* Out of RESUMING it takes a stream, or a reset */
			bool stays = states[from] == VFIO_DEVICE_STATE_RESUMING &&
				     to != from;

			ASSERT_EQ(0, migration_set(&self->f, states[from], NULL));
			EXPECT_EQ(stays ? -EBADMSG : 0,
				  migration_set(&self->f, states[to], NULL)) {
				TH_LOG("from %u to %u", states[from], states[to]);
			}
			EXPECT_EQ(states[stays ? from : to],
				  migration_get(&self->f));
			if (migration_get(&self->f) == VFIO_DEVICE_STATE_RESUMING)
				ASSERT_EQ(0, vfio_reset(&self->f));
		}
		for (to = 0; to < ARRAY_SIZE(no_states); to++) {
			ASSERT_EQ(0, migration_set(&self->f, states[from], NULL));
			EXPECT_EQ(-EINVAL, migration_set(&self->f, no_states[to],
							 NULL));
			EXPECT_EQ(states[from], migration_get(&self->f));
		}
		ASSERT_EQ(0, vfio_reset(&self->f));
	}
}

/* In whatever state it is closed, who opens it next finds it running */
TEST_F_TIMEOUT(refuse, closed, 200)
{
	unsigned int i;
	u8 byte;
	int fd;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		ASSERT_EQ(0, migration_set(&self->f, states[i], &fd));
		vfio_close(&self->f);
		if (fd >= 0) {
			EXPECT_EQ(-1, states[i] == VFIO_DEVICE_STATE_RESUMING ?
				      write(fd, &self->good, 1) :
				      read(fd, &byte, 1));
			EXPECT_EQ(ENODEV, errno);
			close(fd);
		}
		ASSERT_EQ(0, vfio_open(&self->f, self->vf[0], &vfio_group_mode));
		EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
	}
}

/* The files outlive what they were for, and say so */
TEST_F_TIMEOUT(refuse, files, 120)
{
	void *nowhere = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
	u8 byte;
	int fd;

	ASSERT_NE(MAP_FAILED, nowhere);
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP_COPY, &fd));
	EXPECT_EQ(1, read(fd, &byte, 1));
	EXPECT_EQ(-1, read(fd, nowhere, 1));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, write(fd, &byte, 1));
	EXPECT_EQ(-1, pread(fd, &byte, 1, 0));
	/* Left in mid-stream */
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP, NULL));
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODEV, errno);
	close(fd);

	/* Closed in mid-stream */
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP_COPY, &fd));
	EXPECT_EQ(1, read(fd, &byte, 1));
	close(fd);
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RUNNING, NULL));

	/* A reset in mid-stream */
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_STOP_COPY, &fd));
	ASSERT_EQ(0, vfio_reset(&self->f));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
	EXPECT_EQ(-1, read(fd, &byte, 1));
	EXPECT_EQ(ENODEV, errno);
	close(fd);
	ASSERT_EQ(0, migration_set(&self->f, VFIO_DEVICE_STATE_RESUMING, &fd));
	EXPECT_EQ(1, write(fd, &self->good, 1));
	EXPECT_EQ(-1, write(fd, nowhere, 1));
	EXPECT_EQ(EFAULT, errno);
	munmap(nowhere, PAGE);
	ASSERT_EQ(0, vfio_reset(&self->f));
	EXPECT_EQ(-1, write(fd, &self->good, 1));
	EXPECT_EQ(ENODEV, errno);

	/* The function is closed before the file */
	vfio_close(&self->f);
	EXPECT_EQ(-1, write(fd, &self->good, 1));
	EXPECT_EQ(ENODEV, errno);
	close(fd);
	ASSERT_EQ(0, vfio_open(&self->f, self->vf[0], &vfio_group_mode));
	EXPECT_EQ(VFIO_DEVICE_STATE_RUNNING, migration_get(&self->f));
}

TEST_HARNESS_MAIN
