/*
 * owner_models.c
 *	  The models that hold rows of a user: which they are, may the caller have
 *	  all of them, and running statements on them.
 *
 * An answer that leaves something out must not look complete: what cannot be
 * read, or cannot be told to be the user's, is refused and not passed over.
 */
#include "compat.h"

#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rls.h"

#include "errors.h"
#include "identity.h"
#include "json_argument.h"
#include "model_functions.h"
#include "body.h"
#include "owner_models.h"
#include "registry.h"

/* The setting that says for which user a transaction acts. */
#define USER_SETTING "todo_orm.user_id"

/* The descriptor of a table that functions are bound to, locked; NULL: it is gone. */
static Model *
lock_model(Oid relid)
{
	Model	   *model;

	LockRelationOid(relid, AccessShareLock);
	if (get_rel_name(relid) == NULL || registry_all_functions(relid) == NIL)
		return NULL;
	model = model_registered(relid);
	if (model == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the functions of table \"%s\" belong to another owner than the table",
						get_rel_name(relid)),
				 errhint("Register it again: %s", registry_register_hint(relid))));
	return model;
}

/* Does a view read, itself or through others, a table that is a model? */
static bool
view_reads_model(Oid view, List *registered)
{
	ListCell   *cell;

	check_stack_depth();
	foreach(cell, registry_read_by_view(view))
	{
		Oid			relid = lfirst_oid(cell);

		if (get_rel_relkind(relid) == RELKIND_VIEW ? view_reads_model(relid, registered) :
			list_member_oid(registered, relid))
			return true;
	}
	return false;
}

/* Are its rows those of another model that is taken anyway? */
static bool
is_shown_elsewhere(Oid relid, List *taken, List *registered)
{
	ListCell   *cell;

	if (get_rel_relkind(relid) == RELKIND_VIEW)
		return view_reads_model(relid, registered);
	if (!has_superclass(relid))
		return false;
	foreach(cell, taken)
		if (lfirst_oid(cell) != relid &&
			list_member_oid(find_all_inheritors(lfirst_oid(cell), NoLock, NULL), relid))
			return true;
	return false;
}

/* Whether the owners of a model are users, only its setting tells. */
TODO_ORM_NORETURN
static void
refuse_unclear(const Model *model)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("it is not known whether the owners of \"%s\" are users", model->name),
			 errdetail("Its owner column \"%s\" has no owner_setting.",
					   model_column(model, model->owner)->name),
			 errhint("Register it with owner_setting '%s' if they are, with another one if they are not; or give argument models.",
					 USER_SETTING)));
}

/* All tables whose rows have users as owners, views of other models left out. */
static List *
find_tables(void)
{
	List	   *registered = registry_tables();
	List	   *users = NIL;
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, registered)
	{
		Model	   *model = lock_model(lfirst_oid(cell));

		if (model == NULL || model->owner == 0)
			continue;
		if (model->owner_setting == NULL)
		{
			if (!is_shown_elsewhere(model->relid, NIL, registered))
				refuse_unclear(model);
		}
		else if (strcmp(model->owner_setting, USER_SETTING) == 0)
			users = lappend_oid(users, model->relid);
	}
	foreach(cell, users)
		if (!is_shown_elsewhere(lfirst_oid(cell), users, registered))
			result = lappend_oid(result, lfirst_oid(cell));
	return result;
}

/* The tables that the caller names; each must be a model with owner. */
static List *
read_tables(ArrayType *wanted)
{
	List	   *result = NIL;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	deconstruct_array(wanted, REGCLASSOID, sizeof(Oid), true, TYPALIGN_INT, &values, &nulls, &count);
	for (int i = 0; i < count; i++)
	{
		Oid			relid = nulls[i] ? InvalidOid : DatumGetObjectId(values[i]);
		Model	   *model = OidIsValid(relid) ? lock_model(relid) : NULL;

		if (model == NULL || model->owner == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg(model ? "model \"%s\" has no owner" : "\"%s\" is not a registered model",
							model ? model->name : OidIsValid(relid) && get_rel_name(relid) ?
							get_rel_name(relid) : "null"),
					 errdetail_internal("%s", errors_detail("models", model ? "has no owner" :
															"is not a registered model", NULL))));
		result = list_append_unique_oid(result, relid);
	}
	list_sort(result, list_oid_cmp);
	return result;
}

/*
 * May the caller?  Answers the function that he may execute; where the model has
 * none of the operations, only its owner may, and there is no function.
 */
static bool
find_right(Oid relid, const char *const *operations, Oid *function)
{
	List	   *functions = registry_functions(relid);
	ListCell   *cell;

	*function = InvalidOid;
	for (; *operations; operations++)
		foreach(cell, functions)
		{
			RegisteredFunction *registered = lfirst(cell);
			ModelFunction found = {.oid = registered->oid,.schema = registered->schema};

			if (strcmp(body_text(registered->body, "operation"), *operations) != 0)
				continue;
			*function = found.oid;
			return model_function_is_allowed(&found);
		}
	return relation_ownercheck(relid, GetUserId());
}

