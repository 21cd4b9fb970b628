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

#include "operation.h"
#include "utils/array.h"

/* What a document is about. */
typedef enum ContractShape
{
	SHAPE_READ,					/* a row in a result */
	SHAPE_CREATE,				/* an item that is created */
	SHAPE_UPDATE,				/* a patch */
	SHAPE_PATCH,				/* a patch with the key of its row in it */
	SHAPE_UPSERT				/* an item that is created, or changes the row with its key */
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

/* An argument of a function. */
typedef struct ContractArgument
{
	char	   *name;
	Oid			type;			/* as declared */
	ArgumentRole role;
	const Model *ids_of;		/* whose keys they are, for ARG_IDS */
	bool		required;
	bool		nullable;
	ContractType *value;		/* of the column that it stands for, or of its own type */
} ContractArgument;

/* A function that a client can call. */
typedef struct ContractFunction
{
	char	   *name;
	Oid			schema;
	const Operation *operation;
	const Relationship *relationship;	/* NULL: none */
	char	   *comment;		/* or NULL */
	List	   *arguments;		/* ContractArgument * */
} ContractFunction;

/* What a function gives a client. */
typedef enum ContractResult
{
	RESULT_IS_ROW,				/* a row of the model */
	RESULT_IS_ROW_OR_NONE,
	RESULT_IS_ROWS,
	RESULT_IS_RELATED_ROWS,		/* rows of the relationship's target */
	RESULT_IS_BOOLEAN,
	RESULT_IS_COUNT,
	RESULT_IS_PAGE,				/* of rows */
	RESULT_IS_LOADED,			/* a row with related rows, or null */
	RESULT_IS_LOADED_PAGE,
	RESULT_IS_ERRORS,			/* what is wrong with an item */
	RESULT_IS_CHANGES,			/* what has changed since a token, with the next one */
	RESULT_IS_OBJECTS			/* JSON objects of no fixed shape */
} ContractResult;

/* What a function takes as its items. */
typedef enum ContractItems
{
	ITEMS_ARE_A_ROW,			/* one that is created */
	ITEMS_ARE_ROWS,				/* one, or an array of them */
	ITEMS_ARE_PATCHES,			/* one with its key in it, or an array of them */
	ITEMS_ARE_AN_UPSERT,
	ITEMS_ARE_CHILDREN,			/* rows that lack what the parent gives them */
	ITEMS_ARE_ANYTHING			/* what is wrong with it is the question */
} ContractItems;

/* A model in a document about several. */
typedef struct ContractModel
{
	Model	   *model;
	char	   *name;			/* of its types: Task, TaskCreate ... */
	List	   *functions;		/* ContractFunction * */
	bool		patches;		/* it has types for these shapes */
	bool		upserts;
} ContractModel;

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

extern ContractColumn *contract_column(const Model *model, AttrNumber attnum, ContractShape shape);

/* contract_function.c */
extern List *contract_functions(Model *model);
extern ContractResult contract_result(const ContractFunction *function);
extern ContractItems contract_items(const Operation *operation);

/* contract_set.c */
extern List *contract_models(ArrayType *relids);
extern List *contract_type_names(List *models, const char *const *more);
extern ContractModel *contract_model_of(List *models, Oid relid);
extern const char *contract_shape_suffix(ContractShape shape);
extern List *contract_shapes(const ContractModel *model);

/* contract_names.c */
extern bool contract_is_word(const char *name);
extern char *contract_word(const char *name, const char *const *reserved, List **taken);
extern char *contract_camel(const char *name);
extern void contract_literal(StringInfo out, const char *text);
extern void contract_literals(StringInfo out, List *texts, const char *separator, bool numbers);

/* contract_call.c */
extern char *contract_call_arguments(const ContractFunction *function);
extern char *contract_call_select(const ContractModel *model, const ContractFunction *function,
								  bool bigint_as_text);

/* contract_modules.c */
extern const char *const contract_typescript_head;
extern const char *const contract_pydantic_head;

/* contract_schema.c */
extern void contract_schema(StringInfo out, const Model *model, ContractShape shape);
extern void contract_properties(StringInfo out, List *columns, ContractShape shape);
extern void contract_required(StringInfo out, List *names);
extern List *contract_required_columns(List *columns);
extern void contract_type_schema(StringInfo out, const ContractType *type, bool input,
								 bool nullable);

#endif							/* TODO_ORM_CONTRACT_H */
