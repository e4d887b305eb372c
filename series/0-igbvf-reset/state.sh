# in: drivers/net/ethernet/intel/igbvf/igbvf.h
# shellcheck shell=sh
sed -i 's/^\(\t__IGBVF_DOWN\)$/\1,\n\t__IGBVF_DOWN_FOR_RESET/' "$1"
