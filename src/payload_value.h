/*
 * payload_value.h
 *	  One value of a payload, as a column takes it.
 */
#ifndef TODO_ORM_PAYLOAD_VALUE_H
#define TODO_ORM_PAYLOAD_VALUE_H

#include "compat.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "model.h"

/* Where a value comes from: JSON, or an argument of some type. */
typedef struct PayloadSource
{
	const JsonbValue *json;		/* NULL: a typed argument */
	Datum		value;
	Oid			type;
} PayloadSource;

extern bool payload_kind_fits(const Column *column, const JsonbValue *value);
extern const char *payload_expected_kind(const Column *column);
extern void payload_describe_type(Oid type, int32 typmod, Column *column);
extern void payload_find_input(Column *column);
extern char *payload_text(Oid basetype, const JsonbValue *value);
extern void payload_append(StringInfo out, Oid basetype, const JsonbValue *value);
extern Datum payload_value(const Model *model, Column *column, const JsonbValue *value);
extern ErrorData *payload_convert(const Model *model, Column *column,
								  const PayloadSource *source, Datum *result);
extern ErrorData *payload_try(const Model *model, Column *column, const PayloadSource *source,
							  Datum *result);
extern const char *payload_mistake(const Column *column, const ErrorData *error);
extern const char *payload_mistake_message(const Column *column, const ErrorData *error);
extern List *payload_enum_labels(Oid type);

#endif							/* TODO_ORM_PAYLOAD_VALUE_H */
