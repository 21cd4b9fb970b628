/*
 * idempotency.h
 *	  Creates that can be repeated: the row that a key has made before.
 */
#ifndef TODO_ORM_IDEMPOTENCY_H
#define TODO_ORM_IDEMPOTENCY_H

#include "compat.h"

#include "call.h"
#include "payload.h"

extern bool idempotency_given(const Model *model, const RowValues *row);
extern void idempotency_begin(Call *call, int keys);
extern bool idempotency_find(Call *call, const RowValues *row, RowSink sink, void *arg);

#endif							/* TODO_ORM_IDEMPOTENCY_H */
