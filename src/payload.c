/*
 * payload.c
 *	  Turns what callers send into values of a model's columns.
 *
 * Every value goes through the column type's own input function, with its
 * modifier, so that a length, scale or domain is checked where the column can
 * be named.  All errors of a payload are noted before any is raised.
 *
 * An input function reports a bad value by raising an error.  The first pass
 * lets PostgreSQL's own do so: a valid payload, which is the common case, pays
 * for no subtransaction.  If one is raised the call is lost in any case, and a
 * second pass reads everything again, each value in a subtransaction of its
 * own, to note every error there is.  Types that may run somebody's own code
 * (domains, and what may hold one) get the subtransaction in both passes: only
 * its end restores the user, the settings and all else that such code changed.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "funcapi.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"

#include "guard.h"
#include "jsonb_read.h"
#include "payload.h"

/* How one pass over a payload treats an error of an input function. */
typedef struct Reader
{
	const Model *model;			/* whose columns are filled */
	PayloadUse	use;			/* create or patch */
	const Relationship *parent; /* whose key the engine sets; NULL: none */
	const Bitmapset *lifted;	/* attnums that may be set although they are readonly */
	bool		guarded;		/* second pass: each value in a subtransaction */
	ErrorList  *errors;			/* where errors are noted */
	List	   *members;		/* RelatedMember *, where they are taken */
	bool		takes_members;	/* may relationships stand in the payload? */
} Reader;

RowValues *
payload_new_row(const Model *model)
{
	RowValues  *row = palloc0(sizeof(RowValues));

	row->values = palloc0(sizeof(Datum) * Max(model->natts, 1));
	row->nulls = palloc0(sizeof(bool) * Max(model->natts, 1));
	row->seen = palloc0(sizeof(bool) * Max(model->natts, 1));
	row->given = palloc0(sizeof(bool) * Max(model->natts, 1));
	return row;
}

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

/* Where a value comes from: JSON, or an argument of some type. */
typedef struct Source
{
	const JsonbValue *json;		/* NULL: a typed argument */
	Datum		value;
	Oid			type;
} Source;

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

static Datum
convert(const Model *model, Column *column, const Source *source)
{
	if (source->json)
		return convert_json(model, column, source->json);
	return convert_typed(column, source->value, source->type);
}

/* What kind of mistake a value was, by the error of its input function. */
static const char *
mistake_of(int sqlstate)
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

/* A conversion, for guard_run(). */
typedef struct Conversion
{
	const Reader *reader;
	Column	   *column;
	const Source *source;
	Datum	   *result;
} Conversion;

static void
run_conversion(void *arg)
{
	Conversion *conversion = arg;

	*conversion->result = convert(conversion->reader->model, conversion->column,
								  conversion->source);
}

/* As convert(), but an error of the value is noted, not raised. */
static bool
convert_guarded(const Reader *reader, Column *column, const Source *source, int index,
				Datum *result)
{
	Conversion	conversion = {reader, column, source, result};
	ErrorData  *error = guard_run(run_conversion, &conversion);

	if (error == NULL)
		return true;
	if (!errors_is_input(error->sqlerrcode, column->foreign_input))
		ReThrowError(error);
	errors_add(reader->errors, ERROR_INPUT, index, column->name, mistake_of(error->sqlerrcode),
			   error->message, source->json);
	return false;
}

/* Converts a value the way the pass does; false where an error was noted. */
static bool
convert_or_note(const Reader *reader, Column *column, const Source *source, int index,
				Datum *result)
{
	/* somebody's own code may leave the session as another user when it fails */
	if (reader->guarded || column->foreign_input)
		return convert_guarded(reader, column, source, index, result);
	*result = convert(reader->model, column, source);
	return true;
}

