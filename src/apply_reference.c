/*
 * apply_reference.c
 *	  Strings that stand for a column of a row that an earlier operation gave:
 *	  "$conv.id", "$rows.0.id".  A text that begins with "$" is written "$$...".
 *
 * A reference is checked with the list, and replaced when its operation is run.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/json.h"

#include "apply.h"
#include "jsonb_read.h"

/* A reference, taken apart. */
typedef struct Reference
{
	const ApplyStep *step;		/* whose result */
	int			row;			/* which of several; NO_ARRAY: the one */
	const char *column;
} Reference;

/* Is it a string that begins with "$"? */
bool
apply_is_reference(const JsonbValue *value)
{
	return value->type == jbvString && value->val.string.len > 0 && value->val.string.val[0] == '$';
}

static bool
is_escaped(const JsonbValue *value)
{
	return value->val.string.len > 1 && value->val.string.val[1] == '$';
}

static bool
is_name(const char *name)
{
	size_t		length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return length > 0 && length < NAMEDATALEN && name[length] == '\0' &&
		(name[0] < '0' || name[0] > '9');
}

static ApplyName *
find_name(const Apply *apply, const char *name, HASHACTION action, bool *found)
{
	return hash_search(apply->names, name, action, found);
}

/* Lets later operations refer to this one by its name. */
void
apply_add_name(Apply *apply, ApplyStep *step, const Place *place)
{
	const JsonbValue *value = &step->members[APPLY_AS];
	char	   *name = jsonb_value_text(value);
	ApplyName  *named;
	bool		found;

	if (!is_name(name))
	{
		apply_note(apply, place, APPLY_AS, "value",
				   "must be a letter or underscore, then letters, digits and underscores, at most 63",
				   value);
		return;
	}
	named = find_name(apply, name, HASH_ENTER, &found);
	if (found)
	{
		apply_note(apply, place, APPLY_AS, "value",
				   psprintf("is the name of operation %d", named->step->index), value);
		return;
	}
	named->step = step;
	step->as = name;
}

/*
 * Reads "name.column" or "name.0.column" (without the "$").  Answers what is
 * wrong with it, or NULL.
 */
static const char *
parse(const Apply *apply, char *text, Reference *reference)
{
	char	   *dot = strchr(text, '.');
	ApplyName  *named;

	if (dot)
		*dot = '\0';
	named = is_name(text) ? find_name(apply, text, HASH_FIND, NULL) : NULL;
	if (named == NULL)
		return "there is no earlier operation of that name";
	reference->step = named->step;
	reference->row = NO_ARRAY;
	if (named->step->nrows != NO_ARRAY)
	{
		char	   *end = dot ? dot + 1 : text;
		long		row = strtol(end, &end, 10);

		if (dot == NULL || end == dot + 1 || *end != '.' || dot[1] < '0' || dot[1] > '9' ||
			row >= named->step->nrows)
			return "that operation creates several rows: name one of them, as in \"$name.0.column\"";
		reference->row = (int) row;
		dot = end;
	}
	reference->column = dot ? dot + 1 : "";
	return NULL;
}

/* A copy of the string behind the "$". */
static char *
without_dollar(const JsonbValue *value)
{
	return pnstrdup(value->val.string.val + 1, value->val.string.len - 1);
}

/* Notes what is wrong with a string that begins with "$". */
static void
check_string(Apply *apply, ApplyStep *step, const JsonbValue *value, const Place *place)
{
	Reference	reference;
	const char *problem;
	const Column *column;

	step->has_references = true;
	if (is_escaped(value))
		return;
	problem = parse(apply, without_dollar(value), &reference);
	/* what is wrong with the operation itself was said there */
	if (problem == NULL && reference.step->model)
	{
		column = model_find_column(reference.step->model, reference.column);
		if (column == NULL || column->hidden)
			problem = psprintf("\"%s\" has no such column", reference.step->model->name);
	}
	if (problem == NULL)
		return;
	place_note(&apply->errors, place, "reference", problem, value);
	if (apply->errors.hint == NULL)
		apply->errors.hint = "Write \"$$\" for a text that begins with \"$\".";
}

/* Checks all references in a value; notes whether there are any. */
void
apply_check_references(Apply *apply, ApplyStep *step, const JsonbValue *value, const Place *place)
{
	JsonbItems	items;

	check_stack_depth();
	if (apply_is_reference(value))
		check_string(apply, step, value, place);
	if (value->type != jbvBinary)
		return;
	items = jsonb_items(value->val.binary.data);
	for (int i = 0; i < items.count && !errors_full(&apply->errors); i++)
	{
		Place		at = {place, items.items[i].key, i};

		apply_check_references(apply, step, &items.items[i].value, &at);
	}
}

/* Refuses a reference to a row that the operation did not give. */
TODO_ORM_NORETURN
static void
refuse_missing(const Place *place, const JsonbValue *value)
{
	apply_refuse_missing(place, "the operation of that name gave no such row", value);
}

/* The value that a string stands for: of the row, or the text that was escaped. */
static void
resolve_string(Apply *apply, const Place *place, JsonbValue *value)
{
	Reference	reference;
	JsonbValue	row;
	JsonbValue *element;

	if (is_escaped(value))
	{
		value->val.string.val++;
		value->val.string.len--;
		return;
	}
	if (parse(apply, without_dollar(value), &reference) || reference.step->result == NULL)
		refuse_missing(place, value);
	JsonbToJsonbValue(reference.step->result, &row);
	if (reference.row != NO_ARRAY)
	{
		element = getIthJsonbValueFromContainer(row.val.binary.data, reference.row);
		if (element == NULL)
			refuse_missing(place, value);
		row = *element;
	}
	if (!jsonb_value_is_object(&row) ||
		!jsonb_lookup(row.val.binary.data, reference.column, &row))
		refuse_missing(place, value);
	*value = row;
}

/* Appends a value as JSON, every reference in it replaced. */
static void
append_resolved(StringInfo out, Apply *apply, const Place *place, JsonbValue *value)
{
	JsonbItems	items;
	bool		object = jsonb_value_is_object(value);

	check_stack_depth();
	if (apply_is_reference(value))
		resolve_string(apply, place, value);
	else if (value->type == jbvBinary)
	{
		items = jsonb_items(value->val.binary.data);
		appendStringInfoChar(out, object ? '{' : '[');
		for (int i = 0; i < items.count; i++)
		{
			Place		at = {place, items.items[i].key, i};

			appendStringInfoString(out, i == 0 ? "" : ",");
			if (object)
			{
				escape_json(out, items.items[i].key);
				appendStringInfoChar(out, ':');
			}
			append_resolved(out, apply, &at, &items.items[i].value);
		}
		appendStringInfoChar(out, object ? '}' : ']');
		return;
	}
	jsonb_value_append(out, value);
}

/* Replaces every reference in a member of an operation, or in a part of one. */
void
apply_resolve(Apply *apply, const ApplyStep *step, const Place *place, JsonbValue *value)
{
	StringInfoData json;

	if (!step->has_references)
		return;
	if (apply_is_reference(value))
		resolve_string(apply, place, value);
	else if (value->type == jbvBinary)
	{
		initStringInfo(&json);
		append_resolved(&json, apply, place, value);
		JsonbToJsonbValue(DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data))),
						  value);
	}
}
