/*
 * nested_refer.c
 *	  Lets rows of a nested payload refer to each other.
 */
#include "compat.h"

#include "parser/parse_coerce.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "errors.h"
#include "guard.h"
#include "nested_writer.h"

/* Raises one error at a place of the payload. */
TODO_ORM_NORETURN
static void
refuse(const Model *model, ErrorClass class, const char *location, const char *type,
	   const char *message)
{
	ErrorList	errors;

	errors_init(&errors, model);
	errors_add_at(&errors, class, location ? location : "", NULL, type, message, NULL);
	errors_raise(&errors);
	pg_unreachable();
}

/* A conversion by way of the value's text, for guard_run(). */
typedef struct TextConversion
{
	Column	   *column;
	const Column *from;
	Datum		value;
	Datum		result;
} TextConversion;

static void
run_conversion(void *arg)
{
	TextConversion *conversion = arg;
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(conversion->from->basetype, &output, &varlena);
	conversion->result = model_column_input(conversion->column,
											OidOutputFunctionCall(output, conversion->value));
}

/*
 * A key's value as the column that refers to it has it.  A foreign key's two
 * sides may be of different types: from one to the other by their text.
 * location: where the reference stands in the payload.  Errors: 22023 for a
 * value that the column cannot hold.
 */
Datum
nested_convert(const Model *model, Column *column, const Column *from, Datum value,
			   const char *location)
{
	TextConversion conversion = {column, from, value, (Datum) 0};
	ErrorData  *error;

	/* without a domain or a modifier of its own the column takes it as it is */
	if ((column->type == from->type && column->typmod == from->typmod) ||
		(column->type == column->basetype && column->typmod < 0 &&
		 IsBinaryCoercible(from->basetype, column->basetype)))
		return value;
	error = guard_run(run_conversion, &conversion);
	if (error && !errors_is_input(error->sqlerrcode, column->foreign_input))
		ReThrowError(error);
	if (error)
		refuse(model, ERROR_INPUT, location, "value", error->message);
	return conversion.result;
}

/*
 * Sets a row's columns that refer to another one.  Keys may share columns: what
 * stands there already must be the same.
 */
void
nested_refer_to(const Reference *reference, RowValues *row)
{
	const Model *model = reference->model;
	const Relationship *relationship = reference->relationship;
	const Model *other = model_slot_current(relationship->target_slot);

	if (reference->key->any_null)
		refuse(model, ERROR_REFERENCE, reference->location, "foreign_key",
			   "referenced row does not exist");
	for (int i = 0; i < relationship->ncolumns; i++)
	{
		Column	   *column = model_column(model, relationship->own[i]);
		int			at = column->attnum - 1;
		Datum		value;

		if (column->attnum == model->owner)
			continue;
		value = nested_convert(model, column, model_column(other, relationship->other[i]),
							   reference->key->values[i], reference->location);
		if (row->given[at] && (row->nulls[at] ||
							   !datum_image_eq(row->values[at], value, column->typbyval,
											   column->typlen)))
			refuse(model, ERROR_INPUT, reference->location, "value",
				   "two references need different values of a column");
		row->values[at] = value;
		row->nulls[at] = false;
		row->given[at] = true;
	}
}

/* A row that refers to nothing any more. */
void
nested_refer_to_nothing(const Model *model, RowValues *row, const Relationship *relationship)
{
	for (int i = 0; i < relationship->ncolumns; i++)
		if (relationship->own[i] != model->owner)
			row->given[relationship->own[i] - 1] = row->nulls[relationship->own[i] - 1] = true;
}

/* The row that it refers to was made just now: it need be neither asked for nor moved. */
void
nested_note_made(const Model *model, RowValues *row, const Relationship *relationship)
{
	row->made = bms_add_member(row->made, relationship - model->relationships);
}
