/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI personality switch: trace events.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM pci_personality

#if !defined(_PCI_PERSONALITY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _PCI_PERSONALITY_TRACE_H

#include <linux/tracepoint.h>

#include "personality.h"

TRACE_EVENT(pci_personality_transition,
	TP_PROTO(const struct personality_report *r,
		 enum personality_state state),
	TP_ARGS(r, state),

	TP_STRUCT__entry(
		__string(function, pci_name(r->p->pdev))
		__field(bool, to_vfio)
		__string(from, personality_state_name(r->from))
		__string(state, personality_state_name(state))
		__field(int, error)
		__field(u64, check_ns)
		__field(u64, load_ns)
		__field(u64, method_ns)
		__field(u64, unbind_ns)
		__field(u64, bind_ns)
		__field(u64, rollback_ns)
	),

	TP_fast_assign(
		__assign_str(function);
		__entry->to_vfio = r->to_vfio;
		__assign_str(from);
		__assign_str(state);
		__entry->error = r->error;
		__entry->check_ns = r->stage_ns[PERSONALITY_CHECK];
		__entry->load_ns = r->stage_ns[PERSONALITY_LOAD];
		__entry->method_ns = r->stage_ns[PERSONALITY_METHOD];
		__entry->unbind_ns = r->stage_ns[PERSONALITY_UNBIND];
		__entry->bind_ns = r->stage_ns[PERSONALITY_BIND];
		__entry->rollback_ns = r->stage_ns[PERSONALITY_ROLLBACK];
	),

	TP_printk("%s use_vfio=%d from=%s to=%s error=%d check_ns=%llu load_ns=%llu method_ns=%llu unbind_ns=%llu bind_ns=%llu rollback_ns=%llu",
		  __get_str(function), __entry->to_vfio, __get_str(from),
		  __get_str(state), __entry->error, __entry->check_ns,
		  __entry->load_ns, __entry->method_ns, __entry->unbind_ns,
		  __entry->bind_ns, __entry->rollback_ns)
);

#endif /* _PCI_PERSONALITY_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
