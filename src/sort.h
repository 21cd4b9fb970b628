/*
 * sort.h
 *	  Sort orders: 'created_at desc nulls last, title' or '-created_at'.
 */
#ifndef TODO_ORM_SORT_H
#define TODO_ORM_SORT_H

#include "compat.h"

#include "lib/stringinfo.h"

#include "model.h"
#include "place.h"
#include "statement.h"

/* as many items a caller may give; those of the key come on top */
#define MAX_SORT_ITEMS 16

extern bool sort_has_order(const Column *column);
extern SortItem *sort_parse(const Model *model, const char *text, const Place *place, int *nitems);
extern void sort_append_shape(StringInfo bytes, const SortItem *items, int nitems);
extern void sort_append_joins(Statement *st, const Model *model, const SortItem *items, int nitems,
							  int owner_param);
extern SortItem *sort_default(const Model *model, int *nitems);
extern const Column *sort_column(const Model *model, const SortItem *item, const char *alias,
								 const char **item_alias);
extern void sort_append(StringInfo sql, const Model *model, const char *alias,
						const SortItem *items, int nitems, bool reverse);

#endif							/* TODO_ORM_SORT_H */
