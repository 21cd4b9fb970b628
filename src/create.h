/*
 * create.h
 *	  Steps of creating rows that several operations share.
 */
#ifndef TODO_ORM_CREATE_H
#define TODO_ORM_CREATE_H

#include "compat.h"

#include "call.h"
#include "payload.h"

extern RowValues *create_read_arguments(Call *call, PayloadUse use, ErrorList *errors);
extern RowValues *create_read_row(Call *call, ErrorList *errors);
extern RowValues **create_read_items(Call *call, int *count, ErrorList *errors,
									 List **members);
extern int	create_count_repeatable(const Model *model, RowValues **rows, int count);
extern bool create_is_batch(Call *call);
extern void create_raise(Call *call, RowValues **rows, int count, int first_index,
						 ErrorList *errors);
extern void create_rows(Call *call, RowValues **rows, int count, bool batch, RowSink sink,
						void *arg);

#endif							/* TODO_ORM_CREATE_H */
