/*
 * model_functions.c
 *	  The functions of a model by operation, kept per backend.
 *
 * Reading them means reading their bodies, which costs more than most calls do.
 * What is kept goes when a function changes anywhere, and is not used when the
 * model has changed.
 */
#include "compat.h"

#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "body.h"
#include "model_functions.h"
#include "registry.h"
#include "relationship.h"

typedef struct FunctionsEntry
{
	Oid			relid;			/* hash key */
	ModelFunctions *functions;	/* NULL: to be read */
} FunctionsEntry;

static MemoryContext cache_cxt = NULL;
static HTAB *cache = NULL;		/* in cache_cxt; NULL: nothing is kept */
static uint64 proc_messages = 0;	/* invalidations so far */
static uint64 cache_messages = 0;	/* how many of them the cache knows of */

static void
proc_callback(SYSCACHE_CALLBACK_ARGS)
{
	(void) arg;
	(void) cacheid;
	(void) hashvalue;
	proc_messages++;
}

static void
init_cache(void)
{
	HASHCTL		ctl;

	if (cache_cxt == NULL)
	{
		cache_cxt = AllocSetContextCreate(TopMemoryContext, "todo_orm model functions",
										  ALLOCSET_SMALL_SIZES);
		CacheRegisterSyscacheCallback(PROCOID, proc_callback, (Datum) 0);
	}
	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(FunctionsEntry);
	ctl.hcxt = cache_cxt;
	cache = hash_create("todo_orm model functions", 32, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	cache_messages = proc_messages;
}

/* The place of a table in the cache, which is emptied first where it is out of date. */
static FunctionsEntry *
find_entry(Oid relid)
{
	FunctionsEntry *entry;
	bool		found;

	if (cache && cache_messages != proc_messages)
	{
		cache = NULL;
		MemoryContextReset(cache_cxt);
	}
	if (cache == NULL)
		init_cache();
	entry = hash_search(cache, &relid, HASH_ENTER, &found);
	if (!found)
		entry->functions = NULL;
	return entry;
}

static bool
has_any_right(List *functions, Oid role)
{
	ListCell   *cell;

	foreach(cell, functions)
		if (registry_may_execute(((RegisteredFunction *) lfirst(cell))->oid, role))
			return true;
	return false;
}

/* May the role execute any function of the model? */
bool
model_functions_any(Oid relid, Oid role)
{
	return has_any_right(registry_functions(relid), role);
}

/* Who may call nothing of a model takes no lock on it, and learns nothing of it. */
static void
check_any_right(Oid relid, List *functions, Oid role)
{
	if (has_any_right(functions, role))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for the functions of \"%s\"", get_rel_name(relid)),
			 errhint("todo_orm.grant_access lets a role execute them.")));
}

/* Notes one function; one of an operation that there no longer is serves nobody. */
static void
add_function(ModelFunctions *functions, const Model *model, const RegisteredFunction *function)
{
	const Operation *operation = operation_find(body_text(function->body, "operation"));
	const Relationship *relationship = NULL;
	ModelFunction *added = &functions->functions[functions->count];

	if (operation == NULL)
		return;
	if (operation->along != ALONG_NONE)
		relationship = relationship_described(model, function->oid, function->body);
	added->oid = function->oid;
	added->schema = function->schema;
	added->operation = operation;
	added->relationship = relationship ?
		MemoryContextStrdup(functions->cxt, relationship->name) : NULL;
	functions->count++;
}

/* Reads the functions of a locked table; in a context of their own, under the caller's. */
static ModelFunctions *
read_functions(Oid relid, List *registered)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "todo_orm functions of a model",
											  ALLOCSET_SMALL_SIZES);
	ModelFunctions *functions = MemoryContextAllocZero(cxt, sizeof(ModelFunctions));
	Jsonb	   *options = body_options(((RegisteredFunction *) linitial(registered))->body);
	Model	   *model;
	ListCell   *cell;

	functions->cxt = cxt;
	functions->slot = model_slot(relid, options);
	model = model_slot_current(functions->slot);
	functions->generation = functions->slot->generation;
	functions->functions = MemoryContextAlloc(cxt, sizeof(ModelFunction) * list_length(registered));
	foreach(cell, registered)
		add_function(functions, model, lfirst(cell));
	return functions;
}

/* Puts what was just read in the place of what was there. */
static void
keep(FunctionsEntry *entry, ModelFunctions *functions)
{
	MemoryContextSetParent(functions->cxt, cache_cxt);
	if (entry->functions)
		MemoryContextDelete(entry->functions->cxt);
	entry->functions = functions;
}

/* Reads the functions of a table under its lock; NULL if it is no model. */
static ModelFunctions *
lock_and_read(Oid relid, Oid role)
{
	List	   *registered = registry_functions(relid);
	ModelFunctions *functions;
	uint64		messages;

	/* no lock on what is no model */
	if (registered == NIL)
		return NULL;
	check_any_right(relid, registered, role);
	LockRelationOid(relid, AccessShareLock);
	messages = proc_messages;
	registered = registry_functions(relid);
	if (registered == NIL)
		return NULL;
	functions = read_functions(relid, registered);
	/* a message that came meanwhile may have been about one of these */
	if (messages == proc_messages)
		keep(find_entry(relid), functions);
	return functions;
}

/* Is what is kept right?  The table is locked before that is asked a last time. */
static bool
lock_current(Oid relid, Oid role)
{
	ModelFunctions *functions = find_entry(relid)->functions;
	bool		any_right = false;

	if (functions == NULL || !model_slot_is_current(functions->slot, functions->generation))
		return false;
	for (int i = 0; i < functions->count && !any_right; i++)
		any_right = registry_may_execute(functions->functions[i].oid, role);
	if (!any_right)
		return false;
	LockRelationOid(relid, AccessShareLock);
	return find_entry(relid)->functions == functions &&
		model_slot_is_current(functions->slot, functions->generation);
}

/*
 * The functions of a model, whose table is locked from here on; NULL if it is
 * none.  42501 where the role may execute none of them.
 */
const ModelFunctions *
model_functions_open(Oid relid, Oid role)
{
	if (lock_current(relid, role))
		return find_entry(relid)->functions;
	return lock_and_read(relid, role);
}

/* The function of an operation, along a relationship where one is named; NULL: none. */
const ModelFunction *
model_functions_find(const ModelFunctions *functions, const char *operation,
					 const char *relationship)
{
	for (int i = 0; i < functions->count; i++)
	{
		const ModelFunction *function = &functions->functions[i];

		if (strcmp(function->operation->name, operation) != 0)
			continue;
		if (relationship == NULL ||
			(function->relationship && strcmp(function->relationship, relationship) == 0))
			return function;
	}
	return NULL;
}

/* May the caller name the function in a statement of his own, and execute it? */
bool
model_function_is_allowed(const ModelFunction *function)
{
	return namespace_aclcheck(function->schema, GetUserId(), ACL_USAGE) == ACLCHECK_OK &&
		registry_may_execute(function->oid, GetUserId());
}

/* Refuses who may not (42501). */
void
model_function_check_right(const ModelFunction *function)
{
	AclResult	result = namespace_aclcheck(function->schema, GetUserId(), ACL_USAGE);

	if (result != ACLCHECK_OK)
		aclcheck_error(result, OBJECT_SCHEMA, get_namespace_name(function->schema));
	if (!registry_may_execute(function->oid, GetUserId()))
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_FUNCTION, get_func_name(function->oid));
}
