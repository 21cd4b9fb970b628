/*
 * search_config.h
 *	  How a column is indexed for full-text search.
 */
#ifndef TODO_ORM_SEARCH_CONFIG_H
#define TODO_ORM_SEARCH_CONFIG_H

#include "compat.h"

#include "model.h"

typedef struct SearchIndex
{
	char	   *document;		/* the indexed expression as SQL; NULL: none, or the column itself */
	Oid			config;			/* its configuration; InvalidOid: the default one */
} SearchIndex;

extern void search_config_find(const Model *model, const Column *column, const char *alias,
							   SearchIndex *index);

#endif							/* TODO_ORM_SEARCH_CONFIG_H */
