# SPDX-License-Identifier: GPL-2.0
#
# The selftests' library. The including Makefile sets LIB_DIR to where this file
# is and OBJ to where objects go; it gets LIB_O, what its programs link.

LIB_SRC := $(wildcard $(LIB_DIR)/*.c $(LIB_DIR)/drivers/*.c)
LIB_O := $(LIB_SRC:$(LIB_DIR)/%.c=$(OBJ)/lib/%.o)
