/*
 * expiry.h
 *	  Things that went stale and are freed when no call can be using them.
 *
 * A call further up the stack may still use a descriptor, a compiled function
 * or a plan that DDL in a trigger has made stale.  When the outermost call
 * returns, or the transaction ends, no call can.
 */
#ifndef TODO_ORM_EXPIRY_H
#define TODO_ORM_EXPIRY_H

#include "compat.h"

#include "executor/spi.h"

extern int	expiry_enter(void);
extern void expiry_leave(int depth);
extern void expiry_add_context(MemoryContext cxt);
extern void expiry_add_plan(SPIPlanPtr plan);

#endif							/* TODO_ORM_EXPIRY_H */
