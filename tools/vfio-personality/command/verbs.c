// SPDX-License-Identifier: GPL-2.0
/*
 * verbs: what there is to be done, in one table.
 */
#include "verbs.h"

#include <string.h>

#include "words.h"

const struct verb_word verb_words[VERBS] = {
	[VERB_LIST] = { "list", "[SELECTOR...]",
		"PCI functions, who uses them, and what goes together", 0, verb_list },
	[VERB_STATUS] = { "status", "[SELECTOR...]", "all there is to know of functions", 0,
		verb_status },
	[VERB_DOCTOR] = { "doctor", "", "is this machine ready, and if not, what helps?", 0,
		verb_doctor },
	[VERB_CHECK] = { "check", "SELECTOR...",
		"may they be taken? Exits with 0 for yes, 1 for no", VERB_SELECTS, verb_check },
	[VERB_ENABLE] = { "enable", "SELECTOR...", "to VFIO", VERB_SELECTS, verb_switch },
	[VERB_DISABLE] = { "disable", "SELECTOR...", "back to what was there before",
		VERB_SELECTS, verb_switch },
	[VERB_CREATE] = { "create", "ADDRESS TYPE NAME",
		"a vfio_device that its driver provides, with ATTRIBUTE=VALUE...", VERB_SELECTS,
		verb_create },
	[VERB_DESTROY] = { "destroy", "ADDRESS TYPE NAME", "it is gone again", VERB_SELECTS,
		verb_create },
	[VERB_EMIT] = { "emit", "FORMAT SELECTOR...",
		"what QEMU, libvirt, ... take them by", VERB_SELECTS, verb_emit },
	[VERB_SAVE] = { "save", "SELECTOR...", "come up in the personality they have now",
		VERB_SELECTS, verb_save },
	[VERB_UNSAVE] = { "unsave", "SELECTOR...", "forget that", VERB_SELECTS, verb_save },
	[VERB_APPLY] = { "apply", "[ADDRESS...]",
		"do now what was saved, and what rules say", 0, verb_apply },
	[VERB_DIFF] = { "diff", "[SELECTOR...]",
		"what is not as that says; exits with 1 if anything", 0, verb_diff },
	[VERB_RUN] = { "run", "SELECTOR... -- CMD",
		"to VFIO while the command runs, and back however it ends", VERB_SELECTS,
		verb_run },
	[VERB_CONFIRM] = { "confirm", "", "what enable --try has done stays", 0, verb_confirm },
	[VERB_UNDO] = { "undo", "", "the last run, back again", 0, verb_undo },
	[VERB_EXPLAIN] = { "explain", "SELECTOR...", "why they are what they are",
		VERB_SELECTS, verb_explain },
	[VERB_MONITOR] = { "monitor", "", "tells of switches as they happen", 0, verb_monitor },
	[VERB_UDEV] = { "udev", "NAME", "for the udev rules: properties of a VFIO device file",
		VERB_HIDDEN, verb_udev },
	[VERB_HOLD] = { "hold", "",
		"for the initramfs: no driver gets what is saved before it is applied",
		VERB_HIDDEN, verb_hold },
};

const char *verb_name(enum verb verb)
{
	return verb_words[verb].name;
}

bool verb_find(const char *word, enum verb *verb)
{
	for (int v = 0; v < VERBS; v++)
		if (!strcmp(word, verb_words[v].name)) {
			*verb = (enum verb)v;
			return true;
		}
	return false;
}

/* Those that look have no dry run */
bool verb_writes(enum verb verb)
{
	return option_word_find('n')->verbs & 1U << verb;
}
