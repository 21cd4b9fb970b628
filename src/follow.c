/*
 * follow.c
 *	  May the caller read along a relationship?
 *
 * A call runs with the rights of the table's owner.  A filter or an order that
 * reads another model answers about its rows, so it asks for the right that
 * the function of the row asks for: EXECUTE on it, or where there is none, on a
 * function that reads the other model.
 */
#include "compat.h"

#include "miscadmin.h"
#include "nodes/value.h"
#include "parser/parse_func.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"

#include "body.h"
#include "follow.h"
#include "registry.h"

static bool
may_execute(Oid function, Oid role)
{
	return function_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
}

static bool
is_reading(const RegisteredFunction *function)
{
	static const char *const names[] = {"list", "page", "get", "find"};
	const char *operation = body_text(function->body, "operation");

	for (size_t i = 0; i < lengthof(names); i++)
		if (strcmp(operation, names[i]) == 0)
			return true;
	return false;
}

/* May the role read the model with a function of it? */
static bool
may_read(Oid relid, Oid role)
{
	ListCell   *cell;

	foreach(cell, registry_functions(relid))
	{
		const RegisteredFunction *function = lfirst(cell);

		if (is_reading(function) && may_execute(function->oid, role))
			return true;
	}
	return false;
}

/*
 * Refuses a relationship that the caller may not follow.
 *
 * The caller is the role of the session as it is set: a SECURITY DEFINER
 * function around the call lends it no right here.
 *
 * Errors: 42501.
 */
static void
check_right(const Model *model, const Relationship *relationship)
{
	Oid			role = GetOuterUserId();
	Oid			rowtype = model->rowtype;
	Oid			function;

	if (has_privs_of_role(role, model->relowner))
		return;
	function = LookupFuncName(list_make2(makeString(model->schema_name),
										 makeString(relationship->name)), 1, &rowtype, true);
	if (OidIsValid(function) ? may_execute(function, role) : may_read(relationship->target, role))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for relationship \"%s\" of model \"%s\"", relationship->name,
					model->relname),
			 errhint("Have the other model granted: todo_orm.grant_access.")));
}

/*
 * The model at the other end of a relationship that a call wants to read along;
 * its table is locked, and that of the links.  A lock may be waited for: whoever
 * follows asks afterwards whether the descriptors it has are still right.
 *
 * Errors: 42501 where the caller may not.
 */
Model *
follow(const Model *model, const Relationship *relationship)
{
	check_right(model, relationship);
	LockRelationOid(relationship->target, AccessShareLock);
	if (relationship->link)
		LockRelationOid(relationship->link->relid, AccessShareLock);
	return model_slot_current(relationship->target_slot);
}
