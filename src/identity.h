/*
 * identity.h
 *	  The owner argument and the identity setting.
 */
#ifndef TODO_ORM_IDENTITY_H
#define TODO_ORM_IDENTITY_H

#include "compat.h"

#include "model.h"

TODO_ORM_NORETURN
extern void identity_refuse(const char *setting);
extern bool identity_is_set(const Model *model);
extern void identity_check_related(const Model *from, const Model *other, Datum owner);
extern void identity_check(const Model *model, Datum owner, bool isnull);

#endif							/* TODO_ORM_IDENTITY_H */
