/*
 * match_column.c
 *	  Reads what a match asks of a column: a bare value, null, operators.
 *
 * Values go through the input function of the column's base type, without a
 * length or scale: what no row can have matches none.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "tsearch/ts_cache.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "errors.h"
#include "jsonb_read.h"
#include "match_reader.h"
#include "payload.h"
#include "search_config.h"

/* bytes of a full-text search, and of a pattern: nobody types more */
#define MAX_SEARCH 1000
#define MAX_PATTERN 10000

/* What an operator is called, and what its value is. */
typedef struct OperatorRule
{
	const char *name;
	MatchOperator operator;
} OperatorRule;

static const OperatorRule operator_rules[MATCH_OPERATORS] = {
	{"eq", MATCH_EQ},
	{"ne", MATCH_NE},
	{"gt", MATCH_GT},
	{"gte", MATCH_GTE},
	{"lt", MATCH_LT},
	{"lte", MATCH_LTE},
	{"in", MATCH_IN},
	{"nin", MATCH_NIN},
	{"like", MATCH_LIKE},
	{"ilike", MATCH_ILIKE},
	{"null", MATCH_NULL},
	{"contains", MATCH_CONTAINS},
	{"search", MATCH_SEARCH}
};

/* A conversion of one value, for the errors that it may raise. */
static Datum
convert(const Model *model, Column *column, Oid type, const JsonbValue *value)
{
	Oid			function;
	Oid			ioparam;

	if (type == JSONBOID)
		return JsonbPGetDatum(jsonb_value_to_jsonb(value));
	if (value->type == jbvBinary && type == column->basetype)
		return payload_value(model, column, value);
	if (type == TEXTOID)
		return PointerGetDatum(cstring_to_text(jsonb_value_text(value)));
	getTypeInputInfo(type, &function, &ioparam);
	return OidInputFunctionCall(function, payload_text(type, value), ioparam, -1);
}

/*
 * A value of the given type out of JSON.  One that the type refuses is noted;
 * the call is lost then, so that nothing has to be undone.  Where somebody's own
 * code may have been at work it ends there, with all errors so far.
 */
static Datum
read_value(MatchReader *reader, const Model *model, Column *column, Oid type,
		   const JsonbValue *value, const Place *place)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile Datum result = (Datum) 0;

	PG_TRY();
	{
		result = convert(model, column, type, value);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		if (!errors_is_input(geterrcode(), column->foreign_input))
			PG_RE_THROW();
		edata = CopyErrorData();
		FlushErrorState();
		place_note(reader->errors, place, payload_mistake(column, edata),
				   payload_mistake_message(column, edata), value);
		if (column->foreign_input)
			errors_raise(reader->errors);
	}
	PG_END_TRY();
	return result;
}

/* Has the value the JSON type that the column takes? */
static bool
check_kind(MatchReader *reader, const Column *column, const JsonbValue *value, const Place *place)
{
	if (payload_kind_fits(column, value))
		return true;
	place_note(reader->errors, place, "type", psprintf("expected %s, got %s", payload_expected_kind(column),
										 jsonb_value_kind(value)), value);
	if (reader->errors->hint == NULL && jsonb_value_is_array(value))
		reader->errors->hint = psprintf("One of several values is {%s: {\"in\": [...]}}.",
										errors_quote(column->name));
	return false;
}

/* Begins a condition on a column. */
static void
add_condition(MatchReader *reader, const Column *column, MatchOperator operator, int variant)
{
	match_add_word(reader, WORD_COLUMN);
	match_add_word(reader, column->attnum);
	match_add_word(reader, operator);
	match_add_word(reader, variant);
}

/* {"null": true} */
static MatchTruth
read_null(MatchReader *reader, const Column *column, const JsonbValue *value, const Place *place)
{
	if (value->type != jbvBool)
	{
		place_note(reader->errors, place, "type", psprintf("expected boolean, got %s", jsonb_value_kind(value)),
			 value);
		return MATCH_DEPENDS;
	}
	if (column->notnull)
		return match_add_truth(reader, value->val.boolean ? MATCH_FALSE : MATCH_TRUE);
	add_condition(reader, column, MATCH_NULL, value->val.boolean);
	return MATCH_DEPENDS;
}

/* Is there an operator that compares values of the column? */
static bool
can_compare(const Column *column, MatchOperator operator)
{
	TypeCacheEntry *type;

	if (match_is_json(column))
		return operator == MATCH_EQ || operator == MATCH_NE || operator == MATCH_IN ||
			operator == MATCH_NIN;
	type = lookup_type_cache(column->basetype, TYPECACHE_EQ_OPR | TYPECACHE_LT_OPR);
	if (operator >= MATCH_GT && operator <= MATCH_LTE)
		return OidIsValid(type->lt_opr);
	return OidIsValid(type->eq_opr);
}

