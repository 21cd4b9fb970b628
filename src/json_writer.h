/*
 * json_writer.h
 *	  Writes rows as JSON text.
 */
#ifndef TODO_ORM_JSON_WRITER_H
#define TODO_ORM_JSON_WRITER_H

#include "compat.h"

#include "executor/tuptable.h"
#include "lib/stringinfo.h"

#include "model.h"

extern int	json_writer_begin_always(void);
extern int	json_writer_begin(const Model *model);
extern void json_writer_end(int guc_level);
extern void json_writer_columns(StringInfo out, const Model *model, const AttrNumber *columns,
								int n, TupleTableSlot *slot);
extern void json_writer_value(StringInfo out, Column *column, Datum value);
extern void json_writer_members(StringInfo out, const Model *model, TupleTableSlot *slot);

#endif							/* TODO_ORM_JSON_WRITER_H */
