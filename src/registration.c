/*
 * registration.c
 *	  register_model, adopt_model, unregister_model.
 *
 * The table's owner, its members and superusers may; everything is made as the
 * table's owner.  All of it is DDL in the caller's transaction: all or nothing.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "access.h"
#include "added.h"
#include "as_owner.h"
#include "body.h"
#include "function_ddl.h"
#include "jsonb_read.h"
#include "model.h"
#include "registration.h"
#include "registry.h"
#include "relationship.h"
#include "scope.h"
#include "table_ddl.h"

PG_FUNCTION_INFO_V1(todo_orm_register_model);
PG_FUNCTION_INFO_V1(todo_orm_adopt_model);
PG_FUNCTION_INFO_V1(todo_orm_unregister_model);
PG_FUNCTION_INFO_V1(todo_orm_lock_create_all);

/* An idempotency column must be unique per owner, or a key could name two rows. */
static void
check_idempotency(const Model *model, Relation rel)
{
	List	   *indexes;
	ListCell   *cell;
	bool		found = false;

	if (model->idempotency == 0)
		return;
	indexes = RelationGetIndexList(rel);
	foreach(cell, indexes)
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index form = (Form_pg_index) GETSTRUCT(tuple);
		bool		covers = form->indisunique && form->indisvalid;

		for (int i = 0; i < form->indnkeyatts; i++)
			covers &= form->indkey.values[i] == model->idempotency ||
				(model->owner && form->indkey.values[i] == model->owner);
		found |= covers;
		ReleaseSysCache(tuple);
	}
	if (!found)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column \"%s\" of option \"idempotency\" is not unique",
						model_column(model, model->idempotency)->name),
				 errhint("CREATE UNIQUE INDEX ON %s (%s%s);", model->qualified,
						 model->owner ? psprintf("%s, ", model_column(model, model->owner)->quoted) : "",
						 model_column(model, model->idempotency)->quoted)));
}

static void
check_touch(const Model *model)
{
	for (int i = 0; i < model->ntouch; i++)
	{
		Relationship *relationship = &model->relationships[model->touch[i]];

		if (model_slot_current(relationship->target_slot)->updated_at == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("option \"touch\" names \"%s\", whose table has no updated_at column",
							relationship->name)));
	}
}

static void
check_names(const Model *model)
{
	if (strcmp(model->name, model->plural) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("one and many of \"%s\" have the same name", model->relname),
				 errhint("Give them: SELECT todo_orm.register_model(%s, '{\"name\": \"%s_item\", \"plural\": \"%s\"}');",
						 model_literal(model), model->name, model->plural)));
}

/* Is it the name of a function along a relationship? */
static bool
names_along(const Model *model, const Operation *operation, const char *name)
{
	for (int i = 0; i < model->nrelationships; i++)
		if ((operation->along & ALONG(model->relationships[i].kind)) &&
			strcmp(name, operation_function_name(operation, model, &model->relationships[i])) == 0)
			return true;
	return false;
}

/* Is it a name that option "functions" knows? */
static bool
names_functions(const Model *model, const char *name)
{
	static const char *const groups[] = {"all", "core", "read", "write"};
	const Operation *operation;

	for (size_t i = 0; i < lengthof(groups); i++)
		if (strcmp(name, groups[i]) == 0)
			return true;
	for (int i = 0; (operation = operation_at(i)) != NULL; i++)
	{
		if (operation->groups & GROUP_EXTRA)
			continue;
		if (strcmp(name, operation->name) == 0 || names_along(model, operation, name) ||
			(operation->along == ALONG_NONE &&
			 strcmp(name, operation_function_name(operation, model, NULL)) == 0))
			return true;
	}
	return false;
}

static void
check_functions(const Model *model)
{
	ListCell   *cell;

	foreach(cell, model->options->functions)
		if (!names_functions(model, lfirst(cell)))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("unrecognized function \"%s\" in option \"functions\"",
							(char *) lfirst(cell)),
					 errhint("%s", operation_names_hint())));
}

/* Checks of the options that need more than the descriptor. */
static void
check_model(const Model *model)
{
	Relation	rel = table_open(model->relid, AccessShareLock);

	if (!OidIsValid(model->function_schema))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("schema \"%s\" of option \"schema\" does not exist", model->options->schema),
				 errhint("Give the schema for the functions: SELECT todo_orm.register_model(%s, '{\"schema\": \"...\"}');",
						 model_literal(model))));
	check_names(model);
	check_functions(model);
	check_touch(model);
	check_idempotency(model, rel);
	scope_check_all(model);
	table_close(rel, NoLock);
}

/* Is it made for a relationship? */
static bool
is_along(const Operation *operation)
{
	return operation && operation->along != ALONG_NONE;
}

/* Keeps the functions of neighbours that lead here up to date. */
static void
refresh_neighbour(Oid relid, SignatureSink sink, void *arg)
{
	Model	   *model = model_registered_or_stale(relid);
	List	   *wanted = NIL;
	List	   *existing = NIL;
	List	   *roles;
	ListCell   *cell;

	/* functions are made as the table's owner, which we are not everywhere */
	if (model == NULL || model->relowner != GetUserId())
		return;
	roles = access_roles(relid);
	foreach(cell, function_ddl_wanted(model))
		if (is_along(((WantedFunction *) lfirst(cell))->operation))
			wanted = lappend(wanted, lfirst(cell));
	foreach(cell, registry_functions(relid))
		if (is_along(operation_find(body_text(((RegisteredFunction *) lfirst(cell))->body,
											  "operation"))) &&
			!added_is_misfit(model, lfirst(cell)))
			existing = lappend(existing, lfirst(cell));
	wanted = list_concat(wanted, added_wanted(model, existing));
	function_ddl_apply(model, wanted, existing, true, sink, arg);
	foreach(cell, roles)
		access_change_along(model, lfirst_oid(cell), true);
}

