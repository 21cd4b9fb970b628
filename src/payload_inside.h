/*
 * payload_inside.h
 *	  What stands inside a value: elements of arrays, members of composites.
 */
#ifndef TODO_ORM_PAYLOAD_INSIDE_H
#define TODO_ORM_PAYLOAD_INSIDE_H

#include "compat.h"

#include "errors.h"
#include "model.h"

extern bool payload_has_inside(const Column *column, const JsonbValue *value);
extern Datum payload_inside_convert(const Model *model, const Column *column,
									const JsonbValue *value);
extern bool payload_inside_note(const Model *model, const Column *column, const JsonbValue *value,
								int index, ErrorList *errors);

#endif							/* TODO_ORM_PAYLOAD_INSIDE_H */
