// SPDX-License-Identifier: GPL-2.0
/*
 * All of the user land of a guest that runs inside the lab. It obeys the test that
 * started it: a command a line comes by the second serial port, and an answer a line goes
 * back, "ok" or "error" and what there is to say. See ../lib/nested.h for who asks.
 *
 *	up BDF		bring the function's netdev up, for good
 *	prove BDF	the function works by its native driver; a netdev has its link then
 *	flow BDF MAC	begin to exchange numbered frames with MAC
 *	hush		send none any more
 *	count		what has been sent, and the book of what has arrived
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "file.h"
#include "flow.h"
#include "native.h"
#include "native_edu.h"
#include "pci.h"

#define PORT		"/dev/ttyS1"
#define EDU_MODULE	"/edu.ko"
#define WORDS_MAX	3

static struct flow flow;

static int die(const char *what)
{
	perror(what);
	sync();
	return reboot(RB_POWER_OFF);
}

static void mount_at(const char *type, const char *path)
{
	mkdir(path, 0755);
	if (mount(type, path, type, 0, NULL))
		die(path);
}

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		die(path);
	close(fd);
}

/* A line of bytes, as nobody types it */
static int open_port(void)
{
	int fd = open(PORT, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd < 0 || tcgetattr(fd, &t))
		die(PORT);
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	if (tcsetattr(fd, TCSANOW, &t))
		die(PORT);
	return fd;
}

static int prove(const char *bdf, char *story, size_t size)
{
	int ret;

	if (!pci_driver_is(bdf, "edu"))
		return native_prove(bdf, story, size);
	ret = edu_prove(bdf);
	if (!ret)
		snprintf(story, size, "edu's DMA, results and interrupts are right");
	return ret;
}

/* By edu's own driver, which an interrupt tells that it is done */
static int compute(const char *bdf, u32 n, char *text, size_t size)
{
	u32 result;
	int fd = edu_open(bdf);
	int ret;

	if (fd < 0)
		return fd;
	ret = edu_factorial(fd, n, &result);
	close(fd);
	if (!ret)
		snprintf(text, size, "%u", result);
	return ret;
}

static int bring_up(const char *bdf)
{
	char netdev[PCI_NAME_LEN];
	int ret = pci_netdev(bdf, netdev, sizeof(netdev));

	return ret ?: net_set_up(netdev, true);
}

static int begin(const char *bdf, const char *mac)
{
	static char netdev[PCI_NAME_LEN];
	int ret;

	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &flow.to[0], &flow.to[1],
		   &flow.to[2], &flow.to[3], &flow.to[4], &flow.to[5]) != 6)
		return -EINVAL;
	flow_stop(&flow);
	traffic_close(&flow.peer);
	ret = pci_netdev(bdf, netdev, sizeof(netdev));
	if (!ret)
		ret = traffic_open(&flow.peer, netdev);
	return ret ?: flow_start(&flow, true);
}

static void count(char *text, size_t size)
{
	const struct flow_book *book = &flow.book;
	size_t n;
	u32 i;

	n = snprintf(text, size, "sent %u received %u next %u again %u gaps %u", flow.sent,
		     book->received, book->next, book->again, book->gap_count);
	for (i = 0; i < book->gap_count && i < FLOW_GAPS; i++)
		n += snprintf(text + n, size - n, " %u-%u", book->gaps[i].first,
			      book->gaps[i].last);
}

/* 0, with what there is to say, or a negative errno */
static int obey(char *words[], char *text, size_t size)
{
	const u8 *mac = flow.peer.mac;
	int ret;

	if (words[1] && !strcmp(words[0], "up"))
		return bring_up(words[1]);
	if (words[1] && !strcmp(words[0], "prove"))
		return prove(words[1], text, size);
	if (words[2] && !strcmp(words[0], "compute"))
		return compute(words[1], atoi(words[2]), text, size);
	if (words[2] && !strcmp(words[0], "flow")) {
		ret = begin(words[1], words[2]);
		if (!ret)
			snprintf(text, size, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0],
				 mac[1], mac[2], mac[3], mac[4], mac[5]);
		return ret;
	}
	if (!strcmp(words[0], "hush")) {
		flow_hush(&flow);
		return 0;
	}
	if (!strcmp(words[0], "count")) {
		count(text, size);
		return 0;
	}
	return -EOPNOTSUPP;
}

static void answer(int port, char *line)
{
	char *words[WORDS_MAX + 1] = {};
	char text[400] = "";
	char *word, *rest;
	int i = 0;
	int ret;

	for (word = strtok_r(line, "\n ", &rest); word && i < WORDS_MAX;
	     word = strtok_r(NULL, "\n ", &rest))
		words[i++] = word;
	if (!i)
		return;
	ret = obey(words, text, sizeof(text));
	dprintf(port, "%s %s\n", ret ? "error" : "ok", ret ? strerrorname_np(-ret) : text);
}

int main(void)
{
	char line[256];
	FILE *commands;
	int port;

	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");
	mount_at("devtmpfs", "/dev");
	file_write("/proc/sys/kernel/printk", "7");
	load(EDU_MODULE);
	port = open_port();
	commands = fdopen(port, "r");
	dprintf(port, "ready\n");
	while (commands && fgets(line, sizeof(line), commands))
		answer(port, line);
	return die(PORT);
}
