// SPDX-License-Identifier: GPL-2.0
/*
 * What a user may map of a BAR whose beginning is trapped, by the arithmetic that the
 * driver has it from: for pages that are larger than this machine's as well.
 */
#include "kselftest_harness.h"

#include "types.h"
#include "../../drivers/vfio/pci/personality/migration_area.h"

#define KIB	1024
#define MIB	(1024 * KIB)

static const u64 pages[] = { 4 * KIB, 16 * KIB, 64 * KIB };

/* Whole pages, none with a trapped register: or nothing */
TEST(whole_pages)
{
	u64 bar, trapped, from;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		for (bar = 16; bar <= MIB; bar *= 2)
			for (trapped = 0; trapped <= bar; trapped += bar / 16) {
				from = migration_area(bar, trapped, pages[i]);
				ASSERT_LE(trapped, from);
				ASSERT_GE(bar, from);
				if (from == bar)
					continue;
				ASSERT_EQ(0, from % pages[i]);
				ASSERT_EQ(0, bar % pages[i]);
				ASSERT_GT(pages[i], from - trapped);
			}
}

/* igbvf's: the rings' half, where that is whole pages */
TEST(igbvf)
{
	EXPECT_EQ(8 * KIB, migration_area(16 * KIB, 8 * KIB, 4 * KIB));
	EXPECT_EQ(16 * KIB, migration_area(16 * KIB, 8 * KIB, 16 * KIB));
	EXPECT_EQ(16 * KIB, migration_area(16 * KIB, 8 * KIB, 64 * KIB));
}

TEST(others)
{
	/* All of it, or nothing */
	EXPECT_EQ(MIB, migration_area(MIB, MIB, 4 * KIB));
	EXPECT_EQ(0, migration_area(MIB, 0, 64 * KIB));
	/* Up to the next page's beginning */
	EXPECT_EQ(4 * KIB, migration_area(MIB, 1, 4 * KIB));
	EXPECT_EQ(64 * KIB, migration_area(MIB, 4 * KIB, 64 * KIB));
	EXPECT_EQ(64 * KIB, migration_area(MIB, 64 * KIB, 64 * KIB));
	EXPECT_EQ(128 * KIB, migration_area(MIB, 64 * KIB + 1, 64 * KIB));
	/* No page is left */
	EXPECT_EQ(MIB, migration_area(MIB, MIB - 4, 64 * KIB));
	EXPECT_EQ(4 * KIB, migration_area(4 * KIB, 0, 16 * KIB));
}

TEST_HARNESS_MAIN
