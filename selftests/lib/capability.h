/* SPDX-License-Identifier: GPL-2.0 */
/* What a process may do. */
#ifndef LIB_CAPABILITY_H
#define LIB_CAPABILITY_H

/* Have this process, and what it executes, do without @capability (CAP_…): 0 or -errno */
int capability_drop(int capability);

#endif /* LIB_CAPABILITY_H */
