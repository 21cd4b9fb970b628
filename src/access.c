/*
 * access.c
 *	  grant_access and revoke_access: a role gets the functions of a model and
 *	  no right on its table.
 */
#include "compat.h"

#include "catalog/namespace.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"

#include "as_owner.h"
#include "function_ddl.h"
#include "registry.h"

PG_FUNCTION_INFO_V1(todo_orm_grant_access);
PG_FUNCTION_INFO_V1(todo_orm_revoke_access);

/* The functions must be reachable: USAGE on their schema comes with them. */
static void
grant_usage(Oid schema, Oid grantee)
{
	char	   *name = get_namespace_name(schema);

	if (namespace_aclcheck(schema, grantee, ACL_USAGE) == ACLCHECK_OK)
		return;
	if (namespace_aclcheck(schema, GetUserId(), ACL_GRANT_OPTION_FOR(ACL_USAGE)) == ACLCHECK_OK)
		ddl_execute("GRANT USAGE ON SCHEMA %s TO %s", quote_identifier(name),
					quote_identifier(GetUserNameFromId(grantee, false)));
	else
		ereport(WARNING,
				(errcode(ERRCODE_WARNING_PRIVILEGE_NOT_GRANTED),
				 errmsg("role \"%s\" has no right to use schema \"%s\"",
						GetUserNameFromId(grantee, false), name),
				 errhint("Have the schema's owner run: GRANT USAGE ON SCHEMA %s TO %s;",
						 quote_identifier(name),
						 quote_identifier(GetUserNameFromId(grantee, false)))));
}

/* GRANT EXECUTE ON FUNCTION f TO r, or the opposite, for all of a model's. */
static void
change_access(Oid relid, Oid grantee, bool grant)
{
	AsOwner		as;
	List	   *functions;
	ListCell   *cell;

	as_owner_begin(relid, &as);
	functions = registry_functions(relid);
	if (functions == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("table \"%s\" is not registered", get_rel_name(relid)),
				 errhint("Register it first with todo_orm.register_model.")));
	foreach(cell, functions)
	{
		RegisteredFunction *function = lfirst(cell);

		if (grant)
			grant_usage(function->schema, grantee);
		ddl_execute("%s EXECUTE ON FUNCTION %s %s %s", grant ? "GRANT" : "REVOKE",
					format_procedure_qualified(function->oid), grant ? "TO" : "FROM",
					quote_identifier(GetUserNameFromId(grantee, false)));
	}
	as_owner_end(&as);
}

/* todo_orm.grant_access(model regclass, grantee regrole) RETURNS void */
Datum
todo_orm_grant_access(PG_FUNCTION_ARGS)
{
	change_access(PG_GETARG_OID(0), PG_GETARG_OID(1), true);
	PG_RETURN_VOID();
}

/* todo_orm.revoke_access(model regclass, grantee regrole) RETURNS void */
Datum
todo_orm_revoke_access(PG_FUNCTION_ARGS)
{
	change_access(PG_GETARG_OID(0), PG_GETARG_OID(1), false);
	PG_RETURN_VOID();
}
