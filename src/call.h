/*
 * call.h
 *	  One call of a function in LANGUAGE todo_orm: its arguments, its model,
 *	  its result.
 */
#ifndef TODO_ORM_CALL_H
#define TODO_ORM_CALL_H

#include "compat.h"

#include "executor/tuptable.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/tuplestore.h"

#include "function.h"
#include "model.h"
#include "plan.h"

typedef struct Call
{
	FunctionCallInfo fcinfo;	/* arguments and result, as PostgreSQL has them */
	Function   *function;		/* compiled */
	Model	   *model;			/* current descriptor */
	Model	   *related;		/* the relationship's target, or NULL */
	const Relationship *relationship;	/* that the call works along, or NULL */
	bool		read_only;		/* STABLE: the caller's snapshot */
	Datum		owner;			/* the owner argument, checked */
	MemoryContext result_cxt;	/* where a result must be */
	bool		keys_locked;	/* see idempotency.c: all of the owner's keys */
	MemoryContext work_cxt;		/* for the length of the call; what a sink keeps */
	char	  **locations;		/* where the rows stand in the payload; NULL: their index says it */
	const Relationship *made_parent;	/* to rows that this call has just made: not to be moved */
	const Relationship *made_target;	/* another such, of links */
	const Bitmapset *made;		/* more of them, by number, of the row that is being changed */
	const Model *writing;		/* nested: whose rows are being written, for errors; else NULL */
	bool		nested;			/* about rows that are nested in the call's own */
	List	   *touched;		/* KeyValues *: parents to move, see along.h */
	Tuplestorestate *store;		/* result rows of a set */
	bool		got_row;		/* a single row was taken */
	Datum		row;			/* it, as a composite */
	Oid			outer_function; /* whose call this one runs in */
	int			guc_level;		/* of the safe search_path; 0: not set */
	bool		path_pushed;	/* the cheap form of it, see compat.h */
} Call;

extern void call_begin(Call *call, FunctionCallInfo fcinfo, Function *function, bool recompiled);
extern void call_end(Call *call);
extern void call_secure_path(Call *call);
extern bool call_has(const Call *call, ArgumentRole role);
extern Datum call_arg(const Call *call, ArgumentRole role);
extern int	call_int_arg(const Call *call, ArgumentRole role, int absent);
extern int	call_bind_keys(const Call *call, Datum *values, bool *any_null);

/* results */
extern void call_sink_row(TupleTableSlot *slot, void *arg);
extern void call_sink_store(TupleTableSlot *slot, void *arg);
extern void call_open_store(Call *call);
extern Datum call_return_set(Call *call);
extern Datum call_return_row(Call *call);
extern Datum call_return_json(Call *call, StringInfo json);
extern void call_check_written(const Call *call, TupleTableSlot *slot);
extern Datum call_return_jsonb(Call *call, const char *json);
extern Datum call_return_null(Call *call);

#endif							/* TODO_ORM_CALL_H */
