/*
 * nested_refer.c
 *	  Lets rows of a nested payload refer to each other.
 */
#include "compat.h"

#include "parser/parse_coerce.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"

#include "errors.h"
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

/*
 * A key's value as the column that refers to it has it.  A foreign key's two
 * sides may be of different types: from one to the other by their text.
 */
Datum
nested_convert(Column *column, const Column *from, Datum value)
{
	Oid			output;
	bool		varlena;

	/* without a domain or a modifier of its own the column takes it as it is */
	if ((column->type == from->type && column->typmod == from->typmod) ||
		(column->type == column->basetype && column->typmod < 0 &&
		 IsBinaryCoercible(from->basetype, column->basetype)))
		return value;
	getTypeOutputInfo(from->basetype, &output, &varlena);
	return model_column_input(column, OidOutputFunctionCall(output, value));
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
		value = nested_convert(column, model_column(other, relationship->other[i]),
							  reference->key->values[i]);
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
