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

complete -c vfio-personality -f
complete -c vfio-personality -n __fish_use_subcommand \
    -a 'list status check enable disable save unsave apply'
complete -c vfio-personality -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' \
    -a '(__vfio_personality_options)'
complete -c vfio-personality -n 'not __fish_use_subcommand' -a '(__vfio_personality_functions)'
