/*
 * jsonb_read.c
 *	  Reading jsonb values.
 *
 * Everything answered is in CurrentMemoryContext; JsonbValues point into the
 * jsonb they were read from, which must outlive them.
 */
#include "compat.h"

#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/numeric.h"

#include "jsonb_read.h"

/* Members of an object or items of an array, nested ones left as containers. */
JsonbItems
jsonb_items(JsonbContainer *container)
{
	JsonbItems	result = {0, NULL};
	JsonbIterator *it = JsonbIteratorInit(container);
	JsonbIteratorToken token;
	JsonbValue	value;
	char	   *key = NULL;

	result.items = palloc(sizeof(JsonbPairRead) * Max(JsonContainerSize(container), 1));
	/* the first token opens the container itself */
	(void) JsonbIteratorNext(&it, &value, false);
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			key = pnstrdup(value.val.string.val, value.val.string.len);
		else if (token == WJB_VALUE || token == WJB_ELEM)
		{
			result.items[result.count].key = key;
			result.items[result.count].value = value;
			result.count++;
			key = NULL;
		}
	}
	return result;
}

/* The value of a key; false where the object has no such key. */
bool
jsonb_lookup(JsonbContainer *object, const char *key, JsonbValue *value)
{
	return getKeyJsonValueFromContainer(object, key, strlen(key), value) != NULL;
}

bool
jsonb_value_is_object(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsObject(value->val.binary.data);
}

bool
jsonb_value_is_array(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data) &&
		!JsonContainerIsScalar(value->val.binary.data);
}

/* The text an input function would be given: a string without its quotes. */
char *
jsonb_value_text(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return pstrdup("null");
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out,
													   NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return pstrdup(value->val.boolean ? "true" : "false");
		case jbvBinary:
			return JsonbToCString(NULL, value->val.binary.data, value->val.binary.len);
		default:
			elog(ERROR, "unrecognized jsonb value type: %d", (int) value->type);
	}
	return NULL;				/* keep compiler quiet */
}

/* Appends the value as JSON text. */
void
jsonb_value_append(StringInfo out, const JsonbValue *value)
{
	char	   *text = jsonb_value_text(value);

	if (value->type == jbvString)
		escape_json(out, text);
	else
		appendStringInfoString(out, text);
	pfree(text);
}

/* The value as a jsonb of its own. */
Jsonb *
jsonb_value_to_jsonb(const JsonbValue *value)
{
	return JsonbValueToJsonb(unconstify(JsonbValue *, value));
}

/* "string", "object" ... as a message would call it */
const char *
jsonb_value_kind(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return "null";
		case jbvString:
			return "string";
		case jbvNumeric:
			return "number";
		case jbvBool:
			return "boolean";
		default:
			return jsonb_value_is_array(value) ? "array" : "object";
	}
}

/* An array of values. */
Jsonb *
jsonb_array_of(const JsonbValue *values, int count)
{
	JsonbBuilder builder = {0};

	jsonb_builder_push(&builder, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < count; i++)
	{
		JsonbValue	value = values[i];

		jsonb_builder_push(&builder, WJB_ELEM, &value);
	}
	jsonb_builder_push(&builder, WJB_END_ARRAY, NULL);
	return JsonbValueToJsonb(builder.result);
}

/* An object of one member. */
Jsonb *
jsonb_object_of(const char *name, const JsonbValue *value)
{
	JsonbBuilder builder = {0};
	JsonbValue	key;
	JsonbValue	copy = *value;

	key.type = jbvString;
	key.val.string.val = unconstify(char *, name);
	key.val.string.len = strlen(name);
	jsonb_builder_push(&builder, WJB_BEGIN_OBJECT, NULL);
	jsonb_builder_push(&builder, WJB_KEY, &key);
	jsonb_builder_push(&builder, WJB_VALUE, &copy);
	jsonb_builder_push(&builder, WJB_END_OBJECT, NULL);
	return JsonbValueToJsonb(builder.result);
}

/* The value that a jsonb is; a scalar too. */
JsonbValue
jsonb_root(Jsonb *jsonb)
{
	JsonbValue	value;

	if (JB_ROOT_IS_SCALAR(jsonb))
		(void) JsonbExtractScalar(&jsonb->root, &value);
	else
		JsonbToJsonbValue(jsonb, &value);
	return value;
}
