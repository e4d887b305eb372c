# SPDX-License-Identifier: GPL-2.0
#
# awk -f splat.awk LOG…: find what a kernel complains about in its logs, print
# it with what surrounds it, and exit with 1 if there was any.
#
# Lines begin with <priority> and [time], or only with the latter.

function plain(line) {
	sub(/\r$/, "", line)
	sub(/^<[0-9]+>/, "", line)
	sub(/^\[ *[0-9]+\.[0-9]+\](\[ *[TC][0-9]+\])? /, "", line)
	return line
}

# A report ends where the kernel says so, or after so many lines.
function report(lines) {
	found++
	if (left < lines)
		left = lines
	# what led to it
	for (i = NR - 4; i < NR; i++)
		if (i > printed && i in last)
			print last[i]
}

# What a report is about stands in a line like ABOUT_LINE, a few after the first. If it is
# KNOWN_ONE, all is excused up to a line like LAST_LINE.
function hold(about_line, within, known_one, last_line) {
	held = $0
	about = about_line
	patience = within
	known = known_one
	ending = last_line
}

BEGIN {
	# The beginning of a line, as the kernel's own functions print it.
	starts = "^(" \
		"-+\\[ cut here \\]-+" \
		"|WARNING: |INFO: possible |INFO: trying to register non-static key" \
		"|INFO: task .* blocked for more than |INFO: (rcu_|NMI handler)" \
		"|INFO: lockdep is turned off|INFO: suspicious RCU" \
		"|BUG: |kernel BUG at |Oops|Internal error|Kernel panic|PANIC: " \
		"|general protection fault|stack segment: |invalid opcode: |divide error: " \
		"|double fault: |int3: |traps: .* general protection" \
		"|UBSAN: |ODEBUG: |refcount_t: |KASAN: |KCSAN: |KFENCE: |KMSAN: " \
		"|DMA-API: .*(device driver|overlap)" \
		"|list_(add|del) corruption|slab error|Slab corruption" \
		"|kmemleak: .*new suspected memory leaks|unreferenced object 0x" \
		"|unregister_netdevice: waiting for |sysfs: cannot create duplicate" \
		"|kobject.*(tried to|bad|is not initialized)|irq [0-9]+: nobody cared" \
		"|Trying to free already-free|Unbalanced enable for IRQ" \
		"|Call Trace:|Sleeping function called|scheduling while atomic" \
		")"
	# Anywhere in a line: behind the name of a device or a subsystem.
	anywhere = "possible circular locking|possible recursive locking" \
		"|inconsistent lock state|suspicious RCU usage|bad unlock balance" \
		"|held lock freed|lock held when returning to user space" \
		"|sleeping function called from invalid context" \
		"|soft lockup|hard LOCKUP|workqueue lockup|detected stalls|self-detected stall" \
		"|BUG: KASAN|BUG: KFENCE|BUG: unable to handle|use-after-free in " \
		"|[Rr]untime PM usage count underflow|still has [0-9]+ active users"
	# What the kernel's own code says when an allocation fails: VFIO forgets a
	# reference then, see vfio_create_group(); /proc/irq lacks a file that is
	# to be removed later; and __iommu_group_set_domain_nofail() fails, which is
	# at the top of its file, unlike what it is inlined into.
	on_failure = "^WARNING: (.* (vfio_group_release|remove_proc_entry)\\+" \
		"|drivers/iommu/iommu\\.c:[0-9][0-9][0-9] at __iommu_release_dma_ownership\\+)"
	# Linux 7.2 wants pci_rescan_remove_lock for a VF's end, which only sriov_numvfs
	# takes: a driver that goes together with its VFs is warned, vfio-pci like igb.
	without_lock = "^WARNING: drivers/pci/remove\\.c:[0-9]+ " \
		"at pci_stop_and_remove_bus_device\\+"
	# virtio_gpu's remove now and then finds its own memory manager in use.
	own_memory = "^WARNING: .* drm_mm_takedown\\+"
	always = without_lock "|" own_memory
	# pciehp_pci.c takes reset_lock again below pci_rescan_remove_lock, which it took
	# below reset_lock: lockdep says so of each function that is plugged in.
	pciehp = "&ctrl->reset_lock.*, at: pciehp_(un)?configure_device\\+"
	# Linux 7.2 takes pci_rescan_remove_lock in a write to sriov_numvfs, for which the
	# removal of that function waits with the lock held: two of the kernel's own files.
	# Nobody else is on the way there.
	numvfs = "pci_lock_rescan_remove\\+[^\n]*\n *sriov_numvfs_store\\+.*" \
		"kernfs_drain\\+.*device_remove_attrs\\+.*\n *remove_store\\+"
	ours = "personality_|\\[(vfio|pci_personality)"
	# Of these, what only looks so.
	harmless = "^WARNING: (Spectre|MDS|TAA|MMIO Stale)" \
		"|Spectre V2 : WARNING"
}

# Fault injection, when asked for, shows where it struck; that is no complaint.
/FAULT_INJECTION: forcing a failure/ {
	injected = 1
}

/fail-nth: allocations fail from here on/ {
	failing = 1
}

/fail-nth: allocations fail no longer/ {
	failing = 0
}

/cut here/ {
	hold("^WARNING: ", 3, failing ? on_failure "|" always : always,
	     "^---\\[ end trace")
	next
}

/possible circular locking dependency detected/ {
	hold(", at: ", 6, pciehp, "</TASK>")
	chain = "\n"
	next
}

held != "" {
	held = held "\n" $0
	if (chain != "")
		chain = chain plain($0) "\n"
	if (plain($0) !~ about && patience-- > 0)
		next
	if (chain != "" && plain($0) !~ known && about != "stack backtrace:") {
		# The locks alone do not tell: the calls that lead to them do
		about = "stack backtrace:"
		patience = 200
		next
	}
	if (plain($0) ~ known || (chain ~ numvfs && chain !~ ours)) {
		excused = ending
	} else {
		report(40)
		print held
	}
	held = ""
	chain = ""
}

excused != "" {
	if (plain($0) ~ excused)
		excused = ""
	next
}

FNR == 1 {
	delete last
	left = 0
}

{
	last[NR] = $0
	delete last[NR - 8]
	line = plain($0)

	if (injected && line ~ /^Call Trace:/) {
		injected = 0
	} else if ((line ~ starts || line ~ anywhere) && line !~ harmless) {
		report(line ~ /^(INFO|Call Trace)/ ? 30 : 40)
	}
	if (left > 0) {
		print
		printed = NR
		left--
	}
	if (line ~ /^---\[ end (trace|Kernel panic)/)
		left = 0
}

END {
	if (held != "") {
		report(1)
		print held
	}
	exit found > 0
}
