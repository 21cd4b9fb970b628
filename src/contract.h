/*
 * contract.h
 *	  What a client sees of a model, told apart from how PostgreSQL stores it:
 *	  the columns of a shape, the kind of JSON value that each is, and the rules
 *	  that a value keeps.  Read from the catalog once; the documents (JSON
 *	  Schema, OpenAPI, TypeScript, Pydantic) are written from it.
 */
#ifndef TODO_ORM_CONTRACT_H
#define TODO_ORM_CONTRACT_H

#include "compat.h"

#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

#include "model.h"

/* What a document is about. */
typedef enum ContractShape
{
	SHAPE_READ,					/* a row in a result */
	SHAPE_CREATE,				/* an item that is created */
	SHAPE_UPDATE				/* a patch */
} ContractShape;

/* The kind of JSON value. */
typedef enum ContractKind
{
	CONTRACT_ANY,				/* json, and what casts to it */
	CONTRACT_BOOLEAN,
	CONTRACT_INTEGER,			/* int2, int4 */
	CONTRACT_BIGINT,			/* int8: number or string, see todo_orm.json_bigint */
	CONTRACT_FLOAT,				/* float4, float8 */
	CONTRACT_DECIMAL,			/* numeric */
	CONTRACT_STRING,			/* text, and the text form of all other types */
	CONTRACT_ARRAY,
	CONTRACT_OBJECT				/* composite */
} ContractKind;

/* One end of a range of numbers. */
typedef struct ContractBound
{
	char	   *number;			/* as JSON writes it; NULL: no such end */
	bool		exclusive;		/* the number itself is not in the range */
} ContractBound;

typedef struct ContractType
{
	ContractKind kind;
	Oid			type;			/* no domain */
	const char *format;			/* JSON Schema's format, or NULL */
	bool		nested;			/* element or field: written by to_json() */
	struct ContractType *element;	/* of an array */
	List	   *fields;			/* ContractField *: of a composite */
	/* rules */
	List	   *values;			/* char *: all that there are; NIL: no such rule */
	ContractBound minimum;
	ContractBound maximum;
	int			min_length;		/* characters; -1: no such rule */
	int			max_length;
	int			min_items;
	int			max_items;
	List	   *patterns;		/* char *: regular expressions */
} ContractType;

typedef struct ContractField
{
	char	   *name;
	ContractType *type;
} ContractField;

/* A column in a shape. */
typedef struct ContractColumn
{
	Column	   *column;			/* the model's */
	ContractType *type;
	bool		required;		/* the object must have it */
	bool		nullable;
	char	   *comment;		/* COMMENT on it, or NULL */
	char	   *default_json;	/* a constant default, or NULL */
} ContractColumn;

/* contract_type.c */
extern ContractType *contract_type(Oid type, int32 typmod, int dimensions, bool input);
extern bool contract_is_number(const ContractType *type);

/* contract_check.c */
extern void contract_check_column(ContractType *type, Node *expression, AttrNumber attnum,
								  bool *not_null);

/* contract_pattern.c */
extern bool contract_pattern_is_common(const char *pattern);

/* contract_model.c */
extern List *contract_columns(const Model *model, ContractShape shape);
extern char *contract_comment(Oid relid, AttrNumber attnum);

/* contract_schema.c */
extern void contract_schema(StringInfo out, const Model *model, ContractShape shape);
extern void contract_type_schema(StringInfo out, const ContractType *type, bool input,
								 bool nullable);

#endif							/* TODO_ORM_CONTRACT_H */
