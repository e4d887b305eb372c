# in: drivers/pci/pci-driver.c
# shellcheck shell=sh
# pm_generic_*() and the PM core, for want of a callback of the bus, ask the driver by themselves
sed -i '
/^static void pci_pm_complete(/,/^}/ {
	s/^\tstruct pci_dev \*pci_dev = to_pci_dev(dev);/&\n\tconst struct dev_pm_ops *pm = pci_dev_pm(dev);/
	s/^\tpm_generic_complete(dev);/\tif (pm \&\& pm->complete)\n\t\tpm->complete(dev);/
}
/^static int pci_pm_suspend_late(/,/^}/ {
	s/^{/{\n\tconst struct dev_pm_ops *pm = pci_dev_pm(dev);\n/
	s/pm_generic_suspend_late(dev)/pm \&\& pm->suspend_late ? pm->suspend_late(dev) : 0/
}
/^static int pci_pm_resume_early(/,/^}/ {
	s/^{/{\n\tconst struct dev_pm_ops *pm = pci_dev_pm(dev);\n/
	s/pm_generic_resume_early(dev)/pm \&\& pm->resume_early ? pm->resume_early(dev) : 0/
}
/^static int pci_pm_poweroff_late(/,/^}/ {
	s/^{/{\n\tconst struct dev_pm_ops *pm = pci_dev_pm(dev);\n/
	s/pm_generic_poweroff_late(dev)/pm \&\& pm->poweroff_late ? pm->poweroff_late(dev) : 0/
}
/^static int pci_pm_poweroff(struct device/i\
static int pci_pm_freeze_late(struct device *dev)\
{\
	const struct dev_pm_ops *pm = pci_dev_pm(dev);\
\
	return pm \&\& pm->freeze_late ? pm->freeze_late(dev) : 0;\
}\
\
static int pci_pm_thaw_early(struct device *dev)\
{\
	const struct dev_pm_ops *pm = pci_dev_pm(dev);\
\
	return pm \&\& pm->thaw_early ? pm->thaw_early(dev) : 0;\
}\
\
static int pci_pm_restore_early(struct device *dev)\
{\
	const struct dev_pm_ops *pm = pci_dev_pm(dev);\
\
	return pm \&\& pm->restore_early ? pm->restore_early(dev) : 0;\
}\

s/^#define pci_pm_freeze_noirq.*/#define pci_pm_freeze_late	NULL\n&/
s/^#define pci_pm_thaw_noirq.*/#define pci_pm_thaw_early	NULL\n&/
s/^#define pci_pm_restore_noirq.*/#define pci_pm_restore_early	NULL\n&/
s/^\t\.freeze_noirq = .*/\t.freeze_late = pci_pm_freeze_late,\n&/
s/^\t\.thaw_noirq = .*/\t.thaw_early = pci_pm_thaw_early,\n&/
s/^\t\.restore_noirq = .*/\t.restore_early = pci_pm_restore_early,\n&/
' "$1"
