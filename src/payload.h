/*
 * payload.h
 *	  Turns what callers send (jsonb objects, typed arguments) into values of
 *	  a model's columns.
 */
#ifndef TODO_ORM_PAYLOAD_H
#define TODO_ORM_PAYLOAD_H

#include "compat.h"

#include "utils/jsonb.h"

#include "errors.h"
#include "model.h"
#include "payload_value.h"

/* Values for some columns of one row; arrays are indexed by attnum - 1. */
typedef struct RowValues
{
	Datum	   *values;			/* of the column's declared type */
	bool	   *nulls;			/* given as null */
	bool	   *seen;			/* stands in the payload, valid or not */
	bool	   *given;			/* set by the payload; false: left to the default */
	Bitmapset  *made;			/* relationships whose row the same call has made: by number */
} RowValues;

/* A member of an item that is no column but a relationship. */
typedef struct RelatedMember
{
	int			index;			/* of the item; NO_INDEX: there is only one */
	const Relationship *relationship;
	JsonbValue	value;			/* points into the payload */
} RelatedMember;

/* What a payload is for: it decides which columns may stand in it. */
typedef enum PayloadUse
{
	PAYLOAD_CREATE,				/* required columns must be there */
	PAYLOAD_PART,				/* part of a create: none is required */
	PAYLOAD_PATCH
} PayloadUse;

/* A typed argument that stands for a column. */
typedef struct TypedValue
{
	Column	   *column;			/* which */
	Oid			type;			/* the argument's type */
	Datum		value;			/* not null: null means not given */
} TypedValue;

extern RowValues *payload_new_row(const Model *model);
extern RowValues **payload_read_items(const Model *model, const Relationship *parent,
									  Jsonb *items, int *count, ErrorList *errors,
									  const char *argument, List **members);
extern RowValues *payload_read_lifted(const Model *model, PayloadUse use, Jsonb *item,
									  const Bitmapset *lifted, ErrorList *errors);
extern RowValues **payload_read_patches(const Model *model, Jsonb *patches, ErrorList *errors,
										List **members);
extern RowValues *payload_read_patch(const Model *model, Jsonb *patch, ErrorList *errors,
									 List **members);
extern RowValues *payload_read_typed(const Model *model, const Relationship *parent,
									 PayloadUse use, const TypedValue *values, int count,
									 ErrorList *errors);

#endif							/* TODO_ORM_PAYLOAD_H */
