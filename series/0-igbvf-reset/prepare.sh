# in: drivers/net/ethernet/intel/igbvf/netdev.c
# shellcheck shell=sh
sed -i '
/^static int igbvf_close(/,/^}/ {
	/^\tWARN_ON(/c\
	/* A reset brings up what it has taken down */\
	while (test_bit(__IGBVF_RESETTING, \&adapter->state))\
		usleep_range(1000, 2000);\

}
/^static void igbvf_io_prepare(/,/^}/ {
	/netdev_priv(/a\
	bool running;\
\
	rtnl_lock();\
	netif_device_detach(netdev);
	/^\tigbvf_down(/c\
	running = netif_running(netdev);\
	rtnl_unlock();\
\
	if (running) {\
		set_bit(__IGBVF_DOWN_FOR_RESET, \&adapter->state);\
		igbvf_down(adapter);\
	}
}' "$1"
