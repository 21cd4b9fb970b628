/*
 * nested.h
 *	  Creating rows together with rows that are related to them:
 *	  {"title": "Trip", "messages": [{"role": "user", "content": "hi"}]}
 *
 * All that is nested is taken apart into nodes, one for each relationship at
 * each level, whose rows are then written together: first those that a row
 * refers to, then the row, then those that refer to it, then links.
 */
#ifndef TODO_ORM_NESTED_H
#define TODO_ORM_NESTED_H

#include "compat.h"

#include "along.h"
#include "call.h"
#include "payload.h"

/* Are the call's own rows made, or are they there? */
typedef enum NestedUse
{
	NESTED_CREATE,
	NESTED_UPDATE
} NestedUse;

/* What is done with an existing row. */
typedef enum NestedVerb
{
	VERB_CREATE,				/* it is made; of links only */
	VERB_CONNECT,				/* it is related to the row above from now on */
	VERB_DISCONNECT,			/* it no longer is */
	VERB_UPDATE					/* it is changed */
} NestedVerb;

/* An existing row that a row of the payload names. */
typedef struct NestedConnection
{
	NestedVerb	verb;
	int			up;				/* row above */
	JsonbValue	id;				/* as it was given */
	char	   *location;		/* where it stands in the payload */
	Datum		keys[INDEX_MAX_KEYS];	/* its key, of the arguments' types */
	KeyValues	refers;			/* to-one: what the foreign key is set to; one-to-many: what the
								 * row's own foreign key is */
	RowValues  *patch;			/* of VERB_UPDATE */
	bool		found;			/* it is still there, when it is written */
} NestedConnection;

typedef struct NestedNode
{
	Model	   *model;			/* of the rows */
	const Relationship *relationship;	/* from the row above; NULL: rows of the call itself */
	const Relationship *back;	/* one-to-many: the model's own one, to the row above */
	struct NestedNode *above;	/* NULL: rows of the call itself */
	uint64		generation;		/* of the model's descriptor */

	/* rows to create; of an update: the rows that are there */
	bool		existing;		/* they are */
	bool		batch;			/* they are known by index or location */
	int			count;
	int			capacity;
	JsonbValue *items;			/* as they were given */
	char	  **locations;		/* where each stands in the payload; NULL: its index says it */
	int		   *up;				/* row above that each belongs to */
	RowValues **rows;			/* NULL: an item with errors */
	bool	   *repeated;		/* its idempotency key has made it before: nothing happens */
	KeyValues  *keys;			/* what refers to each row, for the node above */

	KeyValues  *above_keys;		/* what these rows refer to in each row above */
	List	   *connections;	/* NestedConnection * */
	List	   *children;		/* NestedNode * */
} NestedNode;

/* A row of a node, for nested_sink(). */
typedef struct NestedPlace
{
	Call	   *call;
	NestedNode *node;
	int			place;			/* which row it is */
} NestedPlace;

extern NestedNode *nested_read(Call *call, NestedUse use, RowValues **rows, int count, bool batch,
							   List *members, ErrorList *errors);
extern void nested_validate(Call *call, NestedUse use, RowValues **rows, int count, bool batch,
							List *members, ErrorList *errors);
extern void nested_write_parents(Call *call, NestedNode *node);
extern void nested_write_children(Call *call, NestedNode *node);
extern void nested_sink(TupleTableSlot *slot, void *arg);
extern void nested_write(Call *call, NestedNode *root, RowSink sink, void *arg);

#endif							/* TODO_ORM_NESTED_H */
