/*
 * expiry.h
 *	  Things that went stale and are freed when the transaction ends.
 *
 * A call further up the stack may still use a descriptor, a compiled function
 * or a plan that DDL in a trigger has made stale; at the end of the
 * transaction no call can.
 */
#ifndef TODO_ORM_EXPIRY_H
#define TODO_ORM_EXPIRY_H

#include "compat.h"

#include "executor/spi.h"

extern void expiry_add_context(MemoryContext cxt);
extern void expiry_add_plan(SPIPlanPtr plan);

#endif							/* TODO_ORM_EXPIRY_H */
