/*
 * json_argument.c
 *	  JSON values as arguments of functions.
 *
 * A value is read as a literal in the caller's own statement would be: by the
 * input function of the argument's type, with the caller's rights.  What JSON
 * type may stand for it is the same as in a payload.
 */
#include "compat.h"

#include "utils/array.h"
#include "utils/lsyscache.h"

#include "guard.h"
#include "json_argument.h"
#include "jsonb_read.h"
#include "payload.h"

/* An object is no argument; where it is meant as a composite there is the text form. */
static bool
kind_fits(const Column *column, const JsonbValue *value)
{
	if (column->input_kind == INPUT_OBJECT)
		return value->type == jbvString;
	return payload_kind_fits(column, value);
}

static const char *
expected_kind(const Column *column)
{
	return column->input_kind == INPUT_OBJECT ? "string" : payload_expected_kind(column);
}

/* Has the JSON value the right type for an argument of that type? */
bool
json_argument_fits(Oid type, const JsonbValue *value, const char **expected)
{
	Column		column;

	payload_describe_type(type, -1, &column);
	*expected = expected_kind(&column);
	return kind_fits(&column, value);
}

/* A conversion, for guard_run(). */
typedef struct Conversion
{
	Column	   *column;
	const JsonbValue *value;
	Datum		result;
} Conversion;

/* The text of a value goes to the input function; json has the quotes too. */
static void
convert(void *arg)
{
	Conversion *conversion = arg;
	StringInfoData text;

	if (conversion->column->input_kind != INPUT_JSON)
	{
		conversion->result = model_column_input(conversion->column,
												payload_text(conversion->column->basetype,
															 conversion->value));
		return;
	}
	initStringInfo(&text);
	jsonb_value_append(&text, conversion->value);
	conversion->result = model_column_input(conversion->column, text.data);
}

static bool
read_scalar(ErrorList *errors, const Place *place, Column *column, const JsonbValue *value,
			Datum *result)
{
	Conversion	conversion = {column, value, (Datum) 0};
	ErrorData  *error;

	payload_find_input(column);
	error = column->foreign_input ? guard_run(convert, &conversion) :
		guard_catch(convert, &conversion);
	if (error && !errors_is_input(error->sqlerrcode, column->foreign_input))
		ReThrowError(error);
	if (error)
		place_note(errors, place, payload_mistake(column, error),
				   payload_mistake_message(column, error), value);
	*result = conversion.result;
	return error == NULL;
}

/* [1, 2, null]: an array of one dimension; the text form has them all. */
static bool
read_array(ErrorList *errors, const Place *place, Oid element, const JsonbValue *value,
		   Datum *result)
{
	JsonbItems	items = jsonb_items(value->val.binary.data);
	Datum	   *values = palloc0(sizeof(Datum) * Max(items.count, 1));
	bool	   *nulls = palloc0(sizeof(bool) * Max(items.count, 1));
	bool		good = true;
	int16		typlen;
	bool		typbyval;
	char		typalign;
	int			lower = 1;

	for (int i = 0; i < items.count && !errors_full(errors); i++)
	{
		Place		at = {place, NULL, i};

		nulls[i] = items.items[i].value.type == jbvNull;
		if (!nulls[i])
			good &= json_argument_read(errors, &at, element, &items.items[i].value, &values[i]);
	}
	if (!good)
		return false;
	get_typlenbyvalalign(element, &typlen, &typbyval, &typalign);
	*result = PointerGetDatum(items.count == 0 ? construct_empty_array(element) :
							  construct_md_array(values, nulls, 1, &items.count, &lower, element,
												 typlen, typbyval, typalign));
	return true;
}

/*
 * Reads a value that is not null for an argument of that type; false where an
 * error was noted.
 */
bool
json_argument_read(ErrorList *errors, const Place *place, Oid type, const JsonbValue *value,
				   Datum *result)
{
	Column		column;

	payload_describe_type(type, -1, &column);
	if (!kind_fits(&column, value))
	{
		place_note(errors, place, "type",
				   psprintf("expected %s, got %s", expected_kind(&column), jsonb_value_kind(value)),
				   value);
		return false;
	}
	if (column.input_kind == INPUT_ARRAY && jsonb_value_is_array(value))
		return read_array(errors, place, get_element_type(column.basetype), value, result);
	return read_scalar(errors, place, &column, value, result);
}
