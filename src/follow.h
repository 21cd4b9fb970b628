/*
 * follow.h
 *	  Reading and writing along a relationship: may the caller, and what is there?
 */
#ifndef TODO_ORM_FOLLOW_H
#define TODO_ORM_FOLLOW_H

#include "compat.h"

#include "model.h"

/* What a call wants to do along a relationship. */
typedef enum FollowWrite
{
	FOLLOW_CREATE,				/* make rows of the other model */
	FOLLOW_CHANGE,				/* make existing ones refer to another row */
	FOLLOW_LINK,				/* add links */
	FOLLOW_UNLINK				/* remove links */
} FollowWrite;

extern Model *follow_to_write(const Model *model, const Relationship *relationship,
							  FollowWrite what);
extern void follow_check_own(const Model *model, FollowWrite what);
extern bool follow_is_allowed(const Model *model, const Relationship *relationship);
extern Model *follow(const Model *model, const Relationship *relationship);

#endif							/* TODO_ORM_FOLLOW_H */
