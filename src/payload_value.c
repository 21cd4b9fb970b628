/*
 * payload_value.c
 *	  One value of a payload, as a column takes it.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "jsonb_read.h"
#include "payload_value.h"

/* A type's name as a person would say it, for messages. */
const char *
payload_expected_kind(const Column *column)
{
	switch (column->input_kind)
	{
		case INPUT_NUMBER:
			return "number";
		case INPUT_BOOL:
			return "boolean";
		case INPUT_ARRAY:
			return "array";
		case INPUT_OBJECT:
			return "object";
		default:
			return "string";
	}
}

/* Does the JSON value have the right type for the column? */
bool
payload_kind_fits(const Column *column, const JsonbValue *value)
{
	switch (column->input_kind)
	{
		case INPUT_STRING:
			return value->type == jbvString;
		case INPUT_NUMBER:
			return value->type == jbvNumeric || value->type == jbvString;
		case INPUT_BOOL:
			return value->type == jbvBool || value->type == jbvString;
		case INPUT_JSON:
			return true;
		case INPUT_ARRAY:
			return value->type == jbvString || jsonb_value_is_array(value);
		case INPUT_OBJECT:
			return value->type == jbvString || jsonb_value_is_object(value);
	}
	return false;
}

/* A row of the model's type that is null throughout. */
static Datum
null_row(const Model *model)
{
	bool	   *nulls = palloc(sizeof(bool) * model->natts);

	memset(nulls, true, sizeof(bool) * model->natts);
	return HeapTupleGetDatum(heap_form_tuple(model->rowdesc,
											 palloc0(sizeof(Datum) * model->natts), nulls));
}

/* {"column": value} */
static Jsonb *
single_member(const Column *column, const JsonbValue *value)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{%s", column->json_key);
	jsonb_value_append(&text, value);
	appendStringInfoChar(&text, '}');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data)));
}

/*
 * Arrays and objects, for array and composite columns: PostgreSQL's
 * jsonb_populate_record() knows how, for whole rows; so it is given a row
 * with this one column.
 */
static Datum
populate_column(const Model *model, const Column *column, const JsonbValue *value, bool *isnull)
{
	FmgrInfo	populate;
	Datum		record;
	List	   *arguments;

	arguments = list_make2(makeNullConst(model->rowtype, -1, InvalidOid),
						   makeNullConst(JSONBOID, -1, InvalidOid));
	fmgr_info(F_JSONB_POPULATE_RECORD, &populate);
	fmgr_info_set_expr((Node *) makeFuncExpr(F_JSONB_POPULATE_RECORD, model->rowtype, arguments,
											 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL),
					   &populate);
	record = FunctionCall2(&populate, null_row(model),
						   JsonbPGetDatum(single_member(column, value)));
	return GetAttributeByNum(DatumGetHeapTupleHeader(record), column->attnum, isnull);
}

/* A value of a jsonb payload; raises an error where the column does not take it. */
static Datum
convert_json(const Model *model, Column *column, const JsonbValue *value)
{
	bool		isnull = false;
	char	   *text;
	Datum		result;

	/* the commonest types without the way through text */
	if (column->type == JSONBOID)
		return JsonbPGetDatum(jsonb_value_to_jsonb(value));
	if (column->type == TEXTOID)
		return PointerGetDatum(cstring_to_text_with_len(value->val.string.val,
														value->val.string.len));
	if (column->type == BOOLOID && value->type == jbvBool)
		return BoolGetDatum(value->val.boolean);
	if (column->input_kind == INPUT_JSON)
	{
		StringInfoData text;

		initStringInfo(&text);
		jsonb_value_append(&text, value);
		return model_column_input(column, text.data);
	}
	if (value->type == jbvBinary)
		return populate_column(model, column, value, &isnull);
	text = jsonb_value_text(value);
	result = model_column_input(column, text);
	/* a number of a few bytes can be a very long text */
	pfree(text);
	return result;
}

/* One value out of JSON; raises an error where the column does not take it. */
Datum
payload_value(const Model *model, Column *column, const JsonbValue *value)
{
	if (!payload_kind_fits(column, value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("expected %s, got %s", payload_expected_kind(column), jsonb_value_kind(value))));
	return convert_json(model, column, value);
}

/* As an assignment does: narrows what the argument's type has widened. */
static Datum
narrow(const Column *column, Datum value, Oid type)
{
	if (column->basetype == INT2OID && type == INT4OID)
		return DirectFunctionCall1(i4toi2, value);
	if (column->basetype == FLOAT4OID && type == FLOAT8OID)
		return DirectFunctionCall1(dtof, value);
	return value;
}

