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
extern bool violations_of_patches_can_be_several(const Call *call, RowValues **patches, int count);
extern bool violations_take(const Call *call, const ErrorData *error, int index,
							ErrorList *errors);
extern void violations_note(Call *call, RowValues **rows, int count, int first_index,
							ErrorList *errors);
extern void violations_raise(Call *call, RowValues **rows, int count, int first_index,
							 ErrorList *found);
extern void violations_note_patch(Call *call, const RowValues *patch, const Datum *keys,
								  int64 count, int index, bool with_parents, ErrorList *errors);

#endif							/* TODO_ORM_VIOLATIONS_H */
