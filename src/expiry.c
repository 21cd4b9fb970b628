/*
 * expiry.c
 *	  Things that went stale and are freed when the transaction ends.
 */
#include "compat.h"

#include "access/xact.h"
#include "nodes/pg_list.h"
#include "utils/memutils.h"

#include "expiry.h"

static List *contexts = NIL;
static List *plans = NIL;
static bool registered = false;

static void
free_expired(XactEvent event, void *arg)
{
	ListCell   *cell;

	(void) arg;
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_ABORT &&
		event != XACT_EVENT_PREPARE)
		return;
	foreach(cell, plans)
		SPI_freeplan(lfirst(cell));
	foreach(cell, contexts)
		MemoryContextDelete(lfirst(cell));
	list_free(plans);
	list_free(contexts);
	plans = NIL;
	contexts = NIL;
}

/* Appends to a list that outlives the transaction's own contexts. */
static List *
remember(List *list, void *item)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	if (!registered)
	{
		RegisterXactCallback(free_expired, NULL);
		registered = true;
	}
	list = lappend(list, item);
	MemoryContextSwitchTo(old);
	return list;
}

/* The context is deleted at the end of the transaction. */
void
expiry_add_context(MemoryContext cxt)
{
	contexts = remember(contexts, cxt);
}

/* The kept plan is freed at the end of the transaction. */
void
expiry_add_plan(SPIPlanPtr plan)
{
	plans = remember(plans, plan);
}
