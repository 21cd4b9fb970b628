/*
 * update.h
 *	  Steps of changing rows that several operations share.
 */
#ifndef TODO_ORM_UPDATE_H
#define TODO_ORM_UPDATE_H

#include "compat.h"

#include "call.h"
#include "nested.h"
#include "payload.h"

extern RowValues *update_read_patch(Call *call, NestedNode **nested, ErrorList *errors);
extern bool update_is_empty(const Model *model, const RowValues *row);
extern void update_append_settings(Statement *st, const Model *model, const bool *given,
								   int *numbers);
extern void update_append_changed(Statement *st, const Model *model, const bool *given,
								  const int *numbers);
extern int	update_bind_settings(const Model *model, const RowValues *row, Datum *values,
								 bool *nulls);
extern bool update_row(Call *call, const RowValues *row, const Datum *keys, int nkeys,
					   RowSink sink, void *arg);
extern void update_check_version(Call *call, const Datum *keys);
extern bool update_row_guarded(Call *call, RowValues *row, const Datum *keys, int nkeys,
							   char *location, RowSink sink, void *arg);

#endif							/* TODO_ORM_UPDATE_H */
