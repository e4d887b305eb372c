# in: drivers/vfio/pci/nvgrace-gpu/main.c drivers/vfio/pci/xe/main.c drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.c drivers/vfio/pci/virtio/main.c drivers/vfio/pci/pds/pci_drv.c drivers/vfio/pci/ism/main.c drivers/vfio/pci/mlx5/main.c drivers/vfio/pci/qat/main.c
# shellcheck shell=sh
sed -i '/^\t\.driver_managed_dma = true,/a\
	.driver.pm = \&vfio_pci_core_pm_ops,' "$1"
