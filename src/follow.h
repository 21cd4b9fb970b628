/*
 * follow.h
 *	  Reading along a relationship: may the caller, and what is there?
 */
#ifndef TODO_ORM_FOLLOW_H
#define TODO_ORM_FOLLOW_H

#include "compat.h"

#include "model.h"

extern Model *follow(const Model *model, const Relationship *relationship);

#endif							/* TODO_ORM_FOLLOW_H */
