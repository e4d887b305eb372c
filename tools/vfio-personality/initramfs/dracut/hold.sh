#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A hook of dracut, which reads it into its own shell.

/usr/lib/vfio-personality/hold
