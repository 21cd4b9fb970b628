/*
 * settings.h
 *	  The settings (GUCs) of todo_orm.
 */
#ifndef TODO_ORM_SETTINGS_H
#define TODO_ORM_SETTINGS_H

#include "compat.h"

/* How a bigint is written in JSON results. */
typedef enum JsonBigint
{
	JSON_BIGINT_NUMBER,			/* 9007199254740993 */
	JSON_BIGINT_STRING			/* "9007199254740993", for JavaScript */
} JsonBigint;

extern char *setting_user_id;	/* identity: no function serves another owner */
extern bool setting_require_user_id;	/* refuse calls without an identity */
extern bool setting_echo;		/* show the SQL of every call */
extern int	setting_json_bigint;	/* a JsonBigint */
extern int	setting_max_take;	/* largest page, in rows */
extern int	setting_max_match_depth;	/* how deep a match may be nested */
extern int	setting_max_match_conditions;	/* how many conditions it may have */
extern int	setting_max_match_values;	/* how many values, those of lists included */
extern int	setting_max_include_depth;	/* how deep related rows may be included */
extern int	setting_max_includes;	/* how many relationships a load may include */
extern int	setting_max_operations; /* how many operations todo_orm.apply takes */
extern int	setting_plan_cache_size;	/* plans kept per backend */

extern void settings_define(void);

#endif							/* TODO_ORM_SETTINGS_H */
