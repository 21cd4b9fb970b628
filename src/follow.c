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

#include "follow.h"
#include "model_functions.h"
#include "registry.h"

/*
 * May the role call one of these operations of a table?  relationship: along
 * which one; NULL: any.
 */
static bool
may_call(Oid relid, const char *const *operations, const char *relationship, Oid role)
{
	const ModelFunctions *functions = model_functions_open(relid, role);

	for (int i = 0; functions && i < functions->count; i++)
	{
		const ModelFunction *function = &functions->functions[i];

		if (relationship &&
			(function->relationship == NULL || strcmp(function->relationship, relationship) != 0))
			continue;
		for (int o = 0; operations[o]; o++)
			if (strcmp(function->operation->name, operations[o]) == 0 &&
				registry_may_execute(function->oid, role))
				return true;
	}
	return false;
}

/* May the role read the model with a function of it? */
static bool
may_read(Oid relid, Oid role)
{
	static const char *const reading[] = {"list", "page", "get", "find", NULL};

	return may_call(relid, reading, NULL, role);
}

/*
 * May the caller follow the relationship?  The caller is the role of the session
 * as it is set: a SECURITY DEFINER function around the call lends it no right here.
 */
bool
follow_is_allowed(const Model *model, const Relationship *relationship)
{
	Oid			role = GetOuterUserId();
	Oid			rowtype = model->rowtype;
	Oid			function;

	if (has_privs_of_role(role, model->relowner))
		return true;
	function = LookupFuncName(list_make2(makeString(model->schema_name),
										 makeString(relationship->name)), 1, &rowtype, true);
	if (OidIsValid(function))
		return registry_may_execute(function, role);
	return model_functions_any(relationship->target, role) && may_read(relationship->target, role);
}

/* Refuses a relationship that the caller may not follow (42501). */
static void
check_right(const Model *model, const Relationship *relationship)
{
	if (follow_is_allowed(model, relationship))
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

/* May the role create rows of a model, or change them? */
static bool
may_write(Oid relid, FollowWrite what, Oid role)
{
	static const char *const creating[] = {"create", "create_many", NULL};
	static const char *const changing[] = {"update", "update_many", "patch_many", NULL};

	return may_call(relid, what == FOLLOW_CREATE ? creating : changing, NULL, role);
}

/*
 * Refuses a caller who may not create rows of the call's own model, or change
 * them.  Errors: 42501.
 */
void
follow_check_own(const Model *model, FollowWrite what)
{
	Oid			role = GetOuterUserId();

	if (has_privs_of_role(role, model->relowner) || may_write(model->relid, what, role))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied to %s rows of model \"%s\"",
					what == FOLLOW_CREATE ? "create" : "update", model->relname)));
}

/* What stands in for the right to write along a relationship. */
static bool
may_write_along(const Model *model, const Relationship *relationship, FollowWrite what, Oid role)
{
	static const char *const linking[] = {"link", "set", NULL};
	static const char *const unlinking[] = {"unlink", "set", NULL};

	if (what == FOLLOW_CREATE || what == FOLLOW_CHANGE)
		return may_write(relationship->target, what, role);
	return may_call(model->relid, what == FOLLOW_LINK ? linking : unlinking, relationship->name,
					role);
}

/*
 * The model at the other end of a relationship along which a call wants to
 * write.  A caller who does not own it needs the right to do so with the
 * functions for it.  Locks are taken as for a call that
 * writes to that model itself.
 *
 * Errors: 42501 where the caller may not.
 */
Model *
follow_to_write(const Model *model, const Relationship *relationship, FollowWrite what)
{
	Oid			role = GetOuterUserId();
	Model	   *target;

	if (!has_privs_of_role(role, model_slot_current(relationship->target_slot)->relowner) &&
		!may_write_along(model, relationship, what, role))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to write along relationship \"%s\" of model \"%s\"",
						relationship->name, model->relname),
				 errhint("It takes the function that %s.",
						 what == FOLLOW_CREATE ? "creates rows of the other model" :
						 what == FOLLOW_CHANGE ? "updates rows of the other model" :
						 what == FOLLOW_LINK ? "links the two" : "unlinks the two")));
	LockRelationOid(relationship->target, RowExclusiveLock);
	if (relationship->link)
		LockRelationOid(relationship->link->relid, RowExclusiveLock);
	target = model_slot_current(relationship->target_slot);
	for (int i = 0; i < target->nrelationships; i++)
		if (target->relationships[i].kind == RELATIONSHIP_MANY_TO_ONE)
			LockRelationOid(target->relationships[i].target, AccessShareLock);
	for (int i = 0; i < target->nreferences; i++)
		LockRelationOid(target->references[i].target, AccessShareLock);
	return model_slot_current(relationship->target_slot);
}
