/*
 * plan.h
 *	  Kept plans of a model's statements, keyed by (operation, shape).
 */
#ifndef TODO_ORM_PLAN_H
#define TODO_ORM_PLAN_H

#include "compat.h"

#include "executor/spi.h"
#include "lib/ilist.h"

#include "model.h"
#include "receiver.h"
#include "statement.h"

/* Which statement; together with the shape's bytes it is the key of a plan. */
typedef enum PlanKind
{
	PLAN_GET,
	PLAN_FIND,
	PLAN_LIST,
	PLAN_COUNT,
	PLAN_CREATE,
	PLAN_CREATE_MANY,
	PLAN_FIND_BY_IDEMPOTENCY,
	PLAN_CHECK_REFERENCE,
	PLAN_TOUCH,
	PLAN_UPDATE,
	PLAN_DELETE,
	PLAN_SOFT_DELETE,
	PLAN_RESTORE,
	PLAN_PURGE,
	PLAN_RELATED,
	PLAN_INCLUDE,
	PLAN_LOCK,
	PLAN_LOCK_IDS,
	PLAN_MISSING_IDS,
	PLAN_UPDATE_MANY,
	PLAN_DELETE_MANY,
	PLAN_SOFT_DELETE_MANY,
	PLAN_UPSERT_FIND,
	PLAN_TAKEN,
	PLAN_TAKEN_BY_OTHER,
	PLAN_UPSERT,
	PLAN_AGGREGATE,
	PLAN_LINKED,
	PLAN_LINK_FROM,
	PLAN_LINK_MISSING,
	PLAN_LINK,
	PLAN_UNLINK,
	PLAN_EXTEND,
	PLAN_STEP,
	PLAN_STEP_FIND,
	PLAN_CONTEXT
} PlanKind;

typedef struct PlanKey
{
	uint32		hash;			/* of all that follows */
	uint16		kind;			/* a PlanKind */
	uint16		length;			/* bytes of the shape */
	const void *shape;			/* what else tells statements apart */
} PlanKey;

typedef struct KeptPlan
{
	PlanKey		key;			/* hash key; shape is the entry's own copy */
	Model	   *model;			/* whose statement it is */
	SPIPlanPtr	plan;			/* kept; NULL until prepared */
	char	   *sql;			/* the text, for echo */
	int			nparams;		/* number of parameters */
	Oid		   *types;			/* their types */
	dlist_node	lru;			/* most recently used first */
} KeptPlan;

/* Writes the statement of a shape. */
typedef void (*PlanBuilder) (Statement *st, const Model *model, const void *shape);

extern KeptPlan *plan_get(Model *model, PlanKind kind, const void *shape, Size length,
					  PlanBuilder build);
extern uint64 plan_run(KeptPlan *plan, const Datum *values, const bool *nulls, bool read_only,
					   RowSink sink, void *arg);
extern uint64 plan_run_joined(KeptPlan *plan, const Datum *values, const bool *nulls,
							  bool read_only, RowSink sink, void *arg);
extern Oid	plan_set_function(Oid function);
extern Oid	plan_get_function(void);
extern void plan_forget_model(Model *model);

#endif							/* TODO_ORM_PLAN_H */
