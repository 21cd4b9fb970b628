/*
 * change_trigger.c
 *	  The triggers that record the changes of a table, see change_feed.h.
 *
 * Whoever writes, and however: functions of the model, plain SQL, cascades.  The
 * record is written as the table's owner: writers need no right on it.
 */
#include "compat.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/partition.h"
#include "catalog/pg_type.h"
#include "commands/async.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"

#include "change_feed.h"
#include "expiry.h"
#include "foreign_code.h"
#include "registry.h"
#include "statement.h"

PG_FUNCTION_INFO_V1(todo_orm_record_change);

#define MAX_VALUES (INDEX_MAX_KEYS + 2)

/* The statement that records changes of one table, kept per backend. */
typedef struct Recorder
{
	Oid			relid;			/* hash key: the table, or partition, that is written */
	Oid			root;			/* it, or the partitioned table above it */
	Oid			changes;		/* where changes are recorded */
	SPIPlanPtr	plan;			/* NULL: to be prepared */
	bool		foreign_code;	/* somebody's code runs when a change is recorded */
	int			nvalues;		/* operation, owner, keys */
	Oid			types[MAX_VALUES];	/* of these values */
} Recorder;

/* One change on its way. */
typedef struct Change
{
	TriggerData *trigger;
	AttrNumber	columns[MAX_VALUES];	/* where owner and keys are in the row */
	Recorder   *recorder;
} Change;

static HTAB *recorders = NULL;

static Recorder *
find_recorder(Relation rel)
{
	Oid			relid = RelationGetRelid(rel);
	HASHCTL		ctl;
	bool		found;
	Recorder   *recorder;

	if (recorders == NULL)
	{
		ctl.keysize = sizeof(Oid);
		ctl.entrysize = sizeof(Recorder);
		recorders = hash_create("todo_orm change recorders", 32, &ctl, HASH_ELEM | HASH_BLOBS);
	}
	recorder = hash_search(recorders, &relid, HASH_ENTER, &found);
	if (!found)
		recorder->plan = NULL;
	if (recorder->plan == NULL)
		recorder->root = rel->rd_rel->relispartition ?
			llast_oid(get_partition_ancestors(relid)) : relid;
	return recorder;
}

TODO_ORM_NORETURN
static void
refuse(const Change *change, const char *what)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("changes of \"%s\" cannot be recorded",
					RelationGetRelationName(change->trigger->tg_relation)),
			 errdetail("%s", what),
			 errhint("Register the model again: %s",
					 registry_register_hint(change->recorder->root))));
}

/* Finds the columns of owner and key; a change that is not recorded would be missed for ever. */
static void
find_columns(Change *change)
{
	const Trigger *trigger = change->trigger->tg_trigger;
	TupleDesc	desc = RelationGetDescr(change->trigger->tg_relation);

	for (int i = 1; i < change->recorder->nvalues; i++)
	{
		const char *name = trigger->tgargs[i == 1 ? CHANGES_ARG_OWNER : CHANGES_ARG_KEYS + i - 2];
		int			attnum = SPI_fnumber(desc, name);

		if (attnum <= 0)
			refuse(change, psprintf("There is no column \"%s\".", name));
		change->columns[i] = attnum;
	}
}

/*
 * INSERT INTO public.task_changes (xid, at, op, owner, key1)
 *	VALUES (pg_catalog.pg_current_xact_id(), pg_catalog.clock_timestamp(), $1, $2, $3)
 */
static void
build_insert(Statement *st, const Recorder *recorder)
{
	statement_add(st, "INSERT INTO %s (xid, at, op, owner",
				  registry_table_name(recorder->changes));
	for (int i = 2; i < recorder->nvalues; i++)
		statement_add(st, ", key%d", i - 1);
	statement_add(st, ") VALUES (pg_catalog.pg_current_xact_id(), pg_catalog.clock_timestamp()");
	for (int i = 0; i < recorder->nvalues; i++)
	{
		statement_add(st, ", ");
		statement_param(st, recorder->types[i]);
	}
	statement_add(st, ")");
}

static void
prepare(Recorder *recorder)
{
	Relation	rel = table_open(recorder->changes, NoLock);
	Statement	st;
	SPIPlanPtr	plan;

	recorder->foreign_code = foreign_code_in_writes(rel);
	table_close(rel, NoLock);
	statement_init(&st);
	build_insert(&st, recorder);
	plan = SPI_prepare(st.sql.data, st.nparams, st.types);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare \"%s\": %s", st.sql.data, SPI_result_code_string(SPI_result));
	recorder->plan = plan;
}

/* The types of the values as the table has them now; are they what was prepared for? */
static bool
note_types(Change *change)
{
	Recorder   *recorder = change->recorder;
	TupleDesc	desc = RelationGetDescr(change->trigger->tg_relation);
	bool		same = true;

	recorder->types[0] = TEXTOID;
	for (int i = 1; i < recorder->nvalues; i++)
	{
		Oid			type = getBaseType(TupleDescAttr(desc, change->columns[i] - 1)->atttypid);

		same &= recorder->types[i] == type;
		recorder->types[i] = type;
	}
	return same;
}

