// SPDX-License-Identifier: GPL-2.0
/* A function at work, as far as its kind makes that simple, see zoo.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "native.h"
#include "wait.h"
#include "zoo.h"

#define ANSWER_MS 20000
#define LOOK_MS 250

/* Of the kernel's headers, which do not go together with the C library's */
#ifndef TIOCM_LOOP
#define TIOCM_LOOP 0x8000
#endif

static int prove_net(const char *bdf)
{
	char name[PCI_NAME_LEN], story[240];

	if (pci_netdev(bdf, name, sizeof(name)))
		return diag_error(-ENODEV, "%s: netdev", bdf);
	return net_prove(name, story, sizeof(story));
}

static int prove_disk_now(const char *bdf)
{
	char name[PCI_NAME_LEN], story[240];

	/* What is below an nvme may be one of several ways to the disk */
	if (pci_block(bdf, name, sizeof(name)) &&
	    children_first(bdf, "block", name, sizeof(name)))
		return diag_error(-ENODEV, "%s: disk", bdf);
	return block_prove(bdf, name, story, sizeof(story));
}

/* A disk can be seen in sysfs for a moment before, and after, it can be opened */
static int prove_disk(const char *bdf)
{
	u64 deadline = now_ms() + ANSWER_MS;
	int ret = prove_disk_now(bdf);

	while (ret == -ENXIO && now_ms() < deadline) {
		sleep_ms(LOOK_MS);
		ret = prove_disk_now(bdf);
	}
	return ret;
}

/* As it comes from a port that is at 115200 baud by default, raw */
static int open_tty(const char *tty)
{
	struct termios raw;
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", tty);
	fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return diag_error(-errno, "%s", path);
	if (tcgetattr(fd, &raw)) {
		close(fd);
		return diag_error(-EIO, "%s: settings", path);
	}
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	raw.c_cflag |= CLOCAL;
	tcsetattr(fd, TCSANOW, &raw);
	return fd;
}

/* The port's own loop: what it sends, it receives */
static int prove_tty(const char *bdf)
{
	char tty[PCI_NAME_LEN], answer = 0;
	struct pollfd pollfd = { .events = POLLIN };
	int loop = TIOCM_LOOP;
	int ret = 0;

	if (children_first(bdf, "tty", tty, sizeof(tty)))
		return diag_error(-ENODEV, "%s: tty", bdf);
	pollfd.fd = open_tty(tty);
	if (pollfd.fd < 0)
		return pollfd.fd;
	if (ioctl(pollfd.fd, TIOCMBIS, &loop) || write(pollfd.fd, "z", 1) != 1)
		ret = diag_error(-errno, "%s: %s", bdf, tty);
	else if (poll(&pollfd, 1, ANSWER_MS) != 1 ||
		 read(pollfd.fd, &answer, 1) != 1 || answer != 'z')
		ret = diag_error(-EIO, "%s: %s does not hear itself", bdf, tty);
	ioctl(pollfd.fd, TIOCMBIC, &loop);
	close(pollfd.fd);
	return ret;
}

/* The host's root is there, read-only */
static int prove_9p(const char *bdf)
{
	char pattern[PATH_MAX], virtio[PCI_NAME_LEN], tag[PCI_NAME_LEN];
	char target[] = "/tmp/zoo-XXXXXX", path[64];
	int ret = 0;

	snprintf(pattern, sizeof(pattern), "/sys/bus/pci/devices/%s/virtio*", bdf);
	ret = file_match(pattern, virtio, sizeof(virtio));
	if (ret)
		return diag_error(ret, "%s: virtio device", bdf);
	snprintf(pattern, sizeof(pattern), "/sys/bus/virtio/devices/%s/mount_tag",
		 virtio);
	ret = file_read_line(pattern, tag, sizeof(tag));
	if (ret < 0)
		return diag_error(ret, "%s", pattern);
	if (!mkdtemp(target))
		return diag_error(-errno, "%s", target);
	ret = mount(tag, target, "9p", MS_RDONLY, "trans=virtio,version=9p2000.L") ?
		diag_error(-errno, "%s: mounting %s", bdf, tag) : 0;
	if (!ret) {
		snprintf(path, sizeof(path), "%s/usr", target);
		if (access(path, F_OK))
			ret = diag_error(-errno, "%s: %s", bdf, path);
		umount(target);
	}
	rmdir(target);
	return ret;
}

/* What is written has gone when there is room again: the host takes it */
static int prove_port(const char *bdf)
{
	struct pollfd pollfd = { .events = POLLOUT };
	char name[PCI_NAME_LEN], path[80];
	int ret = 0;

	if (children_first(bdf, "virtio-ports", name, sizeof(name)))
		return diag_error(-ENODEV, "%s: port", bdf);
	snprintf(path, sizeof(path), "/dev/%s", name);
	pollfd.fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (pollfd.fd < 0)
		return diag_error(-errno, "%s", path);
	if (poll(&pollfd, 1, ANSWER_MS) != 1 || !(pollfd.revents & POLLOUT) ||
	    write(pollfd.fd, "z", 1) != 1)
		ret = diag_error(-EIO, "%s: writing to %s", bdf, path);
	close(pollfd.fd);
	return ret;
}

/**
 * struct work - what can be seen of a kind
 * @kind: in the list
 * @product: the class of what its driver makes
 * @prove: has it work, NULL if that is not simple
 */
static const struct work {
	const char *kind;
	const char *product;
	int (*prove)(const char *bdf);
} works[] = {
	{ "net", "net", prove_net },
	{ "netdev", "net", NULL },
	{ "scsi", "block", prove_disk },
	{ "ata", "block", prove_disk },
	{ "drive", "block", prove_disk },
	{ "ufs", "block", prove_disk },
	{ "sd", "block", prove_disk },
	{ "usb", "block", prove_disk },
	{ "keyboard", "input", NULL },
	{ "input", "input", NULL },
	{ "audio", "sound", NULL },
	{ "codec", "sound", NULL },
	{ "display", "drm", NULL },
	{ "framebuffer", "graphics", NULL },
	{ "serial", "tty", prove_tty },
	{ "9p", "virtio", prove_9p },
	{ "port", "virtio-ports", prove_port },
	{ "virtio", "virtio", NULL },
};

static const struct work *find_work(const struct animal *animal)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(works); i++)
		if (!strcmp(works[i].kind, animal->kind))
			return &works[i];
	return NULL;
}

const char *work_product(const struct animal *animal)
{
	const struct work *work = find_work(animal);

	return work ? work->product : NULL;
}

int work_prove(const struct animal *animal, const char *bdf)
{
	const struct work *work = find_work(animal);

	return work && work->prove ? work->prove(bdf) : 0;
}
