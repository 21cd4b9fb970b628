/*
 * added.c
 *	  Functions that todo_orm.add_function has added to a model.
 *
 * What they are stands in their bodies alone; registering the model again
 * brings them up to date with it.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "access.h"
#include "added.h"
#include "as_owner.h"
#include "body.h"
#include "extra.h"
#include "function_ddl.h"
#include "guard.h"
#include "registration.h"
#include "relationship.h"

PG_FUNCTION_INFO_V1(todo_orm_add_function);

/* Do the settings of a function that is added fit?  Raises what does not. */
static void
check_settings(const Model *model, const WantedFunction *function)
{
	ExtraSource source = {model, function->name, function->operation, function->relationship,
		function->names, function->settings};
	ExtraSettings settings;

	extra_read(&source, &settings);
}

/*
 * An extra function as its body says; NULL where the model has nothing for it
 * any more.
 *
 * Errors: 55000 where its settings do not fit.
 */
static WantedFunction *
wanted_extra(const Model *model, const RegisteredFunction *existing)
{
	const Operation *operation = operation_find(body_text(existing->body, "operation"));
	const Relationship *relationship = NULL;
	WantedFunction *function;

	if (operation == NULL || !(operation->groups & GROUP_EXTRA))
		return NULL;
	if (operation->along != ALONG_NONE)
		relationship = relationship_described(model, existing->oid, existing->body);
	if (!operation_applies(operation, model, relationship))
		return NULL;
	function = function_ddl_extra(model, existing->name, operation, relationship,
								  body_arguments(existing->body), body_settings(existing->body));
	check_settings(model, function);
	return function;
}

/* The added functions among the existing ones, as they should be. */
List *
added_wanted(const Model *model, List *existing)
{
	List	   *wanted = NIL;
	ListCell   *cell;

	foreach(cell, existing)
	{
		WantedFunction *function = wanted_extra(model, lfirst(cell));

		if (function)
			wanted = lappend(wanted, function);
	}
	return wanted;
}

/* A function of a model, for guard_run(). */
typedef struct ExtraCheck
{
	const Model *model;
	const RegisteredFunction *function;
} ExtraCheck;

static void
run_extra_check(void *arg)
{
	ExtraCheck *check = arg;

	(void) wanted_extra(check->model, check->function);
}

/*
 * Do its settings name what is gone?  A neighbour's function then stays as it
 * is: it raises that itself, and is not what is being registered.
 */
bool
added_is_misfit(const Model *model, const RegisteredFunction *function)
{
	ExtraCheck	check = {model, function};

	return guard_run(run_extra_check, &check) != NULL;
}

/*
 * What registering a model again would do: the functions that it is to have,
 * and the existing ones.  Added functions that do not fit the table are left
 * out of both: they raise that themselves.
 */
List *
added_all_wanted(const Model *model, List **existing)
{
	List	   *fitting = NIL;
	ListCell   *cell;

	foreach(cell, *existing)
		if (!added_is_misfit(model, lfirst(cell)))
			fitting = lappend(fitting, lfirst(cell));
	*existing = fitting;
	return list_concat(function_ddl_wanted(model), added_wanted(model, fitting));
}

/* A text[] as a list of names. */
static List *
names_of(ArrayType *array)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n;
	List	   *names = NIL;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			names = lappend(names, TextDatumGetCString(elements[i]));
	return names;
}

/* The names of the operations that can be added. */
static char *
extra_operations(void)
{
	const Operation *operation;
	StringInfoData names;

	initStringInfo(&names);
	for (int i = 0; (operation = operation_at(i)) != NULL; i++)
		if (operation->groups & GROUP_EXTRA)
			appendStringInfo(&names, "%s%s", names.len ? ", " : "", operation->name);
	return names.data;
}

static const Operation *
extra_operation(const char *name)
{
	const Operation *operation = operation_find(name);

	if (operation == NULL || !(operation->groups & GROUP_EXTRA))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("operation \"%s\" cannot be added", name),
				 errhint("Available operations: %s.", extra_operations())));
	return operation;
}

/* The kinds of relationship that an operation works along: many_to_one, ... */
static char *
kinds_along(const Operation *operation)
{
	StringInfoData names;

	initStringInfo(&names);
	for (int kind = RELATIONSHIP_MANY_TO_ONE; kind <= RELATIONSHIP_MANY_TO_MANY; kind++)
		if (operation->along & ALONG(kind))
			appendStringInfo(&names, "%s%s", names.len ? ", " : "",
							 relationship_kind_name((RelationshipKind) kind));
	return names.data;
}

/* The relationship of a function that is added; NULL for an operation that needs none. */
static const Relationship *
relationship_named(const Model *model, const Operation *operation, const char *name)
{
	const Relationship *relationship;

	if (operation->along == ALONG_NONE && name[0] == '\0')
		return NULL;
	relationship = relationship_require(model, name);
	if (!(operation->along & ALONG(relationship->kind)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("operation \"%s\" does not work along relationship \"%s\"",
						operation->name, name),
				 errdetail("Its kind is %s.", relationship_kind_name(relationship->kind)),
				 operation->along == ALONG_NONE ?
				 errhint("It needs no relationship: give an empty text.") :
				 errhint("Kinds that it works along: %s.", kinds_along(operation))));
	return relationship;
}

/* As check_settings(), for settings that a caller has given. */
static void
check_given_settings(const Model *model, const WantedFunction *function)
{
	bool		before = model_set_registering(true);

	PG_TRY();
	{
		check_settings(model, function);
	}
	PG_FINALLY();
	{
		(void) model_set_registering(before);
	}
	PG_END_TRY();
}

/* The function that a caller of add_function asks for. */
static WantedFunction *
asked_extra(const Model *model, const char *name, const Operation *operation,
			const char *relationship_name, List *names, Jsonb *settings)
{
	const Relationship *relationship = relationship_named(model, operation, relationship_name);
	WantedFunction *function;

	if (!operation_applies(operation, model, relationship))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("operation \"%s\" does not fit table \"%s\"", operation->name,
						model->relname),
				 errdetail("The table lacks what the operation needs: a key, an order, or a time of creation.")));
	function = function_ddl_extra(model, name, operation, relationship, names, settings);
	check_given_settings(model, function);
	return function;
}

/*
 * todo_orm.add_function(model regclass, name text, operation text,
 *						 relationship text, arguments text[], settings jsonb)
 *	RETURNS SETOF text
 *
 * Adds a function of an operation that no model has by its options.
 */
Datum
todo_orm_add_function(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(1));
	const Operation *operation = extra_operation(text_to_cstring(PG_GETARG_TEXT_PP(2)));
	char	   *relationship = text_to_cstring(PG_GETARG_TEXT_PP(3));
	List	   *names = names_of(PG_GETARG_ARRAYTYPE_P(4));
	Jsonb	   *settings = PG_GETARG_JSONB_P(5);
	WantedFunction *function;
	Model	   *model;
	List	   *roles;
	ListCell   *cell;
	AsOwner		as;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	as_owner_begin(relid, &as);
	model = model_require_registered(relid);
	roles = access_roles(relid);
	function = asked_extra(model, name, operation, relationship, names, settings);
	function_ddl_apply(model, list_make1(function), registry_all_functions(relid), false,
					   registration_put_signature, fcinfo->resultinfo);
	/* who has had the model has what is new in it, too */
	foreach(cell, roles)
		access_change(model, lfirst_oid(cell), true);
	as_owner_end(&as);
	return (Datum) 0;
}
