/*
 * jsonb_read.h
 *	  Reading jsonb values: pairs of an object, items of an array, text of a
 *	  value.
 */
#ifndef TODO_ORM_JSONB_READ_H
#define TODO_ORM_JSONB_READ_H

#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

/* One member of an object. */
typedef struct JsonbPairRead
{
	char	   *key;			/* NUL-terminated copy */
	JsonbValue	value;			/* points into the jsonb that was read */
} JsonbPairRead;

/* The members of an object or the items of an array, in stored order. */
typedef struct JsonbItems
{
	int			count;			/* how many */
	JsonbPairRead *items;		/* key is NULL for items of an array */
} JsonbItems;

extern JsonbItems jsonb_items(JsonbContainer *container);
extern bool jsonb_lookup(JsonbContainer *object, const char *key, JsonbValue *value);
extern bool jsonb_value_is_object(const JsonbValue *value);
extern bool jsonb_value_is_array(const JsonbValue *value);
extern char *jsonb_value_text(const JsonbValue *value);
extern void jsonb_value_append(StringInfo out, const JsonbValue *value);
extern Jsonb *jsonb_value_to_jsonb(const JsonbValue *value);
extern Jsonb *jsonb_array_of(const JsonbValue *values, int count);
extern Jsonb *jsonb_object_of(const char *name, const JsonbValue *value);
extern JsonbValue jsonb_root(Jsonb *jsonb);
extern const char *jsonb_value_kind(const JsonbValue *value);

#endif							/* TODO_ORM_JSONB_READ_H */
