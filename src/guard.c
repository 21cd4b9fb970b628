/*
 * guard.c
 *	  Running something whose error the caller can go on from.
 *
 * Only the end of a subtransaction gives back all that code may have taken or
 * changed before it failed: locks, buffers, snapshots, settings, the current
 * user.  Source: exec_stmt_block() of PL/pgSQL.
 */
#include "compat.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "guard.h"

/* Runs function(arg) in a subtransaction, which is kept only if it is to be. */
static ErrorData *
run(void (*function) (void *arg), void *arg, bool keep)
{
	MemoryContext cxt = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	ErrorData  *volatile error = NULL;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(cxt);
	PG_TRY();
	{
		function(arg);
		if (keep)
			ReleaseCurrentSubTransaction();
		else
			RollbackAndReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(cxt);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(cxt);
	CurrentResourceOwner = owner;
	return error;
}

/*
 * Runs function(arg) in a subtransaction.  Answers NULL if it succeeded, else
 * the error, in the caller's memory, after everything was undone.
 */
ErrorData *
guard_run(void (*function) (void *arg), void *arg)
{
	return run(function, arg, true);
}

/* The same, and everything is undone in any case. */
ErrorData *
guard_try(void (*function) (void *arg), void *arg)
{
	return run(function, arg, false);
}

/*
 * As guard_run() without a subtransaction, for what leaves nothing to be undone:
 * PostgreSQL's own input functions.
 */
ErrorData *
guard_catch(void (*function) (void *arg), void *arg)
{
	MemoryContext cxt = CurrentMemoryContext;
	ErrorData  *volatile error = NULL;

	PG_TRY();
	{
		function(arg);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(cxt);
		error = CopyErrorData();
		FlushErrorState();
	}
	PG_END_TRY();
	return error;
}