/*
 * Applies a length or scale to the elements of an array, where one may not fit:
 * the array is read again from its text.  Times are left to the statement's own
 * assignment; they are rounded at most, and their text hangs on the session.
 */
static Datum
apply_element_typmod(Oid type, int32 typmod, Datum value)
{
	Oid			element = get_element_type(type);
	Oid			function;
	Oid			ioparam;
	bool		varlena;
	char	   *text;

	if (element != VARCHAROID && element != BPCHAROID && element != NUMERICOID &&
		element != BITOID && element != VARBITOID)
		return value;
	getTypeOutputInfo(type, &function, &varlena);
	text = OidOutputFunctionCall(function, value);
	getTypeInputInfo(type, &function, &ioparam);
	return OidInputFunctionCall(function, text, ioparam, typmod);
}

/* Applies a length or scale. */
static Datum
apply_typmod(Oid type, int32 typmod, Datum value)
{
	Oid			function;

	if (typmod < 0)
		return value;
	switch (find_typmod_coercion_function(type, &function))
	{
		case COERCION_PATH_FUNC:
			return OidFunctionCall3(function, value, Int32GetDatum(typmod), BoolGetDatum(false));
		case COERCION_PATH_ARRAYCOERCE:
			return apply_element_typmod(type, typmod, value);
		default:
			return value;
	}
}

/* A typed argument; raises an error where the column does not take it. */
static Datum
convert_typed(Column *column, Datum value, Oid type)
{
	int32		typmod = column->typmod;
	Oid			basetype = getBaseTypeAndTypmod(column->type, &typmod);

	value = apply_typmod(basetype, typmod, narrow(column, value, type));
	if (column->type != basetype)
		domain_check(value, false, column->type, NULL, NULL);
	return value;
}

/* A value; raises an error where the column does not take it. */
Datum
payload_convert(const Model *model, Column *column, const PayloadSource *source)
{
	if (source->json)
		return convert_json(model, column, source->json);
	return convert_typed(column, source->value, source->type);
}

/* What kind of mistake a value was, by the error of its input function. */
const char *
payload_mistake(int sqlstate)
{
	switch (sqlstate)
	{
		case ERRCODE_STRING_DATA_RIGHT_TRUNCATION:
			return "length";
		case ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE:
		case ERRCODE_DATETIME_FIELD_OVERFLOW:
			return "range";
		case ERRCODE_CHECK_VIOLATION:
		case ERRCODE_NOT_NULL_VIOLATION:
			return "domain";
		default:
			return "value";
	}
}

/* an error that lists more labels than that is read by nobody */
#define MAX_LABELS 20

static int
compare_labels(const ListCell *a, const ListCell *b)
{
	float4		left = ((Form_pg_enum) GETSTRUCT((HeapTuple) lfirst(a)))->enumsortorder;
	float4		right = ((Form_pg_enum) GETSTRUCT((HeapTuple) lfirst(b)))->enumsortorder;

	return left < right ? -1 : left > right;
}

/* char *: the labels of an enum, in their order. */
List *
payload_enum_labels(Oid type)
{
	CatCList   *tuples = SearchSysCacheList1(ENUMTYPOIDNAME, ObjectIdGetDatum(type));
	List	   *labels = NIL;
	ListCell   *cell;

	for (int i = 0; i < tuples->n_members; i++)
		labels = lappend(labels, &tuples->members[i]->tuple);
	list_sort(labels, compare_labels);
	foreach(cell, labels)
		lfirst(cell) = pstrdup(NameStr(((Form_pg_enum) GETSTRUCT((HeapTuple) lfirst(cell)))->enumlabel));
	ReleaseSysCacheList(tuples);
	return labels;
}

/* The labels of an enum, for messages: "low", "high" */
static char *
permitted_labels(Oid type)
{
	StringInfoData text;
	ListCell   *cell;
	List	   *labels = payload_enum_labels(type);

	initStringInfo(&text);
	foreach(cell, labels)
	{
		if (foreach_current_index(cell) == MAX_LABELS)
		{
			appendStringInfoString(&text, ", ...");
			break;
		}
		appendStringInfo(&text, "%s\"%s\"", text.len > 0 ? ", " : "", (char *) lfirst(cell));
	}
	return text.data;
}

/* What is wrong with a value, by the error of its input function. */
const char *
payload_mistake_message(const Column *column, const ErrorData *error)
{
	if (!type_is_enum(column->basetype))
		return error->message;
	return psprintf("%s; permitted: %s", error->message, permitted_labels(column->basetype));
}
