/*
 * extra_apply.c
 *	  What the settings of a function do in a call, and in the text of statements.
 */
#include "compat.h"

#include "extra.h"
#include "jsonb_read.h"
#include "scope.h"

/* Adds the columns that the function sets to a call's values; answers how many there are then. */
int
extra_add_values(const ExtraSettings *settings, const Model *model, TypedValue *values, int n)
{
	for (int i = 0; i < settings->nvalues; i++)
	{
		if (settings->values[i].isnull)
			continue;
		values[n].column = model_column(model, settings->values[i].attnum);
		values[n].type = values[n].column->basetype;
		values[n++].value = settings->values[i].value;
	}
	return n;
}

/* Sets the columns that the function sets to null. */
void
extra_set_nulls(const ExtraSettings *settings, RowValues *row)
{
	for (int i = 0; i < settings->nvalues; i++)
	{
		int			at = settings->values[i].attnum - 1;

		if (!settings->values[i].isnull)
			continue;
		row->seen[at] = row->given[at] = row->nulls[at] = true;
	}
}

/*
 * Appends conditions, with literals, so that a partial index with the same
 * condition is used:
 *
 *	 AND t.status OPERATOR(pg_catalog.=) 'streaming'::pg_catalog.text
 */
void
extra_append_where(Statement *st, const Model *model, const char *alias,
				   JsonbContainer *conditions)
{
	JsonbItems	members;

	if (conditions == NULL)
		return;
	members = jsonb_items(conditions);
	for (int i = 0; i < members.count; i++)
		scope_append_value(st, model_find_column(model, members.items[i].key), alias,
						   &members.items[i].value);
}

/*
 * The same where the key says which row it is, so that PostgreSQL does not see
 * through it, see statement_and_live_by_key():
 *
 *	 AND COALESCE(true AND t.status OPERATOR(pg_catalog.=) 'streaming'::pg_catalog.text, false)
 */
void
extra_append_where_by_key(Statement *st, const Model *model, const char *alias,
						  JsonbContainer *conditions)
{
	if (conditions == NULL)
		return;
	statement_add(st, " AND COALESCE(true");
	extra_append_where(st, model, alias, conditions);
	statement_add(st, ", false)");
}
