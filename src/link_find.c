/*
 * link_find.c
 *	  Finds the rows that are to be linked.
 */
#include "compat.h"

#include "utils/datum.h"

#include "ids.h"
#include "link.h"
#include "link_statement.h"

/* Tells the statements that find a row by its key apart. */
typedef struct FromShape
{
	Oid			near;			/* whose columns are read */
	int			lock;
} FromShape;

/* As LinkStatement: the shape first. */
typedef struct FromStatement
{
	FromShape	shape;
	const Relationship *relationship;
} FromStatement;

/*
 * SELECT t.user_id, t.id FROM public.post AS t
 *	WHERE t.user_id = $1 AND t.id = $2 AND t.deleted_at IS NULL FOR NO KEY UPDATE OF t
 */
static void
build_from(Statement *st, const Model *from, const void *shape)
{
	const FromStatement *statement = shape;
	const Relationship *relationship = statement->relationship;

	for (int i = 0; i < relationship->ncolumns; i++)
		statement_add(st, "%st.%s", i == 0 ? "SELECT " : ", ",
					  model_column(from, relationship->own[i])->quoted);
	statement_add(st, " FROM %s AS t WHERE ", from->qualified);
	statement_where_key(st, from, "t");
	statement_and_live_by_key(st, from, "t");
	if (statement->shape.lock)
		statement_add(st, " FOR NO KEY UPDATE OF t");
}

/* Where the columns of a found row go. */
typedef struct FoundRow
{
	Call	   *call;
	KeyValues  *key;
} FoundRow;

/* RowSink: keeps the columns that links refer to. */
static void
sink_from(TupleTableSlot *slot, void *arg)
{
	FoundRow   *found = arg;
	const Relationship *relationship = found->call->relationship;
	MemoryContext old = MemoryContextSwitchTo(found->call->work_cxt);

	slot_getallattrs(slot);
	for (int i = 0; i < relationship->ncolumns; i++)
	{
		Column	   *column = model_column(found->call->model, relationship->own[i]);

		found->key->any_null |= slot->tts_isnull[i];
		if (!slot->tts_isnull[i])
			found->key->values[i] = datumCopy(slot->tts_values[i], column->typbyval,
											  column->typlen);
	}
	MemoryContextSwitchTo(old);
}

/*
 * Finds the row that a call is about by its key, as links refer to it; false
 * where there is none.  lock: until the end of the transaction no other call
 * that locks it comes between.
 */
bool
link_find_row(Call *call, bool lock, KeyValues *key)
{
	FromStatement statement;
	FoundRow	found = {call, key};
	Datum		keys[1 + INDEX_MAX_KEYS];

	memset(key, 0, sizeof(KeyValues));
	memset(&statement, 0, sizeof(statement));
	statement.relationship = call->relationship;
	statement.shape.near = statement.relationship->constraint;
	statement.shape.lock = lock;
	(void) call_bind_keys(call, keys, &key->any_null);
	return !key->any_null &&
		plan_run(plan_get(call->model, PLAN_LINK_FROM, &statement, sizeof(FromShape), build_from),
				 keys, NULL, false, sink_from, &found) > 0 && !key->any_null;
}

/*
 * SELECT k.n FROM <ids> AS k WHERE NOT EXISTS (SELECT 1 FROM public.tag AS t
 *	WHERE t.id = k.k1 AND t.user_id = $1 AND t.deleted_at IS NULL) ORDER BY k.n
 */
static void
build_missing(Statement *st, const Model *from, const void *shape)
{
	const LinkStatement *statement = shape;
	Conditions	where = {st, 0};

	(void) from;
	link_declare_row(st, statement);
	statement_add(st, "SELECT k.n FROM ");
	ids_append(st, statement->target, "k");
	statement_add(st, " WHERE NOT EXISTS (SELECT 1 FROM %s AS t", statement->target->qualified);
	link_condition(&where);
	ids_append_match(st, statement->target, "t", "k");
	link_where_target(&where, statement);
	statement_add(st, ") ORDER BY k.n");
}

/* RowSink: one of the ids that lead nowhere, by its place. */
static void
sink_missing(TupleTableSlot *slot, void *arg)
{
	slot_getallattrs(slot);
	errors_add_element(arg, ERROR_REFERENCE, "ids", (int) DatumGetInt64(slot->tts_values[0]) - 1,
					   "foreign_key", "referenced row does not exist");
}

/* Notes the ids that lead to no live row of the owner's. */
void
link_check_targets(Call *call, const Datum *arrays, ErrorList *errors)
{
	const Relationship *relationship = call->relationship;
	LinkStatement statement;
	KeyValues	none;
	bool	   *nulls = palloc0(sizeof(bool) * LINK_MAX_PARAMS);
	int			first = call->model->owner ? 1 : 0;

	/* the row's own columns are not used */
	memset(&none, 0, sizeof(none));
	for (int i = 0; i < relationship->ncolumns; i++)
		nulls[first + i] = true;
	link_statement_init(&statement, call, relationship, 0);
	(void) link_statement_run(call, PLAN_LINK_MISSING, &statement, build_missing,
							  link_bind_all(call, &none, arrays), nulls, sink_missing, errors);
}
