// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the selftests: firmware that says where a function's DMA goes, as a
 * device tree's dma-ranges does and ACPI's _DMA. Each time the kernel configures the
 * function's DMA it gets a map of these ranges, to be freed when its driver is unbound.
 */
#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/dma-direct.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <trace/events/kmem.h>

#define RANGES_MAX	64

static char function[32];
module_param_string(function, function, sizeof(function), 0644);
MODULE_PARM_DESC(function, "the function whose DMA firmware has something to say about");

static int live;
module_param(live, int, 0444);
MODULE_PARM_DESC(live, "how many maps have been given away and not been freed");

static const void *maps[RANGES_MAX];
static DEFINE_RAW_SPINLOCK(maps_lock);

static bool maps_replace(const void *from, const void *to)
{
	unsigned int i;

	guard(raw_spinlock_irqsave)(&maps_lock);
	for (i = 0; i < RANGES_MAX; i++) {
		if (maps[i] != from)
			continue;
		maps[i] = to;
		WRITE_ONCE(live, live + (to ? 1 : -1));
		return true;
	}
	return false;
}

static void note_free(void *data, unsigned long caller, const void *object)
{
	if (object && READ_ONCE(live))
		maps_replace(object, NULL);
}

/* All memory where it is, so that DMA works as before */
static struct bus_dma_region *make_map(void)
{
	struct bus_dma_region *map = kcalloc(2, sizeof(*map), GFP_ATOMIC);

	if (map)
		map->size = 1ULL << 48;
	return map;
}

struct ranges_call {
	struct device *dev;
};

static int ranges_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct ranges_call *call = (void *)ri->data;

	call->dev = (void *)regs_get_kernel_argument(regs, 0);
	return !sysfs_streq(dev_name(call->dev), function);
}

/* As of_dma_configure_id() does, which looks at nothing that is there already */
static int ranges_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct ranges_call *call = (void *)ri->data;
	struct bus_dma_region *map;

	if (regs_return_value(regs))
		return 0;
	map = make_map();
	if (map && maps_replace(NULL, map))
		call->dev->dma_range_map = map;
	else
		kfree(map);
	return 0;
}

static struct kretprobe ranges_probe = {
	.kp.symbol_name	= "pci_dma_configure",
	.data_size	= sizeof(struct ranges_call),
	.entry_handler	= ranges_entry,
	.handler	= ranges_return,
};

static int __init ranges_init(void)
{
	int ret = register_trace_kfree(note_free, NULL);

	if (ret)
		return ret;
	ret = register_kretprobe(&ranges_probe);
	if (ret)
		unregister_trace_kfree(note_free, NULL);
	return ret;
}
module_init(ranges_init);

static void __exit ranges_exit(void)
{
	unregister_kretprobe(&ranges_probe);
	unregister_trace_kfree(note_free, NULL);
	tracepoint_synchronize_unregister();
}
module_exit(ranges_exit);

MODULE_DESCRIPTION("Firmware with ranges of DMA, for the selftests of the personality switch");
MODULE_LICENSE("GPL");
