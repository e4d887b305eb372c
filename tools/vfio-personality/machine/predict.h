/* SPDX-License-Identifier: GPL-2.0 */
/*
 * predict: what the switch is going to do with a function.
 */
#ifndef VP_PREDICT_H
#define VP_PREDICT_H

#include "module.h"

/**
 * struct prediction - what a switch will do
 * @path: "method" (the bound driver stays), "rebind", "bind", "unbind", "probe"
 *	(unbind, and let the kernel choose)
 * @driver: the one that will be bound then, "none" for none, "auto" if the
 *	kernel will choose
 * @answer: of a way to VFIO: whether that can be
 */
struct prediction {
	const char *path;
	char driver[NAME_LEN];
	enum driver_answer answer;
};

/* To VFIO, with vfio_driver set to @wanted, or as it is if that is NULL */
struct prediction predict_enable(const struct machine *m, const struct function *f,
				 const char *wanted);
struct prediction predict_disable(const struct machine *m, const struct function *f);

#endif
