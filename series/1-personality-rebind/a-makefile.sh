# in: drivers/pci/personality/Makefile
# shellcheck shell=sh
sed -i '/^# trace\/define_trace.h/i\
# By another driver\
pci-personality-y += swap.o rebind.o\

' "$1"
