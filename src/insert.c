/*
 * insert.c
 *	  Inserting rows: one with bound values, many out of a tuplestore.
 *
 * A column that the payload leaves out does not stand in the statement, so
 * that PostgreSQL evaluates its default, as the table's owner.
 */
#include "compat.h"

#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/queryenvironment.h"
#include "utils/tuplestore.h"

#include "insert.h"

/* The name under which a statement sees the rows of a batch. */
#define ITEMS_NAME "todo_orm_items"

/* Does the engine itself have to set the time?  Only where nothing else does. */
bool
insert_needs_time(const Model *model, const Column *column, const bool *given)
{
	return (column->attnum == model->created_at || column->attnum == model->updated_at) &&
		column->notnull && !column->hasdefault && !given[column->attnum - 1];
}

/* Appends: (user_id, title, completed) */
static int
append_targets(Statement *st, const Model *model, const bool *given)
{
	int			n = 0;

	statement_add(st, "INSERT INTO %s AS t", model->qualified);
	for (int i = 0; i < model->natts; i++)
	{
		Column	   *column = &model->columns[i];

		if (column->dropped || (column->attnum != model->owner && !given[i] &&
								!insert_needs_time(model, column, given)))
			continue;
		statement_add(st, "%s%s", n++ == 0 ? " (" : ", ", column->quoted);
	}
	statement_add(st, "%s", n > 0 ? ")" : "");
	return n;
}

/* Appends the values for those targets, in the same order. */
static void
append_sources(Statement *st, const Model *model, const bool *given, bool from_items)
{
	const char *separator = "";

	for (int i = 0; i < model->natts; i++)
	{
		Column	   *column = &model->columns[i];

		if (column->dropped)
			continue;
		if (column->attnum == model->owner)
		{
			statement_add(st, "%s", separator);
			statement_param(st, column->basetype);
		}
		else if (given[i] && from_items)
			statement_add(st, "%si.c%d", separator, column->attnum);
		else if (given[i])
		{
			statement_add(st, "%s", separator);
			statement_param(st, column->type);
		}
		else if (insert_needs_time(model, column, given))
		{
			statement_add(st, "%s", separator);
			statement_time(st, column, "now");
		}
		else
			continue;
		separator = ", ";
	}
}

/*
 * INSERT INTO public.task AS t (user_id, title) VALUES ($1, $2) RETURNING t.id, ...
 */
static void
build_insert(Statement *st, const Model *model, const void *shape)
{
	const bool *given = shape;

	if (append_targets(st, model, given) == 0)
		statement_add(st, " DEFAULT VALUES");
	else
	{
		statement_add(st, " VALUES (");
		append_sources(st, model, given, false);
		statement_add(st, ")");
	}
	statement_returning(st, model, "t");
}

/*
 * INSERT INTO public.task AS t (user_id, title)
 *	SELECT $1, i.c3 FROM todo_orm_items AS i RETURNING t.id, ...
 */
static void
build_insert_items(Statement *st, const Model *model, const void *shape)
{
	const bool *given = shape;

	(void) append_targets(st, model, given);
	statement_add(st, " SELECT ");
	append_sources(st, model, given, true);
	statement_add(st, " FROM %s AS i", ITEMS_NAME);
	statement_returning(st, model, "t");
}

/* Tells inserts that give way to a unique key apart; followed by natts bools. */
typedef struct UnlessShape
{
	UniqueKey	key;
	bool		given[FLEXIBLE_ARRAY_MEMBER];
} UnlessShape;

/* Does the row give a key that PostgreSQL draws itself? */
static bool
overrides_identity(const Model *model, const bool *given)
{
	for (int i = 0; i < model->natts; i++)
		if (given[i] && model->columns[i].identity_always)
			return true;
	return false;
}

/*
 * INSERT INTO public.task AS t (user_id, id, title) VALUES ($1, $2, $3)
 *	ON CONFLICT (user_id, id) DO NOTHING RETURNING t.id, ...
 */
static void
build_insert_unless(Statement *st, const Model *model, const void *arg)
{
	const UnlessShape *shape = arg;
	char	   *predicate = unique_key_predicate(model, &shape->key, NULL);

	(void) append_targets(st, model, shape->given);
	if (overrides_identity(model, shape->given))
		statement_add(st, " OVERRIDING SYSTEM VALUE");
	statement_add(st, " VALUES (");
	append_sources(st, model, shape->given, false);
	for (int i = 0; i < shape->key.nindexed; i++)
		statement_add(st, "%s%s", i == 0 ? ") ON CONFLICT (" : ", ",
					  model_column(model, shape->key.indexed[i])->quoted);
	statement_add(st, ")");
	if (predicate)
		statement_add(st, " WHERE %s", predicate);
	statement_add(st, " DO NOTHING");
	statement_returning(st, model, "t");
}

/* Binds the owner and the columns that are given; nulls is all false before. */
static void
bind_row(const Call *call, const Model *model, const RowValues *row, Datum *values, bool *nulls)
{
	int			n = 0;

	for (int i = 0; i < model->natts; i++)
	{
		if (model->columns[i].attnum == model->owner && model->owner)
			values[n++] = call->owner;
		else if (row->given[i])
		{
			values[n] = row->values[i];
			nulls[n++] = row->nulls[i];
		}
	}
}

/* Inserts one row into a model's table and hands it to "sink". */
void
insert_row(Call *call, Model *model, const RowValues *row, RowSink sink, void *arg)
{
	Datum	   *values = palloc(sizeof(Datum) * (model->natts + 1));
	bool	   *nulls = palloc0(sizeof(bool) * (model->natts + 1));

	bind_row(call, model, row, values, nulls);
	(void) plan_run(plan_get(model, PLAN_CREATE, row->given, sizeof(bool) * model->natts,
							 build_insert),
					values, nulls, false, sink, arg);
}