static void
refresh_neighbours(Oid relid, SignatureSink sink, void *arg)
{
	ListCell   *cell;

	foreach(cell, relationship_neighbours(relid))
	{
		LockRelationOid(lfirst_oid(cell), AccessShareLock);
		if (get_rel_name(lfirst_oid(cell)))
			refresh_neighbour(lfirst_oid(cell), sink, arg);
	}
}

/*
 * The descriptor with options that a caller has given: where they do not fit,
 * that is an invalid argument.
 */
static Model *
load_and_check(Oid relid, Jsonb *options)
{
	Model	   *volatile model = NULL;
	bool		before = model_set_registering(true);

	PG_TRY();
	{
		model = model_slot_current(model_slot(relid, options));
		check_model(model);
	}
	PG_FINALLY();
	{
		(void) model_set_registering(before);
	}
	PG_END_TRY();
	return model;
}

/* Options given before, with those given now laid over them. */
static Jsonb *
merged_options(Oid relid, List *existing, Jsonb *given)
{
	Jsonb	   *stored = registry_options(relid);

	/* after a change of owner, those of the functions left behind */
	if (stored == NULL && existing != NIL)
		stored = body_options(((RegisteredFunction *) linitial(existing))->body);
	return stored ? options_merge(stored, given) : given;
}

/*
 * The options with the soft delete column in them, where it was found by its
 * name: when it is renamed later, deleted rows must not come back to life.
 */
static Jsonb *
with_deleted_at(const Model *model, Jsonb *options)
{
	StringInfoData text;

	if (model->options->deleted_at.given || model->deleted_at == 0)
		return options;
	initStringInfo(&text);
	appendStringInfoString(&text, "{\"deleted_at\": ");
	escape_json(&text, model_column(model, model->deleted_at)->name);
	appendStringInfoChar(&text, '}');
	return options_merge(options, DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
																	 CStringGetDatum(text.data))));
}

/* SignatureSink: one row of the result. */
void
registration_put_signature(const char *signature, void *arg)
{
	ReturnSetInfo *rsinfo = arg;
	Datum		value = CStringGetTextDatum(signature);
	bool		isnull = false;

	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, &value, &isnull);
}

/*
 * Registers a table; change_table: also adds trigger and row level security.
 * The signatures of what was made or changed go to the result "rsinfo".
 */
void
registration_register(Oid relid, Jsonb *given, bool change_table, ReturnSetInfo *rsinfo)
{
	AsOwner		as;
	List	   *existing;
	List	   *wanted;
	List	   *roles;
	ListCell   *cell;
	Jsonb	   *options;
	Model	   *model;

	as_owner_begin(relid, &as);
	existing = registry_all_functions(relid);
	roles = access_roles(relid);
	options = merged_options(relid, existing, given);
	model = load_and_check(relid, options);
	model = load_and_check(relid, with_deleted_at(model, options));
	if (change_table)
		table_ddl_apply(model);
	wanted = list_concat(function_ddl_wanted(model), added_wanted(model, existing));
	function_ddl_apply(model, wanted, existing, true, registration_put_signature, rsinfo);
	refresh_neighbours(relid, registration_put_signature, rsinfo);
	/* who has had the model has what is new in it, too */
	foreach(cell, roles)
		access_change(model, lfirst_oid(cell), true);
	as_owner_end(&as);
}

static Datum
register_or_adopt(FunctionCallInfo fcinfo, bool change_table)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("model and options must not be null")));
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	registration_register(PG_GETARG_OID(0), PG_GETARG_JSONB_P(1), change_table,
						  (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

/* todo_orm.register_model(model regclass, options jsonb) RETURNS SETOF text */
Datum
todo_orm_register_model(PG_FUNCTION_ARGS)
{
	return register_or_adopt(fcinfo, true);
}

/* todo_orm.adopt_model(model regclass, options jsonb): leaves the table as it is */
Datum
todo_orm_adopt_model(PG_FUNCTION_ARGS)
{
	return register_or_adopt(fcinfo, false);
}

/* todo_orm.unregister_model(model regclass) RETURNS void */
Datum
todo_orm_unregister_model(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	AsOwner		as;
	ListCell   *cell;

	/* without the descriptor: a stale model can be unregistered too */
	as_owner_begin(relid, &as);
	foreach(cell, registry_all_functions(relid))
		function_ddl_drop(lfirst(cell));
	table_ddl_remove(relid);
	CacheInvalidateRelcacheByRelid(relid);
	CommandCounterIncrement();
	refresh_neighbours(relid, NULL, NULL);
	as_owner_end(&as);
	PG_RETURN_VOID();
}

/* field4 of the advisory lock's tag, out of reach of PostgreSQL's own functions */
#define CREATE_ALL_LOCK_CLASS 0x4F4F

/* todo_orm.lock_create_all() RETURNS void: one at a time, until the end of the transaction */
Datum
todo_orm_lock_create_all(PG_FUNCTION_ARGS)
{
	LOCKTAG		tag;

	(void) fcinfo;
	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0, 0, CREATE_ALL_LOCK_CLASS);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
	PG_RETURN_VOID();
}
