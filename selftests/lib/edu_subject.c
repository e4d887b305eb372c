// SPDX-License-Identifier: GPL-2.0
/* A function of the reference driver in a situation, see edu_subject.h. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "edu_subject.h"

#define TIMEOUT_MS	10000

static int hold(struct edu_subject *subject)
{
	struct proof proof;
	int ret;

	ret = device_open(&subject->user, subject->was->bdf, &vfio_group_mode);
	if (!ret)
		ret = vfio_irq_enable(&subject->user.f, &subject->request,
				      VFIO_PCI_REQ_IRQ_INDEX, 1);
	return ret ?: device_work(&subject->user, &proof);
}

int subject_start(struct edu_subject *subject, const struct function_state *was,
		  enum edu_situation in)
{
	int ret;

	memset(subject, 0, sizeof(*subject));
	subject->was = was;
	subject->in = in;
	subject->fd = edu_open(was->bdf);
	if (subject->fd < 0)
		return diag_error(subject->fd, "%s: its /dev/eduN", was->bdf);
	edu_random(subject->out, sizeof(subject->out));
	ret = edu_write(subject->fd, subject->out, sizeof(subject->out), 0);

	if (!ret && in != EDU_NATIVE)
		ret = personality_set(was->bdf, true);
	if (!ret && in == EDU_HELD)
		ret = hold(subject);
	return ret ? diag_error(ret, "%s: bringing it there", was->bdf) : 0;
}

void subject_release(struct edu_subject *subject)
{
	vfio_irq_disable(&subject->request);
	device_close(&subject->user);
}

void subject_stop(struct edu_subject *subject)
{
	subject_release(subject);
	if (subject->fd > 0)
		close(subject->fd);
	subject->fd = -1;
}

static bool keeps_its_buffer(struct edu_subject *subject)
{
	u8 in[EDU_BUFFER_SIZE];

	if (!edu_read(subject->fd, in, sizeof(in), 0) &&
	    !memcmp(subject->out, in, sizeof(in)))
		return true;
	diag("%s: its buffer is not what it was", subject->was->bdf);
	return false;
}

bool subject_goes_on(struct edu_subject *subject)
{
	struct proof proof;

	switch (subject->in) {
	case EDU_NATIVE:
		return keeps_its_buffer(subject);
	case EDU_FLIPPED:
		return edu_is_vfio(subject->was->bdf) &&
		       !edu_drive(subject->was->bdf);
	default:
		return !device_work(&subject->user, &proof);
	}
}

bool subject_comes_back(struct edu_subject *subject)
{
	int ret;

	subject_release(subject);
	ret = personality_set(subject->was->bdf, false);
	if (ret) {
		diag_error(ret, "%s: on its way back", subject->was->bdf);
		return false;
	}
	subject->in = EDU_NATIVE;
	/* The second of these writes to the buffer */
	return keeps_its_buffer(subject) && edu_is_native(subject->was) &&
	       !edu_write(subject->fd, subject->out, sizeof(subject->out), 0);
}

bool subject_is_gone(struct edu_subject *subject)
{
	u8 byte;

	return edu_read(subject->fd, &byte, 1, 0) == -ENODEV;
}

struct taker {
	const char *bdf;
	int (*take)(const char *bdf);
	int result;
	atomic_bool done;
};

static void *take_away(void *arg)
{
	struct taker *taker = arg;

	taker->result = taker->take(taker->bdf);
	taker->done = true;
	return NULL;
}

bool subject_is_taken(struct edu_subject *subject, int (*take)(const char *bdf))
{
	struct taker taker = { .bdf = subject->was->bdf, .take = take };
	bool asked = true;
	pthread_t thread;

	if (pthread_create(&thread, NULL, take_away, &taker))
		return false;
	if (subject->in == EDU_HELD) {
		asked = vfio_irq_wait(&subject->request, 0, TIMEOUT_MS) > 0 &&
			!taker.done;
		subject_release(subject);
	}
	pthread_join(thread, NULL);
	if (!asked)
		diag("%s: its user was not asked", taker.bdf);
	if (taker.result)
		diag_error(taker.result, "%s: taking it away", taker.bdf);
	return asked && !taker.result;
}
