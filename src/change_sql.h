/*
 * change_sql.h
 *	  The statements that read what has changed.
 */
#ifndef TODO_ORM_CHANGE_SQL_H
#define TODO_ORM_CHANGE_SQL_H

#include "compat.h"

#include "model.h"
#include "statement.h"

/* Columns behind those of the row in the statement that reads changes. */
typedef enum ChangeColumn
{
	CHANGE_XID,
	CHANGE_SEQ,
	CHANGE_OP,
	CHANGE_AT,
	CHANGE_MORE,				/* there are more than were asked for */
	CHANGE_PRESENT				/* the row is there */
} ChangeColumn;

extern void change_sql_state(Statement *st, const Model *model, const void *shape);
extern void change_sql_changes(Statement *st, const Model *model, const void *shape);

#endif							/* TODO_ORM_CHANGE_SQL_H */
