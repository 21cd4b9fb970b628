/*
 * context.h
 *	  Which of the newest rows stay: whole turns, calls together with their
 *	  answers.
 */
#ifndef TODO_ORM_CONTEXT_H
#define TODO_ORM_CONTEXT_H

#include "compat.h"

#include "utils/jsonb.h"

/* A row that was read. */
typedef struct ContextRow
{
	HeapTuple	tuple;			/* the row itself */
	bool		turn;			/* begins a turn */
	bool		answer;			/* answers a call */
	bool		pinned;			/* can be kept, however old */
	bool		dropped;		/* does not stay after all */
	Jsonb	   *call_ids;		/* an array; NULL: it is no call */
	Jsonb	   *answer_ids;		/* an array; NULL: there are none */
	int			ncalls;
	int		   *calls;			/* call_ids, numbered */
	int			nanswers;
	int		   *answers;		/* answer_ids, numbered */
} ContextRow;

extern int	context_first(const ContextRow *rows, int count, bool complete);
extern void context_pair(ContextRow *rows, int count);

#endif							/* TODO_ORM_CONTEXT_H */