/* Refuses (42501) unless the caller may have all of the models. */
static void
check_rights(List *tables, const char *const *operations)
{
	StringInfoData refused;
	ListCell   *cell;
	Oid			function;

	initStringInfo(&refused);
	foreach(cell, tables)
	{
		Oid			relid = lfirst_oid(cell);

		if (find_right(relid, operations, &function))
			continue;
		appendStringInfo(&refused, "%s%s", refused.len ? ", " : "",
						 registry_table_name(relid));
		if (OidIsValid(function))
			appendStringInfo(&refused, " (function %s)", quote_identifier(get_func_name(function)));
	}
	if (refused.len > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for models of the user"),
				 errdetail("Not granted: %s.", refused.data),
				 errhint("Nothing was done. todo_orm.grant_access lets a role execute the functions; with argument models the call is about those alone.")));
}

/* The user as a value of the model's owner column; raises where it is none. */
static Datum
read_owner(const Model *model, const char *user_id)
{
	Column	   *column = model_column(model, model->owner);
	Place		place = {NULL, "user_id", 0};
	Datum		owner = (Datum) 0;
	ErrorList	errors;
	JsonbValue	value;

	errors_init(&errors, model);
	value.type = jbvString;
	value.val.string.val = unconstify(char *, user_id);
	value.val.string.len = strlen(user_id);
	(void) json_argument_read(&errors, &place, column->basetype, &value, &owner);
	errors_raise(&errors);
	identity_check(model, owner, false);
	return owner;
}

/* With FORCE the owner too sees only what policies let through: nothing, where the identity is not set. */
static void
check_policies(const Model *model)
{
	if (identity_is_set(model) ||
		check_enable_rls(model->relid, model->relowner, true) != RLS_ENABLED)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("row level security of \"%s\" hides rows from its owner", model->relname),
			 errhint("Begin the transaction with SELECT set_config('%s', $1, true).",
					 model->owner_setting ? model->owner_setting : USER_SETTING)));
}

/* Fills in what is needed to work on a table that is locked now. */
static void
open_model(const OwnerRequest *request, Oid relid, OwnerModel *opened)
{
	opened->relid = relid;
	opened->model = lock_model(relid);
	/* the right, or the model, may have gone while locks were waited for */
	if (opened->model == NULL || opened->model->owner == 0)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("a model was changed while the call waited for it"),
				 errhint("Repeat the transaction.")));
	if (!find_right(relid, request->operations, &opened->function))
		check_rights(list_make1_oid(relid), request->operations);
	opened->owner = read_owner(opened->model, request->user_id);
	check_policies(opened->model);
}

/*
 * Finds and locks the models, what is referred to first.
 *
 * Errors: 22004 without user; 42501 where the caller may not have one of them;
 * 22023 for one that is no model; 55000 for one that does not fit its table, or
 * of which it is not known whether its owners are users.
 */
void
owner_models_open(const OwnerRequest *request, OwnerModels *result)
{
	List	   *tables;
	ListCell   *cell;

	if (request->user_id == NULL || request->user_id[0] == '\0')
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("user_id must not be %s", request->user_id ? "empty" : "null"),
				 errhint("Pass the id of the user whose rows the call is about.")));
	tables = request->wanted ? read_tables(request->wanted) : find_tables();
	check_rights(tables, request->operations);
	foreach(cell, tables)
		LockRelationOid(lfirst_oid(cell), request->lockmode);
	result->count = 0;
	result->models = palloc0(sizeof(OwnerModel) * Max(list_length(tables), 1));
	foreach(cell, tables)
		open_model(request, lfirst_oid(cell), &result->models[result->count++]);
	owner_order(result);
}

/* Appends: FROM public.task AS t WHERE t.user_id = $1 */
void
owner_models_append_where(Statement *st, const Model *model)
{
	statement_add(st, " FROM %s AS t WHERE ", model->qualified);
	statement_where_owner(st, model, "t");
}

/*
 * Runs a statement on a model as the table's owner, whose code sees the model's
 * search_path, as in a call of the model's function.
 */
uint64
owner_models_run(const OwnerModel *on, PlanKind kind, const void *shape, Size length,
				 PlanBuilder build, const Datum *values, bool read_only, RowSink sink, void *arg)
{
	Oid			outer_function = plan_set_function(on->function);
	int			guc_level = NewGUCNestLevel();
	Oid			saved_user;
	int			saved_context;
	uint64		count;

	GetUserIdAndSecContext(&saved_user, &saved_context);
	SetUserIdAndSecContext(on->model->relowner, saved_context | SECURITY_LOCAL_USERID_CHANGE);
	(void) set_config_option("search_path", on->model->search_path, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "could not connect to SPI");
	count = plan_run(plan_get(on->model, kind, shape, length, build), values, NULL, read_only,
					 sink, arg);
	SPI_finish();
	SetUserIdAndSecContext(saved_user, saved_context);
	AtEOXact_GUC(true, guc_level);
	(void) plan_set_function(outer_function);
	return count;
}