static void
set_null(const Reader *reader, RowValues *row, Column *column, int index)
{
	/* a BEFORE ROW trigger may yet put a value there */
	if (column->notnull && !reader->model->before_row_trigger)
	{
		errors_add(reader->errors, ERROR_INPUT, index, column->name, "null",
				   "must not be null", NULL);
		return;
	}
	row->nulls[column->attnum - 1] = true;
	row->given[column->attnum - 1] = true;
}

/* Stores one member of a payload, or notes what is wrong with it. */
static void
set_value(const Reader *reader, RowValues *row, Column *column, const JsonbValue *value, int index)
{
	int			at = column->attnum - 1;
	Source		source = {0};

	row->seen[at] = true;
	if (value->type == jbvNull)
	{
		/* for json columns too SQL's null, which is what clients mean by it */
		set_null(reader, row, column, index);
		return;
	}
	if (!payload_kind_fits(column, value))
	{
		errors_add(reader->errors, ERROR_INPUT, index, column->name, "type",
				   psprintf("expected %s, got %s", payload_expected_kind(column), jsonb_value_kind(value)),
				   value);
		return;
	}
	source.json = value;
	row->given[at] = convert_or_note(reader, column, &source, index, &row->values[at]);
}

/* Is the column set by the engine, as part of the key to the parent? */
static bool
is_parent_key(const Reader *reader, const Column *column)
{
	for (int i = 0; reader->parent && i < reader->parent->ncolumns; i++)
		if (reader->parent->own[i] == column->attnum)
			return true;
	return false;
}

/* May a member of the payload set the column? */
static bool
takes(const Reader *reader, const Column *column)
{
	if (is_parent_key(reader, column))
		return false;
	if (bms_is_member(column->attnum, reader->lifted))
		return true;
	return reader->use == PAYLOAD_PATCH ? model_takes_on_patch(reader->model, column) :
		model_takes_on_create(reader->model, column);
}

/* a hint that names more columns than that is read by nobody */
#define MAX_NAMES 50

/* The columns that a payload may set, for the hint. */
static const char *
settable_columns(const Reader *reader)
{
	StringInfoData names;
	int			n = 0;

	initStringInfo(&names);
	for (int i = 0; i < reader->model->natts; i++)
	{
		Column	   *column = &reader->model->columns[i];

		if (!takes(reader, column) || column->hidden)
			continue;
		if (n++ == MAX_NAMES)
		{
			appendStringInfoString(&names, ", ...");
			break;
		}
		appendStringInfo(&names, "%s\"%s\"", names.len ? ", " : "", column->name);
	}
	return psprintf("Columns that can be set: %s.", names.data);
}

static void
note_unexpected(const Reader *reader, const char *key, const JsonbValue *value, int index)
{
	if (reader->model->options->extra_ignore)
		return;
	errors_add(reader->errors, ERROR_INPUT, index, key, "unexpected", "unexpected field", value);
	if (reader->errors->hint == NULL)
		reader->errors->hint = settable_columns(reader);
}

/* A member that is a relationship is put aside; false where it is none. */
static bool
take_related(Reader *reader, RowValues *row, const JsonbPairRead *member, int index)
{
	const Relationship *relationship = model_find_relationship(reader->model, member->key);
	RelatedMember *related;

	if (relationship == NULL || relationship == reader->parent)
		return false;
	related = palloc(sizeof(RelatedMember));
	related->index = index;
	related->relationship = relationship;
	related->value = member->value;
	reader->members = lappend(reader->members, related);
	if (relationship->kind != RELATIONSHIP_MANY_TO_ONE || member->value.type == jbvNull)
		return true;
	/* the key to a parent is not missing: it comes with the parent */
	for (int i = 0; i < relationship->ncolumns; i++)
		row->seen[relationship->own[i] - 1] = true;
	return true;
}

