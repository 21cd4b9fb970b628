/*
 * added.h
 *	  Functions that todo_orm.add_function has added to a model.
 */
#ifndef TODO_ORM_ADDED_H
#define TODO_ORM_ADDED_H

#include "compat.h"

#include "model.h"
#include "registry.h"

extern List *added_wanted(const Model *model, List *existing);
extern List *added_all_wanted(const Model *model, List **existing);
extern bool added_is_misfit(const Model *model, const RegisteredFunction *function);

#endif							/* TODO_ORM_ADDED_H */
