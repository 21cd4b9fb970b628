/*
 * introspection.c
 *	  What the engine knows of a model, as JSON, for the views models and
 *	  relationships.
 */
#include "compat.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "expiry.h"
#include "function.h"
#include "function_ddl.h"
#include "model.h"
#include "registry.h"
#include "relationship.h"
#include "scope.h"

PG_FUNCTION_INFO_V1(todo_orm_describe);
PG_FUNCTION_INFO_V1(todo_orm_column_kinds);
PG_FUNCTION_INFO_V1(todo_orm_function_problem);
PG_FUNCTION_INFO_V1(todo_orm_outdated_functions);

/* Appends: "name": "column", or null for 0 */
static void
append_column(StringInfo out, const char *name, const Model *model, AttrNumber attnum)
{
	appendStringInfo(out, ",\"%s\":", name);
	if (attnum)
		escape_json(out, model_column(model, attnum)->name);
	else
		appendStringInfoString(out, "null");
}

/* Appends: ["user_id","conversation_id"] */
static void
append_attnums(StringInfo out, Oid relid, const AttrNumber *attnums, int n)
{
	appendStringInfoChar(out, '[');
	for (int i = 0; i < n; i++)
	{
		appendStringInfoString(out, i == 0 ? "" : ",");
		escape_json(out, get_attname(relid, attnums[i], false));
	}
	appendStringInfoChar(out, ']');
}

static void
append_sort(StringInfo out, const Model *model)
{
	appendStringInfoString(out, ",\"sort\":[");
	for (int i = 0; i < model->nsort; i++)
	{
		const SortItem *item = &model->sort[i];
		StringInfoData text;

		initStringInfo(&text);
		appendStringInfo(&text, "%s %s nulls %s", model_column(model, item->attnum)->quoted,
						 item->descending ? "desc" : "asc", item->nulls_first ? "first" : "last");
		appendStringInfoString(out, i == 0 ? "" : ",");
		escape_json(out, text.data);
	}
	appendStringInfoChar(out, ']');
}

static void
append_scopes(StringInfo out, const Model *model)
{
	ListCell   *cell;

	appendStringInfoString(out, ",\"scopes\":");
	foreach(cell, scope_names(model))
	{
		appendStringInfoChar(out, foreach_current_index(cell) == 0 ? '[' : ',');
		escape_json(out, lfirst(cell));
	}
	appendStringInfoChar(out, ']');
}

static void
append_relationships(StringInfo out, const Model *model)
{
	appendStringInfoString(out, ",\"relationships\":[");
	for (int i = 0; i < model->nrelationships; i++)
	{
		const Relationship *relationship = &model->relationships[i];

		appendStringInfo(out, "%s{\"relationship\":", i == 0 ? "" : ",");
		escape_json(out, relationship->name);
		appendStringInfo(out, ",\"target\":%u,\"kind\":\"%s\",\"columns\":", relationship->target,
						 relationship_kind_name(relationship->kind));
		append_attnums(out, model->relid, relationship->own, relationship->ncolumns);
		appendStringInfoString(out, ",\"target_columns\":");
		append_attnums(out, relationship->target, relationship->other,
					   relationship->link ? relationship->link->nfar : relationship->ncolumns);
		if (relationship->link)
			appendStringInfo(out, ",\"through\":%u", relationship->link->relid);
		appendStringInfoChar(out, '}');
	}
	appendStringInfoChar(out, ']');
}

/*
 * todo_orm.describe(model regclass) RETURNS json
 *
 * The resolved model: names, columns with a role, scopes, sort, relationships,
 * options.  Null for a table that is no model, or whose options no longer fit.
 */
Datum
todo_orm_describe(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	StringInfoData out;
	Model	   *model;
	int			depth;

	/* no lock on what is no model */
	if (registry_options(relid) == NULL)
		PG_RETURN_NULL();
	depth = expiry_enter();
	LockRelationOid(relid, AccessShareLock);
	model = get_rel_name(relid) ? model_registered_or_stale(relid) : NULL;
	if (model == NULL)
	{
		expiry_leave(depth);
		PG_RETURN_NULL();
	}
	initStringInfo(&out);
	appendStringInfoString(&out, "{\"name\":");
	escape_json(&out, model->name);
	appendStringInfoString(&out, ",\"plural\":");
	escape_json(&out, model->plural);
	append_column(&out, "owner", model, model->owner);
	appendStringInfoString(&out, ",\"key\":");
	append_attnums(&out, relid, model->keys, model->nkeys);
	append_column(&out, "created_at", model, model->created_at);
	append_column(&out, "updated_at", model, model->updated_at);
	append_column(&out, "deleted_at", model, model->deleted_at);
	append_column(&out, "version", model, model->version);
	append_scopes(&out, model);
	append_sort(&out, model);
	append_relationships(&out, model);
	appendStringInfo(&out, ",\"options\":%s}",
					 JsonbToCString(NULL, &model->options_json->root,
									VARSIZE(model->options_json)));
	expiry_leave(depth);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

static const char *
kind_of(Oid type)
{
	switch (getBaseType(type))
	{
		case TEXTOID:
		case VARCHAROID:
			return "text";
		case TIMESTAMPOID:
		case TIMESTAMPTZOID:
			return "time";
		case BOOLOID:
			return "boolean";
		case JSONBOID:
			return "jsonb";
		default:
			return "other";
	}
}

/* todo_orm.column_kinds(relation regclass) RETURNS jsonb: {"title": "text", ...} */
Datum
todo_orm_column_kinds(PG_FUNCTION_ARGS)
{
	Relation	rel = table_open(PG_GETARG_OID(0), AccessShareLock);
	TupleDesc	desc = RelationGetDescr(rel);
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (attribute->attisdropped)
			continue;
		appendStringInfoString(&out, out.len ? "," : "{");
		escape_json(&out, NameStr(attribute->attname));
		appendStringInfo(&out, ":\"%s\"", kind_of(attribute->atttypid));
	}
	appendStringInfoString(&out, out.len ? "}" : "{}");
	table_close(rel, AccessShareLock);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data));
}

/* todo_orm.function_problem(function oid) RETURNS text: why it cannot be called, or null */
Datum
todo_orm_function_problem(PG_FUNCTION_ARGS)
{
	Oid			oid = PG_GETARG_OID(0);
	int			depth;
	char	   *problem;

	if (!OidIsValid(registry_model_of_function(oid)))
		PG_RETURN_NULL();
	depth = expiry_enter();
	problem = function_problem(oid);
	expiry_leave(depth);
	if (problem == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(problem));
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
	Oid			relid = PG_GETARG_OID(0);
	int			depth = expiry_enter();
	ArrayBuildState *names = initArrayResult(TEXTOID, CurrentMemoryContext, false);
	Model	   *model;
	ListCell   *cell;

	LockRelationOid(relid, AccessShareLock);
	model = get_rel_name(relid) ? model_registered_or_stale(relid) : NULL;
	if (model)
		foreach(cell, function_ddl_outdated(model, registry_functions(relid)))
			names = accumArrayResult(names, CStringGetTextDatum(lfirst(cell)), false, TEXTOID,
									 CurrentMemoryContext);
	expiry_leave(depth);
	if (model == NULL)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(makeArrayResult(names, CurrentMemoryContext));
}
