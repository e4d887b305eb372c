// in: drivers/net/ethernet/intel/igbvf/netdev.c

@ done @
identifier f = igbvf_io_reset_done;
identifier adapter;
@@
 f(...)
 {
 ...
-igbvf_up(adapter);
+if (test_and_clear_bit(__IGBVF_DOWN_FOR_RESET, &adapter->state))
+	igbvf_up(adapter);
 clear_bit(__IGBVF_RESETTING, &adapter->state);
+netif_device_attach(netdev);
 }
