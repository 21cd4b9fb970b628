/*
 * locked.c
 *	  Rows that a call changes all at once.
 *
 * They are locked in the order of their keys before any is written: two such
 * calls wait for each other, and do not deadlock.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/datum.h"

#include "errors.h"
#include "ids.h"
#include "locked.h"
#include "read.h"

/* Tells the statements apart; the program of the match follows. */
typedef struct LockShape
{
	ScopeName	scope;
	int16		deletes;		/* the rows will go: the stronger lock */
	int16		length;			/* words of the match */
} LockShape;

/*
 * SELECT t.id FROM public.task AS t WHERE t.user_id = $1 AND t.deleted_at IS NULL AND <match>
 *	ORDER BY t.id LIMIT $2 FOR NO KEY UPDATE OF t
 */
static void
build_lock(Statement *st, const Model *model, const void *bytes)
{
	const LockShape *shape = bytes;
	int			owner_param = 0;

	if (model->owner)
		owner_param = statement_declare(st, model_column(model, model->owner)->basetype);
	for (int i = 0; i < model->nkeys; i++)
		statement_add(st, "%st.%s", i == 0 ? "SELECT " : ", ",
					  model_column(model, model->keys[i])->quoted);
	statement_add(st, " FROM %s AS t WHERE ", model->qualified);
	query_append_where(st, model, "t", owner_param, &shape->scope,
					   (const int16 *) (shape + 1), shape->length);
	for (int i = 0; i < model->nkeys; i++)
		statement_add(st, "%st.%s", i == 0 ? " ORDER BY " : ", ",
					  model_column(model, model->keys[i])->quoted);
	statement_add(st, " LIMIT ");
	statement_param(st, INT8OID);
	/* rows of a view are locked in the tables under it, where that can be done */
	if (model->relkind != RELKIND_VIEW)
		statement_add(st, shape->deletes ? " FOR UPDATE OF t" : " FOR NO KEY UPDATE OF t");
}

/* Where keys are collected. */
typedef struct KeyCollector
{
	Call	   *call;
	LockedRows *rows;
} KeyCollector;

/* RowSink: the key of a row that is locked now. */
static void
sink_key(TupleTableSlot *slot, void *arg)
{
	KeyCollector *collector = arg;
	LockedRows *rows = collector->rows;
	const Model *model = collector->call->model;
	MemoryContext old = MemoryContextSwitchTo(collector->call->work_cxt);

	slot_getallattrs(slot);
	if (rows->count == rows->capacity)
	{
		rows->capacity = Max(rows->capacity * 2, 64);
		for (int i = 0; i < model->nkeys; i++)
			rows->keys[i] = rows->keys[i] ?
				repalloc_huge(rows->keys[i], sizeof(Datum) * rows->capacity) :
				palloc(sizeof(Datum) * rows->capacity);
	}
	for (int i = 0; i < model->nkeys; i++)
	{
		const Column *column = model_column(model, model->keys[i]);

		rows->keys[i][rows->count] =
			ids_widen(column, datumCopy(slot->tts_values[i], column->typbyval, column->typlen));
	}
	rows->count++;
	MemoryContextSwitchTo(old);
}

/* Collects the keys that a statement gives, in its order; its columns are the key's. */
void
locked_collect(Call *call, KeptPlan *plan, const Datum *values, LockedRows *rows)
{
	KeyCollector collector = {call, rows};

	memset(rows, 0, sizeof(LockedRows));
	(void) plan_run(plan, values, NULL, false, sink_key, &collector);
}

static void
make_arrays(const Model *model, LockedRows *rows)
{
	for (int i = 0; i < model->nkeys; i++)
		rows->arrays[i] = ids_array(model_column(model, model->keys[i]), rows->keys[i],
									rows->count, 1);
}

/* A condition that all rows meet that a call can reach, and that says so; for a HINT. */
static const char *
condition_of_all(const Model *model)
{
	if (model->owner == 0 || model_column(model, model->owner)->hidden)
		return "a condition that every row meets";
	return psprintf("the owner, as in {%s: ...}",
					errors_quote(model_column(model, model->owner)->name));
}

/* A match that excludes nothing is a slip more often than a wish. */
static void
check_match(const Call *call, const RowQuery *query)
{
	if (!call_has(call, ARG_MATCH))
		errors_refuse_null(call->model, "match");
	if (query->match.truth != MATCH_TRUE)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("match is true of every row of \"%s\"", call->model->name),
			 errdetail_internal("%s", errors_detail("match", "is true of every row", NULL)),
			 errhint("To mean all rows, say so: match %s.", condition_of_all(call->model))));
}

