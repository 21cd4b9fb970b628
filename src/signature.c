/*
 * signature.c
 *	  The arguments that an operation has for a model.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "ids.h"
#include "signature.h"

static List *
add(List *list, const char *name, Oid type, const char *default_sql, ArgumentRole role,
	AttrNumber attnum)
{
	Argument   *argument = palloc(sizeof(Argument));

	argument->name = pstrdup(name);
	argument->type = type;
	argument->default_sql = default_sql;
	argument->role = role;
	argument->attnum = attnum;
	return lappend(list, argument);
}

/* An argument of the engine's own: "_" is added until no column has its name. */
static List *
add_own(List *list, const Model *model, const char *name, Oid type, const char *default_sql,
		ArgumentRole role)
{
	while (model_find_column(model, name))
		name = psprintf("%s_", name);
	return add(list, name, type, default_sql, role, 0);
}

/* An argument that stands for a column. */
static List *
add_column(List *list, const Column *column, const char *name, bool optional, ArgumentRole role)
{
	Oid			type = model_argument_type(column);
	char	   *default_sql = NULL;

	if (optional)
		default_sql = psprintf("NULL::%s", model_type_name(type));
	return add(list, name, type, default_sql, role, column->attnum);
}

static List *
with_owner(const Model *model)
{
	Column	   *owner;

	if (model->owner == 0)
		return NIL;
	owner = model_column(model, model->owner);
	return add_column(NIL, owner, owner->name, false, ARG_OWNER);
}

/* (owner, key ...) */
List *
signature_key(const Model *model, const SignatureContext *context)
{
	List	   *list = with_owner(model);

	(void) context;
	for (int i = 0; i < model->nkeys; i++)
	{
		Column	   *column = model_column(model, model->keys[i]);

		list = add_column(list, column, column->name, false, ARG_KEY);
	}
	return list;
}

/* A function has at most 100 arguments, one of which is the owner. */
static bool
has_too_many_columns(const Model *model)
{
	int			n = 0;

	for (int i = 0; i < model->natts; i++)
		n += model_takes_on_create(model, &model->columns[i]);
	return n > FUNC_MAX_ARGS - 1;
}

/*
 * (owner, required columns ..., optional columns ...); with more columns than a
 * function can have arguments: (owner, item jsonb)
 */
List *
signature_create(const Model *model, const SignatureContext *context)
{
	List	   *list = with_owner(model);

	(void) context;
	if (has_too_many_columns(model))
		return add_own(list, model, "item", JSONBOID, NULL, ARG_ITEMS);
	for (int optional = 0; optional <= 1; optional++)
	{
		for (int i = 0; i < model->natts; i++)
		{
			Column	   *column = &model->columns[i];

			if (model_takes_on_create(model, column) &&
				model_requires_on_create(model, column) == !optional)
				list = add_column(list, column, column->name, optional, ARG_COLUMN);
		}
	}
	return list;
}

/* (owner, items jsonb) */
List *
signature_items(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_own(with_owner(model), model, "items", JSONBOID, NULL, ARG_ITEMS);
}

/* (owner, ids): an array of the key's type, jsonb objects for several columns */
List *
signature_find(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_own(with_owner(model), model, "ids", ids_type(model), NULL, ARG_IDS);
}

/* (owner, key ..., ids): ids of the relationship's target */
List *
signature_link(const Model *model, const SignatureContext *context)
{
	const Model *target = model_slot_current(context->relationship->target_slot);

	return add_own(signature_key(model, context), model, "ids", ids_type(target), NULL, ARG_IDS);
}

static List *
add_scope(List *list, const Model *model)
{
	return add_own(list, model, "scope", TEXTOID, "'all'::pg_catalog.text", ARG_SCOPE);
}

/* A filter; required where it is what the call is about. */
static List *
add_match(List *list, const Model *model, bool required)
{
	return add_own(list, model, "match", JSONBOID, required ? NULL : "'{}'::pg_catalog.jsonb",
				   ARG_MATCH);
}

static List *
add_sort(List *list, const Model *model)
{
	return add_own(list, model, "sort", TEXTOID, "NULL::pg_catalog.text", ARG_SORT);
}

/* scope, match, sort, take, skip, cursor */
static List *
add_list(List *list, const Model *model)
{
	list = add_sort(add_match(add_scope(list, model), model, false), model);
	list = add_own(list, model, "take", INT4OID, "50", ARG_TAKE);
	list = add_own(list, model, "skip", INT4OID, "0", ARG_SKIP);
	return add_own(list, model, "cursor", TEXTOID, "NULL::pg_catalog.text", ARG_CURSOR);
}

