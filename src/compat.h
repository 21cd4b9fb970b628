/*
 * compat.h
 *	  Everything that differs between PostgreSQL 15 and 19, in one place.
 *
 * No other file of this extension tests PG_VERSION_NUM.
 */
#ifndef TODO_ORM_COMPAT_H
#define TODO_ORM_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000
#error "todo_orm needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#include "catalog/pg_class.h"
#include "fmgr.h"
#include "nodes/nodes.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

/* 18: the plain magic trips -Wextra (missing initializers) */
#ifdef PG_MODULE_MAGIC_EXT
#define TODO_ORM_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "todo_orm", .version = TODO_ORM_VERSION)
#else
#define TODO_ORM_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 18: the marker stands before the declaration and is C11's */
#ifdef pg_noreturn
#define TODO_ORM_NORETURN pg_noreturn
#else
#define TODO_ORM_NORETURN pg_attribute_noreturn()
#endif

/* 16: ownership checks are one function for all kinds of object */
#if PG_VERSION_NUM >= 160000
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#define relation_ownercheck(relid, role) object_ownercheck(RelationRelationId, (relid), (role))
#define namespace_aclcheck(nspid, role, mode) object_aclcheck(NamespaceRelationId, (nspid), (role), (mode))
#define function_aclcheck(function, role, mode) object_aclcheck(ProcedureRelationId, (function), (role), (mode))
#else
#define relation_ownercheck(relid, role) pg_class_ownercheck((relid), (role))
#define namespace_aclcheck(nspid, role, mode) pg_namespace_aclcheck((nspid), (role), (mode))
#define function_aclcheck(function, role, mode) pg_proc_aclcheck((function), (role), (mode))
#endif

/* 18: a constraint may be declared and not enforced */
#if PG_VERSION_NUM >= 180000
#define constraint_is_enforced(check) ((check)->ccenforced)
#else
#define constraint_is_enforced(check) ((void) (check), true)
#endif

/* 19: a tuple descriptor that was edited by hand must be finished before use */
#if PG_VERSION_NUM >= 190000
#define tupledesc_finalize(desc) TupleDescFinalize(desc)
#else
#define tupledesc_finalize(desc) ((void) 0)
#endif

/* 19: the cache number of a syscache callback has a type of its own */
#if PG_VERSION_NUM >= 190000
#define SYSCACHE_CALLBACK_ARGS Datum arg, SysCacheIdentifier cacheid, uint32 hashvalue
#else
#define SYSCACHE_CALLBACK_ARGS Datum arg, int cacheid, uint32 hashvalue
#endif

/* 16: NOT NULL attributes of a syscache tuple have a getter that insists on a value */
#if PG_VERSION_NUM >= 160000
#define syscache_attr(cache, tuple, attnum) SysCacheGetAttrNotNull((cache), (tuple), (attnum))
#else
static inline Datum
syscache_attr(int cache, HeapTuple tuple, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(cache, tuple, attnum, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null value in system cache %d column %d", cache, attnum);
	return value;
}
#endif

/*
 * 15, 16: every change of the current user makes PostgreSQL parse search_path
 * again, twice for a SECURITY DEFINER function that runs a plan, at a tenth of
 * the cost of reading a row.  A pushed path stops that.  It would also stop SET
 * search_path in code of the owner's, so it serves only calls in which none
 * can run.  17 keeps parsed paths and needs (and has) nothing.
 */
#if PG_VERSION_NUM < 170000
#include "catalog/namespace.h"
static inline bool
search_path_push(Oid schema)
{
	OverrideSearchPath path = {0};

	path.schemas = list_make1_oid(schema);
	path.addCatalog = true;
	PushOverrideSearchPath(&path);
	return true;
}

#define search_path_pop() PopOverrideSearchPath()
#else
#define search_path_push(schema) false
#define search_path_pop() ((void) 0)
#endif

/*
 * What an operator means to a btree: a strategy number, or 6 for "<>"; 0 where
 * it means nothing.  18: of any kind of index.
 */
static inline int
operator_strategy(Oid operator)
{
#if PG_VERSION_NUM >= 180000
	List	   *found = get_op_index_interpretation(operator);

	return found == NIL ? 0 : (int) ((OpIndexInterpretation *) linitial(found))->cmptype;
#else
	List	   *found = get_op_btree_interpretation(operator);

	return found == NIL ? 0 : ((OpBtreeInterpretation *) linitial(found))->strategy;
#endif
}

/* 18: room in front of the tuple can be asked for. */
#if PG_VERSION_NUM >= 180000
#define form_minimal_tuple(desc, values, nulls) heap_form_minimal_tuple(desc, values, nulls, 0)
#else
#define form_minimal_tuple(desc, values, nulls) heap_form_minimal_tuple(desc, values, nulls)
#endif

/*
 * 16: an input function can hand back what is wrong with a value.  15 can only
 * raise it: there nothing is ever answered.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
static inline ErrorData *
input_softly(FmgrInfo *input, char *text, Oid ioparam, int32 typmod, Datum *result)
{
	ErrorSaveContext context = {T_ErrorSaveContext};

	context.details_wanted = true;
	if (InputFunctionCallSafe(input, text, ioparam, typmod, (Node *) &context, result))
		return NULL;
	return context.error_data;
}
#else
static inline ErrorData *
input_softly(FmgrInfo *input, char *text, Oid ioparam, int32 typmod, Datum *result)
{
	*result = InputFunctionCall(input, text, ioparam, typmod);
	return NULL;
}
#endif

/* 18: EXPLAIN's state has a header of its own */
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif

/* 19: building a jsonb gives no result until its end. */
#include "utils/jsonb.h"
#if PG_VERSION_NUM >= 190000
typedef JsonbInState JsonbBuilder;

#define jsonb_builder_push(builder, token, value) pushJsonbValue(builder, token, value)
#else
typedef struct JsonbBuilder
{
	JsonbParseState *state;		/* where building has come to */
	JsonbValue *result;			/* at the end */
} JsonbBuilder;

#define jsonb_builder_push(builder, token, value) \
	((void) ((builder)->result = pushJsonbValue(&(builder)->state, token, value)))
#endif

#endif							/* TODO_ORM_COMPAT_H */
