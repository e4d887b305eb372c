# in: drivers/net/ethernet/intel/igbvf/netdev.c
# shellcheck shell=sh
sed -i '
/^static int igbvf_close(/,/^}/ {
	/A reset brings up/i\
	cancel_work_sync(\&adapter->reset_task);
}' "$1"
