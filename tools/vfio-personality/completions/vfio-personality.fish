# SPDX-License-Identifier: GPL-2.0
#
# Completion for fish. The tool itself is asked what there is.

function __vfio_personality_options
    set -l words (commandline -opc)
    vfio-personality words options $words[2] 2>/dev/null
end

function __vfio_personality_choices
    set -l words (commandline -opc)
    vfio-personality words choices $words[2] $argv[1] 2>/dev/null
end

function __vfio_personality_checks
    __vfio_personality_choices --force
end

function __vfio_personality_columns
    __vfio_personality_choices --output
end

function __vfio_personality_functions
    set -l words (commandline -opc)
    if test (count $words) -eq 2 -a "$words[2]" = emit
        vfio-personality words formats emit 2>/dev/null
        return
    end
    switch $words[2]
        case apply unsave
            for file in /etc/vfio-personality.d/*.conf
                string replace -r '.*/(.*)\.conf' '$1' $file
            end
        case '*'
            vfio-personality list --no-legend -o address,devices 2>/dev/null |
                string split -n ' ' | string split -n , | string match -v -- -
    end
end

complete -c vfio-personality -f
complete -c vfio-personality -n __fish_use_subcommand -a '(vfio-personality words verbs)'
complete -c vfio-personality -n __fish_use_subcommand -l help
complete -c vfio-personality -n __fish_use_subcommand -l version
complete -c vfio-personality -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' \
    -a '(__vfio_personality_options)'
complete -c vfio-personality -n 'not __fish_use_subcommand' -a '(__vfio_personality_functions)'

for option in class for driver personality
    complete -c vfio-personality -n 'not __fish_use_subcommand' -l $option -x \
        -a "(__vfio_personality_choices --$option)"
end
complete -c vfio-personality -n 'not __fish_use_subcommand' -l force -x \
    -a '(__fish_complete_list , __vfio_personality_checks)'
complete -c vfio-personality -n 'not __fish_use_subcommand' -s o -l output -x \
    -a '(__fish_complete_list , __vfio_personality_columns)'
complete -c vfio-personality -n 'not __fish_use_subcommand' -l user -x -a '(__fish_complete_users)'
complete -c vfio-personality -n 'not __fish_use_subcommand' -l owner-group -x -a '(__fish_complete_groups)'
