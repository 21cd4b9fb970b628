/*
 * older_than.h
 *	  Argument older_than: an age, which is not negative.
 */
#ifndef TODO_ORM_OLDER_THAN_H
#define TODO_ORM_OLDER_THAN_H

#include "compat.h"

#include "call.h"
#include "utils/timestamp.h"

extern void older_than_check(const Model *model, Interval *age);
extern Datum older_than_arg(const Call *call, Interval *absent);

#endif							/* TODO_ORM_OLDER_THAN_H */
