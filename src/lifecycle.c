/*
 * lifecycle.c
 *	  The trigger that keeps updated_at and version when rows are written with
 *	  plain SQL.
 *
 *	  CREATE TRIGGER todo_orm_lifecycle BEFORE UPDATE ON task FOR EACH ROW
 *		EXECUTE FUNCTION todo_orm.lifecycle('updated_at', 'version');
 *
 * The arguments name the two columns, '' for none.  A column that the
 * statement itself sets is left alone: the engine's own statements set both.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(todo_orm_lifecycle);

/* The column of that name, unless the statement sets it or there is none. */
static AttrNumber
column_to_set(TriggerData *trigger, const char *name)
{
	AttrNumber	attnum;

	if (name[0] == '\0')
		return 0;
	attnum = SPI_fnumber(RelationGetDescr(trigger->tg_relation), name);
	/* a column that was dropped or renamed is no longer kept */
	if (attnum <= 0 ||
		bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber, trigger->tg_updatedcols))
		return 0;
	return attnum;
}

/* The time of the transaction, in the column's type; UTC without time zone. */
static Datum
time_for(Oid type)
{
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	if (type == TIMESTAMPOID)
		return DirectFunctionCall2(timestamptz_zone, CStringGetTextDatum("UTC"),
								   TimestampTzGetDatum(now));
	return TimestampTzGetDatum(now);
}

static HeapTuple
set_column(TriggerData *trigger, HeapTuple tuple, AttrNumber attnum, Datum value)
{
	int			column = attnum;
	bool		isnull = false;

	return heap_modify_tuple_by_cols(tuple, RelationGetDescr(trigger->tg_relation), 1,
									 &column, &value, &isnull);
}

/* One more than the version of the old row, whatever width it has. */
static HeapTuple
set_version(TriggerData *trigger, HeapTuple tuple, AttrNumber attnum)
{
	TupleDesc	desc = RelationGetDescr(trigger->tg_relation);
	bool		isnull;
	Datum		old = heap_getattr(trigger->tg_trigtuple, attnum, desc, &isnull);

	if (isnull)
		old = (Datum) 0;
	/* PostgreSQL's own addition, which says when a number is out of range */
	switch (TupleDescAttr(desc, attnum - 1)->atttypid)
	{
		case INT8OID:
			return set_column(trigger, tuple, attnum, DirectFunctionCall1(int8inc, old));
		case INT4OID:
			return set_column(trigger, tuple, attnum,
							  DirectFunctionCall2(int4pl, old, Int32GetDatum(1)));
		case INT2OID:
			return set_column(trigger, tuple, attnum,
							  DirectFunctionCall2(int2pl, old, Int16GetDatum(1)));
		default:
			return tuple;
	}
}

/* todo_orm.lifecycle(updated_at, version) RETURNS trigger */
Datum
todo_orm_lifecycle(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	HeapTuple	tuple;
	AttrNumber	attnum;
	Oid			type;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ||
		!TRIGGER_FIRED_BEFORE(trigger->tg_event) || !TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ||
		trigger->tg_trigger->tgnargs != 2)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("todo_orm.lifecycle must be fired by BEFORE UPDATE FOR EACH ROW, with two arguments")));
	tuple = trigger->tg_newtuple;
	attnum = column_to_set(trigger, trigger->tg_trigger->tgargs[0]);
	if (attnum > 0)
	{
		type = TupleDescAttr(RelationGetDescr(trigger->tg_relation), attnum - 1)->atttypid;
		if (type == TIMESTAMPTZOID || type == TIMESTAMPOID)
			tuple = set_column(trigger, tuple, attnum, time_for(type));
	}
	attnum = column_to_set(trigger, trigger->tg_trigger->tgargs[1]);
	if (attnum > 0)
		tuple = set_version(trigger, tuple, attnum);
	return PointerGetDatum(tuple);
}
