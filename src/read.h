/*
 * read.h
 *	  Reading a row by its key, for operations that need it.
 */
#ifndef TODO_ORM_READ_H
#define TODO_ORM_READ_H

#include "compat.h"

#include "call.h"

extern int	read_bind_ids(const Call *call, const Datum *arrays, Datum *values);
extern uint64 read_run_ids(Call *call, PlanKind kind, const void *shape, Size length,
						   PlanBuilder build, const Datum *arrays, const Datum *values,
						   const bool *nulls, RowSink sink, void *arg);
extern void read_by_ids(Call *call, const Datum *arrays, RowSink sink, void *arg);
extern bool read_by_key(Call *call, const Datum *keys, RowSink sink, void *arg);

#endif							/* TODO_ORM_READ_H */