/* {"gte": "2026-01-01"}, {"eq": null} */
static MatchTruth
read_comparison(MatchReader *reader, const Model *model, Column *column, MatchOperator operator,
				const JsonbValue *value, const Place *place)
{
	/* json has a null of its own, and any value will do */
	if (value->type == jbvNull && !match_is_json(column))
	{
		bool		wanted = operator == MATCH_EQ;

		if (operator != MATCH_EQ && operator != MATCH_NE)
		{
			place_note(reader->errors, place, "null", "cannot be compared with null", NULL);
			return MATCH_DEPENDS;
		}
		if (column->notnull)
			return match_add_truth(reader, wanted ? MATCH_FALSE : MATCH_TRUE);
		add_condition(reader, column, MATCH_NULL, wanted);
		return MATCH_DEPENDS;
	}
	if (!check_kind(reader, column, value, place))
		return MATCH_DEPENDS;
	add_condition(reader, column, operator, 0);
	match_add_value(reader, read_value(reader, model, column,
								 match_is_json(column) ? JSONBOID : column->basetype, value, place));
	return MATCH_DEPENDS;
}

/* The values of a list, nulls left out. */
static Datum *
read_list_values(MatchReader *reader, const Model *model, Column *column, const JsonbItems *items,
				 const Place *place, int *count, bool *has_null)
{
	Datum	   *values = palloc(sizeof(Datum) * Max(items->count, 1));

	*count = 0;
	*has_null = false;
	for (int i = 0; i < items->count && !errors_full(reader->errors); i++)
	{
		const JsonbValue *value = &items->items[i].value;
		Place		here = {place, NULL, i};

		if (value->type == jbvNull && !match_is_json(column))
			*has_null = true;
		else if (check_kind(reader, column, value, &here))
			values[(*count)++] = read_value(reader, model, column,
											match_is_json(column) ? JSONBOID : column->basetype,
											value, &here);
	}
	return values;
}

/* {"in": ["a", "b", null]} */
static MatchTruth
read_list(MatchReader *reader, const Model *model, Column *column, MatchOperator operator,
		  const JsonbValue *value, const Place *place)
{
	Oid			type = match_is_json(column) ? JSONBOID : column->basetype;
	JsonbItems	items;
	Datum	   *values;
	int			count;
	bool		has_null;

	if (!jsonb_value_is_array(value))
	{
		place_note(reader->errors, place, "type", psprintf("expected array, got %s", jsonb_value_kind(value)),
			 NULL);
		return MATCH_DEPENDS;
	}
	items = jsonb_items(value->val.binary.data);
	if (!match_check_caps(reader, place, items.count))
		return MATCH_DEPENDS;
	if (items.count == 0)
		return match_add_truth(reader, operator == MATCH_IN ? MATCH_FALSE : MATCH_TRUE);
	values = read_list_values(reader, model, column, &items, place, &count, &has_null);
	if (reader->errors->count > 0)
		return MATCH_DEPENDS;
	if (OidIsValid(get_array_type(type)) && !type_is_array(type))
	{
		int16		typlen;
		bool		typbyval;
		char		typalign;

		get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
		add_condition(reader, column, operator, has_null ? VARIANT_WITH_NULL : 0);
		match_add_value(reader, PointerGetDatum(construct_array(values, count, type, typlen, typbyval,
														  typalign)));
		return MATCH_DEPENDS;
	}
	/* arrays of arrays would be flattened: one comparison for each */
	reader->conditions += count;
	if (!match_check_caps(reader, place, 0))
		return MATCH_DEPENDS;
	add_condition(reader, column, operator,
				  VARIANT_LIST(count) | (has_null ? VARIANT_WITH_NULL : 0));
	for (int i = 0; i < count; i++)
		match_add_value(reader, values[i]);
	return MATCH_DEPENDS;
}

static bool
check_string(MatchReader *reader, const JsonbValue *value, const Place *place)
{
	if (value->type == jbvString)
		return true;
	place_note(reader->errors, place, "type", psprintf("expected string, got %s", jsonb_value_kind(value)), value);
	return false;
}

/* PostgreSQL works through a pattern for every row. */
static bool
is_too_long(MatchReader *reader, const JsonbValue *value, const Place *place, int bytes)
{
	if (value->val.string.len <= bytes)
		return false;
	place_note(reader->errors, place, "length", psprintf("longer than %d bytes", bytes), NULL);
	return true;
}