/* Readies the recorder; the table for the changes is locked from here on. */
static void
open_recorder(Change *change)
{
	const Trigger *trigger = change->trigger->tg_trigger;
	Recorder   *recorder = find_recorder(change->trigger->tg_relation);
	Oid			changes;
	bool		same;

	change->recorder = recorder;
	changes = get_relname_relid(trigger->tgargs[CHANGES_ARG_TABLE],
								get_rel_namespace(recorder->root));
	if (OidIsValid(changes))
		LockRelationOid(changes, RowExclusiveLock);
	if (!OidIsValid(changes) || get_rel_name(changes) == NULL)
		refuse(change, psprintf("There is no table \"%s\" in the schema of the table.",
								trigger->tgargs[CHANGES_ARG_TABLE]));
	same = recorder->plan && recorder->changes == changes &&
		recorder->nvalues == trigger->tgnargs - CHANGES_ARG_KEYS + 2;
	recorder->changes = changes;
	recorder->nvalues = trigger->tgnargs - CHANGES_ARG_KEYS + 2;
	find_columns(change);
	same &= note_types(change);
	if (recorder->plan && (!same || !SPI_plan_is_valid(recorder->plan)))
	{
		expiry_add_plan(recorder->plan);
		recorder->plan = NULL;
	}
}

/* Writes the record, as the table's owner. */
static void
insert(Recorder *recorder, Datum *values, const char *nulls)
{
	Oid			saved_user;
	int			saved_context;
	int			guc_level = 0;
	int			code;

	GetUserIdAndSecContext(&saved_user, &saved_context);
	SetUserIdAndSecContext(registry_owner(recorder->root), saved_context |
						   SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	if (recorder->plan == NULL)
		prepare(recorder);
	if (recorder->foreign_code)
	{
		guc_level = NewGUCNestLevel();
		(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	}
	code = SPI_execute_plan(recorder->plan, values, nulls, false, 0);
	if (code < 0)
		elog(ERROR, "could not record a change: %s", SPI_result_code_string(code));
	if (guc_level > 0)
		AtEOXact_GUC(true, guc_level);
	SPI_finish();
	SetUserIdAndSecContext(saved_user, saved_context);
}

/* Records a change of a row; a row without owner is nobody's. */
static void
record_row(Change *change, const char *op, HeapTuple tuple)
{
	TupleDesc	desc = RelationGetDescr(change->trigger->tg_relation);
	Datum		values[MAX_VALUES];
	char		nulls[MAX_VALUES];
	bool		isnull = false;

	values[0] = CStringGetTextDatum(op);
	nulls[0] = ' ';
	for (int i = 1; i < change->recorder->nvalues; i++)
	{
		values[i] = heap_getattr(tuple, change->columns[i], desc, &isnull);
		if (isnull)
			return;
		nulls[i] = ' ';
	}
	insert(change->recorder, values, nulls);
}

/* Has a row other owner or key than before? */
static bool
is_other_row(const Change *change)
{
	TupleDesc	desc = RelationGetDescr(change->trigger->tg_relation);

	for (int i = 1; i < change->recorder->nvalues; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, change->columns[i] - 1);
		bool		old_isnull;
		bool		new_isnull;
		Datum		old = heap_getattr(change->trigger->tg_trigtuple, change->columns[i], desc,
									   &old_isnull);
		Datum		new = heap_getattr(change->trigger->tg_newtuple, change->columns[i], desc,
									   &new_isnull);

		if (old_isnull != new_isnull ||
			(!old_isnull && !datum_image_eq(old, new, attribute->attbyval, attribute->attlen)))
			return true;
	}
	return false;
}

/* An update that gives the row another owner or key takes it away, and makes another. */
static void
record_update(Change *change)
{
	if (is_other_row(change))
	{
		record_row(change, "delete", change->trigger->tg_trigtuple);
		record_row(change, "insert", change->trigger->tg_newtuple);
	}
	else
		record_row(change, "update", change->trigger->tg_newtuple);
}

/* TRUNCATE: everybody has to begin anew. */
static void
record_truncate(Change *change)
{
	Datum		values[MAX_VALUES] = {0};
	char		nulls[MAX_VALUES];

	memset(nulls, 'n', sizeof(nulls));
	values[0] = CStringGetTextDatum(CHANGES_RESET);
	nulls[0] = ' ';
	insert(change->recorder, values, nulls);
}

/* Tells listeners, when the transaction commits, which table has changed; no key, no owner. */
static void
notify(const Change *change)
{
	Oid			root = change->recorder->root;

	if (strcmp(change->trigger->tg_trigger->tgargs[CHANGES_ARG_NOTIFY], "notify") == 0)
		Async_Notify(CHANGES_CHANNEL,
					 registry_table_name(root));
}

static void
check_protocol(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		TRIGGER_FIRED_FOR_ROW(trigger->tg_event) == TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event) ||
		trigger->tg_trigger->tgnargs < CHANGES_ARG_KEYS ||
		trigger->tg_trigger->tgnargs > CHANGES_ARG_KEYS + INDEX_MAX_KEYS)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("todo_orm.record_change must be fired by AFTER INSERT, UPDATE or DELETE FOR EACH ROW or by AFTER TRUNCATE, with arguments as register_model gives")));
}

/* todo_orm.record_change(table, owner, notify, key ...) RETURNS trigger */
Datum
todo_orm_record_change(PG_FUNCTION_ARGS)
{
	Change		change = {0};

	check_protocol(fcinfo);
	change.trigger = (TriggerData *) fcinfo->context;
	open_recorder(&change);
	if (TRIGGER_FIRED_BY_INSERT(change.trigger->tg_event))
		record_row(&change, "insert", change.trigger->tg_trigtuple);
	else if (TRIGGER_FIRED_BY_UPDATE(change.trigger->tg_event))
		record_update(&change);
	else if (TRIGGER_FIRED_BY_DELETE(change.trigger->tg_event))
		record_row(&change, "delete", change.trigger->tg_trigtuple);
	else
		record_truncate(&change);
	notify(&change);
	return PointerGetDatum(NULL);
}