/* One member of an object. */
static void
read_member(Reader *reader, RowValues *row, const JsonbPairRead *member, int index)
{
	Column	   *column = model_find_column(reader->model, member->key);

	if (column == NULL)
	{
		if (!reader->takes_members || !take_related(reader, row, member, index))
			note_unexpected(reader, member->key, &member->value, index);
		return;
	}
	if (!takes(reader, column))
		errors_add(reader->errors, ERROR_INPUT, index, column->name, "read_only",
				   reader->use == PAYLOAD_PATCH && model_takes_on_create(reader->model, column) ?
				   "cannot be changed" : "cannot be set", &member->value);
	else
		set_value(reader, row, column, &member->value, index);
}

/* Notes the columns that a create must set and that the payload lacks. */
static void
check_required(const Reader *reader, const RowValues *row, int index)
{
	/* a BEFORE ROW trigger may yet give it */
	for (int i = 0; i < reader->model->natts && !reader->model->before_row_trigger; i++)
	{
		Column	   *column = &reader->model->columns[i];

		if (model_requires_on_create(reader->model, column) && !row->seen[i] &&
			!is_parent_key(reader, column))
			errors_add(reader->errors, ERROR_INPUT, index, column->name, "missing",
					   "field required", NULL);
	}
}

static RowValues *
read_object(Reader *reader, JsonbContainer *object, int index)
{
	RowValues  *row = payload_new_row(reader->model);
	JsonbItems	members = jsonb_items(object);

	for (int i = 0; i < members.count; i++)
		read_member(reader, row, &members.items[i], index);
	if (reader->use == PAYLOAD_CREATE)
		check_required(reader, row, index);
	/* the key to the parent will be there: a CHECK that reads it cannot be asked yet */
	for (int i = 0; reader->parent && i < reader->parent->ncolumns; i++)
		row->seen[reader->parent->own[i] - 1] = reader->parent->own[i] != reader->model->owner;
	return row;
}

/* A payload on its way in and the rows that come of it. */
typedef struct Payload
{
	Jsonb	   *items;			/* an object or an array; NULL: typed values */
	const TypedValue *typed;	/* where items is NULL */
	int			count;			/* items or typed values */
	RowValues **rows;			/* the result */
} Payload;

/* Reads every item of an array, or the one object. */
static void
read_items(Reader *reader, Payload *payload)
{
	JsonbItems	list;

	if (JB_ROOT_IS_OBJECT(payload->items))
	{
		payload->rows = palloc(sizeof(RowValues *));
		payload->rows[0] = read_object(reader, &payload->items->root, NO_INDEX);
		payload->count = 1;
		return;
	}
	list = jsonb_items(&payload->items->root);
	payload->count = list.count;
	payload->rows = palloc0(sizeof(RowValues *) * Max(list.count, 1));
	for (int i = 0; i < list.count && !errors_full(reader->errors); i++)
	{
		const JsonbValue *item = &list.items[i].value;

		if (jsonb_value_is_object(item))
			payload->rows[i] = read_object(reader, item->val.binary.data, i);
		else
			errors_add(reader->errors, ERROR_INPUT, i, NULL, "type",
					   psprintf("expected object, got %s", jsonb_value_kind(item)), item);
	}
}

/* Takes an argument's value as it is if the column's type says nothing more. */
static bool
is_same_type(const Column *column, Oid type)
{
	return column->type == type && column->typmod < 0;
}

/*
 * Reads typed arguments.  Where the column has a length, a scale, a domain or
 * a narrower type, it is applied here and not by the statement, so that a
 * misfit is noted like one in a payload.
 */
static void
read_typed(const Reader *reader, Payload *payload)
{
	RowValues  *row = payload_new_row(reader->model);

	for (int i = 0; i < payload->count; i++)
	{
		const TypedValue *typed = &payload->typed[i];
		int			at = typed->column->attnum - 1;
		Source		source = {NULL, typed->value, typed->type};

		row->seen[at] = true;
		if (is_same_type(typed->column, typed->type))
		{
			row->values[at] = typed->value;
			row->given[at] = true;
			continue;
		}
		row->given[at] = convert_or_note(reader, typed->column, &source, NO_INDEX,
										 &row->values[at]);
	}
	if (reader->use == PAYLOAD_CREATE)
		check_required(reader, row, NO_INDEX);
	payload->rows = palloc(sizeof(RowValues *));
	payload->rows[0] = row;
}

