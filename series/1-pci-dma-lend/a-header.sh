# in: include/linux/pci.h
# shellcheck shell=sh
sed -i '
/^struct pci_dev {$/,/^};$/ {
	/^\tconst struct pci_dev_role \*role;/a\
	bool		dma_lent;	/* See pci_dma_lend(); under device_lock */
}
/^void pci_unregister_driver(/a\
\
void pci_dma_lend(struct pci_dev *dev);\
int pci_dma_reclaim(struct pci_dev *dev);' "$1"
