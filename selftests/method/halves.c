// SPDX-License-Identifier: GPL-2.0
/*
 * A driver of a standard interface, virtio-pci, with several vendors' VFIO halves, and
 * none of their code in it: each function is served by the half that is made for it, and
 * works natively again afterwards. The halves are the selftests' modules, and each shows
 * itself by the revision that a user of the vfio_device reads.
 *
 * The machine has a virtio disk besides the lab's network card.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "diag.h"
#include "drivers/driver.h"
#include "file.h"
#include "lab.h"
#include "modprobe.h"
#include "module.h"
#include "native.h"
#include "personality.h"

#define NET_HALF	"personality_virtio_net"
#define BLK_HALF	"personality_virtio_blk"
#define EXACT_HALF	"personality_virtio_exact"
#define TWICE_HALF	"personality_virtio_twice"
#define COMMON		"personality_virtio"

enum { NET_REVISION = 0x41, BLK_REVISION = 0x42, EXACT_REVISION = 0x43 };

/* What keeps the halves from being loaded for whoever flips a virtio function */
#define BLACKLIST	"/etc/modprobe.d/personality-halves.conf"
#define MOVED		"/run/personality-halves.conf"

#define BLOCK		512

FIXTURE(halves) {
	struct function_state net;
	struct function_state disk;
	char bdf[PCI_BDF_LEN];
	struct proof proof;
	struct device_user user;
	char story[240];
};

static void unload_halves(void)
{
	module_unload(NET_HALF);
	module_unload(BLK_HALF);
	module_unload(EXACT_HALF);
	module_unload(TWICE_HALF);
	module_unload(COMMON);
}

FIXTURE_SETUP(halves)
{
	REQUIRE_LAB(&lab_virtio);
	if (!module_exists("virtio_blk"))
		SKIP(return, "this kernel has no virtio_blk");
	ASSERT_EQ(0, module_load("virtio_blk"));
	ASSERT_EQ(1, pci_find(0x1af4, 0x1042, &self->bdf, 1));
	ASSERT_TRUE(module_exists(COMMON));
	ASSERT_EQ(0, function_save(&self->net, lab_virtio.bdf));
	ASSERT_EQ(0, function_save(&self->disk, self->bdf));
	ASSERT_EQ(0, rename(BLACKLIST, MOVED));
}

FIXTURE_TEARDOWN(halves)
{
	EXPECT_EQ(0, rename(MOVED, BLACKLIST));
	modprobe_restore();
	function_restore(&self->net);
	function_restore(&self->disk);
	unload_halves();
	EXPECT_FALSE(module_loaded(COMMON));
}

/* The driver stays bound, and the user sees the half of @revision */
static bool is_served_by(const char *bdf, unsigned int revision)
{
	struct vfio_function f = {};
	unsigned int seen;

	if (!personality_is(bdf, "vfio") || !pci_driver_is(bdf, "virtio-pci") ||
	    vfio_open(&f, bdf, &vfio_group_mode))
		return false;
	seen = vfio_config_read(&f, PCI_REVISION_ID, 1);
	vfio_close(&f);
	if (seen != revision)
		diag("%s: a user reads revision %#x, not %#x", bdf, seen, revision);
	return seen == revision;
}

/* Blocks of the disk: what is written is what is read, now or later */
static int disk_access(const char *bdf, char letter, bool write)
{
	char path[PCI_NAME_LEN + 8], name[PCI_NAME_LEN], expected[BLOCK];
	void *data;
	ssize_t done;
	int fd;

	if (pci_block(bdf, name, sizeof(name)))
		return -ENOENT;
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_DIRECT | O_SYNC | O_CLOEXEC);
	if (fd < 0)
		return diag_error(-errno, "%s", path);
	if (posix_memalign(&data, BLOCK, BLOCK)) {
		close(fd);
		return -ENOMEM;
	}
	memset(expected, letter, BLOCK);
	memset(data, write ? letter : 0, BLOCK);
	done = write ? pwrite(fd, data, BLOCK, 0) : pread(fd, data, BLOCK, 0);
	if (done == BLOCK)
		done = memcmp(expected, data, BLOCK) ? -EIO : 0;
	else
		done = done < 0 ? -errno : -EIO;
	free(data);
	close(fd);
	return done;
}

