#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A hook of dracut, run when what it waits for has not come for a while.

/usr/lib/vfio-personality/let-go
