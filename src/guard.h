/*
 * guard.h
 *	  Running something whose error the caller can go on from.
 */
#ifndef TODO_ORM_GUARD_H
#define TODO_ORM_GUARD_H

#include "compat.h"

extern ErrorData *guard_run(void (*function) (void *arg), void *arg);
extern ErrorData *guard_catch(void (*function) (void *arg), void *arg);
extern ErrorData *guard_try(void (*function) (void *arg), void *arg);

#endif							/* TODO_ORM_GUARD_H */
