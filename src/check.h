/*
 * check.h
 *	  CHECK constraints, evaluated before a row is written, so that all that
 *	  fail are reported together with everything else.
 */
#ifndef TODO_ORM_CHECK_H
#define TODO_ORM_CHECK_H

#include "compat.h"

#include "errors.h"
#include "model.h"
#include "payload.h"

extern void check_load_all(Model *model, Relation rel);
extern bool check_value_in_row(const Model *model, Datum owner, const RowValues *row,
							   AttrNumber attnum, bool whole_row, Datum *value, bool *isnull);
extern void check_note(const Model *model, const char *constraint, int index, ErrorList *errors);
extern bool check_is_compiled(const Model *model, const char *constraint);
extern int	check_count_left(Model *model, Datum owner, const RowValues *patch);
extern void check_note_left(Model *model, Datum owner, const RowValues *patch,
							const RowValues *whole, int index, ErrorList *errors);
extern bool check_index_covers(const Model *model, Oid index, Datum owner, const RowValues *row);
extern void check_rows(Model *model, Datum owner, RowValues **rows, int count, int first_index,
					   bool whole_rows, ErrorList *errors);

#endif							/* TODO_ORM_CHECK_H */
