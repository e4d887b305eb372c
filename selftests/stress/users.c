// SPDX-License-Identifier: GPL-2.0
/* The storm: somebody uses a function, by VFIO or natively. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/driver.h"
#include "native.h"
#include "native_edu.h"
#include "stress.h"
#include "wait.h"

/* A user keeps a function for so long at most */
#define HOLD_MS		300

static int drive(struct vfio_function *f, const struct device_driver *driver)
{
	void *state = calloc(1, driver->size);
	struct proof proof = {};
	int ret;

	if (!state)
		return -EIO;
	ret = driver->start(f, state);
	ret = ret ?: driver->prove(state, &proof);
	driver->stop(state);
	free(state);
	return !ret && proof.sent && proof.received && proof.interrupts ? 0 : -EIO;
}

/* What a user's life comes to: see model.c */
static int be_user(const struct subject *subject, u32 arg)
{
	const struct vfio_mode *mode = &vfio_group_mode;
	const struct device_driver *driver = device_driver_find(subject->bdf);
	struct vfio_function f;
	struct vfio_irq asked;
	int ret;

	if ((arg & 2) && !vfio_cdev_mode.lacking(subject->bdf))
		mode = &vfio_cdev_mode;
	if (!driver || vfio_open(&f, subject->bdf, mode))
		return -ENODEV;
	ret = vfio_irq_enable(&f, &asked, VFIO_PCI_REQ_IRQ_INDEX, 1);
	/* Some only have it, and keep others from it */
	if (!ret && (arg & 1))
		sleep_ms(arg % HOLD_MS);
	else if (!ret)
		ret = drive(&f, driver);
	if (!ret && vfio_irq_wait(&asked, 0, 0) > 0)
		ret = -EBUSY;
	vfio_irq_disable(&asked);
	vfio_close(&f);
	return ret && ret != -EBUSY ? -EIO : ret;
}

int in_own_process(int (*be)(const struct subject *subject, u32 arg),
		   const struct subject *subject, u32 arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(-be(subject, arg));
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
}

/* A register that is mapped, of a device that was reset by others, is a bus error */
int use_by_vfio(const struct subject *subject, u32 arg)
{
	return in_own_process(be_user, subject, arg);
}

static int compute(const struct subject *subject, u32 arg)
{
	u32 n = arg % (EDU_FACTORIAL_MAX + 1);
	u32 result = 0;
	int fd = edu_open(subject->bdf);
	int ret;

	if (fd < 0)
		return -ENODEV;
	ret = edu_factorial(fd, n, &result);
	close(fd);
	if (!ret && result != edu_factorial_expected(n))
		return -EILSEQ;
	return ret ? -EIO : 0;
}

static int read_disk(const struct subject *subject, const char *disk)
{
	char path[PCI_NAME_LEN + 8];
	int ret = -ENODEV;
	void *data;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", disk);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	data = aligned_alloc(4096, 4096);
	if (fd >= 0 && data) {
		ret = pread(fd, data, 4096, 0) == 4096 ? 0 : -EIO;
		if (!ret && disk_check(subject->bdf, data, 0, 8))
			ret = -EILSEQ;
	}
	free(data);
	if (fd >= 0)
		close(fd);
	return ret;
}

static int set_link(const char *netdev, u32 arg, bool is_pf)
{
	/* The PF's is what serves the VFs */
	return net_set_up(netdev, is_pf || (arg & 1)) ? -EIO : 0;
}

int use_natively(const struct subject *subject, u32 arg)
{
	char name[PCI_NAME_LEN];

	if (!pci_netdev(subject->bdf, name, sizeof(name)))
		return set_link(name, arg, subject == &subjects[IGB]);
	if (!pci_block(subject->bdf, name, sizeof(name)))
		return read_disk(subject, name);
	return compute(subject, arg);
}
