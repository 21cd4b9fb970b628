/*
 * ids.c
 *	  Arguments "ids": several keys of a model at once.
 *
 * A key of one column comes as an array of its type, one of several columns as
 * a jsonb array of objects.  Statements see them as rows (k1, ..., n).
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "ids.h"
#include "jsonb_read.h"
#include "payload.h"

/*
 * Can the keys be sent as one array for each column?  Arrays have no array
 * type, and unnest() of rows gives their fields.
 */
bool
ids_fit_arrays(const Model *model)
{
	for (int i = 0; i < model->nkeys; i++)
	{
		Oid			type = model_argument_type(model_column(model, model->keys[i]));

		if (!OidIsValid(get_array_type(type)) || type_is_rowtype(type))
			return false;
	}
	return true;
}

/* The type of the argument. */
Oid
ids_type(const Model *model)
{
	if (model->nkeys == 1 && ids_fit_arrays(model))
		return get_array_type(model_argument_type(model_column(model, model->keys[0])));
	return JSONBOID;
}

/* A collation's name, always with its schema. */
static char *
qualified_collation(Oid collation)
{
	HeapTuple	tuple = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	Form_pg_collation form;
	char	   *name;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for collation %u", collation);
	form = (Form_pg_collation) GETSTRUCT(tuple);
	name = quote_qualified_identifier(get_namespace_name(form->collnamespace),
									  NameStr(form->collname));
	ReleaseSysCache(tuple);
	return name;
}

/* Appends: u.k1 COLLATE pg_catalog."C" -- equal keys are the same under the column's collation */
static void
append_unnested(Statement *st, const Column *column, int i)
{
	statement_add(st, "u.k%d", i + 1);
	if (OidIsValid(column->collation) && column->collation != DEFAULT_COLLATION_OID)
		statement_add(st, " COLLATE %s", qualified_collation(column->collation));
}

/* Appends: ROWS FROM (pg_catalog.unnest($1), ...) WITH ORDINALITY AS u(k1, ..., n) */
static void
append_unnest(Statement *st, const Oid *types, int n)
{
	statement_add(st, "ROWS FROM (");
	for (int i = 0; i < n; i++)
	{
		statement_add(st, "%spg_catalog.unnest(", i == 0 ? "" : ", ");
		statement_param(st, get_array_type(types[i]));
		statement_add(st, ")");
	}
	statement_add(st, ") WITH ORDINALITY AS u(");
	for (int i = 0; i < n; i++)
		statement_add(st, "k%d, ", i + 1);
	statement_add(st, "n)");
}

/*
 * Appends values of some columns, sent as arrays of their base types, with their
 * place; of no column, one row:
 *
 *	(SELECT u.k1 AS k1, u.n AS n
 *	   FROM ROWS FROM (pg_catalog.unnest($1)) WITH ORDINALITY AS u(k1, n)) AS k
 */
void
ids_append_keys(Statement *st, const Model *model, const AttrNumber *columns, int n,
				const char *alias)
{
	Oid			types[INDEX_MAX_KEYS];

	if (n == 0)
	{
		statement_add(st, "(SELECT 1::pg_catalog.int8 AS n) AS %s", alias);
		return;
	}
	statement_add(st, "(SELECT ");
	for (int i = 0; i < n; i++)
	{
		const Column *column = model_column(model, columns[i]);

		types[i] = column->basetype;
		append_unnested(st, column, i);
		statement_add(st, " AS k%d, ", i + 1);
	}
	statement_add(st, "u.n AS n FROM ");
	append_unnest(st, types, n);
	statement_add(st, ") AS %s", alias);
}

/*
 * Appends the ids, each once, with its place:
 *
 *	(SELECT u.k1 AS k1, pg_catalog.min(u.n) AS n
 *	   FROM ROWS FROM (pg_catalog.unnest($1)) WITH ORDINALITY AS u(k1, n)
 *	  GROUP BY u.k1) AS k
 */
void
ids_append(Statement *st, const Model *model, const char *alias)
{
	Oid			types[INDEX_MAX_KEYS];

	statement_add(st, "(SELECT ");
	for (int i = 0; i < model->nkeys; i++)
	{
		append_unnested(st, model_column(model, model->keys[i]), i);
		statement_add(st, " AS k%d, ", i + 1);
	}
	statement_add(st, "pg_catalog.min(u.n) AS n FROM ");
	for (int i = 0; i < model->nkeys; i++)
		types[i] = model_argument_type(model_column(model, model->keys[i]));
	append_unnest(st, types, model->nkeys);
	statement_add(st, " GROUP BY ");
	for (int i = 0; i < model->nkeys; i++)
	{
		statement_add(st, "%s", i == 0 ? "" : ", ");
		append_unnested(st, model_column(model, model->keys[i]), i);
	}
	statement_add(st, ") AS %s", alias);
}

/*
 * Are the ids so many that a plan of their own is worth it?  Few are looked up
 * one by one; of many, and all rows of the owner, each side is read once.
 * PostgreSQL cannot tell: it plans for ten, whatever comes.
 */
bool
ids_are_many(Datum array)
{
	ArrayType  *ids = DatumGetArrayTypeP(array);

	return ArrayGetNItems(ARR_NDIM(ids), ARR_DIMS(ids)) > IDS_FEW;
}

