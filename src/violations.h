/*
 * violations.h
 *	  What keeps rows from being written though each of them alone is right:
 *	  references that lead nowhere, unique keys that are taken.
 */
#ifndef TODO_ORM_VIOLATIONS_H
#define TODO_ORM_VIOLATIONS_H

#include "compat.h"

#include "call.h"
#include "errors.h"
#include "payload.h"
#include "unique_key.h"

extern bool violations_is_taken(Call *call, const UniqueKey *key, const Datum *values);
extern bool violations_can_be_several(const Call *call, RowValues **rows, int count);
extern void violations_note(Call *call, RowValues **rows, int count, int first_index,
							ErrorList *errors);

#endif							/* TODO_ORM_VIOLATIONS_H */
