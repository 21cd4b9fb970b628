/*
 * owner_models.h
 *	  The models that hold rows of a user, in the order of their foreign keys.
 */
#ifndef TODO_ORM_OWNER_MODELS_H
#define TODO_ORM_OWNER_MODELS_H

#include "compat.h"

#include "storage/lockdefs.h"
#include "utils/array.h"

#include "model.h"
#include "plan.h"

typedef struct OwnerModel
{
	Oid			relid;			/* table or view, locked */
	Model	   *model;			/* its descriptor */
	Oid			function;		/* that the caller may execute; InvalidOid: he is the table's owner */
	Datum		owner;			/* the user as a value of the owner column's base type */
	int			circle;			/* tables that refer to each other have the same number */
} OwnerModel;

/* What a call asks for. */
typedef struct OwnerRequest
{
	const char *user_id;		/* NULL is refused */
	ArrayType  *wanted;			/* regclass[]; NULL: all of the user's */
	const char *const *operations;	/* the first that a model has is what the caller must be allowed;
									 * NULL at the end */
	LOCKMODE	lockmode;		/* for each table */
} OwnerRequest;

typedef struct OwnerModels
{
	int			count;
	OwnerModel *models;			/* what is referred to comes first */
} OwnerModels;

extern void owner_models_open(const OwnerRequest *request, OwnerModels *result);
extern uint64 owner_models_run(const OwnerModel *on, PlanKind kind, const void *shape, Size length,
							   PlanBuilder build, const Datum *values, bool read_only,
							   RowSink sink, void *arg);
extern void owner_models_append_where(Statement *st, const Model *model);

/* owner_order.c */
extern void owner_order(OwnerModels *models);

#endif							/* TODO_ORM_OWNER_MODELS_H */
