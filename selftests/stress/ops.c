// SPDX-License-Identifier: GPL-2.0
/* What happens to functions in the storm. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/driver.h"
#include "file.h"
#include "module.h"
#include "native.h"
#include "native_edu.h"
#include "stress.h"
#include "suspend.h"
#include "wait.h"

/* A user keeps a function for so long at most */
#define HOLD_MS		300

const char * const op_names[OPS] = {
	[OP_FLIP] = "use_vfio",
	[OP_USE] = "VFIO user",
	[OP_NATIVE] = "native user",
	[OP_READ] = "reader",
	[OP_CHOOSE] = "vfio_driver",
	[OP_BIRTH] = "vfs_use_vfio",
	[OP_UNBIND] = "unbind",
	[OP_BIND] = "bind",
	[OP_REMOVE] = "remove",
	[OP_RESET] = "reset",
	[OP_VFS] = "sriov_numvfs",
	[OP_RESCAN] = "rescan",
	[OP_RELOAD] = "rmmod, modprobe",
	[OP_SUSPEND] = "suspend",
};

/* How often each is drawn, in hundredths */
static const unsigned int weights[OPS] = {
	[OP_FLIP] = 36,
	[OP_USE] = 24,
	[OP_NATIVE] = 6,
	[OP_READ] = 6,
	[OP_CHOOSE] = 3,
	[OP_BIRTH] = 1,
	[OP_UNBIND] = 3,
	[OP_BIND] = 5,
	[OP_REMOVE] = 2,
	[OP_RESET] = 3,
	[OP_VFS] = 3,
	[OP_RESCAN] = 5,
	[OP_RELOAD] = 2,
	[OP_SUSPEND] = 1,
};

