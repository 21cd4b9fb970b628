/*
 * insert.h
 *	  Inserting rows.
 */
#ifndef TODO_ORM_INSERT_H
#define TODO_ORM_INSERT_H

#include "compat.h"

#include "call.h"
#include "payload.h"
#include "unique_key.h"

extern bool insert_needs_time(const Model *model, const Column *column, const bool *given);
extern void insert_row(Call *call, Model *model, const RowValues *row, RowSink sink, void *arg);
extern bool insert_row_unless_taken(Call *call, const RowValues *row, const UniqueKey *key,
									RowSink sink, void *arg);
extern void insert_rows(Call *call, RowValues **rows, int count, RowSink sink, void *arg);

#endif							/* TODO_ORM_INSERT_H */
