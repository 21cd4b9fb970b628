/*
 * change_feed.h
 *	  Where changes of a table are recorded.
 *
 * Two triggers of the model's table write into a table beside it:
 *
 *	  CREATE TABLE task_changes (owner text, xid xid8, seq bigint, op text, at timestamptz,
 *		key1 bigint)
 *
 * owner and key1 ... are values of the changed row, xid is the transaction that
 * has changed it, seq tells the changes of one transaction apart.  A row with op
 * "reset" has no key: what was known before it is void, of that owner, or of all
 * where owner is null.
 */
#ifndef TODO_ORM_CHANGE_FEED_H
#define TODO_ORM_CHANGE_FEED_H

#include "compat.h"

#include "utils/reltrigger.h"

#include "model.h"

#define CHANGES_TRIGGER "todo_orm_changes"
#define CHANGES_TRUNCATE_TRIGGER "todo_orm_changes_truncate"
#define CHANGES_CHANNEL "todo_orm_changes"
#define CHANGES_RESET "reset"

/* Arguments of the triggers; the names of key columns follow. */
typedef enum ChangesArgument
{
	CHANGES_ARG_TABLE,			/* name of the table that holds the changes */
	CHANGES_ARG_OWNER,			/* name of the owner column */
	CHANGES_ARG_NOTIFY,			/* "notify", or empty */
	CHANGES_ARG_KEYS
} ChangesArgument;

extern void change_feed_load(Model *model, Relation rel);
extern bool change_feed_trigger_fits(const Model *model, const Trigger *trigger);
extern Column change_feed_owner(const Model *model);
extern uint64 change_feed_horizon(uint64 *next);
extern const ChangeFeed *change_feed_require(const Model *model);

/* change_ddl.c */
extern void change_ddl_apply(const Model *model);
extern void change_ddl_remove(const TriggerDesc *triggers, const char *qualified);

#endif							/* TODO_ORM_CHANGE_FEED_H */
