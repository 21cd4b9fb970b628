/*
 * operation.h
 *	  The operations of the language: one row each, in operation.c.
 */
#ifndef TODO_ORM_OPERATION_H
#define TODO_ORM_OPERATION_H

#include "compat.h"

#include "signature.h"

struct Call;

/* What a function of the operation returns. */
typedef enum ResultKind
{
	RESULT_ROW,					/* one row of the model */
	RESULT_ROWS,				/* setof rows of the model */
	RESULT_RELATED,				/* setof rows of the relationship's target */
	RESULT_BOOLEAN,
	RESULT_BIGINT,
	RESULT_JSON,
	RESULT_JSONB
} ResultKind;

/* Groups of option "functions". */
#define GROUP_READ	0x01
#define GROUP_WRITE	0x02
#define GROUP_CORE	0x04
#define GROUP_EXTRA	0x08		/* made only by todo_orm.add_function */

/* Kinds of relationship that an operation works along. */
#define ALONG(kind)		(1 << (kind))
#define ALONG_NONE		0
#define ALONG_TO_ONE	ALONG(RELATIONSHIP_MANY_TO_ONE)
#define ALONG_TO_MANY	(ALONG(RELATIONSHIP_ONE_TO_MANY) | ALONG(RELATIONSHIP_MANY_TO_MANY))
#define ALONG_CHILDREN	ALONG(RELATIONSHIP_ONE_TO_MANY)
#define ALONG_LINKS		ALONG(RELATIONSHIP_MANY_TO_MANY)
#define ALONG_ANY		(ALONG_TO_ONE | ALONG_TO_MANY)

/* Settings that functions of an operation can have, see extra.h. */
#define SETTING_WHERE	0x001	/* which rows */
#define SETTING_VALUES	0x002	/* columns that the function sets */
#define SETTING_APPEND	0x004	/* the column that it appends to */
#define SETTING_MEASURE	0x008	/* the column whose length counts */
#define SETTING_TURN	0x010	/* rows that begin a turn */
#define SETTING_ANSWER	0x020	/* rows that answer a call */
#define SETTING_PINNED	0x040	/* rows that can be kept, however old */
#define SETTING_CALLS	0x080	/* where a row has the ids of its calls */
#define SETTING_ANSWERS 0x100	/* where a row has the ids that it answers */

typedef struct Operation
{
	const char *name;			/* as bodies name it */
	const char *pattern;		/* function name; %s: the model's name or plural, with a relationship
								 * "name_relationship", or "relationship_of_plural"; NULL: the
								 * relationship's name alone */
	bool		plural;			/* %s is, or ends with, the plural */
	int			along;			/* ALONG_...: the relationships that it has functions for */
	ResultKind	result;
	bool		writes;			/* VOLATILE, and locks for writing */
	int			rows;			/* planner's estimate for sets, 0: default */
	int			groups;			/* GROUP_... */
	bool		(*applies) (const Model *model, const Relationship *relationship);	/* NULL: always */
	SignatureBuilder signature;
	Datum		(*run) (struct Call *call);
	const char *comment;		/* %1$s singular, %2$s plural, as in SQL format() */
	int			settings;		/* SETTING_...: those that functions may have */
	int			required;		/* and those that they must have */
} Operation;

extern const Operation *operation_find(const char *name);
extern const Operation *operation_at(int index);
extern Oid	operation_result_type(const Operation *operation, const Model *model,
								  const Relationship *relationship);
extern bool operation_returns_set(const Operation *operation);
extern bool operation_returns_one(const Operation *operation);
extern bool operation_deletes(const Operation *operation);
extern bool operation_is_named(const Operation *operation, const char *name);
extern bool operation_name_is_known(const char *name);
extern const char *operation_names_hint(void);
extern bool operation_applies(const Operation *operation, const Model *model,
							  const Relationship *relationship);
extern char *operation_function_name(const Operation *operation, const Model *model,
									 const Relationship *relationship);
extern char *operation_comment(const Operation *operation, const Model *model,
							   const Relationship *relationship);

/* op_aggregate.c */
#define AGGREGATE_MEASURES 5	/* count, sum ... */
extern const char *aggregate_measure(int index, const Column *column);

/* the families */
extern Datum op_create(struct Call *call);
extern Datum op_create_many(struct Call *call);
extern Datum op_get(struct Call *call);
extern Datum op_find(struct Call *call);
extern Datum op_list(struct Call *call);
extern Datum op_page(struct Call *call);
extern Datum op_count(struct Call *call);
extern Datum op_first(struct Call *call);
extern Datum op_one(struct Call *call);
extern Datum op_update(struct Call *call);
extern Datum op_update_many(struct Call *call);
extern Datum op_patch_many(struct Call *call);
extern Datum op_delete_many(struct Call *call);
extern Datum op_soft_delete_many(struct Call *call);
extern Datum op_upsert(struct Call *call);
extern Datum op_changes(struct Call *call);
extern Datum op_aggregate(struct Call *call);
extern Datum op_delete(struct Call *call);
extern Datum op_soft_delete(struct Call *call);
extern Datum op_restore(struct Call *call);
extern Datum op_purge(struct Call *call);
extern Datum op_related(struct Call *call);
extern Datum op_with_children(struct Call *call);
extern Datum op_load(struct Call *call);
extern Datum op_load_many(struct Call *call);
extern Datum op_batch(struct Call *call);
extern Datum op_batch_json(struct Call *call);
extern Datum op_validate(struct Call *call);
extern Datum op_link(struct Call *call);
extern Datum op_unlink(struct Call *call);
extern Datum op_set_links(struct Call *call);
extern Datum op_append(struct Call *call);
extern Datum op_append_many(struct Call *call);
extern Datum op_extend(struct Call *call);
extern Datum op_step(struct Call *call);
extern Datum op_step_many(struct Call *call);
extern Datum op_context(struct Call *call);

#endif							/* TODO_ORM_OPERATION_H */