/* splitmix64, by Sebastiano Vigna: any seed will do */
u64 random_next(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/*
 * A VF is not removed by itself. Functions of one bus are left alone for a race of
 * the kernel's own: of one that is found on a bus while VFIO resets that bus,
 * pci_bus_unlock() unlocks what was never locked.
 */
static bool may_be_removed(unsigned int on)
{
	return on != VF0 && on != VF1 && on != SLOT_E1000E && on != SLOT_EDU;
}

struct task op_draw(u64 *random)
{
	u64 number = random_next(random);
	unsigned int left = number % 100;
	struct task task = { .op = 0, .arg = number >> 32 };

	while (left >= weights[task.op])
		left -= weights[task.op++];
	if (task.op >= OP_RESCAN)
		task.on = SUBJECTS;
	else if (task.op == OP_VFS || task.op == OP_BIRTH)
		task.on = IGB;
	else
		task.on = (number >> 16) % SUBJECTS;
	if (task.op == OP_REMOVE && !may_be_removed(task.on))
		task.op = OP_UNBIND;
	return task;
}

/* More often there than back: users shall find something */
static int flip(const struct subject *subject, u32 arg)
{
	return personality_set(subject->bdf, arg % 3);
}

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

/*
 * In a process of its own: a register that is mapped, of a device that was reset
 * by others, is a bus error.
 */
static int use(const struct subject *subject, u32 arg)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(-be_user(subject, arg));
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EIO;
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

static int use_natively(const struct subject *subject, u32 arg)
{
	char name[PCI_NAME_LEN];

	if (!pci_netdev(subject->bdf, name, sizeof(name)))
		return set_link(name, arg, subject == &subjects[IGB]);
	if (!pci_block(subject->bdf, name, sizeof(name)))
		return read_disk(subject, name);
	return compute(subject, arg);
}

static bool is_one_of(const char *text, const char * const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

static int read_all(const struct subject *subject, u32 arg)
{
	static const char * const states[] = {
		"unbound", "native", "vfio", "vfio-rebound", "broken", NULL
	};
	static const char * const numbers[] = { "0", "1", NULL };
	static const struct {
		const char *attr;
		const char * const *values;
	} attrs[] = {
		{ "personality/state", states },
		{ "use_vfio", numbers },
		{ "personality/native_driver", NULL },
		{ "personality/last_error", NULL },
		{ "personality/vfio_driver", NULL },
		{ "driver_override", NULL },
	};
	char text[ARRAY_SIZE(attrs)][512];
	unsigned int i;
	int ret;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		ret = pci_read_line(subject->bdf, attrs[i].attr, text[i],
				    sizeof(text[i]));
		if (ret < 0)
			return ret;
		if (strchr(text[i], '\n') ||
		    (attrs[i].values && !is_one_of(text[i], attrs[i].values)))
			return -EILSEQ;
	}
	/* A state that is one of VFIO's, and use_vfio */
	return !strncmp(text[0], "vfio", 4) == !strcmp(text[1], "1") ? 0 : -ESTALE;
}

static int choose(const struct subject *subject, u32 arg)
{
	static const char * const names[] = {
		"auto", "auto", "vfio-pci", "bound",
	};

	return personality_set_driver(subject->bdf,
				      names[arg % ARRAY_SIZE(names)]);
}

static int set_birth(const struct subject *subject, u32 arg)
{
	return pci_write(subject->bdf, "personality/vfs_use_vfio",
			 arg & 1 ? "1" : "0");
}

static int unbind(const struct subject *subject, u32 arg)
{
	(void)arg;
	return pci_unbind(subject->bdf);
}

/* As the kernel would by itself, by the ids */
static int bind(const struct subject *subject, u32 arg)
{
	(void)arg;
	return file_write("/sys/bus/pci/drivers_probe", subject->bdf);
}

static int remove_function(const struct subject *subject, u32 arg)
{
	(void)arg;
	return pci_remove(subject->bdf);
}

static int reset(const struct subject *subject, u32 arg)
{
	(void)arg;
	return pci_write(subject->bdf, "reset", "1");
}

static int set_vfs(const struct subject *subject, u32 arg)
{
	int ret = pci_set_vfs(subject->bdf, arg % 4 ? arg % VFS + 1 : 0);
	char netdev[PCI_NAME_LEN];

	if (!ret && !pci_netdev(subject->bdf, netdev, sizeof(netdev)))
		net_set_up(netdev, true);
	return ret;
}

static int rescan(const struct subject *subject, u32 arg)
{
	(void)subject;
	(void)arg;
	return pci_rescan();
}

/* Nobody has needed it so far */
static int unless_absent(int ret)
{
	return ret == -ENOENT ? 0 : ret;
}

#define EDUS	(BIT(EDU) | BIT(EDU2) | BIT(SLOT_EDU))
#define ALL_VFS	(BIT(VF0) | BIT(VF1))

/* Modules, and who is concerned when one goes */
static const struct {
	const char *name;
	u32 concerned;
} modules[] = {
	{ "edu-vfio", EDUS },
	{ "edu", EDUS },
	{ "igbvf", ALL_VFS },
	{ "e1000e", BIT(E1000E) | BIT(SLOT_E1000E) },
	{ "nvme", BIT(NVME) },
	{ "igb", BIT(IGB) },
	{ "vfio-pci", BIT(SUBJECTS) },
	{ PERSONALITY_MODULE, BIT(SUBJECTS) },
};

static int reload(const struct subject *subject, u32 arg)
{
	/* The switch's is used by drivers, which come along */
	static const char * const users[] = {
		PERSONALITY_MODULE, "edu", "igbvf", NULL
	};
	const char *name = modules[arg % ARRAY_SIZE(modules)].name;
	const char * const *user;
	int loaded;
	int ret;

	(void)subject;
	if (strcmp(name, PERSONALITY_MODULE)) {
		ret = unless_absent(module_unload(name));
		loaded = module_load(name);
		return ret ?: loaded;
	}
	ret = unless_absent(module_unload_tree(name));
	for (user = users; *user; user++) {
		loaded = module_load(*user);
		ret = ret ?: loaded;
	}
	return ret;
}

static int suspend(const struct subject *subject, u32 arg)
{
	(void)subject;
	(void)arg;
	return suspend_devices("freeze", "devices");
}

static int (* const actions[OPS])(const struct subject *subject, u32 arg) = {
	[OP_FLIP] = flip,
	[OP_USE] = use,
	[OP_NATIVE] = use_natively,
	[OP_READ] = read_all,
	[OP_CHOOSE] = choose,
	[OP_BIRTH] = set_birth,
	[OP_UNBIND] = unbind,
	[OP_BIND] = bind,
	[OP_REMOVE] = remove_function,
	[OP_RESET] = reset,
	[OP_VFS] = set_vfs,
	[OP_RESCAN] = rescan,
	[OP_RELOAD] = reload,
	[OP_SUSPEND] = suspend,
};

u32 op_concerns(const struct task *task)
{
	if (task->op == OP_RELOAD)
		return modules[task->arg % ARRAY_SIZE(modules)].concerned;
	return BIT(task->on);
}

static bool may_wait_for_users(enum op op)
{
	return op == OP_UNBIND || op == OP_REMOVE || op == OP_VFS ||
	       op == OP_RELOAD;
}

int op_run(struct storm *storm, const struct task *task)
{
	const struct subject *subject =
		task->on == SUBJECTS ? NULL : &subjects[task->on];
	bool exclusive = task->op == OP_SUSPEND;
	bool shared = may_wait_for_users(task->op);
	int ret;

	if (exclusive)
		pthread_rwlock_wrlock(&storm->awake);
	else if (shared)
		pthread_rwlock_rdlock(&storm->awake);
	ret = actions[task->op](subject, task->arg);
	if (exclusive || shared)
		pthread_rwlock_unlock(&storm->awake);
	return ret;
}