/* A pattern that ends within an escape is refused when it is used; here it can be named. */
static bool
ends_in_escape(const JsonbValue *value)
{
	int			backslashes = 0;

	while (backslashes < value->val.string.len &&
		   value->val.string.val[value->val.string.len - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 1;
}

/* Words as PostgreSQL's websearch_to_tsquery() reads them, in the index's configuration. */
static Datum
read_query(MatchReader *reader, const Model *model, const Column *column, const JsonbValue *value,
		   const Place *place)
{
	MemoryContext cxt = CurrentMemoryContext;
	volatile Datum result = (Datum) 0;
	SearchIndex index;

	search_config_find(model, column, "t", &index);
	if (!OidIsValid(index.config))
		index.config = getTSCurrentConfig(true);
	PG_TRY();
	{
		result = OidFunctionCall2(F_WEBSEARCH_TO_TSQUERY_REGCONFIG_TEXT,
								  ObjectIdGetDatum(index.config),
								  PointerGetDatum(cstring_to_text_with_len(value->val.string.val,
																		   value->val.string.len)));
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(cxt);
		/* of words that it cannot put together it says XX000 */
		if (!errors_is_input(geterrcode(), false) && geterrcode() != ERRCODE_INTERNAL_ERROR)
			PG_RE_THROW();
		edata = CopyErrorData();
		FlushErrorState();
		place_note(reader->errors, place, "value", edata->message, value);
	}
	PG_END_TRY();
	return result;
}

/* {"search": "milk or bread"} */
static MatchTruth
read_search(MatchReader *reader, const Model *model, Column *column, const JsonbValue *value,
			const Place *place)
{
	if (!check_string(reader, value, place))
		return MATCH_DEPENDS;
	if (is_too_long(reader, value, place, MAX_SEARCH))
		return MATCH_DEPENDS;
	add_condition(reader, column, MATCH_SEARCH, 0);
	match_add_value(reader, read_query(reader, model, column, value, place));
	return MATCH_DEPENDS;
}

/* {"ilike": "%milk%"} */
static MatchTruth
read_text(MatchReader *reader, Column *column, MatchOperator operator, const JsonbValue *value,
		  const Place *place)
{
	if (!check_string(reader, value, place))
		return MATCH_DEPENDS;
	if (is_too_long(reader, value, place, MAX_PATTERN))
		return MATCH_DEPENDS;
	if (ends_in_escape(value))
	{
		place_note(reader->errors, place, "value", "pattern must not end with the escape character", value);
		return MATCH_DEPENDS;
	}
	add_condition(reader, column, operator, 0);
	match_add_value(reader, PointerGetDatum(cstring_to_text_with_len(value->val.string.val,
															   value->val.string.len)));
	return MATCH_DEPENDS;
}

/* %100\%% for "100%" */
static Datum
substring_pattern(const JsonbValue *value)
{
	StringInfoData pattern;

	initStringInfo(&pattern);
	appendStringInfoChar(&pattern, '%');
	for (int i = 0; i < value->val.string.len; i++)
	{
		char		c = value->val.string.val[i];

		if (c == '%' || c == '_' || c == '\\')
			appendStringInfoChar(&pattern, '\\');
		appendStringInfoChar(&pattern, c);
	}
	appendStringInfoChar(&pattern, '%');
	return PointerGetDatum(cstring_to_text_with_len(pattern.data, pattern.len));
}

/* One element for an array column is an array of one; a string may be an array's text. */
static const JsonbValue *
as_array(const JsonbValue *value)
{
	StringInfoData text;
	Jsonb	   *jsonb;
	JsonbValue *result;

	if (jsonb_value_is_array(value) ||
		(value->type == jbvString && value->val.string.len > 0 &&
		 strchr("{[", value->val.string.val[0]) != NULL))
		return value;
	initStringInfo(&text);
	appendStringInfoChar(&text, '[');
	jsonb_value_append(&text, value);
	appendStringInfoChar(&text, ']');
	jsonb = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data)));
	result = palloc(sizeof(JsonbValue));
	JsonbToJsonbValue(jsonb, result);
	return result;
}

