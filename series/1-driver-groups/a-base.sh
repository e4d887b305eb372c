# in: drivers/base/base.h
# shellcheck shell=sh
sed -i '/^struct device_private {/,/^};/ s/^\tu8 dead:1;$/&\
	u8 driver_groups_hidden:1; \/* Under device_lock *\//' "$1"
