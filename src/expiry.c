/*
 * expiry.c
 *	  Things that went stale and are freed when no call can be using them.
 */
#include "compat.h"

#include "access/xact.h"
#include "nodes/pg_list.h"
#include "utils/memutils.h"

#include "expiry.h"

static List *contexts = NIL;
static List *plans = NIL;
static bool registered = false;
static int	call_depth = 0;		/* calls that are running */
static List *depths = NIL;		/* what it was when each open subtransaction began */

static void
free_expired(void)
{
	ListCell   *cell;

	foreach(cell, plans)
		SPI_freeplan(lfirst(cell));
	foreach(cell, contexts)
		MemoryContextDelete(lfirst(cell));
	list_free(plans);
	list_free(contexts);
	plans = NIL;
	contexts = NIL;
}

static void
end_of_transaction(XactEvent event, void *arg)
{
	(void) arg;
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT &&
		event != XACT_EVENT_PREPARE)
		return;
	free_expired();
	call_depth = 0;
	list_free(depths);
	depths = NIL;
}

/* A call that fails does not leave; who catches its error ends a subtransaction. */
static void
end_of_subtransaction(SubXactEvent event, SubTransactionId id, SubTransactionId parent, void *arg)
{
	MemoryContext old;

	(void) id;
	(void) parent;
	(void) arg;
	if (event == SUBXACT_EVENT_START_SUB)
	{
		old = MemoryContextSwitchTo(TopMemoryContext);
		depths = lappend_int(depths, call_depth);
		MemoryContextSwitchTo(old);
	}
	/* one that began before we listened has nothing here */
	else if (depths != NIL && event != SUBXACT_EVENT_PRE_COMMIT_SUB)
	{
		if (event == SUBXACT_EVENT_ABORT_SUB)
			call_depth = llast_int(depths);
		depths = list_delete_last(depths);
	}
}

/*
 * Notes that a call begins; what this answers goes to expiry_leave().  A call
 * that fails does not leave: that its transaction, or subtransaction, ends is
 * seen here.
 */
int
expiry_enter(void)
{
	return call_depth++;
}

/* Notes that a call has returned; behind the outermost one, frees. */
void
expiry_leave(int depth)
{
	call_depth = depth;
	if (depth == 0 && (plans != NIL || contexts != NIL))
		free_expired();
}

/* Appends to a list that outlives the transaction's own contexts. */
static List *
remember(List *list, void *item)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	if (!registered)
	{
		RegisterXactCallback(end_of_transaction, NULL);
		RegisterSubXactCallback(end_of_subtransaction, NULL);
		registered = true;
	}
	list = lappend(list, item);
	MemoryContextSwitchTo(old);
	return list;
}

/* The context is deleted as soon as no call can be using it. */
void
expiry_add_context(MemoryContext cxt)
{
	contexts = remember(contexts, cxt);
}

/* The kept plan is freed as soon as no call can be using it. */
void
expiry_add_plan(SPIPlanPtr plan)
{
	plans = remember(plans, plan);
}