/* {"contains": ["a"]} */
static MatchTruth
read_contains(MatchReader *reader, const Model *model, Column *column, const JsonbValue *value,
			  const Place *place)
{
	ContainsKind kind = match_contains_kind(column, value);
	Oid			type = match_contains_type(column, kind);

	if (kind == CONTAINS_TEXT)
	{
		if (!check_string(reader, value, place) ||
			is_too_long(reader, value, place, MAX_PATTERN))
			return MATCH_DEPENDS;
		add_condition(reader, column, MATCH_CONTAINS, kind);
		match_add_value(reader, substring_pattern(value));
		return MATCH_DEPENDS;
	}
	if (value->type == jbvNull && kind != CONTAINS_JSON)
	{
		place_note(reader->errors, place, "null", "must not be null", NULL);
		return MATCH_DEPENDS;
	}
	if (kind == CONTAINS_ARRAY)
		value = as_array(value);
	add_condition(reader, column, MATCH_CONTAINS, kind);
	match_add_value(reader, read_value(reader, model, column, type, value, place));
	return MATCH_DEPENDS;
}

static const OperatorRule *
find_operator(const char *name)
{
	for (size_t i = 0; i < lengthof(operator_rules); i++)
		if (strcmp(operator_rules[i].name, name) == 0)
			return &operator_rules[i];
	return NULL;
}

/* Does the operator work on the column? */
static bool
operator_applies(const Column *column, MatchOperator operator)
{
	switch (operator)
	{
		case MATCH_NULL:
			return true;
		case MATCH_LIKE:
		case MATCH_ILIKE:
			return match_is_text(column);
		case MATCH_CONTAINS:
			return match_can_contain(column);
		case MATCH_SEARCH:
			return match_can_search(column);
		default:
			return can_compare(column, operator);
	}
}

/* The operators that apply to a column, by number; NULL: that one does not. */
const char *
match_operator_name(const Column *column, int index, MatchOperator *operator)
{
	*operator = operator_rules[index].operator;
	return operator_applies(column, *operator) ? operator_rules[index].name : NULL;
}

/* One operator with its value. */
static MatchTruth
read_operator(MatchReader *reader, const Model *model, Column *column, MatchOperator operator,
			  const JsonbValue *value, const Place *place)
{
	reader->conditions++;
	/* lists count their own */
	if (!match_check_caps(reader, place, operator == MATCH_IN || operator == MATCH_NIN ? 0 : 1))
		return MATCH_DEPENDS;
	/* null needs no operator of the type */
	if (value->type == jbvNull && !match_is_json(column) && (operator == MATCH_EQ || operator == MATCH_NE))
		return read_comparison(reader, model, column, operator, value, place);
	if (!operator_applies(column, operator))
	{
		place_note(reader->errors, place, "operator", psprintf("does not apply to type %s",
												 format_type_be(column->type)), NULL);
		return MATCH_DEPENDS;
	}
	switch (operator)
	{
		case MATCH_NULL:
			return read_null(reader, column, value, place);
		case MATCH_IN:
		case MATCH_NIN:
			return read_list(reader, model, column, operator, value, place);
		case MATCH_SEARCH:
			return read_search(reader, model, column, value, place);
		case MATCH_LIKE:
		case MATCH_ILIKE:
			return read_text(reader, column, operator, value, place);
		case MATCH_CONTAINS:
			return read_contains(reader, model, column, value, place);
		default:
			return read_comparison(reader, model, column, operator, value, place);
	}
}

/* {"gte": 1, "lt": 5} */
static MatchTruth
read_operators(MatchReader *reader, const Model *model, Column *column, JsonbContainer *object,
			   const Place *place)
{
	JsonbItems	items = jsonb_items(object);
	MatchTruth	truth = MATCH_TRUE;

	match_add_word(reader, WORD_AND);
	match_add_word(reader, items.count);
	for (int i = 0; i < items.count && !errors_full(reader->errors); i++)
	{
		Place		here = {place, items.items[i].key, 0};
		const OperatorRule *rule = find_operator(items.items[i].key);

		if (rule == NULL)
			place_note(reader->errors, &here, "unexpected",
				 "no operator; there are eq, ne, gt, gte, lt, lte, in, nin, like, ilike, null, contains, search",
				 NULL);
		else
			truth = match_truth_and(truth, read_operator(reader, model, column, rule->operator,
												   &items.items[i].value, &here));
	}
	return truth;
}

/* A column with a bare value, null or operators. */
MatchTruth
match_read_column(MatchReader *reader, const Model *model, Column *column, const JsonbValue *value,
			const Place *place)
{
	if (jsonb_value_is_object(value))
		return read_operators(reader, model, column, value->val.binary.data, place);
	if (match_is_json(column))
	{
		place_note(reader->errors, place, "type", "write {\"eq\": ...} for a json column", NULL);
		return MATCH_DEPENDS;
	}
	return read_operator(reader, model, column, MATCH_EQ, value, place);
}
