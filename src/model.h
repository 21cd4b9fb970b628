/*
 * model.h
 *	  The model descriptor: everything the engine knows of a registered table.
 *
 * A Model is built from the catalog and the model's options, is never changed
 * afterwards, and lives until the end of the transaction in which it became
 * stale: whoever got one through model_slot_current() may use it for the rest
 * of its call, whatever DDL a trigger may run meanwhile.
 */
#ifndef TODO_ORM_MODEL_H
#define TODO_ORM_MODEL_H

#include "compat.h"

#include "access/tupdesc.h"
#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"
#include "nodes/primnodes.h"
#include "utils/hsearch.h"
#include "utils/jsonb.h"

#include "options.h"

/* How a value of a column is written in a JSON result. */
typedef enum JsonKind
{
	JSON_KIND_BOOL,
	JSON_KIND_INT,				/* int2, int4 */
	JSON_KIND_BIGINT,			/* subject to todo_orm.json_bigint */
	JSON_KIND_NUMBER,			/* float, numeric: a number unless NaN or infinite */
	JSON_KIND_TIMESTAMPTZ,		/* ISO 8601 in UTC */
	JSON_KIND_DATETIME,			/* date, timestamp: ISO 8601 */
	JSON_KIND_TEXT,				/* text, varchar: escaped bytes */
	JSON_KIND_JSON,				/* json: its text */
	JSON_KIND_JSONB,			/* jsonb: its text */
	JSON_KIND_OUTPUT,			/* any other scalar: output function, escaped */
	JSON_KIND_COMPLEX			/* array, composite, castable: as to_json */
} JsonKind;

/* Which JSON values a column takes. */
typedef enum InputKind
{
	INPUT_STRING,				/* a string for the type's input function */
	INPUT_NUMBER,				/* a number, or a string that is one */
	INPUT_BOOL,					/* true, false */
	INPUT_JSON,					/* json, jsonb: anything */
	INPUT_ARRAY,				/* an array (or the type's text form) */
	INPUT_OBJECT				/* composite: an object (or the text form) */
} InputKind;

typedef struct Column
{
	char	   *name;			/* as in the catalog */
	char	   *quoted;			/* as in SQL text */
	AttrNumber	attnum;			/* position in the table */
	Oid			type;			/* declared type */
	Oid			basetype;		/* type under any domains */
	int32		typmod;			/* type modifier */
	Oid			collation;		/* InvalidOid if not collatable */
	int16		typlen;			/* of the declared type */
	bool		typbyval;
	bool		dropped;		/* a hole; nothing else is set */
	bool		notnull;		/* NOT NULL, the column's or a domain's */
	bool		hasdefault;		/* default (also a domain's), identity or generated */
	bool		generated;		/* value is computed: stored, virtual, or a view's expression */
	bool		identity_always;	/* refuses explicit values */
	bool		readonly;		/* no payload may set it */
	bool		immutable;		/* no patch may set it */
	bool		hidden;			/* in no JSON result */
	Const	   *constant_default;	/* the default, if it is a constant */
	bool		image_equal;	/* "=" of the type means same bytes */
	bool		foreign_input;	/* reading a value may run somebody's own code */
	InputKind	input_kind;		/* JSON values it takes */
	FmgrInfo	input;			/* input function of the declared type */
	Oid			ioparam;		/* its second argument */
	JsonKind	json_kind;		/* how it is written */
	FmgrInfo	output;			/* output function, or to_json if complex */
	char	   *json_key;		/* the escaped name with colon: "id": */
	int			json_key_len;	/* bytes of json_key */
} Column;

#define NO_RELATIONSHIP (-1)

/* One item of an ORDER BY. */
typedef struct SortItem
{
	AttrNumber	attnum;
	int16		relationship;	/* a to-one one whose column it is; NO_RELATIONSHIP: own */
	bool		descending;
	bool		nulls_first;
} SortItem;

