/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's test harness, with its time limits, 30 s or what TEST_F_TIMEOUT()
 * says, extended: they are to end what hangs, on whatever machine. One without KVM,
 * with a debug kernel and other work to do, is slow without hanging.
 */
#ifndef LIB_KSELFTEST_HARNESS_H
#define LIB_KSELFTEST_HARNESS_H

#include <unistd.h>

#define alarm(seconds)	alarm((seconds) * 6)
#include_next <kselftest_harness.h>
#undef alarm

#endif /* LIB_KSELFTEST_HARNESS_H */
