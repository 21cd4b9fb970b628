/*
 * payload_value.c
 *	  One value of a payload, as a column takes it.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "errors.h"
#include "foreign_code.h"
#include "guard.h"
#include "jsonb_read.h"
#include "payload_inside.h"
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

/* A type as a column of it would be, as far as reading a value goes. */
void
payload_describe_type(Oid type, int32 typmod, Column *column)
{
	memset(column, 0, sizeof(Column));
	column->type = type;
	column->basetype = getBaseType(type);
	column->typmod = typmod;
	column->input_kind = model_input_kind(column->basetype);
}

/* Readies it for model_column_input(). */
void
payload_find_input(Column *column)
{
	Oid			input;

	column->foreign_input = foreign_code_in_type(column->type);
	getTypeInputInfo(column->type, &input, &column->ioparam);
	fmgr_info(input, &column->input);
}

/*
 * The text of a value that the type's input function is given.  A number
 * without a fraction is an integer, however it is written: JSON has no integers,
 * and its readers take 1.0 for one.
 */
char *
payload_text(Oid basetype, const JsonbValue *value)
{
	char	   *text = jsonb_value_text(value);
	char	   *point;

	if (value->type != jbvNumeric || (basetype != INT2OID && basetype != INT4OID &&
									  basetype != INT8OID && basetype != OIDOID))
		return text;
	point = strchr(text, '.');
	if (point && point[1 + strspn(point + 1, "0")] == '\0')
		*point = '\0';
	return text;
}

/* Appends the same as JSON. */
void
payload_append(StringInfo out, Oid basetype, const JsonbValue *value)
{
	char	   *text;

	if (value->type != jbvNumeric)
	{
		jsonb_value_append(out, value);
		return;
	}
	text = payload_text(basetype, value);
	appendStringInfoString(out, text);
	pfree(text);
}

/* The commonest types, without the way through text. */
static bool
convert_directly(const Column *column, const JsonbValue *value, Datum *result)
{
	if (column->type == JSONBOID)
		*result = JsonbPGetDatum(jsonb_value_to_jsonb(value));
	else if (column->type == TEXTOID)
		*result = PointerGetDatum(cstring_to_text_with_len(value->val.string.val,
														   value->val.string.len));
	else if (column->type == BOOLOID && value->type == jbvBool)
		*result = BoolGetDatum(value->val.boolean);
	else
		return false;
	return true;
}

/* What the column's input function is given: json has the quotes too. */
static char *
input_text(const Column *column, const JsonbValue *value)
{
	StringInfoData text;

	if (column->input_kind != INPUT_JSON)
		return payload_text(column->basetype, value);
	initStringInfo(&text);
	jsonb_value_append(&text, value);
	return text.data;
}

/* A value of a jsonb payload; raises an error where the column does not take it. */
static Datum
convert_json(const Model *model, Column *column, const JsonbValue *value)
{
	char	   *text;
	Datum		result;

	if (convert_directly(column, value, &result))
		return result;
	if (payload_has_inside(column, value))
		return payload_inside_convert(model, column, value);
	text = input_text(column, value);
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
static Datum
convert(const Model *model, Column *column, const PayloadSource *source)
{
	if (source->json)
		return convert_json(model, column, source->json);
	return convert_typed(column, source->value, source->type);
}

/*
 * A value; answers what is wrong with it where that can be had for nothing,
 * else raises it.
 */
ErrorData *
payload_convert(const Model *model, Column *column, const PayloadSource *source, Datum *result)
{
	if (source->json && !payload_has_inside(column, source->json) &&
		!convert_directly(column, source->json, result))
	{
		char	   *text = input_text(column, source->json);
		ErrorData  *error = input_softly(&column->input, text, column->ioparam, column->typmod,
										 result);

		pfree(text);
		return error;
	}
	*result = convert(model, column, source);
	return NULL;
}

/* A conversion, for guard_run(). */
typedef struct Conversion
{
	const Model *model;
	Column	   *column;
	const PayloadSource *source;
	Datum	   *result;
} Conversion;

static void
run_conversion(void *arg)
{
	Conversion *conversion = arg;

	*conversion->result = convert(conversion->model, conversion->column, conversion->source);
}

/*
 * As payload_convert(), but every error of the value is answered, at the price
 * of a subtransaction where more than an input function of PostgreSQL's may run.
 */
ErrorData *
payload_try(const Model *model, Column *column, const PayloadSource *source, Datum *result)
{
	Conversion	conversion = {model, column, source, result};
	bool		plain = source->json && !column->foreign_input &&
		!payload_has_inside(column, source->json);
	ErrorData  *error = plain ? guard_catch(run_conversion, &conversion) :
		guard_run(run_conversion, &conversion);

	if (error && !errors_is_input(error->sqlerrcode, column->foreign_input))
		ReThrowError(error);
	return error;
}

/* What kind of mistake a value was, by the error of its input function. */
const char *
payload_mistake(const Column *column, const ErrorData *error)
{
	switch (error->sqlerrcode)
	{
		case ERRCODE_STRING_DATA_RIGHT_TRUNCATION:
		case ERRCODE_STRING_DATA_LENGTH_MISMATCH:
			return "length";
		case ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE:
		case ERRCODE_DATETIME_FIELD_OVERFLOW:
		case ERRCODE_INTERVAL_FIELD_OVERFLOW:
			return "range";
		case ERRCODE_CHECK_VIOLATION:
		case ERRCODE_NOT_NULL_VIOLATION:
			return "domain";
		case ERRCODE_INVALID_TEXT_REPRESENTATION:
			return type_is_enum(column->basetype) ? "enum" : "value";
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

/* The COMMENT on the CHECK of a domain that an error names; NULL where there is none. */
static char *
domain_comment(const ErrorData *error)
{
	Oid			namespace;
	Oid			type;
	Oid			constraint;

	if (error->schema_name == NULL || error->datatype_name == NULL || error->constraint_name == NULL)
		return NULL;
	namespace = get_namespace_oid(error->schema_name, true);
	type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, PointerGetDatum(error->datatype_name),
						   ObjectIdGetDatum(namespace));
	constraint = OidIsValid(type) ?
		get_domain_constraint_oid(type, error->constraint_name, true) : InvalidOid;
	return OidIsValid(constraint) ? GetComment(constraint, ConstraintRelationId, 0) : NULL;
}

/* What is wrong with a value, by the error of its input function. */
const char *
payload_mistake_message(const Column *column, const ErrorData *error)
{
	const char *mistake = payload_mistake(column, error);
	char	   *comment = strcmp(mistake, "domain") == 0 ? domain_comment(error) : NULL;

	if (comment)
		return comment;
	if (strcmp(mistake, "enum") == 0)
		return psprintf("%s; permitted: %s", error->message, permitted_labels(column->basetype));
	/* the message alone does not say how large the number may be */
	if (column->basetype == NUMERICOID && strcmp(mistake, "range") == 0 && error->detail)
		return psprintf("%s: %s", error->message, error->detail);
	return error->message;
}
