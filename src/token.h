/*
 * token.h
 *	  Bytes as text that URLs take as it is.
 */
#ifndef TODO_ORM_TOKEN_H
#define TODO_ORM_TOKEN_H

#include "compat.h"

#include "lib/stringinfo.h"

extern char *token_text(const StringInfo bytes);
extern bool token_bytes(const char *text, StringInfo bytes);

#endif							/* TODO_ORM_TOKEN_H */