/* Appends: t.id OPERATOR(pg_catalog.=) k.k1 AND ... */
void
ids_append_match(Statement *st, const Model *model, const char *alias, const char *ids)
{
	for (int i = 0; i < model->nkeys; i++)
	{
		const Column *column = model_column(model, model->keys[i]);
		Column		argument = *column;

		/* the unnested key has the argument's type */
		argument.name = argument.quoted = psprintf("k%d", i + 1);
		argument.type = argument.basetype = model_argument_type(column);
		statement_add(st, "%s", i == 0 ? "" : " AND ");
		statement_equal_columns(st, column, alias, &argument, ids);
	}
}

/* A column's value as the argument's type has it (SPEC 6). */
Datum
ids_widen(const Column *column, Datum value)
{
	if (column->basetype == INT2OID)
		return Int32GetDatum(DatumGetInt16(value));
	if (column->basetype == FLOAT4OID)
		return Float8GetDatum(DatumGetFloat4(value));
	return value;
}

/* One value of a key out of an object; a bad one is noted, the call is lost then. */
Datum
ids_note_key_value(const Model *model, Column *column, const JsonbValue *item, int index, ErrorList *errors)
{
	JsonbValue	value;
	PayloadSource source = {&value, (Datum) 0, InvalidOid};
	ErrorData  *error;
	Datum		result;

	if (!jsonb_lookup(item->val.binary.data, column->name, &value))
	{
		errors_add(errors, ERROR_INPUT, index, column->name, "missing", "field required", NULL);
		return (Datum) 0;
	}
	if (value.type == jbvNull)
	{
		errors_add(errors, ERROR_INPUT, index, column->name, "null", "must not be null", NULL);
		return (Datum) 0;
	}
	if (!payload_kind_fits(column, &value))
	{
		errors_add(errors, ERROR_INPUT, index, column->name, "type",
				   psprintf("expected %s, got %s", payload_expected_kind(column),
							jsonb_value_kind(&value)), &value);
		return (Datum) 0;
	}
	error = payload_try(model, column, &source, &result);
	if (error == NULL)
		return ids_widen(column, result);
	errors_add(errors, ERROR_INPUT, index, column->name, payload_mistake(column, error),
			   payload_mistake_message(column, error), &value);
	return (Datum) 0;
}

/* Takes the key out of one item, which is an object; what is left is the patch. */
Jsonb *
ids_take_key(const Model *model, const JsonbValue *item, int index, Datum *key, ErrorList *errors)
{
	Datum		patch = JsonbPGetDatum(jsonb_value_to_jsonb(item));

	for (int i = 0; i < model->nkeys; i++)
	{
		Column	   *column = model_column(model, model->keys[i]);

		key[i] = ids_note_key_value(model, column, item, index, errors);
		patch = DirectFunctionCall2(jsonb_delete, patch, CStringGetTextDatum(column->name));
	}
	return DatumGetJsonbP(patch);
}

/* Every "stride"th of some values, as an array of the argument's type. */
Datum
ids_array(const Column *column, const Datum *values, int count, int stride)
{
	return ids_array_of(model_argument_type(column), values, count, stride);
}

/* The same for any type. */
Datum
ids_array_of(Oid type, const Datum *values, int count, int stride)
{
	Datum	   *elements = palloc(sizeof(Datum) * Max(count, 1));
	int16		typlen;
	bool		typbyval;
	char		typalign;

	for (int i = 0; i < count; i++)
		elements[i] = values[i * stride];
	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(elements, count, type, typlen, typbyval, typalign));
}

/* The ids of a key of several columns: an array of objects; anything else is noted. */
static JsonbItems
read_objects(Jsonb *jsonb, ErrorList *errors)
{
	JsonbItems	ids;

	if (!JB_ROOT_IS_ARRAY(jsonb) || JB_ROOT_IS_SCALAR(jsonb))
		errors_refuse_argument(errors->model, errors->argument, "an array of objects");
	ids = jsonb_items(&jsonb->root);
	for (int i = 0; i < ids.count; i++)
		if (!jsonb_value_is_object(&ids.items[i].value))
			errors_add(errors, ERROR_INPUT, i, NULL, "type",
					   psprintf("expected object, got %s", jsonb_value_kind(&ids.items[i].value)),
					   &ids.items[i].value);
	return ids;
}

/*
 * The values of keys of several columns, out of [{"a": 1, "b": 2}, ...]: nkeys
 * for each.  Every error there is is raised.
 */
Datum *
ids_values(const Model *model, Datum argument, int *count)
{
	ErrorList	errors;
	JsonbItems	ids;
	Datum	   *values;

	errors_init(&errors, model);
	errors.argument = "ids";
	ids = read_objects(DatumGetJsonbP(argument), &errors);
	values = palloc(sizeof(Datum) * Max(ids.count * model->nkeys, 1));
	for (int i = 0; i < ids.count && !errors_full(&errors); i++)
		for (int k = 0; k < model->nkeys && jsonb_value_is_object(&ids.items[i].value); k++)
			values[i * model->nkeys + k] =
				ids_note_key_value(model, model_column(model, model->keys[k]), &ids.items[i].value,
								   i, &errors);
	errors_raise(&errors);
	*count = ids.count;
	return values;
}

/*
 * Fills the parameters that ids_append() has written, an array for each key
 * column; answers how many.
 */
int
ids_bind(const Model *model, Datum ids, Datum *values)
{
	Datum	   *keys;
	int			count;

	if (model->nkeys == 1)
	{
		values[0] = ids;
		return 1;
	}
	keys = ids_values(model, ids, &count);
	for (int k = 0; k < model->nkeys; k++)
		values[k] = ids_array(model_column(model, model->keys[k]), keys + k, count, model->nkeys);
	return model->nkeys;
}
