/*
 * change_reset.h
 *	  Changes that are forgotten: readers that have not seen them begin anew.
 */
#ifndef TODO_ORM_CHANGE_RESET_H
#define TODO_ORM_CHANGE_RESET_H

#include "compat.h"

#include "owner_models.h"

extern void change_reset_owner(const OwnerModel *on, bool erased);

#endif							/* TODO_ORM_CHANGE_RESET_H */
