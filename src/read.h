/*
 * read.h
 *	  Reading a row by its key, for operations that need it.
 */
#ifndef TODO_ORM_READ_H
#define TODO_ORM_READ_H

#include "compat.h"

#include "call.h"

extern void read_by_key(Call *call, const Datum *keys, RowSink sink, void *arg);

#endif							/* TODO_ORM_READ_H */
