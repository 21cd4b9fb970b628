/*
 * registration.h
 *	  What registering and adding functions have in common.
 */
#ifndef TODO_ORM_REGISTRATION_H
#define TODO_ORM_REGISTRATION_H

#include "compat.h"

extern void registration_put_signature(const char *signature, void *arg);

#endif							/* TODO_ORM_REGISTRATION_H */
