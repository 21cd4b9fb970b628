/*
 * nested_writer.h
 *	  What writing nested items needs in all its parts.
 */
#ifndef TODO_ORM_NESTED_WRITER_H
#define TODO_ORM_NESTED_WRITER_H

#include "compat.h"

#include "nested.h"

/* A row, and what it is to refer to. */
typedef struct Reference
{
	const Model *model;			/* of the row */
	const Relationship *relationship;	/* of that model, to one */
	const KeyValues *key;		/* the other row's columns of the key */
	const char *location;		/* where it stands in the payload; NULL: nowhere */
} Reference;

/* nested_write.c */
extern Call nested_call_on(Call *call, const NestedNode *node);

/* nested_child.c */
extern void nested_write_existing(Call *call, NestedNode *node);

/* nested_repeat.c */
extern void nested_find_repeated(Call *on_node, NestedNode *node);

/* nested_refer.c */
extern Datum nested_convert(const Model *model, Column *column, const Column *from, Datum value,
							const char *location);
extern void nested_refer_to(const Reference *reference, RowValues *row);
extern void nested_refer_to_nothing(const Model *model, RowValues *row,
									const Relationship *relationship);
extern void nested_note_made(const Model *model, RowValues *row,
							 const Relationship *relationship);

#endif							/* TODO_ORM_NESTED_WRITER_H */