static List *
add_page(List *list, const Model *model)
{
	return add_own(add_list(list, model), model, "with_total", BOOLOID, "false", ARG_WITH_TOTAL);
}

static List *
add_include(List *list, const Model *model)
{
	return add_own(list, model, "include", JSONBOID, NULL, ARG_INCLUDE);
}

/* (owner, scope, match, sort, take, skip, cursor) */
List *
signature_list(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_list(with_owner(model), model);
}

/* (owner, scope, match, sort, take, skip, cursor, with_total) */
List *
signature_page(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_page(with_owner(model), model);
}

/* (owner, token, take) */
List *
signature_changes(const Model *model, const SignatureContext *context)
{
	List	   *list = add_own(with_owner(model), model, "token", TEXTOID,
							   "NULL::pg_catalog.text", ARG_TOKEN);

	(void) context;
	return add_own(list, model, "take", INT4OID, "100", ARG_TAKE);
}

/* (owner, item jsonb, shape) */
List *
signature_validate(const Model *model, const SignatureContext *context)
{
	List	   *list = add_own(with_owner(model), model, "item", JSONBOID, NULL, ARG_ITEMS);

	(void) context;
	return add_own(list, model, "shape", TEXTOID, "'create'::pg_catalog.text", ARG_SHAPE);
}

/* (owner, key ..., include) */
List *
signature_load(const Model *model, const SignatureContext *context)
{
	return add_include(signature_key(model, context), model);
}

/* (owner, include, scope, match, sort, take, skip, cursor, with_total) */
List *
signature_load_many(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_page(add_include(with_owner(model), model), model);
}

/* (owner, ids, take): rows that the relationship starts from, rows for each of them */
List *
signature_batch(const Model *model, const SignatureContext *context)
{
	return add_own(signature_find(model, context), model, "take", INT4OID,
				   "NULL::pg_catalog.int4", ARG_TAKE);
}

/* (owner, match, sort, scope) */
List *
signature_first(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_scope(add_sort(add_match(with_owner(model), model, false), model), model);
}

/* (owner, match, scope, missing_ok) */
List *
signature_one(const Model *model, const SignatureContext *context)
{
	List	   *list = add_scope(add_match(with_owner(model), model, true), model);

	(void) context;
	return add_own(list, model, "missing_ok", BOOLOID, "false", ARG_MISSING_OK);
}

/* (owner, scope, match) */
List *
signature_count(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_match(add_scope(with_owner(model), model), model, false);
}

/* The version that the caller has seen, where the model has versions. */
static List *
add_if_version(List *list, const Model *model)
{
	if (model->version == 0)
		return list;
	return add_own(list, model, "if_version", INT8OID, "NULL::pg_catalog.int8", ARG_IF_VERSION);
}

/* (owner, key ..., patch jsonb, if_version) */
List *
signature_update(const Model *model, const SignatureContext *context)
{
	return add_if_version(add_own(signature_key(model, context), model, "patch", JSONBOID, NULL,
								  ARG_PATCH), model);
}

/* (owner, key ..., if_version) */
List *
signature_delete(const Model *model, const SignatureContext *context)
{
	return add_if_version(signature_key(model, context), model);
}

/* (owner, older_than interval, match) */
List *
signature_purge(const Model *model, const SignatureContext *context)
{
	List	   *list = add_own(with_owner(model), model, "older_than", INTERVALOID,
							   "'0'::pg_catalog.interval", ARG_OLDER_THAN);

	(void) context;
	return add_match(list, model, false);
}

static List *
add_max_rows(List *list, const Model *model)
{
	return add_own(list, model, "max_rows", INT8OID, "NULL::pg_catalog.int8", ARG_MAX_ROWS);
}

/* (owner, match, patch, max_rows) */
List *
signature_update_many(const Model *model, const SignatureContext *context)
{
	List	   *list = add_match(with_owner(model), model, true);

	(void) context;
	return add_max_rows(add_own(list, model, "patch", JSONBOID, NULL, ARG_PATCH), model);
}

/* (owner, match, max_rows) */
List *
signature_delete_many(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_max_rows(add_match(with_owner(model), model, true), model);
}

/* (owner, item jsonb, on_key text[]) */
List *
signature_upsert(const Model *model, const SignatureContext *context)
{
	List	   *list = add_own(with_owner(model), model, "item", JSONBOID, NULL, ARG_ITEMS);

	(void) context;
	return add_own(list, model, "on_key", TEXTARRAYOID, "NULL::pg_catalog.text[]", ARG_ON_KEY);
}