static bool offers(const char *bdf, const char *module)
{
	char text[PCI_NAME_LEN] = "";

	if (module)
		snprintf(text, sizeof(text), "vfio %s", module);
	return personality_reads(bdf, "offers", text);
}

/* Nothing is loaded: each function asks for its own, and gets it */
TEST_F_TIMEOUT(halves, each_has_its_own, 120)
{
	/* Of two for the card, the one for all of them */
	ASSERT_EQ(0, modprobe_obey("blacklist " EXACT_HALF));
	EXPECT_TRUE(offers(lab_virtio.bdf, NULL));
	EXPECT_TRUE(offers(self->bdf, NULL));
	ASSERT_EQ(0, disk_access(self->bdf, 'a', true));
	ASSERT_EQ(0, native_prove(lab_virtio.bdf, self->story, sizeof(self->story)));

	ASSERT_EQ(0, personality_set(lab_virtio.bdf, true));
	EXPECT_FALSE(module_loaded(BLK_HALF));
	ASSERT_EQ(0, personality_set(self->bdf, true));
	EXPECT_TRUE(is_served_by(lab_virtio.bdf, NET_REVISION));
	EXPECT_TRUE(is_served_by(self->bdf, BLK_REVISION));
	EXPECT_TRUE(offers(lab_virtio.bdf, NET_HALF));
	EXPECT_TRUE(offers(self->bdf, BLK_HALF));
	EXPECT_EQ(0, device_prove(lab_virtio.bdf, &vfio_group_mode, &self->proof));
	EXPECT_LT(0, self->proof.received);
	EXPECT_LT(0, self->proof.interrupts);

	ASSERT_EQ(0, personality_set(lab_virtio.bdf, false));
	ASSERT_EQ(0, personality_set(self->bdf, false));
	EXPECT_TRUE(function_is(&self->net));
	EXPECT_TRUE(function_is(&self->disk));
	EXPECT_EQ(0, native_prove(lab_virtio.bdf, self->story, sizeof(self->story)));
	EXPECT_EQ(0, disk_access(self->bdf, 'a', false));
	EXPECT_EQ(0, disk_access(self->bdf, 'b', true));
	EXPECT_EQ(0, disk_access(self->bdf, 'b', false));
}

/* The subsystem says more than the device, whoever was there first */
TEST_F_TIMEOUT(halves, most_specific_wins, 120)
{
	/* Both are asked for */
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, true));
	EXPECT_TRUE(is_served_by(lab_virtio.bdf, EXACT_REVISION));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, false));
	EXPECT_TRUE(module_loaded(NET_HALF));
	unload_halves();

	ASSERT_EQ(0, module_load(EXACT_HALF));
	ASSERT_EQ(0, module_load(NET_HALF));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, true));
	EXPECT_TRUE(is_served_by(lab_virtio.bdf, EXACT_REVISION));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, false));
	unload_halves();

	ASSERT_EQ(0, module_load(NET_HALF));
	EXPECT_TRUE(offers(lab_virtio.bdf, NET_HALF));
	ASSERT_EQ(0, module_load(EXACT_HALF));
	EXPECT_TRUE(offers(lab_virtio.bdf, EXACT_HALF));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, true));
	EXPECT_TRUE(is_served_by(lab_virtio.bdf, EXACT_REVISION));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, false));

	/* Without it, the next best */
	ASSERT_EQ(0, module_unload(EXACT_HALF));
	ASSERT_EQ(0, modprobe_forbid(EXACT_HALF));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, true));
	EXPECT_TRUE(is_served_by(lab_virtio.bdf, NET_REVISION));
	/* What comes later does not take it over: who is in VFIO leaves as he came */
	ASSERT_NE(0, module_unload(NET_HALF));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, false));
	EXPECT_TRUE(function_is(&self->net));
	EXPECT_EQ(0, native_prove(lab_virtio.bdf, self->story, sizeof(self->story)));
}

static bool log_has(const char *words)
{
	static char text[1 << 18];
	FILE *f = popen("dmesg", "re");
	size_t length;

	if (!f)
		return false;
	length = fread(text, 1, sizeof(text) - 1, f);
	text[length] = '\0';
	pclose(f);
	return strstr(text, words);
}