/* The cap on the rows that the call may change; -1: there is none. */
static int64
take_max_rows(const Call *call)
{
	int64		max_rows = -1;

	if (!call_has(call, ARG_MAX_ROWS))
		return -1;
	max_rows = DatumGetInt64(call_arg(call, ARG_MAX_ROWS));
	if (max_rows < 0)
		errors_refuse_negative("max_rows", max_rows, NULL);
	return max_rows;
}

/*
 * Finds and locks the live rows that match.
 *
 * errors: what was noted before, raised together with the mistakes of the match;
 * may be NULL.
 * Errors: 22023 for a match that is always true, and for more rows than
 * max_rows allows.
 */
void
locked_find(Call *call, bool deletes, ErrorList *errors, LockedRows *rows)
{
	RowQuery	query;
	LockShape  *shape;
	Datum	   *values;
	Size		size;
	int64		max_rows = take_max_rows(call);
	int			n;

	query_read_noted(call, errors, &query);
	check_match(call, &query);
	size = sizeof(LockShape) + sizeof(int16) * query.match.length;
	shape = palloc0(size);
	shape->scope = query.scope;
	shape->deletes = deletes;
	shape->length = query.match.length;
	if (query.match.length > 0)
		memcpy(shape + 1, query.match.words, sizeof(int16) * query.match.length);
	values = palloc(sizeof(Datum) * (query.match.nvalues + 2));
	n = query_bind(call, &query, values);
	values[n] = Int64GetDatum(max_rows < 0 || max_rows == PG_INT64_MAX ? PG_INT64_MAX : max_rows + 1);
	locked_collect(call, plan_get(call->model, PLAN_LOCK, shape, size, build_lock), values, rows);
	if (max_rows >= 0 && rows->count > max_rows)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("more than " INT64_FORMAT " rows of \"%s\" match", max_rows,
						call->model->name),
				 errdetail_internal("%s", errors_detail("max_rows", "more rows match", NULL)),
				 errhint("Nothing was done. Match less, or raise max_rows.")));
	make_arrays(call->model, rows);
}

/*
 * Appends the rows' keys and the condition that joins them, for an UPDATE or
 * DELETE of "t"; read_bind_ids() binds them:
 *
 *	 FROM <ids> AS k WHERE t.user_id = $4 AND t.id = k.k1
 */
void
locked_append_from(Statement *st, const Model *model, const char *keyword)
{
	statement_add(st, " %s ", keyword);
	ids_append(st, model, "k");
	statement_add(st, " WHERE ");
	statement_where_owner(st, model, "t");
	statement_add(st, " AND ");
	ids_append_match(st, model, "t", "k");
}

/*
 * SELECT k.n FROM <ids> AS k JOIN public.task AS t ON t.id = k.k1
 *	WHERE t.user_id = $2 AND t.deleted_at IS NULL ORDER BY t.id FOR NO KEY UPDATE OF t
 */
static void
build_lock_ids(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "SELECT k.n FROM ");
	ids_append(st, model, "k");
	statement_add(st, " JOIN %s AS t ON ", model->qualified);
	ids_append_match(st, model, "t", "k");
	statement_add(st, " WHERE ");
	statement_where_owner(st, model, "t");
	statement_and_live_by_key(st, model, "t");
	for (int i = 0; i < model->nkeys; i++)
		statement_add(st, "%st.%s", i == 0 ? " ORDER BY " : ", ",
					  model_column(model, model->keys[i])->quoted);
	if (model->relkind != RELKIND_VIEW)
		statement_add(st, " FOR NO KEY UPDATE OF t");
}

/* RowSink: a row that is locked now. */
static void
sink_locked(TupleTableSlot *slot, void *arg)
{
	(void) slot;
	(void) arg;
}

/*
 * Locks the live rows with those keys, in key order, until the end of the
 * transaction; ids: an array for each key column.
 */
void
locked_by_ids(Call *call, const Datum *arrays)
{
	Datum		values[INDEX_MAX_KEYS + 1];

	(void) read_bind_ids(call, arrays, values);
	(void) read_run_ids(call, PLAN_LOCK_IDS, "", 0, build_lock_ids, arrays, values, NULL,
						sink_locked, NULL);
}
