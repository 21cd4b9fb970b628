/*
 * body.h
 *	  The body of a function in LANGUAGE todo_orm: a JSON object that names the
 *	  operation and the model and carries the model's options.
 *
 *	  {"operation": "get", "model": "public.task", "options": {...}}
 *
 * Some operations have a key of their own beside these, see body_member().
 */
#ifndef TODO_ORM_BODY_H
#define TODO_ORM_BODY_H

#include "compat.h"

#include "nodes/pg_list.h"
#include "utils/jsonb.h"

extern Jsonb *body_parse(const char *source);
extern Jsonb *body_try_parse(const char *source);
extern char *body_text(Jsonb *body, const char *key);
extern Jsonb *body_options(Jsonb *body);
extern List *body_arguments(Jsonb *body);
extern Jsonb *body_settings(Jsonb *body);
extern bool body_member(Jsonb *body, const char *key, JsonbValue *value);

#endif							/* TODO_ORM_BODY_H */
