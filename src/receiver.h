/*
 * receiver.h
 *	  Hands the rows of a statement to a function, one by one.
 */
#ifndef TODO_ORM_RECEIVER_H
#define TODO_ORM_RECEIVER_H

#include "compat.h"

#include "executor/tuptable.h"
#include "tcop/dest.h"

/*
 * Takes one row of a result.  It runs inside the executor: no statements here.
 * One that wants no more rows calls receiver_end().
 */
typedef void (*RowSink) (TupleTableSlot *slot, void *arg);

extern DestReceiver *receiver_create(RowSink sink, void *arg);
extern void receiver_end(void);
extern void receiver_ignore(TupleTableSlot *slot, void *arg);

#endif							/* TODO_ORM_RECEIVER_H */
