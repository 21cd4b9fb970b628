/*
 * relationship.h
 *	  Relationships of a model, read from the foreign keys on both sides.
 */
#ifndef TODO_ORM_RELATIONSHIP_H
#define TODO_ORM_RELATIONSHIP_H

#include "compat.h"

#include "foreign_key.h"
#include "model.h"

/* A relationship that has no name yet. */
typedef struct Candidate
{
	Relationship relationship;
	const char *target_name;	/* the other table's name, for the order */
	AttrNumber	first_column;	/* of the referencing side, for the order */
	AttrNumber	target_owner;	/* the target's owner column; 0: none */
	char	   *target_plural;	/* plural of the other model, as a function name */
	const char *name;			/* the default name */
	const char *suffix;			/* added to it where it is taken */
	const char *second_suffix;	/* added to that where it is taken too; may be NULL */
} Candidate;

extern void relationship_load_all(Model *model);
extern List *relationship_neighbours(Oid relid);
extern const Relationship *relationship_require(const Model *model, const char *name);
extern const char *relationship_kind_name(RelationshipKind kind);
extern const AttrNumber *relationship_key(const Model *model, const Relationship *relationship,
										  Oid *referencing);
extern const Relationship *relationship_described(const Model *model, Oid function,
												  const Jsonb *body);
extern char *model_singular_of(const char *relname, const Options *options);
extern char *model_plural_of(const char *singular, const char *relname, const Options *options);

/* for link_table.c */
extern bool relationship_set_target(const Model *model, Candidate *candidate, Oid target);
extern AttrNumber relationship_owner_of(Oid relid, const Options *options);
extern char *relationship_label(Oid referencing, const AttrNumber *columns, int n,
								AttrNumber owner);
extern void relationship_add_dependency(Model *model, Oid relid);

#endif							/* TODO_ORM_RELATIONSHIP_H */
