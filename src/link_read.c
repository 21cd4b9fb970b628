/*
 * link_read.c
 *	  The rows behind the link table of a many-to-many relationship.
 *
 * The owner is compared in every table that has one.  Where the link table has
 * none, the table that the relationship starts from is joined: a row made by
 * hand, with one's own name and somebody else's id, leads nowhere.
 */
#include "compat.h"

#include "catalog/pg_type.h"

#include "link.h"
#include "link_statement.h"
#include "sort.h"

/* Must the row that the relationship starts from be proved to be the owner's? */
static bool
joins_from(const LinkStatement *statement)
{
	return statement->from->owner && statement->link->owner == 0;
}

/* Appends:  JOIN public.post AS a ON a.id = l.post_id */
static void
append_from_join(Statement *st, const LinkStatement *statement)
{
	const Model *link = statement->link;
	const Relationship *relationship = statement->relationship;

	statement_add(st, " JOIN %s AS a ON ", statement->from->qualified);
	for (int i = 0; i < relationship->ncolumns; i++)
	{
		statement_add(st, "%s", i == 0 ? "" : " AND ");
		statement_equal_columns(st, model_column(statement->from, relationship->own[i]), "a",
								model_column(link, relationship->link->near[i]), "l");
	}
}

/* Appends FROM and WHERE of reading. */
static void
append_linked(Statement *st, const LinkStatement *statement)
{
	const Model *link = statement->link;
	Conditions	where = {st, 0};

	statement_add(st, " FROM %s AS l JOIN %s AS t ON ", link->qualified,
				  statement->target->qualified);
	link_append_far_join(st, statement);
	if (joins_from(statement))
		append_from_join(st, statement);
	link_where_owner(&where, link, "l");
	link_where_owner(&where, statement->target, "t");
	if (joins_from(statement))
		link_where_owner(&where, statement->from, "a");
	link_where_linked(&where, statement);
	link_where_live(&where, link, "l");
	link_where_live(&where, statement->target, "t");
}

static void
append_order(Statement *st, const Model *target, bool reversed)
{
	if (target->nsort == 0)
		return;
	statement_add(st, " ORDER BY ");
	sort_append(&st->sql, target, "t", target->sort, target->nsort, reversed);
}

/*
 * SELECT t.id, ... FROM public.post_tag AS l JOIN public.tag AS t
 *	ON t.user_id = l.user_id AND t.id = l.tag_id
 *	WHERE l.user_id = $1 AND t.user_id = $1 AND l.post_id = $3 AND t.deleted_at IS NULL
 *	ORDER BY t.created_at DESC, t.id DESC
 *
 * The newest n are read backwards and turned round:
 *
 * SELECT t.id, ... FROM (SELECT ... ORDER BY <reversed> LIMIT $4) AS t ORDER BY ...
 */
static void
build_linked(Statement *st, const Model *from, const void *shape)
{
	const LinkStatement *statement = shape;
	bool		newest = statement->shape.variant != 0;

	(void) from;
	link_declare_row(st, statement);
	statement_add(st, "SELECT ");
	statement_columns(st, statement->target, "t");
	if (newest)
	{
		statement_add(st, " FROM (SELECT ");
		statement_live_columns(st, statement->target, "t");
	}
	append_linked(st, statement);
	if (newest)
	{
		append_order(st, statement->target, true);
		statement_add(st, " LIMIT ");
		statement_param(st, INT8OID);
		statement_add(st, ") AS t");
	}
	append_order(st, statement->target, false);
}

/*
 * Reads the linked rows in the target's order.  newest: how many of the last
 * ones, negative for all.
 */
void
link_read(Call *call, const Relationship *relationship, const KeyValues *key, int64 newest,
		  RowSink sink, void *arg)
{
	LinkStatement statement;
	Datum		values[INDEX_MAX_KEYS + 2];
	int			n = link_bind_row(call, relationship, key, values);

	values[n] = Int64GetDatum(newest);
	link_statement_init(&statement, call, relationship, newest >= 0);
	(void) link_statement_run(call, PLAN_LINKED, &statement, build_linked, values, NULL, sink, arg);
}