/* (owner, match, group_by, measures, scope) */
List *
signature_aggregate(const Model *model, const SignatureContext *context)
{
	List	   *list = add_match(with_owner(model), model, false);

	(void) context;
	list = add_own(list, model, "group_by", TEXTARRAYOID, "'{}'::pg_catalog.text[]", ARG_GROUP_BY);
	list = add_own(list, model, "measures", JSONBOID,
				   "'{\"count\": \"count\"}'::pg_catalog.jsonb", ARG_MEASURES);
	return add_scope(list, model);
}

/* (row) */
List *
signature_row(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add(NIL, model->name, model->rowtype, NULL, ARG_ROW, 0);
}

/* The columns of the key to the parent, owner left out. */
static List *
add_parent_key(List *list, const Model *model, const Relationship *parent)
{
	for (int i = 0; i < parent->ncolumns; i++)
	{
		Column	   *column = model_column(model, parent->own[i]);

		if (parent->own[i] != model->owner)
			list = add_column(list, column, column->name, false, ARG_PARENT_KEY);
	}
	return list;
}

static bool
is_parent_key(const Relationship *parent, AttrNumber attnum)
{
	for (int i = 0; i < parent->ncolumns; i++)
		if (parent->own[i] == attnum)
			return true;
	return false;
}

/*
 * (owner, key to the parent ..., the named columns): the columns that the
 * caller must give stand first in the body's list; those that may be left
 * out, by the table or because a CHECK allows it, are optional.
 */
List *
signature_append(const Model *model, const SignatureContext *context)
{
	List	   *list = add_parent_key(with_owner(model), model, context->relationship);
	ListCell   *cell;

	foreach(cell, context->names)
	{
		Column	   *column = model_find_column(model, lfirst(cell));

		if (column && model_takes_on_create(model, column) &&
			!is_parent_key(context->relationship, column->attnum))
			list = add_column(list, column, column->name,
							  !model_requires_on_create(model, column), ARG_COLUMN);
	}
	return list;
}

/* (owner, key to the parent ..., items jsonb) */
List *
signature_append_many(const Model *model, const SignatureContext *context)
{
	return add_own(add_parent_key(with_owner(model), model, context->relationship), model,
				   "items", JSONBOID, NULL, ARG_ITEMS);
}

/* The name that the body gives to an argument, else the usual one. */
static const char *
given_name(const SignatureContext *context, int index, const char *name)
{
	return index < list_length(context->names) ? list_nth(context->names, index) : name;
}

/* (owner, key under the names the body gives ...) */
static List *
with_named_key(const Model *model, const SignatureContext *context)
{
	List	   *list = with_owner(model);

	for (int i = 0; i < model->nkeys; i++)
	{
		Column	   *column = model_column(model, model->keys[i]);

		list = add_column(list, column, given_name(context, i, column->name), false, ARG_KEY);
	}
	return list;
}

/* (owner, key under the names the body gives ..., take) */
List *
signature_with_children(const Model *model, const SignatureContext *context)
{
	return add_own(with_named_key(model, context), model, "take", INT4OID, "NULL::pg_catalog.int4",
				   ARG_TAKE);
}

/* (owner, key ..., piece) */
List *
signature_extend(const Model *model, const SignatureContext *context)
{
	return add_own(signature_key(model, context), model, "piece", TEXTOID, NULL, ARG_PIECE);
}

/* (owner, key ..., the named columns): all of those can be left out */
List *
signature_step(const Model *model, const SignatureContext *context)
{
	List	   *list = signature_key(model, context);
	ListCell   *cell;

	foreach(cell, context->names)
	{
		Column	   *column = model_find_column(model, lfirst(cell));

		if (column && model_takes_on_patch(model, column) && !model_is_key(model, column->attnum))
			list = add_column(list, column, column->name, true, ARG_COLUMN);
	}
	return list;
}

/* (owner, older_than interval) */
List *
signature_step_many(const Model *model, const SignatureContext *context)
{
	(void) context;
	return add_own(with_owner(model), model, "older_than", INTERVALOID,
				   "'1 hour'::pg_catalog.interval", ARG_OLDER_THAN);
}

/* (owner, key ..., take, max_chars, keep_pinned), all under the names the body gives */
List *
signature_context(const Model *model, const SignatureContext *context)
{
	List	   *list = with_named_key(model, context);
	int			next = model->nkeys;

	list = add_own(list, model, given_name(context, next, "take"), INT4OID, "50", ARG_TAKE);
	list = add_own(list, model, given_name(context, next + 1, "max_chars"), INT4OID,
				   "NULL::pg_catalog.int4", ARG_MAX_CHARS);
	return add_own(list, model, given_name(context, next + 2, "keep_pinned"), BOOLOID, "false",
				   ARG_KEEP_PINNED);
}