/* What a foreign key, or two, look like from one of the tables. */
typedef enum RelationshipKind
{
	RELATIONSHIP_MANY_TO_ONE,	/* this table holds the key */
	RELATIONSHIP_ONE_TO_MANY,	/* the other table holds the key */
	RELATIONSHIP_MANY_TO_MANY	/* a link table holds a key to each */
} RelationshipKind;

/* The table between the two of a many-to-many relationship. */
typedef struct LinkTable
{
	Oid			relid;			/* the link table */
	Jsonb	   *options;		/* what it is registered with, or what it would be */
	struct ModelSlot *slot;		/* its descriptor; filled by the cache */
	Oid			far_constraint; /* its foreign key to the target */
	AttrNumber *near;			/* its columns that refer to this table, as own[] */
	int			nfar;			/* columns of its foreign key to the target */
	AttrNumber *far;			/* those columns, as other[] */
	AttrNumber	owner;			/* its owner column; 0: none */
	int			nkeys;			/* columns of its primary key */
	AttrNumber *keys;
	bool		deferrable;		/* that key is: ON CONFLICT cannot use it */
} LinkTable;

typedef struct Relationship
{
	char	   *name;			/* as functions and JSON keys call it */
	RelationshipKind kind;
	Oid			constraint;		/* pg_constraint row; many-to-many: of the link's key to here */
	Oid			target;			/* the other table */
	Jsonb	   *target_options; /* what it is registered with */
	struct ModelSlot *target_slot;	/* its model; filled by the cache */
	int			ncolumns;		/* columns of the key, owner included */
	AttrNumber *own;			/* this table's columns of the key */
	AttrNumber *other;			/* the other table's, in the same order; many-to-many: as link->far */
	LinkTable  *link;			/* many-to-many; NULL for the others */
} Relationship;

/* A constraint or unique index, for explaining its violation. */
typedef struct ConstraintInfo
{
	char	   *name;			/* as in an error's constraint field */
	AttrNumber	column;			/* the column to name; 0: none alone */
	char	   *message;		/* the COMMENT on it, or NULL */
} ConstraintInfo;

/* A CHECK that can be decided before the row is written. */
typedef struct CompiledCheck
{
	char	   *constraint;		/* its name */
	Bitmapset  *columns;		/* attnums it reads */
	struct ExprState *state;	/* compiled, on a slot of the row type */
} CompiledCheck;

/* Where changes of a table are recorded, see change_feed.h. */
typedef struct ChangeFeed
{
	Oid			relid;			/* the table that holds them */
	char	   *qualified;		/* its quoted schema.table */
	Oid			trigger;		/* pg_trigger row: another one is another feed */
} ChangeFeed;