static void
read_once(Reader *reader, Payload *payload)
{
	if (payload->items)
		read_items(reader, payload);
	else
		read_typed(reader, payload);
}

/* The unguarded pass; on an error of an input function the guarded one. */
static void
read_payload(Reader *reader, Payload *payload)
{
	MemoryContext cxt = CurrentMemoryContext;
	ErrorList	before = *reader->errors;
	volatile bool again = false;

	PG_TRY();
	{
		read_once(reader, payload);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		edata = CopyErrorData();
		if (!errors_is_input(edata->sqlerrcode, false))
			PG_RE_THROW();
		FlushErrorState();
		again = true;
	}
	PG_END_TRY();
	if (again)
	{
		errors_take_back(reader->errors, &before);
		reader->guarded = true;
		reader->members = NIL;
		read_once(reader, payload);
	}
}

/*
 * Reads the items of a create; errors are noted, not raised.
 *
 * parent: the relationship whose key the engine sets; NULL: none.
 * members: takes what stands in the items under relationships' names,
 * RelatedMember *; NULL: nothing may.
 */
RowValues **
payload_read_items(const Model *model, const Relationship *parent, Jsonb *items, int *count,
				   ErrorList *errors, const char *argument, List **members)
{
	Reader		reader = {.model = model, .use = PAYLOAD_CREATE, .parent = parent, .errors = errors,
	.takes_members = members != NULL};
	Payload		payload = {items, NULL, 0, NULL};

	if (JB_ROOT_IS_SCALAR(items))
		errors_refuse_argument(model, argument, "an object or an array of objects");
	read_payload(&reader, &payload);
	*count = payload.count;
	if (members)
		*members = reader.members;
	return payload.rows;
}

/*
 * Reads one object in which some columns may stand although they are readonly
 * or immutable; errors are noted, not raised.
 */
RowValues *
payload_read_lifted(const Model *model, PayloadUse use, Jsonb *item, const Bitmapset *lifted,
					ErrorList *errors)
{
	Reader		reader = {.model = model, .use = use, .lifted = lifted, .errors = errors};
	Payload		payload = {item, NULL, 0, NULL};

	read_payload(&reader, &payload);
	return payload.rows[0];
}

/* Reads an object or an array of patches; errors are noted, not raised. */
static RowValues **
read_patches(const Model *model, Jsonb *patches, ErrorList *errors, List **members)
{
	Reader		reader = {.model = model, .use = PAYLOAD_PATCH, .errors = errors,
	.takes_members = members != NULL};
	Payload		payload = {patches, NULL, 0, NULL};

	read_payload(&reader, &payload);
	if (members)
		*members = reader.members;
	return payload.rows;
}

/*
 * Reads an array of patches; errors are noted, not raised.
 * members: as for payload_read_items().
 */
RowValues **
payload_read_patches(const Model *model, Jsonb *patches, ErrorList *errors, List **members)
{
	return read_patches(model, patches, errors, members);
}

/* Reads a patch; the same otherwise. */
RowValues *
payload_read_patch(const Model *model, Jsonb *patch, ErrorList *errors, List **members)
{
	if (!JB_ROOT_IS_OBJECT(patch))
		errors_refuse_argument(model, "patch", "an object");
	return read_patches(model, patch, errors, members)[0];
}

/*
 * Reads typed arguments, or part of them; errors are noted, not raised.
 * parent: the relationship whose key is not required; NULL: none.
 */
RowValues *
payload_read_typed(const Model *model, const Relationship *parent, PayloadUse use,
				   const TypedValue *values, int count, ErrorList *errors)
{
	Reader		reader = {.model = model, .use = use, .parent = parent, .errors = errors};
	Payload		payload = {NULL, values, count, NULL};

	read_payload(&reader, &payload);
	return payload.rows[0];
}
