/*
 * payload_inside.c
 *	  What stands inside a value: elements of arrays, members of composites.
 *
 * PostgreSQL's jsonb_populate_record() makes the value.  It knows nothing of
 * the JSON types that a payload has to have, leaves out members that it does
 * not know, and ends at the first error without a place.  So the value is gone
 * through before: what does not fit is refused, and the text is written that
 * the function is given.  After an error it is gone through once more, each
 * element and member alone, to note all there is with its place.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "jsonb_read.h"
#include "payload_inside.h"
#include "payload_value.h"
#include "place.h"

/* One way through a value. */
typedef struct Inside
{
	const Model *model;			/* of the column */
	const char *column;			/* its name */
	int			index;			/* of the item; NO_INDEX: there is only one */
	ErrorList  *errors;			/* where errors are noted; NULL: the first is raised */
	bool		noted;			/* one was */
	StringInfoData out;			/* the value, for jsonb_populate_record() */
} Inside;

static void read_value(Inside *inside, Oid type, int32 typmod, const JsonbValue *value,
					   const Place *place);

/* Has the value an inside, of which PostgreSQL makes rows or arrays? */
bool
payload_has_inside(const Column *column, const JsonbValue *value)
{
	return value->type == jbvBinary && column->input_kind != INPUT_JSON;
}

/* Notes or raises what is wrong at a place. */
static void
refuse(Inside *inside, const Place *place, const char *type, const char *message,
	   const JsonbValue *value)
{
	if (inside->errors == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg_internal("%s", message)));
	errors_add_inside(inside->errors, ERROR_INPUT, inside->index, inside->column,
					  place_location(place), type, message, value);
	inside->noted = true;
}

static void
refuse_kind(Inside *inside, const Place *place, const char *expected, const JsonbValue *value)
{
	refuse(inside, place, "type",
		   psprintf("expected %s, got %s", expected, jsonb_value_kind(value)), value);
}

/* Arrays within arrays on the way to the first value: as many dimensions. */
static int
count_dimensions(const JsonbValue *value)
{
	int			dimensions = 0;

	while (value && jsonb_value_is_array(value))
	{
		dimensions++;
		value = getIthJsonbValueFromContainer(value->val.binary.data, 0);
	}
	return dimensions;
}

/* Elements of an array; all on one level are arrays, or none is. */
static void
read_elements(Inside *inside, Oid type, int32 typmod, const JsonbValue *value, int dimensions,
			  const Place *place)
{
	JsonbItems	items = jsonb_items(value->val.binary.data);

	appendStringInfoChar(&inside->out, '[');
	for (int i = 0; i < items.count; i++)
	{
		const JsonbValue *element = &items.items[i].value;
		Place		here = {place, NULL, i};

		if (inside->errors && errors_full(inside->errors))
			break;
		if (i > 0)
			appendStringInfoString(&inside->out, ", ");
		if (dimensions <= 1)
			read_value(inside, type, typmod, element, &here);
		else if (jsonb_value_is_array(element))
			read_elements(inside, type, typmod, element, dimensions - 1, &here);
		else
			refuse_kind(inside, &here, "array", element);
	}
	appendStringInfoChar(&inside->out, ']');
}

/* The member of a composite type; NULL: there is none of that name. */
static Form_pg_attribute
find_attribute(TupleDesc desc, const char *name)
{
	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped &&
			strcmp(NameStr(TupleDescAttr(desc, i)->attname), name) == 0)
			return TupleDescAttr(desc, i);
	return NULL;
}

