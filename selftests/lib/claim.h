/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Somebody else who holds a function's registers: the selftests' own module, see
 * modules/claim.c. Functions return 0 or a negative errno.
 */
#ifndef LIB_CLAIM_H
#define LIB_CLAIM_H

/* Take the registers of the function, which nobody may hold */
int registers_claim(const char *bdf);

/* Give back whatever is held; nothing may be */
int registers_release(void);

#endif /* LIB_CLAIM_H */
