/*
 * ids.h
 *	  Arguments "ids": several keys of a model at once.
 */
#ifndef TODO_ORM_IDS_H
#define TODO_ORM_IDS_H

#include "compat.h"

#include "errors.h"
#include "jsonb_read.h"
#include "model.h"
#include "statement.h"

/* as many ids are looked up one by one */
#define IDS_FEW 100

extern Oid	ids_type(const Model *model);
extern bool ids_fit_arrays(const Model *model);
extern bool ids_are_many(Datum array);
extern void ids_append(Statement *st, const Model *model, const char *alias);
extern void ids_append_match(Statement *st, const Model *model, const char *alias,
							 const char *ids);
extern Datum *ids_values(const Model *model, Datum argument, int *count);
extern Datum ids_note_key_value(const Model *model, Column *column, const JsonbValue *item,
								int index, ErrorList *errors);
extern Jsonb *ids_take_key(const Model *model, const JsonbValue *item, int index, Datum *key,
						   ErrorList *errors);
extern Datum ids_widen(const Column *column, Datum value);
extern Datum ids_array(const Column *column, const Datum *values, int count, int stride);
extern void ids_append_keys(Statement *st, const Model *model, const AttrNumber *columns, int n,
							const char *alias);
extern Datum ids_array_of(Oid type, const Datum *values, int count, int stride);
extern int	ids_bind(const Model *model, Datum ids, Datum *values);

#endif							/* TODO_ORM_IDS_H */
