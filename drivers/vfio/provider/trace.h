/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vfio_devices on demand: trace events.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vfio_provider

#if !defined(_VFIO_PROVIDER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _VFIO_PROVIDER_TRACE_H

#include <linux/tracepoint.h>

#include "provider.h"

TRACE_EVENT(vfio_provider_live,
	TP_PROTO(const struct vfio_provider_report *r, u64 ns),
	TP_ARGS(r, ns),

	TP_STRUCT__entry(
		__string(parent, dev_name(r->d->provider->dev))
		__string(type, r->d->type->name)
		__string(name, r->d->name)
		__field(bool, live)
		__string(state, vfio_provider_state_name(r->d->state))
		__field(int, error)
		__field(u64, ns)
	),

	TP_fast_assign(
		__assign_str(parent);
		__assign_str(type);
		__assign_str(name);
		__entry->live = r->live;
		__assign_str(state);
		__entry->error = r->error;
		__entry->ns = ns;
	),

	TP_printk("%s/%s/%s live=%d state=%s error=%d ns=%llu",
		  __get_str(parent), __get_str(type), __get_str(name),
		  __entry->live, __get_str(state), __entry->error, __entry->ns)
);

#endif /* _VFIO_PROVIDER_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