typedef struct Model
{
	/* what it is */
	MemoryContext cxt;			/* holds all of the descriptor */
	Oid			relid;			/* table or view */
	Oid			rowtype;		/* its row type */
	Oid			relowner;		/* owner of the table */
	Oid			schema;			/* schema of the table */
	Oid			function_schema;	/* schema of the functions; invalid if it is gone */
	char		relkind;		/* RELKIND_... */
	char	   *schema_name;	/* schema of the table */
	char	   *relname;		/* table name */
	char	   *qualified;		/* quoted schema.table */
	char	   *name;			/* singular, for function names */
	char	   *plural;			/* plural, for function names */
	Jsonb	   *options_json;	/* the options as registered */
	Options    *options;		/* parsed */

	/* columns */
	int			natts;			/* also dropped ones */
	Column	   *columns;		/* index: attnum - 1 */
	TupleDesc	rowdesc;		/* of the row type, dropped columns included */
	AttrNumber	owner;			/* 0: no owner */
	char	   *owner_setting;	/* setting compared with it, or NULL */
	FmgrInfo	owner_eq;		/* equality of the owner's type */
	bool		owner_is_string;	/* can be empty, which is no owner */
	AttrNumber	created_at;		/* lifecycle columns; 0: none */
	AttrNumber	updated_at;
	AttrNumber	deleted_at;
	AttrNumber	version;
	AttrNumber	idempotency;
	int			nkeys;			/* key columns beside the owner */
	AttrNumber *keys;
	int			nsort;			/* default order, total */
	SortItem   *sort;

	/* relationships */
	int			nrelationships;
	Relationship *relationships;
	int			nreferences;	/* foreign keys without the owner in them */
	Relationship *references;	/* with the owners' pair added: checked on write */
	int			ntouch;			/* relationships whose parent moves */
	int		   *touch;			/* index into relationships */

	/* constraints */
	int			nconstraints;
	ConstraintInfo *constraints;

	int			nuniques;
	struct UniqueKey *uniques;	/* those that can be asked for by their columns */
	int			nother_uniques;	/* unique indexes of expressions, and exclusion constraints */
	List	   *checks;			/* CompiledCheck *: those decided before the write */
	struct ExprContext *check_context;	/* what they are evaluated in; NULL: no checks */
	bool		before_row_trigger; /* somebody's; NOT NULL and CHECK wait for it */

	ChangeFeed *changes;		/* NULL: no changes are recorded */

	/* how to run statements */
	const char *search_path;	/* what the owner's code sees */
	bool		foreign_code_read;	/* code outside pg_catalog may run in reads */
	bool		foreign_code_write; /* ... in writes */
	bool		json_session_time;	/* JSON needs TimeZone = UTC (times in arrays ...) */

	/* caches */
	int			ndeps;			/* tables whose DDL makes this stale */
	Oid		   *deps;
	HTAB	   *plans;			/* plan.c's; NULL until the first plan */
	bool		forgotten;		/* went stale; a call may still be using it */
} Model;

/*
 * The place of one (table, options) pair in the cache.  Slots are permanent;
 * the Model in it is replaced when it went stale.
 */
typedef struct ModelSlot
{
	Oid			relid;
	Jsonb	   *options;		/* in the cache's own context */
	int			state;			/* ModelState of model_cache.c */
	uint64		generation;		/* counts the rebuilds */
	Model	   *model;			/* NULL until built */
	struct ModelSlot *next;		/* other options for the same table */
} ModelSlot;

/* model_cache.c */
extern ModelSlot *model_slot(Oid relid, Jsonb *options);
extern Model *model_slot_current(ModelSlot *slot);
extern Model *model_slot_current_or_stale(ModelSlot *slot);
extern bool model_slot_is_current(const ModelSlot *slot, uint64 generation);
extern Model *model_registered(Oid relid);
extern Model *model_require_registered(Oid relid);
extern Model *model_registered_or_stale(Oid relid);

/* model_load.c */
extern Model *model_load(Oid relid, Jsonb *options);
extern InputKind model_input_kind(Oid basetype);

/* constraint.c */
extern void constraint_load_all(Model *model, Relation rel);
extern const ConstraintInfo *constraint_find(const Model *model, const char *name);

/* model.c */
extern int	model_misfit_sqlstate(void);
extern bool model_set_registering(bool registering);
extern Column *model_column(const Model *model, AttrNumber attnum);
extern Datum model_column_input(Column *column, const char *text);
extern Column *model_find_column(const Model *model, const char *name);
extern bool model_is_key(const Model *model, AttrNumber attnum);
extern bool model_takes_on_create(const Model *model, const Column *column);
extern bool model_takes_on_patch(const Model *model, const Column *column);
extern bool model_requires_on_create(const Model *model, const Column *column);
extern Relationship *model_find_relationship(const Model *model, const char *name);
extern bool model_read_runs_foreign_code(const Relationship *relationship);
extern Trigger *model_find_trigger(const TriggerDesc *triggers, const char *name);
extern const char *model_literal(const Model *model);
extern const char *model_register_hint(const Model *model);
extern Oid	model_argument_type(const Column *column);
extern char *model_type_name(Oid type);

#endif							/* TODO_ORM_MODEL_H */
