# SPDX-License-Identifier: GPL-2.0
#
# Completion for fish. The tool itself is asked what there is.

function __vfio_personality_options
    set -l words (commandline -opc)
    vfio-personality $words[2] --help 2>/dev/null | string match -rg '(--[a-z-]+)'
end

function __vfio_personality_functions
    vfio-personality list --no-legend -o address,devices 2>/dev/null | string replace -ra '[ ,]+' \n
end

function __vfio_personality_checks
    string split ' ' 'unseen mounted swap holder claimed open address route master upper ssh netns vga reserved sibling'
end

complete -c vfio-personality -f
complete -c vfio-personality -n __fish_use_subcommand \
    -a 'list status check enable disable save unsave apply'
complete -c vfio-personality -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' \
    -a '(__vfio_personality_options)'
complete -c vfio-personality -n 'not __fish_use_subcommand' -a '(__vfio_personality_functions)'

set -l taking 'enable check'
complete -c vfio-personality -n "__fish_seen_subcommand_from list status check enable disable save unsave" \
    -l class -x -a 'storage nvme network display multimedia audio communication serial usb wireless crypto accelerator'
complete -c vfio-personality -n "__fish_seen_subcommand_from check" -l for -x -a 'libvirt kubevirt dpdk qemu'
complete -c vfio-personality -n "__fish_seen_subcommand_from $taking save" -l driver -x -a 'auto bound vfio-pci'
complete -c vfio-personality -n "__fish_seen_subcommand_from $taking disable" -l force -x \
    -a '(__fish_complete_list , __vfio_personality_checks)'
complete -c vfio-personality -n "__fish_seen_subcommand_from enable save" -l user -x -a '(__fish_complete_users)'
complete -c vfio-personality -n "__fish_seen_subcommand_from enable save" -l owner-group -x -a '(__fish_complete_groups)'
