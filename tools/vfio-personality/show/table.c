// SPDX-License-Identifier: GPL-2.0
/*
 * table: JSON objects as a table, or a tree, on stdout.
 */
#include "table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "diag.h"
#include "late.h"

/*
 * Headings that are not just the key. On a terminal that is too narrow, what a device is
 * called may be cut; what is to be typed stays whole.
 */
static const struct {
	const char *key, *heading;
	int flags;
} special[] = {
	{ "binding", "DRIVER", 0 },
	{ "iommu_group", "GROUP", SCOLS_FL_RIGHT },
	{ "in_use", "IN USE BY", 0 },
	{ "name", NULL, SCOLS_FL_TRUNC },
	{ "device", NULL, SCOLS_FL_TRUNC },
};

static char *heading(const char *key)
{
	char *text = xstrdup(key);

	for (char *c = text; *c; c++)
		*c = *c == '_' ? '-' : (char)toupper((unsigned char)*c);
	return text;
}

static void add_column(struct libscols_table *to, const char *key, bool tree)
{
	char *text = heading(key);
	const char *name = text;
	int flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (!strcmp(special[i].key, key)) {
			name = special[i].heading ? special[i].heading : name;
			flags = special[i].flags;
		}
	if (tree && !strcmp(key, "address"))
		flags |= SCOLS_FL_TREE;
	if (!scols()->table_new_column(to, name, 0, flags))
		exit(say_and(EXIT_FAILED, "there is no memory for a table"));
	free(text);
}

static struct libscols_line *add_line(struct libscols_table *to, const struct names *columns,
				      struct json_object *item, struct libscols_line *parent)
{
	struct libscols_line *line = scols()->table_new_line(to, parent);
	struct json_object *value;

	if (!line)
		exit(say_and(EXIT_FAILED, "there is no memory for a table"));
	for (size_t c = 0; c < columns->n; c++) {
		value = json_object_object_get(item, columns->v[c]);
		/* What is in use is for people, who like a blank; others may be parsed */
		scols()->line_refer_data(line, c, cell_text(value,
							    !strcmp(columns->v[c], "in_use") ?
							    ", " : ","));
	}
	return line;
}

/**
 * struct filling - a table under way
 * @to: libsmartcols's
 * @table: what goes there
 * @items: the objects
 * @lines: those that are there
 */
struct filling {
	struct libscols_table *to;
	const struct table *table;
	struct json_object *items;
	struct libscols_line **lines;
};

/* What it hangs below comes first */
static struct libscols_line *fill(const struct filling *f, size_t n)
{
	long parent = f->table->parents ? f->table->parents[n] : -1;

	if (!f->lines[n])
		f->lines[n] = add_line(f->to, f->table->columns,
				       json_object_array_get_idx(f->items, n),
				       parent < 0 ? NULL : fill(f, (size_t)parent));
	return f->lines[n];
}

void table_print(const struct table *table, struct json_object *items)
{
	size_t n = json_object_array_length(items);
	struct filling filling = {
		.to = scols()->new_table(),
		.table = table,
		.items = items,
		.lines = xcalloc(n, sizeof(*filling.lines)),
	};

	if (!filling.to)
		exit(say_and(EXIT_FAILED, "there is no memory for a table"));
	scols()->table_set_column_separator(filling.to, "  ");
	scols()->table_enable_noheadings(filling.to, !table->legend);
	/* Strings that came from outside are harmless by now, see json_text() */
	scols()->table_enable_noencoding(filling.to, 1);
	for (size_t c = 0; c < table->columns->n; c++)
		add_column(filling.to, table->columns->v[c], table->parents);
	for (size_t i = 0; i < n; i++)
		fill(&filling, i);
	scols()->print_table(filling.to);
	scols()->unref_table(filling.to);
	free(filling.lines);
}
