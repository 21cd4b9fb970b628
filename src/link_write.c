/*
 * link_write.c
 *	  Adding and removing links of a many-to-many relationship.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "utils/syscache.h"

#include "ids.h"
#include "insert.h"
#include "link.h"
#include "link_statement.h"

/* Where a column of a new link gets its value from. */
typedef enum LinkSource
{
	FROM_OWNER,					/* the owner argument */
	FROM_ROW,					/* the row that is linked */
	FROM_TARGET,				/* the row that it is linked with */
	FROM_CLOCK
} LinkSource;

typedef struct LinkColumn
{
	const Column *column;
	LinkSource	source;
	int			index;			/* among the row's or the target's columns */
} LinkColumn;

static void
set_source(LinkColumn *columns, int *n, bool *given, const Column *column, LinkSource source,
		   int index)
{
	if (given[column->attnum - 1])
		return;
	given[column->attnum - 1] = true;
	columns[*n].column = column;
	columns[*n].source = source;
	columns[(*n)++].index = index;
}

/* The columns of a new link that are not left to their defaults; answers how many. */
static int
link_columns(const Relationship *relationship, LinkColumn **columns, bool **given)
{
	const LinkTable *link = relationship->link;
	const Model *model = link_model(relationship);
	int			n = 0;

	*columns = palloc0(sizeof(LinkColumn) * model->natts);
	*given = palloc0(sizeof(bool) * model->natts);
	if (model->owner)
		set_source(*columns, &n, *given, model_column(model, model->owner), FROM_OWNER, 0);
	for (int i = 0; i < relationship->ncolumns; i++)
		set_source(*columns, &n, *given, model_column(model, link->near[i]), FROM_ROW, i);
	for (int i = 0; i < link->nfar; i++)
		set_source(*columns, &n, *given, model_column(model, link->far[i]), FROM_TARGET, i);
	for (int i = 0; i < model->natts; i++)
		if (!model->columns[i].dropped && insert_needs_time(model, &model->columns[i], *given))
			set_source(*columns, &n, *given, &model->columns[i], FROM_CLOCK, 0);
	return n;
}

/* ON CONFLICT cannot be used on a table with rules. */
static bool
has_rules(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool		result;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for relation %u", relid);
	result = ((Form_pg_class) GETSTRUCT(tuple))->relhasrules;
	ReleaseSysCache(tuple);
	return result;
}

/* Can a link be made out of the two keys and the defaults? */
bool
link_takes_rows(const Relationship *relationship)
{
	const Model *model = link_model(relationship);
	LinkColumn *columns;
	bool	   *given;

	(void) link_columns(relationship, &columns, &given);
	for (int i = 0; i < model->natts; i++)
	{
		const Column *column = &model->columns[i];

		if (!column->dropped && column->notnull && !column->hasdefault && !given[i])
			return false;
	}
	return !relationship->link->deferrable && !has_rules(model->relid);
}

static void
append_source(Statement *st, const LinkStatement *statement, const LinkColumn *column)
{
	switch (column->source)
	{
		case FROM_OWNER:
			statement_param_again(st, 1);
			break;
		case FROM_ROW:
			statement_param_again(st, link_row_param(statement, column->index));
			break;
		case FROM_TARGET:
			statement_add(st, "t.%s",
						  model_column(statement->target,
									   statement->relationship->other[column->index])->quoted);
			break;
		case FROM_CLOCK:
			statement_time(st, column->column, "now");
			break;
	}
}

/* Appends: (user_id, post_id, tag_id) SELECT $1, $3, t.id */
static void
append_new_links(Statement *st, const LinkStatement *statement)
{
	LinkColumn *columns;
	bool	   *given;
	int			n = link_columns(statement->relationship, &columns, &given);

	for (int i = 0; i < n; i++)
		statement_add(st, "%s%s", i == 0 ? " (" : ", ", columns[i].column->quoted);
	statement_add(st, ") SELECT ");
	for (int i = 0; i < n; i++)
	{
		statement_add(st, "%s", i == 0 ? "" : ", ");
		append_source(st, statement, &columns[i]);
	}
}

/* Appends:  ON CONFLICT (...) DO NOTHING; a link that was marked as deleted comes back. */
static void
append_on_conflict(Statement *st, const Model *link, const LinkTable *table)
{
	for (int i = 0; i < table->nkeys; i++)
		statement_add(st, "%s%s", i == 0 ? " ON CONFLICT (" : ", ",
					  model_column(link, table->keys[i])->quoted);
	if (link->deleted_at == 0)
	{
		statement_add(st, ") DO NOTHING");
		return;
	}
	statement_add(st, ") DO UPDATE SET %s = NULL", model_column(link, link->deleted_at)->quoted);
	statement_moved(st, link, "l", "now", NULL);
	statement_add(st, " WHERE l.%s IS NOT NULL", model_column(link, link->deleted_at)->quoted);
	if (link->owner)
	{
		/* the key may lack the owner */
		statement_add(st, " AND ");
		statement_equal_again(st, model_column(link, link->owner), "l", 1);
	}
}

