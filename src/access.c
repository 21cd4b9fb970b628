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

#include "access.h"
#include "as_owner.h"
#include "body.h"
#include "function_ddl.h"
#include "registry.h"
#include "relationship.h"

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

/* Does the function also need the model at the other end of a relationship? */
static bool
is_along(const RegisteredFunction *function)
{
	const Operation *operation = operation_find(body_text(function->body, "operation"));

	return operation && operation->along != ALONG_NONE && !(operation->groups & GROUP_EXTRA);
}

/* The table at the other end; InvalidOid where the function no longer fits. */
static Oid
target_of(const Model *model, const RegisteredFunction *function)
{
	const Relationship *relationship = relationship_described(model, function->oid, function->body);

	return relationship ? relationship->target : InvalidOid;
}

/*
 * Has the role the model?  It may execute all of its functions, those along
 * relationships aside, which also need the other model.
 */
bool
access_is_granted(Oid relid, Oid role)
{
	ListCell   *cell;
	bool		any = false;

	foreach(cell, registry_functions(relid))
	{
		RegisteredFunction *function = lfirst(cell);

		if (is_along(function))
			continue;
		if (!registry_may_execute(function->oid, role))
			return false;
		any = true;
	}
	return any;
}

static void
change_function(const RegisteredFunction *function, Oid role, bool grant)
{
	if (grant)
		grant_usage(function->schema, role);
	ddl_execute("%s EXECUTE ON FUNCTION %s %s %s", grant ? "GRANT" : "REVOKE",
				format_procedure_qualified(function->oid), grant ? "TO" : "FROM",
				quote_identifier(GetUserNameFromId(role, false)));
}

/* The functions of a model along relationships to "target"; InvalidOid: to any. */
static void
change_along(const Model *model, Oid target, Oid role, bool grant)
{
	ListCell   *cell;

	foreach(cell, registry_functions(model->relid))
	{
		RegisteredFunction *function = lfirst(cell);
		Oid			leads_to = is_along(function) ? target_of(model, function) : InvalidOid;

		if (!OidIsValid(leads_to) || (OidIsValid(target) && leads_to != target))
			continue;
		if (!grant || access_is_granted(leads_to, role))
			change_function(function, role, grant);
	}
}

/*
 * Grants or revokes the functions of a model along its relationships: those
 * that lead to a model that the role has.
 */
void
access_change_along(const Model *model, Oid role, bool grant)
{
	change_along(model, InvalidOid, role, grant);
}

/* The functions of other models that lead to this one. */
static void
change_towards(const Model *model, Oid role, bool grant)
{
	List	   *done = NIL;

	for (int i = 0; i < model->nrelationships; i++)
	{
		Oid			target = model->relationships[i].target;
		Model	   *other;

		if (list_member_oid(done, target) || registry_owner(target) != GetUserId() ||
			(grant && !access_is_granted(target, role)))
			continue;
		done = lappend_oid(done, target);
		other = model_registered_or_stale(target);
		if (other)
			change_along(other, model->relid, role, grant);
	}
}

/*
 * Grants or revokes the functions of a model; those along a relationship only
 * together with the model that they lead to, in both directions.  As the
 * table's owner, inside an SPI connection.
 */
void
access_change(const Model *model, Oid role, bool grant)
{
	ListCell   *cell;

	foreach(cell, registry_functions(model->relid))
		if (!is_along(lfirst(cell)))
			change_function(lfirst(cell), role, grant);
	access_change_along(model, role, grant);
	change_towards(model, role, grant);
}

/* The roles that have the model, beside its owner. */
List *
access_roles(Oid relid)
{
	List	   *functions = registry_functions(relid);
	List	   *roles = NIL;
	Acl		   *acl = NULL;
	ListCell   *cell;

	/* whoever has all of them stands in the list of the first */
	foreach(cell, functions)
		if (acl == NULL && !is_along(lfirst(cell)))
			acl = function_ddl_privileges(((RegisteredFunction *) lfirst(cell))->oid);
	for (int i = 0; acl && i < ACL_NUM(acl); i++)
	{
		Oid			role = ACL_DAT(acl)[i].ai_grantee;

		if (role != ACL_ID_PUBLIC && role != GetUserId() && access_is_granted(relid, role))
			roles = list_append_unique_oid(roles, role);
	}
	return roles;
}

static void
change_access(Oid relid, Oid role, bool grant)
{
	AsOwner		as;
	Model	   *model;

	as_owner_begin(relid, &as);
	model = model_require_registered(relid);
	access_change(model, role, grant);
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
