# SPDX-License-Identifier: GPL-2.0
#
# make help says what there is to make.
#
# All that is built lands in build/, by kernel release: modules for several
# kernels live side by side, and the sources stay as they are.

KDIR ?= /lib/modules/$(shell uname -r)/build

vm := selftests/vm
kernels := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/pci-personality/kernel

all: modules tools selftests

#
# What needs no kernel's headers, or finds its own.
#

help:
	@echo 'make                  modules for KDIR, the tool, the selftests'
	@echo 'make modules          only the modules'
	@echo 'make install          into the running system (root)'
	@echo 'make demo             see the switch at work, in a VM'
	@echo 'make check            build, style and tests, in a VM: some 40 minutes'
	@echo 'make check-long       the tests that take long, as long again'
	@echo 'make coverage         which lines of the modules the tests reach, on the debug kernel'
	@echo 'make matrix           some tests with other kernels, IOMMUs and domains'
	@echo 'make stress           everything at once, for MINUTES=N, with SEED=N and QEMU=newer'
	@echo 'make bench            how long flips take, as ratios, in a VM'
	@echo 'make series           the same for mainline: a git branch of patches, in the cache'
	@echo 'make style            what a reviewer would say: checkpatch, sparse, …'
	@echo 'make deb              packages of the tool and, for DKMS, of the modules'
	@echo 'make dkms             the modules, for every kernel installed (root)'
	@echo 'make clean            remove build/'
	@echo
	@echo 'KDIR=DIR              the kernel to build against ($(KDIR))'
	@echo 'KERNEL=NAME           the kernel to check on: stock, stock-7.2, stock-7.3, debug or series (stock)'
	@echo 'PROGRAMS="NAME…"      the tests to check or cover, such as switch-flows (all)'
	@echo 'ROWS="NAME…"          rows of the matrix, such as 7.2-amd-strict (all)'
	@echo 'ROUNDS=N              how often to measure (20)'
	@echo 'QEMU=newer            for the storm, the one of the rows with AMD, which is fetched (host)'

check:
	@KERNEL=$(or $(KERNEL),stock) PROGRAMS="$(PROGRAMS)" $(vm)/check

check-long:
	@KERNEL=$(or $(KERNEL),stock) PROGRAMS="$(PROGRAMS)" $(vm)/check --long

coverage:
	@PROGRAMS="$(PROGRAMS)" $(vm)/coverage

matrix:
	@ROWS="$(ROWS)" PROGRAMS="$(PROGRAMS)" $(vm)/matrix

MINUTES ?= 10
stress:
	@$(vm)/vm-run --kernel $(or $(KERNEL),stock) \
		--timeout $$(($(MINUTES) * 60 + 1800)) \
		$(if $(filter newer,$(QEMU)),--newer) -- \
		stress --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

bench:
	@selftests/bench/bench

demo:
	@selftests/demo/demo

style:
	@$(vm)/style

# Signed off by who runs it; the patches are in build/series/patches as well
series:
	@$(vm)/packages vm style
	@series/apply build/series/patches

clean:
	rm -rf build

.PHONY: all help check check-long coverage matrix bench stress demo style series clean

include $(wildcard tools/vfio-personality/packaging.mk)

#
# What is built against KDIR.
#

ifneq ($(filter-out help check check-long coverage matrix bench stress demo style series clean deb dkms,$(or $(MAKECMDGOALS),all)),)

RELEASE := $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)
ifeq ($(RELEASE),)
$(error No kernel to build against in $(KDIR): install its headers, \
	linux-headers-$(shell uname -r) on Debian, or name another folder by KDIR=)
endif

# PERSONALITY_TEST=1: with what makes steps fail, as the tests in the VM want it
# GCOV_PROFILE=y, which is Kbuild's: with what counts the lines that run
BUILD := $(CURDIR)/build/$(RELEASE)$(if $(PERSONALITY_TEST),-test)$(if $(GCOV_PROFILE),-gcov)

# Type information for BPF is welcome, and no reason to fail.
no-btf := $(if $(shell command -v pahole),,CONFIG_DEBUG_INFO_BTF_MODULES=)
kbuild = $(MAKE) -C $(KDIR) M=$(BUILD)/src $(no-btf)

source-dirs := drivers include $(wildcard selftests/modules)
sources := Kbuild $(shell find $(source-dirs) -type f)

modules: $(BUILD)/modules.stamp

# Kbuild writes beside its sources: it gets links to ours, made anew each time,
# so that a source that is gone is gone there too. A driver whose sources are
# made, not written, has a script that makes them.
$(BUILD)/modules.stamp: $(sources)
	@include/compat/require $(KDIR)
	@mkdir -p $(BUILD)/src/selftests
	@find $(BUILD)/src -type l -delete
	@cp -rs $(addprefix $(CURDIR)/,Kbuild drivers include) $(BUILD)/src
	@[ ! -d selftests/modules ] || cp -rs $(CURDIR)/selftests/modules $(BUILD)/src/selftests
	@include/compat/probe $(KDIR) $(BUILD)/src/include/generated/compat-probes.h
	@for prepare in $(wildcard drivers/vfio/pci/*/prepare); do \
		$$prepare $(KDIR) $(BUILD)/src || exit; \
	done
	+$(kbuild) modules
	@touch $@

tools:
	@$(MAKE) -C tools/vfio-personality OUTPUT=$(BUILD)/tools

# The tests need the kernel's harness, which comes with what they run on.
harness := $(kernels)/stock/source/tools/testing/selftests
# Those of the kernel's own that are run as well, if there are sources that have them;
# they are not cross-built
upstream := $(if $(ARCH),,$(patsubst %/tools/testing/selftests/vfio/Makefile,%,$(firstword \
	    $(wildcard $(kernels)/*/source/tools/testing/selftests/vfio/Makefile))))
selftests:
	@if [ -e $(harness)/kselftest_harness.h ]; then \
		$(MAKE) -C selftests OUTPUT=$(BUILD)/selftests KSELFTEST=$(harness) \
			UAPI=$(kernels)/stock/usr/include UPSTREAM=$(upstream); \
	else \
		echo 'The selftests are left out: make check fetches what they need.'; \
	fi

# The selftests' modules, and the example, are for no machine but the VM.
order = $(patsubst %.o,%.ko,$(file <$(BUILD)/src/modules.order))
# Newer kernels name them by where they are below
built = $(filter /%,$(order)) $(addprefix $(BUILD)/src/,$(filter-out /%,$(order)))
kept-back := selftests/modules/ drivers/vfio/pci/edu/
installed = $(foreach module,$(built),$(if $(strip $(foreach folder,$(kept-back), \
	    $(findstring $(folder),$(module)))),,$(module)))
to := $(DESTDIR)/lib/modules/$(RELEASE)/updates/pci-personality

modules_install: modules
	install -d $(to)
	install -m 644 $(installed) $(to)
	depmod $(if $(DESTDIR),-b $(DESTDIR)) $(RELEASE)
	install -m 644 -D drivers/pci/personality/modules-load.conf \
		$(DESTDIR)/usr/lib/modules-load.d/pci-personality.conf

install: modules_install tools
	@$(MAKE) -C tools/vfio-personality OUTPUT=$(BUILD)/tools install

.PHONY: modules tools selftests modules_install install

endif
