/*
 * function.h
 *	  Functions in LANGUAGE todo_orm, compiled: which operation, which model,
 *	  which argument stands for what.
 *
 * A Function is never changed after it was compiled, except for "valid"; it
 * lives until the end of the transaction in which it became stale.
 */
#ifndef TODO_ORM_FUNCTION_H
#define TODO_ORM_FUNCTION_H

#include "compat.h"

#include "extra.h"
#include "model.h"
#include "operation.h"

typedef struct Function
{
	Oid			oid;			/* pg_proc row */
	bool		valid;			/* false: compile again */
	uint32		hashvalue;		/* of the pg_proc row, for its invalidation */
	MemoryContext cxt;			/* holds this struct and what it points to */
	const Operation *operation;
	ModelSlot  *slot;			/* the model */
	uint64		generation;		/* of the slot when this was compiled */
	Relationship *relationship; /* for operations along one; in cxt */
	ModelSlot  *related;		/* its target; NULL: no relationship */
	uint64		related_generation;
	ExtraSettings settings;		/* of functions that were added; in cxt */
	int			nlocks;			/* tables to lock before a call */
	Oid		   *lock_relids;	/* the model's own first */
	LOCKMODE   *lock_modes;
	int			nargs;			/* declared arguments */
	Argument   *args;			/* in declared order */
	int			role_index[ARG_ROLES];	/* first argument of a role, -1: none */
} Function;

extern Function *function_get(Oid oid, bool *recompiled);
extern void function_validate(Oid oid);
extern Function *function_describe(Oid oid);
extern char *function_problem(Oid oid);

#endif							/* TODO_ORM_FUNCTION_H */
