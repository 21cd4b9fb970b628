/*
 * registration.h
 *	  Registering tables; what it and adding functions have in common.
 */
#ifndef TODO_ORM_REGISTRATION_H
#define TODO_ORM_REGISTRATION_H

#include "compat.h"

#include "nodes/execnodes.h"
#include "utils/jsonb.h"

extern void registration_put_signature(const char *signature, void *arg);
extern void registration_register(Oid relid, Jsonb *given, bool change_table,
								  ReturnSetInfo *rsinfo);

#endif							/* TODO_ORM_REGISTRATION_H */
