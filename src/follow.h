/*
 * follow.h
 *	  May the caller read along a relationship?
 */
#ifndef TODO_ORM_FOLLOW_H
#define TODO_ORM_FOLLOW_H

#include "compat.h"

#include "model.h"

extern void follow_check(const Model *model, const Relationship *relationship);

#endif							/* TODO_ORM_FOLLOW_H */
