# in: drivers/pci/personality/Kconfig
# shellcheck shell=sh
sed -i '/^\t  it; to write 0 restores what was.$/a\
\
	  Where the driver does not offer it, another is bound in its place,\
	  and 0 binds what was bound.' "$1"