/* RETURNING only where the link is wanted: to move its parents. */
static void
append_returning(Statement *st, const Model *link)
{
	if (link->ntouch > 0)
		statement_returning(st, link, "l");
}

/* Appends:  ORDER BY t.id -- links are locked in key order */
static void
append_key_order(Statement *st, const Model *target)
{
	for (int i = 0; i < target->nkeys; i++)
		statement_add(st, "%st.%s", i == 0 ? " ORDER BY " : ", ",
					  model_column(target, target->keys[i])->quoted);
}

/*
 * INSERT INTO public.post_tag AS l (user_id, post_id, tag_id)
 *	SELECT $1, $3, t.id FROM <ids> AS k JOIN public.tag AS t ON t.id = k.k1
 *	 WHERE t.user_id = $1 AND t.deleted_at IS NULL ORDER BY t.id
 *	ON CONFLICT (user_id, post_id, tag_id) DO NOTHING
 */
static void
build_link(Statement *st, const Model *from, const void *shape)
{
	const LinkStatement *statement = shape;
	const Model *link = statement->link;
	Conditions	where = {st, 0};

	(void) from;
	link_declare_row(st, statement);
	statement_add(st, "INSERT INTO %s AS l", link->qualified);
	append_new_links(st, statement);
	statement_add(st, " FROM ");
	ids_append(st, statement->target, "k");
	statement_add(st, " JOIN %s AS t ON ", statement->target->qualified);
	ids_append_match(st, statement->target, "t", "k");
	link_where_target(&where, statement);
	append_key_order(st, statement->target);
	append_on_conflict(st, link, statement->relationship->link);
	append_returning(st, link);
}

/* Begins writing links: a call as the link table sees it, whose parents may have to be moved. */
void
link_begin(const Call *call, Call *on_link)
{
	*on_link = *call;
	on_link->model = link_model(call->relationship);
	on_link->touched = NIL;
}

/* Ends it: every parent that must move does so once. */
void
link_end(Call *on_link)
{
	along_touch_noted(on_link);
}

/* RowSink: a link that was made or removed. */
static void
sink_link(TupleTableSlot *slot, void *arg)
{
	along_note_touched(arg, slot);
}

/* Runs a statement that writes links; answers how many. */
static int64
run_write(Call *call, Call *on_link, PlanKind kind, int variant, PlanBuilder build,
		  const KeyValues *key, const Datum *arrays)
{
	LinkStatement statement;

	link_statement_init(&statement, call, call->relationship, variant);
	return link_statement_run(call, kind, &statement, build, link_bind_all(call, key, arrays), NULL,
							  on_link->model->ntouch > 0 ? sink_link : NULL, on_link);
}

/* Links the row with the ids, an array for each key column; answers how many links are new. */
int64
link_add(Call *call, Call *on_link, const KeyValues *key, const Datum *arrays)
{
	return run_write(call, on_link, PLAN_LINK, 0, build_link, key, arrays);
}

/* Appends the condition that a link leads to one of the ids, or to none of them. */
static void
where_ids(Conditions *where, const LinkStatement *statement)
{
	bool		others = statement->shape.variant == REMOVE_OTHERS;

	link_condition(where);
	statement_add(where->st, "%sEXISTS (SELECT 1 FROM ", others ? "NOT " : "");
	ids_append(where->st, statement->target, "k");
	statement_add(where->st, " WHERE ");
	ids_append_match(where->st, statement->target, "t", "k");
	statement_add(where->st, ")");
}

/*
 * DELETE FROM public.post_tag AS l USING public.tag AS t
 *	WHERE t.id = l.tag_id AND l.user_id = $1 AND l.post_id = $3 AND t.user_id = $1
 *	  AND t.deleted_at IS NULL AND [NOT] EXISTS (SELECT 1 FROM <ids> WHERE t.id = k.k1)
 *
 * or, where the link table has soft delete:
 *
 * UPDATE public.post_tag AS l SET deleted_at = now() FROM public.tag AS t WHERE ...
 */
static void
build_unlink(Statement *st, const Model *from, const void *shape)
{
	const LinkStatement *statement = shape;
	const Model *link = statement->link;
	Conditions	where = {st, 0};

	(void) from;
	link_declare_row(st, statement);
	if (link->deleted_at)
	{
		statement_mark_deleted(st, link, "l");
		statement_add(st, " FROM %s AS t", statement->target->qualified);
	}
	else
		statement_add(st, "DELETE FROM %s AS l USING %s AS t", link->qualified,
					  statement->target->qualified);
	link_condition(&where);
	link_append_far_join(st, statement);
	link_where_owner(&where, link, "l");
	link_where_linked(&where, statement);
	link_where_live(&where, link, "l");
	link_where_target(&where, statement);
	where_ids(&where, statement);
	append_returning(st, link);
}

/* Removes links of the row; answers how many there were. */
int64
link_remove(Call *call, Call *on_link, const KeyValues *key, const Datum *arrays,
			LinkRemoval which)
{
	return run_write(call, on_link, PLAN_UNLINK, which, build_unlink, key, arrays);
}