/* Inserts one row unless its unique key is taken; was it inserted? */
bool
insert_row_unless_taken(Call *call, const RowValues *row, const UniqueKey *key, RowSink sink,
						void *arg)
{
	Model	   *model = call->model;
	Size		size = offsetof(UnlessShape, given) + sizeof(bool) * model->natts;
	UnlessShape *shape = palloc0(size);
	Datum	   *values = palloc(sizeof(Datum) * (model->natts + 1));
	bool	   *nulls = palloc0(sizeof(bool) * (model->natts + 1));

	shape->key = *key;
	memcpy(shape->given, row->given, sizeof(bool) * model->natts);
	bind_row(call, model, row, values, nulls);
	return plan_run(plan_get(model, PLAN_UPSERT, shape, size, build_insert_unless), values, nulls,
					false, sink, arg) > 0;
}

/*
 * How many rows, from "first" on, one statement can insert: those that leave
 * the same defaults to PostgreSQL.  "given" becomes the union of their columns;
 * in one without a default, absent and null are the same, and a default that is
 * a constant can be put in where it is left out.
 */
static int
run_length(const Model *model, RowValues **rows, int first, int count, bool *given)
{
	int			last;

	memcpy(given, rows[first]->given, sizeof(bool) * model->natts);
	for (last = first + 1; last < count; last++)
	{
		for (int i = 0; i < model->natts; i++)
			if (model->columns[i].hasdefault && model->columns[i].constant_default == NULL &&
				rows[last]->given[i] != rows[first]->given[i])
				return last - first;
		for (int i = 0; i < model->natts; i++)
			given[i] |= rows[last]->given[i];
	}
	return last - first;
}

/*
 * The row type of a batch: c<attnum> for every column that is given.  The
 * first column is never null nor used: a batch of empty objects has rows too.
 */
static TupleDesc
items_desc(const Model *model, const bool *given)
{
	TupleDesc	desc;
	int			n = 0;

	for (int i = 0; i < model->natts; i++)
		n += given[i];
	desc = CreateTemplateTupleDesc(n + 1);
	n = 1;
	TupleDescInitEntry(desc, n, "row", INT4OID, -1, 0);
	for (int i = 0; i < model->natts; i++)
	{
		Column	   *column = &model->columns[i];

		if (!given[i])
			continue;
		n++;
		TupleDescInitEntry(desc, n, psprintf("c%d", column->attnum), column->type, -1, 0);
		TupleDescInitEntryCollation(desc, n, column->collation);
	}
	tupledesc_finalize(desc);
	return desc;
}

/* A row's value of a column that others of its run give: its own, or the default. */
static void
put_value(const Column *column, const RowValues *row, Datum *value, bool *isnull)
{
	int			at = column->attnum - 1;

	*value = row->values[at];
	*isnull = row->nulls[at];
	if (row->given[at])
		return;
	*isnull = column->constant_default == NULL || column->constant_default->constisnull;
	if (!*isnull)
		*value = column->constant_default->constvalue;
}

/* Puts the rows of a batch where the statement can scan them. */
static Tuplestorestate *
items_store(const Model *model, RowValues **rows, int count, const bool *given, TupleDesc desc)
{
	Tuplestorestate *store = tuplestore_begin_heap(false, false, work_mem);
	Datum	   *values = palloc(sizeof(Datum) * desc->natts);
	bool	   *nulls = palloc(sizeof(bool) * desc->natts);

	for (int r = 0; r < count; r++)
	{
		int			n = 1;

		values[0] = Int32GetDatum(r);
		nulls[0] = false;

		for (int i = 0; i < model->natts; i++)
		{
			if (!given[i])
				continue;
			put_value(&model->columns[i], rows[r], &values[n], &nulls[n]);
			n++;
		}
		tuplestore_putvalues(store, desc, values, nulls);
	}
	return store;
}

/* Inserts a run of rows with one statement. */
static void
insert_run(Call *call, RowValues **rows, int count, const bool *given, RowSink sink, void *arg)
{
	Model	   *model = call->model;
	EphemeralNamedRelation enr = palloc0(sizeof(EphemeralNamedRelationData));

	enr->md.name = ITEMS_NAME;
	enr->md.reliddesc = InvalidOid;
	enr->md.tupdesc = items_desc(model, given);
	enr->md.enrtype = ENR_NAMED_TUPLESTORE;
	enr->md.enrtuples = count;
	enr->reldata = items_store(model, rows, count, given, enr->md.tupdesc);
	if (SPI_register_relation(enr) != SPI_OK_REL_REGISTER)
		elog(ERROR, "could not register the rows of a batch");
	(void) plan_run(plan_get(model, PLAN_CREATE_MANY, given, sizeof(bool) * model->natts,
							 build_insert_items),
					&call->owner, NULL, false, sink, arg);
	(void) SPI_unregister_relation(ITEMS_NAME);
	tuplestore_end(enr->reldata);
}

/*
 * Inserts the rows of a batch in their order: keys are drawn in it and rows
 * are handed to "sink" in it.
 */
void
insert_rows(Call *call, RowValues **rows, int count, RowSink sink, void *arg)
{
	bool	   *given = palloc0(sizeof(bool) * Max(call->model->natts, 1));
	int			done = 0;

	while (done < count)
	{
		int			length = run_length(call->model, rows, done, count, given);

		/* one row needs no tuplestore, and shares its plan with create */
		if (length == 1)
			insert_row(call, call->model, rows[done], sink, arg);
		else
			insert_run(call, rows + done, length, given, sink, arg);
		done += length;
	}
}
