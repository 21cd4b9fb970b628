/*
 * match_type.c
 *	  What the operators of a match mean for the type of a column.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "jsonb_read.h"
#include "match.h"

bool
match_is_text(const Column *column)
{
	return TypeCategory(column->basetype) == TYPCATEGORY_STRING;
}

bool
match_is_json(const Column *column)
{
	return column->basetype == JSONOID || column->basetype == JSONBOID;
}

bool
match_can_contain(const Column *column)
{
	return match_is_text(column) || type_is_array(column->basetype) ||
		column->basetype == JSONBOID || column->basetype == JSONOID ||
		type_is_range(column->basetype) || type_is_multirange(column->basetype);
}

bool
match_can_search(const Column *column)
{
	return match_is_text(column) || column->basetype == TSVECTOROID;
}

/* Is it a range by its looks?  "[1,5)", "empty" */
static bool
looks_like_range(const JsonbValue *value)
{
	char	   *text;

	if (value->type != jbvString)
		return false;
	text = jsonb_value_text(value);
	return text[0] == '[' || text[0] == '(' || pg_strcasecmp(text, "empty") == 0;
}

static bool
looks_like_multirange(const JsonbValue *value)
{
	return value->type == jbvString && value->val.string.len > 0 && value->val.string.val[0] == '{';
}

/* What a value that a column shall contain is. */
ContainsKind
match_contains_kind(const Column *column, const JsonbValue *value)
{
	if (column->basetype == JSONBOID || column->basetype == JSONOID)
		return CONTAINS_JSON;
	if (type_is_array(column->basetype))
		return CONTAINS_ARRAY;
	if (!type_is_range(column->basetype) && !type_is_multirange(column->basetype))
		return CONTAINS_TEXT;
	if (looks_like_multirange(value))
		return CONTAINS_MULTIRANGE;
	return looks_like_range(value) ? CONTAINS_RANGE : CONTAINS_ELEMENT;
}

/* The type of such a value. */
Oid
match_contains_type(const Column *column, ContainsKind kind)
{
	Oid			range = type_is_multirange(column->basetype) ?
		get_multirange_range(column->basetype) : column->basetype;

	switch (kind)
	{
		case CONTAINS_TEXT:
			return TEXTOID;
		case CONTAINS_JSON:
			return JSONBOID;
		case CONTAINS_ARRAY:
			return column->basetype;
		case CONTAINS_ELEMENT:
			return get_range_subtype(range);
		case CONTAINS_RANGE:
			return range;
		case CONTAINS_MULTIRANGE:
			return get_range_multirange(range);
	}
	return InvalidOid;
}
