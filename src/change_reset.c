/*
 * change_reset.c
 *	  Changes that are forgotten: those of a user who is erased, and old ones.
 *
 * A row with op "reset" takes their place: whoever has not come as far begins
 * anew, and misses nothing.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"

#include "as_owner.h"
#include "change_feed.h"
#include "change_reset.h"
#include "older_than.h"

PG_FUNCTION_INFO_V1(todo_orm_prune_changes);

/* DELETE FROM public.task_changes AS c WHERE c.owner = $1 */
static void
build_forget(Statement *st, const Model *model, const void *shape)
{
	Column		owner = change_feed_owner(model);

	(void) shape;
	statement_add(st, "DELETE FROM %s AS c WHERE ", model->changes->qualified);
	statement_equal(st, &owner, "c", owner.basetype);
}

/*
 * INSERT INTO public.task_changes (owner, xid, op, at)
 *	VALUES ($1, pg_catalog.pg_current_xact_id(), 'reset', pg_catalog.now())
 */
static void
build_reset(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "INSERT INTO %s (owner, xid, op, at) VALUES (", model->changes->qualified);
	statement_param(st, model_column(model, model->owner)->basetype);
	statement_add(st, ", pg_catalog.pg_current_xact_id(), '" CHANGES_RESET "', pg_catalog.now())");
}

/*
 * Forgets the changes of a user whose rows were erased; they hold keys.  What
 * stays says that he has to begin anew, if there was anything.
 */
void
change_reset_owner(const OwnerModel *on, bool erased)
{
	if (on->model->changes == NULL)
		return;
	LockRelationOid(on->model->changes->relid, RowExclusiveLock);
	erased |= owner_models_run(on, PLAN_CHANGES_FORGET, "", 0, build_forget, &on->owner, false,
							   NULL, NULL) > 0;
	if (erased)
		(void) owner_models_run(on, PLAN_CHANGES_RESET, "", 0, build_reset, &on->owner, false, NULL,
								NULL);
}

/* What was pruned. */
typedef struct Pruned
{
	int64		count;			/* changes, without marks */
	bool		any;			/* a change or a mark */
	uint64		xid;			/* the last of them */
	uint64		seq;
} Pruned;

/*
 * DELETE FROM public.task_changes AS c WHERE c.at <= (pg_catalog.now() - $1) AND c.xid < $2
 *	RETURNING (c.owner IS NULL), c.xid, c.seq
 *
 * Not those that nobody can have seen yet.
 */
static void
build_prune(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "DELETE FROM %s AS c WHERE c.at OPERATOR(pg_catalog.<=) "
				  "(pg_catalog.now() OPERATOR(pg_catalog.-) ", model->changes->qualified);
	statement_param(st, INTERVALOID);
	statement_add(st, ") AND c.xid OPERATOR(pg_catalog.<) ");
	statement_param(st, XID8OID);
	statement_add(st, " RETURNING (c.owner IS NULL), c.xid, c.seq");
}

/* RowSink: a change that is gone. */
static void
sink_pruned(TupleTableSlot *slot, void *arg)
{
	Pruned	   *pruned = arg;
	uint64		xid;
	uint64		seq;

	slot_getallattrs(slot);
	xid = DatumGetUInt64(slot->tts_values[1]);
	seq = DatumGetInt64(slot->tts_values[2]);
	if (!DatumGetBool(slot->tts_values[0]))
		pruned->count++;
	if (!pruned->any || xid > pruned->xid || (xid == pruned->xid && seq > pruned->seq))
	{
		pruned->xid = xid;
		pruned->seq = seq;
	}
	pruned->any = true;
}

/* DELETE FROM public.task_changes AS c WHERE c.owner IS NULL AND ROW(c.xid, c.seq) < ROW($1, $2) */
static void
build_unmark(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "DELETE FROM %s AS c WHERE c.owner IS NULL AND "
				  "ROW(c.xid, c.seq) OPERATOR(pg_catalog.<) ROW(", model->changes->qualified);
	statement_param(st, XID8OID);
	statement_add(st, ", ");
	statement_param(st, INT8OID);
	statement_add(st, ")");
}

/* INSERT INTO public.task_changes (xid, seq, op, at) VALUES ($1, $2, 'reset', pg_catalog.now()) */
static void
build_mark(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "INSERT INTO %s (xid, seq, op, at) VALUES (", model->changes->qualified);
	statement_param(st, XID8OID);
	statement_add(st, ", ");
	statement_param(st, INT8OID);
	statement_add(st, ", '" CHANGES_RESET "', pg_catalog.now())");
}

/* Who has not come as far as the last change that was pruned begins anew. */
static void
mark(Model *model, const Pruned *pruned)
{
	Datum		values[2] = {UInt64GetDatum(pruned->xid), Int64GetDatum(pruned->seq)};

	(void) plan_run(plan_get(model, PLAN_CHANGES_UNMARK, "", 0, build_unmark), values, NULL, false,
					NULL, NULL);
	(void) plan_run(plan_get(model, PLAN_CHANGES_MARK, "", 0, build_mark), values, NULL, false,
					NULL, NULL);
}

/* todo_orm.prune_changes(model regclass, older_than interval) RETURNS bigint: how many */
Datum
todo_orm_prune_changes(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	Datum		values[2] = {PG_GETARG_DATUM(1), UInt64GetDatum(change_feed_horizon(NULL))};
	Pruned		pruned = {0};
	AsOwner		as;
	Model	   *model;

	as_owner_begin(relid, &as);
	model = model_require_registered(relid);
	older_than_check(model, PG_GETARG_INTERVAL_P(1));
	LockRelationOid(change_feed_require(model)->relid, RowExclusiveLock);
	(void) plan_run(plan_get(model, PLAN_CHANGES_PRUNE, "", 0, build_prune), values, NULL, false,
					sink_pruned, &pruned);
	if (pruned.any)
		mark(model, &pruned);
	as_owner_end(&as);
	PG_RETURN_INT64(pruned.count);
}