/* Which of two equals it would be would be a matter of luck: the second is refused */
TEST_F(halves, equals_are_refused)
{
	ASSERT_EQ(0, module_load(NET_HALF));
	/* modprobe takes EEXIST for a module that is loaded already */
	module_load(TWICE_HALF);
	EXPECT_FALSE(module_loaded(TWICE_HALF));
	EXPECT_TRUE(log_has("driver virtio-pci: " TWICE_HALF " and " NET_HALF
			    " both offer a VFIO personality for 1AF4:1041"));
	EXPECT_TRUE(offers(lab_virtio.bdf, NET_HALF));

	/* The other way round, the other is */
	ASSERT_EQ(0, module_unload(NET_HALF));
	ASSERT_EQ(0, module_load(TWICE_HALF));
	module_load(NET_HALF);
	EXPECT_FALSE(module_loaded(NET_HALF));
	EXPECT_TRUE(offers(lab_virtio.bdf, TWICE_HALF));
}

/* What modprobe would be asked for can be seen before; user space can ask itself */
TEST_F(halves, alias_is_shown)
{
	char alias[256] = "";

	ASSERT_LT(0, pci_read_line(self->bdf, "personality/modalias", alias, sizeof(alias)));
	EXPECT_STREQ("pci-personality-vfio:virtio-pci:v1AF4d1042sv1AF4sd1100bc01sc00i00",
		     alias);
	EXPECT_TRUE(module_exists(alias));
	ASSERT_LT(0, pci_read_line(lab_e1000e.bdf, "personality/modalias", alias,
				   sizeof(alias)));
	EXPECT_FALSE(module_exists(alias));
	EXPECT_TRUE(offers(lab_e1000e.bdf, NULL));
}

/* A disk that is in use stays what it is */
TEST_F(halves, used_disk_is_refused)
{
	char path[PCI_NAME_LEN + 8], name[PCI_NAME_LEN];
	int fd;

	ASSERT_EQ(0, pci_block(self->bdf, name, sizeof(name)));
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EBUSY, personality_set(self->bdf, true));
	close(fd);
	EXPECT_TRUE(function_is(&self->disk));
	EXPECT_EQ(0, disk_access(self->bdf, 'c', true));
	EXPECT_EQ(0, disk_access(self->bdf, 'c', false));
}

/* While a user has it nobody else gets at it by its virtio device, which is still there */
TEST_F_TIMEOUT(halves, nobody_else_drives_it, 60)
{
	char virtio[PCI_NAME_LEN], path[128], status[32];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/virtio*", lab_virtio.bdf);
	ASSERT_EQ(0, file_match(path, virtio, sizeof(virtio)));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, true));
	ASSERT_EQ(0, device_open(&self->user, lab_virtio.bdf, &vfio_group_mode));
	EXPECT_NE(0, file_write("/sys/bus/virtio/drivers/virtio_net/bind", virtio));
	snprintf(path, sizeof(path), "/sys/bus/virtio/devices/%s/status", virtio);
	ASSERT_LT(0, file_read_line(path, status, sizeof(status)));
	EXPECT_STREQ("0x00000000", status);
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	EXPECT_EQ(-EBUSY, personality_set(lab_virtio.bdf, false));
	EXPECT_EQ(0, device_work(&self->user, &self->proof));
	device_close(&self->user);
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, false));
	EXPECT_EQ(0, native_prove(lab_virtio.bdf, self->story, sizeof(self->story)));
}

/* Unbound in VFIO: virtio-pci removes what it has once probed, and probes it anew */
TEST_F_TIMEOUT(halves, unbound_in_vfio, 60)
{
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, true));
	EXPECT_EQ(0, device_prove(lab_virtio.bdf, &vfio_group_mode, &self->proof));
	ASSERT_EQ(0, pci_unbind(lab_virtio.bdf));
	EXPECT_TRUE(personality_is(lab_virtio.bdf, "unbound"));
	ASSERT_EQ(0, pci_bind(lab_virtio.bdf, "virtio-pci"));
	EXPECT_EQ(0, native_prove(lab_virtio.bdf, self->story, sizeof(self->story)));
	ASSERT_EQ(0, personality_set(lab_virtio.bdf, true));
	EXPECT_TRUE(is_served_by(lab_virtio.bdf, EXACT_REVISION));
}

TEST_HARNESS_MAIN
