/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A function of the reference driver in one of the situations that something may
 * happen to it in, and the questions afterwards.
 */
#ifndef LIB_EDU_SUBJECT_H
#define LIB_EDU_SUBJECT_H

#include "drivers/driver.h"
#include "edu_fixture.h"

enum edu_situation { EDU_NATIVE, EDU_FLIPPED, EDU_HELD };

/**
 * struct edu_subject - a function
 * @was: how it was at first, native
 * @in: the situation that it was brought into
 * @fd: its /dev/eduN, open all the while
 * @user: of the vfio_device
 * @request: VFIO's asking @user for the function
 * @out: what its buffer holds
 */
struct edu_subject {
	const struct function_state *was;
	enum edu_situation in;
	int fd;
	struct device_user user;
	struct vfio_irq request;
	u8 out[EDU_BUFFER_SIZE];
};

/* Bring a native function into a situation: 0 or a negative errno */
int subject_start(struct edu_subject *subject, const struct function_state *was,
		  enum edu_situation in);

/* Its user lets go of it; its file is closed as well */
void subject_release(struct edu_subject *subject);
void subject_stop(struct edu_subject *subject);

/* Do function, file and user go on as if nothing had happened? */
bool subject_goes_on(struct edu_subject *subject);

/* Without its user, does it come back to native, with all that was there? Stays */
bool subject_comes_back(struct edu_subject *subject);

/* Is its open file of no use any more, as after a removal? */
bool subject_is_gone(struct edu_subject *subject);

/*
 * Have @take take the function away, which may wait for the user alone: the user
 * is asked at once, and lets go then. True if that is how it was.
 */
bool subject_is_taken(struct edu_subject *subject, int (*take)(const char *bdf));

#endif /* LIB_EDU_SUBJECT_H */
