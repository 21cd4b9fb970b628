/*
 * migrate.c
 *	  Bringing the functions of a database up to date, after an update of the
 *	  extension: which are not, and migrate().
 *
 * Functions that an older version has made work as they are.  What a newer one
 * would make otherwise, registering their model again changes; migrate() does
 * so for all models that have such functions.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "added.h"
#include "expiry.h"
#include "function_ddl.h"
#include "model.h"
#include "registration.h"
#include "registry.h"

PG_FUNCTION_INFO_V1(todo_orm_outdated_functions);
PG_FUNCTION_INFO_V1(todo_orm_migrate);
PG_FUNCTION_INFO_V1(todo_orm_version);

/* todo_orm.version() RETURNS text: that of the library, whatever the extension's is */
Datum
todo_orm_version(PG_FUNCTION_ARGS)
{
	(void) fcinfo;
	PG_RETURN_TEXT_P(cstring_to_text(TODO_ORM_VERSION));
}

/*
 * The names of the functions of a model that registering it again would make,
 * change or drop.  fits: false for a table that is no model, or whose options
 * no longer fit it.
 */
static List *
outdated_functions(Oid relid, bool *fits)
{
	List	   *existing;
	List	   *wanted;
	Model	   *model = NULL;

	/* no lock on what is no model */
	if (registry_options(relid) != NULL)
	{
		LockRelationOid(relid, AccessShareLock);
		model = get_rel_name(relid) ? model_registered_or_stale(relid) : NULL;
	}
	*fits = model != NULL;
	if (model == NULL)
		return NIL;
	existing = registry_functions(relid);
	wanted = added_all_wanted(model, &existing);
	return function_ddl_outdated(model, wanted, existing);
}

/*
 * todo_orm.outdated_functions(model regclass) RETURNS text[]
 *
 * The functions that registering again would make, change or drop; null for a
 * table that is no model, or whose options no longer fit.
 */
Datum
todo_orm_outdated_functions(PG_FUNCTION_ARGS)
{
	int			depth = expiry_enter();
	ArrayBuildState *names = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	bool		fits;
	ListCell   *cell;

	foreach(cell, outdated_functions(PG_GETARG_OID(0), &fits))
		names = accumArrayResult(names, CStringGetTextDatum(lfirst(cell)), false, TEXTOID,
								 CurrentMemoryContext);
	expiry_leave(depth);
	if (!fits)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(makeArrayResult(names, CurrentMemoryContext));
}

/*
 * Has the table functions that are not as registering would make them?  Those
 * that an earlier owner of it has left behind are not.
 */
static bool
needs_migration(Oid relid)
{
	int			depth = expiry_enter();
	bool		fits;
	List	   *outdated = outdated_functions(relid, &fits);
	bool		result = outdated != NIL || !fits ||
		list_length(registry_all_functions(relid)) > list_length(registry_functions(relid));

	expiry_leave(depth);
	return result;
}

/* Error context: which of the models it was. */
static void
say_which(void *arg)
{
	errcontext("migration of the functions of table %s", (char *) arg);
}

/* Registers the model again with the options it has; the table stays as it is. */
static void
migrate_model(Oid relid, ReturnSetInfo *rsinfo)
{
	ErrorContextCallback context = {error_context_stack, say_which};

	context.arg = registry_table_name(relid);
	error_context_stack = &context;
	registration_register(relid, DatumGetJsonbP(DirectFunctionCall1(jsonb_in,
																	CStringGetDatum("{}"))),
						  false, rsinfo);
	error_context_stack = context.previous;
}

/*
 * todo_orm.migrate(schema regnamespace) RETURNS SETOF text
 *
 * Always in the same order, so that two migrations at once wait for each other
 * and do not deadlock; whether a model still needs it is asked when its turn
 * comes, for it may have been brought up to date along with a neighbour.
 */
Datum
todo_orm_migrate(PG_FUNCTION_ARGS)
{
	Oid			schema = PG_ARGISNULL(0) ? InvalidOid : PG_GETARG_OID(0);
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	foreach(cell, registry_tables())
	{
		Oid			relid = lfirst_oid(cell);

		CHECK_FOR_INTERRUPTS();
		if (OidIsValid(schema) && get_rel_namespace(relid) != schema)
			continue;
		if (get_rel_name(relid) && relation_ownercheck(relid, GetUserId()) &&
			needs_migration(relid))
			migrate_model(relid, (ReturnSetInfo *) fcinfo->resultinfo);
	}
	return (Datum) 0;
}
