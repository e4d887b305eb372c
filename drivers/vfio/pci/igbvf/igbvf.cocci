// SPDX-License-Identifier: GPL-2.0
//
// What igbvf needs for another personality, as a semantic patch of its netdev.c
// and, for the last rule, vf.c.
// Everything else is in igbvf_native.c. See docs/driver-api/igbvf-conversion.rst.

// igbvf_native.h declares what the two files have from each other.
@ header @
@@
 #include "igbvf.h"
+#include "igbvf_native.h"

@ shared_declaration @
identifier f = {igbvf_reset, igbvf_set_interrupt_capability,
		igbvf_reset_interrupt_capability};
@@
-static
 void f(struct igbvf_adapter *);

@ shared @
identifier f = {igbvf_reset, igbvf_set_interrupt_capability,
		igbvf_reset_interrupt_capability,
		igbvf_initialize_last_counter_stats};
identifier adapter;
@@
-static
 void f(struct igbvf_adapter *adapter)
 { ... }

@ shared_ndo @
identifier f = {igbvf_open, igbvf_close};
identifier netdev;
@@
-static
 int f(struct net_device *netdev)
 { ... }

// A netdev may be taken down, or unregistered, while there is no hardware. And
// not while a reset is under way, which has taken it down already.
@ stop @
identifier f = igbvf_close;
identifier adapter;
@@
 f(...)
 {
 ...
-WARN_ON(test_bit(__IGBVF_RESETTING, &adapter->state));
+igbvf_native_settle(adapter);
+if (!igbvf_native_has_hw(adapter))
+	return 0;
 ...
 }

// A VF that is born in VFIO is not probed before it leaves that.
@ probe @
identifier f = igbvf_probe;
identifier pdev, ent, err;
@@
 f(struct pci_dev *pdev, const struct pci_device_id *ent)
 {
 ...
+if (pci_personality_birth(pdev, &err))
+	return err;
 err = pci_enable_device_mem(pdev);
 ...
 }

// There may be nothing to unmap: the function was left stopped.
@ remove @
identifier f = igbvf_remove;
identifier hw, adapter;
expression pdev;
@@
 f(...)
 {
 ...
-struct e1000_hw *hw = &adapter->hw;
 ...
-iounmap(hw->hw_addr);
-if (hw->flash_address)
-	iounmap(hw->flash_address);
-pci_release_regions(pdev);
+igbvf_native_unmap(adapter);
 ...
-pci_disable_device(pdev);
 }

// A reset must not wait for the NAPI of a netdev that is down.
@ reset_prepare @
identifier f = igbvf_io_prepare;
identifier adapter;
@@
 f(...)
 {
 ...
-while (test_and_set_bit(__IGBVF_RESETTING, &adapter->state))
-	usleep_range(...);
-igbvf_down(adapter);
+igbvf_native_reset_prepare(adapter);
 }

@ reset_done @
identifier f = igbvf_io_reset_done;
identifier adapter;
@@
 f(...)
 {
 ...
-igbvf_up(adapter);
-clear_bit(__IGBVF_RESETTING, &adapter->state);
+igbvf_native_reset_done(adapter);
 }

// What a user may configure of the VFIO personality, before there is one.
@ groups @
symbol igbvf_driver, igbvf_driver_name, igbvf_native_groups;
@@
 struct pci_driver igbvf_driver = {
 	.name = igbvf_driver_name,
+	.dev_groups = igbvf_native_groups,
 	...,
 };

// The PF's answer is polled for in the next line. To wait before that, in a busy
// loop with bottom halves off, was half of the time that a way back took.
@ answer @
identifier f = e1000_reset_hw_vf;
@@
 f(...)
 {
 <...
-mdelay(...);
 ...>
 }
