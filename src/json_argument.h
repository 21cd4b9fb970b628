/*
 * json_argument.h
 *	  JSON values as arguments of functions.
 */
#ifndef TODO_ORM_JSON_ARGUMENT_H
#define TODO_ORM_JSON_ARGUMENT_H

#include "compat.h"

#include "errors.h"
#include "place.h"

extern bool json_argument_fits(Oid type, const JsonbValue *value, const char **expected);
extern bool json_argument_read(ErrorList *errors, const Place *place, Oid type,
							   const JsonbValue *value, Datum *result);

#endif							/* TODO_ORM_JSON_ARGUMENT_H */
