/*
 * nested_reader.h
 *	  What reading nested items needs in all its parts.
 */
#ifndef TODO_ORM_NESTED_READER_H
#define TODO_ORM_NESTED_READER_H

#include "compat.h"

#include "errors.h"
#include "nested.h"

typedef struct NestedReader
{
	Call	   *call;
	ErrorList  *errors;			/* all mistakes of the payload */
} NestedReader;

/* nested_read.c */
extern void nested_note(NestedReader *reader, const NestedNode *node, const char *location,
						const char *type, const char *message, const JsonbValue *input);

/* nested_existing.c */
extern bool nested_can_refer(const Model *model, const Relationship *relationship, bool existing);
extern bool nested_can_refer_to_nothing(const Model *model, const Relationship *relationship);
extern void nested_read_connections(NestedReader *reader, const NestedNode *node);

#endif							/* TODO_ORM_NESTED_READER_H */
