/*
 * relationship.h
 *	  Relationships of a model, read from the foreign keys on both sides.
 */
#ifndef TODO_ORM_RELATIONSHIP_H
#define TODO_ORM_RELATIONSHIP_H

#include "compat.h"

#include "model.h"

extern void relationship_load_all(Model *model);
extern List *relationship_neighbours(Oid relid);
extern const Relationship *relationship_described(const Model *model, JsonbContainer *description,
												  Oid result);
extern char *model_singular_of(const char *relname, const Options *options);
extern char *model_plural_of(const char *singular, const char *relname, const Options *options);

#endif							/* TODO_ORM_RELATIONSHIP_H */
