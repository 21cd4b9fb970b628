/*
 * sort.h
 *	  Sort orders: 'created_at desc nulls last, title' or '-created_at'.
 */
#ifndef TODO_ORM_SORT_H
#define TODO_ORM_SORT_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "model.h"

extern SortItem *sort_parse(const Model *model, const char *text, int *nitems);
extern SortItem *sort_default(const Model *model, int *nitems);
extern void sort_append(StringInfo sql, const Model *model, const char *alias,
						const SortItem *items, int nitems, bool reverse);

#endif							/* TODO_ORM_SORT_H */
