/*
 * erase.c
 *	  todo_orm.erase_owner: takes everything away that belongs to a user.
 *
 * What refers goes before what is referred to.  Tables that refer to each other
 * in a circle are emptied by one statement: foreign keys are checked at its end,
 * when the rows of all of them are gone.
 */
#include "compat.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "change_reset.h"
#include "errors.h"
#include "expiry.h"
#include "owner_models.h"

PG_FUNCTION_INFO_V1(todo_orm_erase_owner);

/* The models of a circle, mostly one. */
typedef struct Circle
{
	const OwnerModel *models;
	int			count;
	Datum	   *owners;			/* of each */
	int64	   *counts;			/* rows of each */
} Circle;

/* SELECT pg_catalog.count(*) FROM public.task AS t WHERE t.user_id = $1 */
static void
build_count(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "SELECT pg_catalog.count(*)");
	owner_models_append_where(st, model);
}

/* DELETE FROM public.task AS t WHERE t.user_id = $1 */
static void
build_erase(Statement *st, const Model *model, const void *shape)
{
	(void) shape;
	statement_add(st, "DELETE");
	owner_models_append_where(st, model);
}

/*
 * WITH d0 AS (DELETE FROM public.a AS t WHERE t.user_id = $1 RETURNING 1),
 *	 d1 AS (DELETE FROM public.b AS t WHERE t.user_id = $2 RETURNING 1)
 *	SELECT (SELECT pg_catalog.count(*) FROM d0), (SELECT pg_catalog.count(*) FROM d1)
 *
 * shape: the tables, InvalidOid behind the last.
 */
static void
build_erase_circle(Statement *st, const Model *model, const void *shape)
{
	const Oid  *tables = shape;

	(void) model;
	for (int i = 0; OidIsValid(tables[i]); i++)
	{
		statement_add(st, "%s d%d AS (DELETE", i == 0 ? "WITH" : ",", i);
		owner_models_append_where(st, model_require_registered(tables[i]));
		statement_add(st, " RETURNING 1)");
	}
	for (int i = 0; OidIsValid(tables[i]); i++)
		statement_add(st, "%s (SELECT pg_catalog.count(*) FROM d%d)", i == 0 ? " SELECT" : ",", i);
}

/* RowSink: a row of counts, one for each model of a circle. */
static void
sink_counts(TupleTableSlot *slot, void *arg)
{
	int64	   *counts = arg;

	slot_getallattrs(slot);
	for (int i = 0; i < slot->tts_tupleDescriptor->natts; i++)
		counts[i] = DatumGetInt64(slot->tts_values[i]);
}

/* One statement can only run as one role. */
static bool
has_one_owner(const Circle *circle)
{
	for (int i = 1; i < circle->count; i++)
		if (circle->models[i].model->relowner != circle->models[0].model->relowner)
			return false;
	return true;
}

/* Deletes the rows of a circle. */
static void
run_circle(Circle *circle)
{
	Oid		   *tables;

	if (circle->count == 1 || !has_one_owner(circle))
	{
		for (int i = 0; i < circle->count; i++)
			circle->counts[i] = owner_models_run(&circle->models[i], PLAN_ERASE, "", 0, build_erase,
												 &circle->owners[i], false, NULL, NULL);
		return;
	}
	tables = palloc0(sizeof(Oid) * (circle->count + 1));
	for (int i = 0; i < circle->count; i++)
		tables[i] = circle->models[i].relid;
	(void) owner_models_run(&circle->models[0], PLAN_ERASE_CIRCLE, tables,
							sizeof(Oid) * (circle->count + 1), build_erase_circle, circle->owners,
							false, sink_counts, circle->counts);
}

/* The same; what still refers to the rows is explained as for other deletes. */
static void
erase_circle(Circle *circle)
{
	MemoryContext cxt = CurrentMemoryContext;

	PG_TRY();
	{
		run_circle(circle);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		edata = CopyErrorData();
		FlushErrorState();
		errors_rethrow_explained(circle->models[0].model, edata, NULL, true);
	}
	PG_END_TRY();
}

static int64
count_rows(const OwnerModel *on)
{
	int64		count = 0;

	(void) owner_models_run(on, PLAN_OWNED, "", 0, build_count, &on->owner, false, sink_counts,
							&count);
	return count;
}

/* A trigger that keeps a row, a rule, or a row that came meanwhile: not all is gone. */
static void
check_gone(const OwnerModel *on)
{
	int64		count = count_rows(on);

	if (count > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg(INT64_FORMAT " rows of \"%s\" are still there", count, on->model->name),
				 errhint("A trigger or a rule keeps them, or another session has written them meanwhile. Nothing was done.")));
}

/* Deletes all rows, what refers first. */
static void
erase(const OwnerModels *models, int64 *counts)
{
	Datum	   *owners = palloc(sizeof(Datum) * Max(models->count, 1));
	int			end = models->count;

	for (int i = 0; i < models->count; i++)
		owners[i] = models->models[i].owner;
	while (end > 0)
	{
		int			first = end - 1;
		Circle		circle;

		while (first > 0 && models->models[first - 1].circle == models->models[end - 1].circle)
			first--;
		circle.models = &models->models[first];
		circle.count = end - first;
		circle.owners = &owners[first];
		circle.counts = &counts[first];
		erase_circle(&circle);
		end = first;
	}
	for (int i = 0; i < models->count; i++)
	{
		check_gone(&models->models[i]);
		change_reset_owner(&models->models[i], counts[i] > 0);
	}
}

/* One row for each model, in the order in which they are emptied. */
static void
return_counts(ReturnSetInfo *rsinfo, const OwnerModels *models, const int64 *counts)
{
	for (int i = models->count - 1; i >= 0; i--)
	{
		Datum		values[2] = {ObjectIdGetDatum(models->models[i].relid), Int64GetDatum(counts[i])};
		bool		nulls[2] = {false, false};

		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
}

/*
 * todo_orm.erase_owner(user_id text, dry_run boolean, models regclass[])
 *	RETURNS TABLE (model regclass, rows bigint)
 */
Datum
todo_orm_erase_owner(PG_FUNCTION_ARGS)
{
	/* the owner may be the whole key, or there may be none: delete_many needs one */
	static const char *const operations[] = {"delete_many", "delete", NULL};
	bool		dry_run = PG_ARGISNULL(1) || PG_GETARG_BOOL(1);
	OwnerRequest request = {.operations = operations};
	int			depth = expiry_enter();
	OwnerModels models;
	int64	   *counts;

	InitMaterializedSRF(fcinfo, 0);
	request.user_id = PG_ARGISNULL(0) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(0));
	request.wanted = PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2);
	request.lockmode = dry_run ? AccessShareLock : RowExclusiveLock;
	owner_models_open(&request, &models);
	counts = palloc0(sizeof(int64) * Max(models.count, 1));
	for (int i = 0; dry_run && i < models.count; i++)
		counts[i] = count_rows(&models.models[i]);
	if (!dry_run)
		erase(&models, counts);
	return_counts((ReturnSetInfo *) fcinfo->resultinfo, &models, counts);
	expiry_leave(depth);
	return (Datum) 0;
}
