/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest inside the lab, on the QEMU that the host has. What it boots was left in
 * /run/vm/nested by vm-run --nested: a small kernel, and selftests/nested/init.c for all
 * of its user land, which does what it is told.
 *
 * Functions return 0 or a negative errno, after diag() said why.
 */
#ifndef LIB_NESTED_H
#define LIB_NESTED_H

#include <sys/types.h>

#include "flow.h"
#include "qmp.h"

#define NESTED_ANSWER	400
#define NESTED_NAME	16

/* QEMU's words for a vfio-pci device of the host, in a slot of the guest's */
#define NESTED_SLOT	"0000:00:04.0"
#define NESTED_SLOT_2	"0000:00:05.0"
#define NESTED_SLOT_3	"0000:00:06.0"

/**
 * struct nested - a guest, or the empty machine that one will migrate to
 * @name: of its logs
 * @pid: of QEMU, 0 if there is none
 * @qmp: its monitor
 * @port: what goes to and comes from the guest's program
 */
struct nested {
	char name[NESTED_NAME];
	pid_t pid;
	struct qmp qmp;
	int port;
};

/* Why there can be none, or NULL */
const char *nested_lacks(void);

/* Skip the test unless there can be one */
#define REQUIRE_NESTED() do {					\
	const char *__why = nested_lacks();			\
								\
	if (__why)						\
		SKIP(_exit(KSFT_SKIP), "%s", __why);		\
} while (0)

/* Start QEMU with these arguments more: words, in the way of printf() */
int nested_start(struct nested *n, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Wait until the guest has booted, and obeys */
int nested_await_ready(struct nested *n);

/*
 * Have the guest do something, see selftests/nested/init.c. @answer is what it says
 * after "ok"; it may be NULL
 */
int nested_ask(struct nested *n, char answer[NESTED_ANSWER], const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What the guest's end of a flow has sent, and its book */
int nested_count(struct nested *n, u32 *sent, struct flow_book *book);

/* Is QEMU still there? */
bool nested_is_alive(struct nested *n);

/* Kill QEMU, if it is there */
void nested_kill(struct nested *n);

/* Where it is kept what QEMU, or the guest by its console, has said: "qemu", "console" */
void nested_log(struct nested *n, const char *kind, char *path, size_t size);

/* Show what QEMU and the guest have said, for a test that failed */
void nested_tell(struct nested *n);

#endif /* LIB_NESTED_H */
