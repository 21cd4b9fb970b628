/*
 * receiver.h
 *	  Hands the rows of a statement to a function, one by one.
 */
#ifndef TODO_ORM_RECEIVER_H
#define TODO_ORM_RECEIVER_H

#include "compat.h"

#include "tcop/dest.h"

#include "plan.h"

extern DestReceiver *receiver_create(RowSink sink, void *arg);

#endif							/* TODO_ORM_RECEIVER_H */
