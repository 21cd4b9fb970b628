/*
 * inflect.h
 *	  English singular and plural of table names.
 */
#ifndef TODO_ORM_INFLECT_H
#define TODO_ORM_INFLECT_H

extern char *inflect_plural(const char *singular);
extern char *inflect_singular(const char *word);
extern char *inflect_shorten(const char *name, int room);
extern char *inflect_shorten_plural(const char *singular, const char *plural, int room);

#endif							/* TODO_ORM_INFLECT_H */