/* Members of an object, for a composite. */
static void
read_members(Inside *inside, Oid type, const JsonbValue *value, const Place *place)
{
	/* a copy: an error would leave a reference to the type cache's own */
	TupleDesc	desc = lookup_rowtype_tupdesc_copy(type, -1);
	JsonbItems	items = jsonb_items(value->val.binary.data);
	const char *separator = "";

	appendStringInfoChar(&inside->out, '{');
	for (int i = 0; i < items.count; i++)
	{
		Place		here = {place, items.items[i].key, 0};
		Form_pg_attribute attribute = find_attribute(desc, items.items[i].key);

		if (attribute == NULL)
		{
			if (!inside->model->options->extra_ignore)
				refuse(inside, &here, "unexpected", "unexpected field", &items.items[i].value);
			continue;
		}
		appendStringInfoString(&inside->out, separator);
		escape_json(&inside->out, items.items[i].key);
		appendStringInfoString(&inside->out, ": ");
		read_value(inside, attribute->atttypid, attribute->atttypmod, &items.items[i].value, &here);
		separator = ", ";
	}
	appendStringInfoChar(&inside->out, '}');
}

/* Notes what the type has against a value, which stands alone. */
static void
try_value(Inside *inside, Column *described, const JsonbValue *value, const Place *place)
{
	PayloadSource source = {value, (Datum) 0, InvalidOid};
	ErrorData  *error;
	Datum		result;

	payload_find_input(described);
	error = payload_try(inside->model, described, &source, &result);
	if (error)
		refuse(inside, place, payload_mistake(described, error),
			   payload_mistake_message(described, error), value);
}

/* One value on any level. */
static void
read_value(Inside *inside, Oid type, int32 typmod, const JsonbValue *value, const Place *place)
{
	Column		described;
	int32		base_typmod = typmod;

	check_stack_depth();
	if (value->type == jbvNull)
	{
		appendStringInfoString(&inside->out, "null");
		return;
	}
	payload_describe_type(type, typmod, &described);
	if (!payload_kind_fits(&described, value))
	{
		refuse_kind(inside, place, payload_expected_kind(&described), value);
		return;
	}
	if (!payload_has_inside(&described, value))
	{
		payload_append(&inside->out, described.basetype, value);
		if (inside->errors)
			try_value(inside, &described, value, place);
		return;
	}
	if (described.input_kind == INPUT_OBJECT)
	{
		read_members(inside, described.basetype, value, place);
		return;
	}
	(void) getBaseTypeAndTypmod(type, &base_typmod);
	read_elements(inside, get_element_type(described.basetype), base_typmod, value,
				  count_dimensions(value), place);
}

/* Notes every error inside a value that was refused; false where none is found there. */
bool
payload_inside_note(const Model *model, const Column *column, const JsonbValue *value, int index,
					ErrorList *errors)
{
	Inside		inside = {model, column->name, index, errors, false};

	initStringInfo(&inside.out);
	read_value(&inside, column->type, column->typmod, value, NULL);
	return inside.noted;
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

/*
 * An array or composite out of JSON; raises an error where the column does not
 * take it.  jsonb_populate_record() is for whole rows: it is given one with this
 * column.
 */
Datum
payload_inside_convert(const Model *model, const Column *column, const JsonbValue *value)
{
	Inside		inside = {model, column->name, NO_INDEX, NULL, false};
	FmgrInfo	populate;
	Datum		record;
	List	   *arguments;
	bool		isnull;

	initStringInfo(&inside.out);
	appendStringInfo(&inside.out, "{%s", column->json_key);
	read_value(&inside, column->type, column->typmod, value, NULL);
	appendStringInfoChar(&inside.out, '}');
	arguments = list_make2(makeNullConst(model->rowtype, -1, InvalidOid),
						   makeNullConst(JSONBOID, -1, InvalidOid));
	fmgr_info(F_JSONB_POPULATE_RECORD, &populate);
	fmgr_info_set_expr((Node *) makeFuncExpr(F_JSONB_POPULATE_RECORD, model->rowtype, arguments,
											 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL),
					   &populate);
	record = FunctionCall2(&populate, null_row(model),
						   DirectFunctionCall1(jsonb_in, CStringGetDatum(inside.out.data)));
	return GetAttributeByNum(DatumGetHeapTupleHeader(record), column->attnum, &isnull);
}
