/*
 * function.c
 *	  Compiles functions in LANGUAGE todo_orm and keeps them per backend.
 *
 * A compiled function is held against the model: every declared argument must
 * be one that the operation has, by name and type, and the result must be what
 * the operation gives.  A function that does not fit raises 55000 with the
 * call that mends it.  It is compiled again after its pg_proc row or a
 * descriptor it uses has changed.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/varlena.h"

#include "body.h"
#include "cache_stats.h"
#include "expiry.h"
#include "function.h"
#include "guard.h"
#include "jsonb_read.h"
#include "registry.h"
#include "relationship.h"

/* What the catalog says of a function. */
typedef struct Declaration
{
	Oid			oid;
	char	   *name;
	Oid			owner;
	Oid			result;			/* type */
	bool		returns_set;
	bool		definer;		/* SECURITY DEFINER */
	bool		strict;
	char		volatility;
	int			nargs;
	Oid		   *types;
	char	  **names;			/* NULL entries: unnamed */
	List	   *defaults;		/* Node *: of the last arguments */
	Jsonb	   *body;
} Declaration;

typedef struct FunctionEntry
{
	Oid			oid;			/* hash key */
	Function   *function;		/* NULL until compiled */
} FunctionEntry;

/* functions that are out of date are let go of after so many new ones */
#define SWEEP_EVERY 64

/* a function is compiled that often for one call at the most */
#define MAX_TRIES 8

static HTAB *function_table = NULL;
static CacheStats counted;
static uint64 proc_messages = 0;	/* invalidations so far */

static void
proc_callback(SYSCACHE_CALLBACK_ARGS)
{
	HASH_SEQ_STATUS status;
	FunctionEntry *entry;

	(void) arg;
	(void) cacheid;
	proc_messages++;
	hash_seq_init(&status, function_table);
	while ((entry = hash_seq_search(&status)) != NULL)
		if (entry->function && (hashvalue == 0 || entry->function->hashvalue == hashvalue))
			entry->function->valid = false;
}

static void
init_functions(void)
{
	HASHCTL		ctl;

	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(FunctionEntry);
	function_table = hash_create("todo_orm functions", 128, &ctl, HASH_ELEM | HASH_BLOBS);
	CacheRegisterSyscacheCallback(PROCOID, proc_callback, (Datum) 0);
}

static void
read_arguments(Declaration *declaration, HeapTuple tuple)
{
	Oid		   *types;
	char	  **names;
	char	   *modes;

	declaration->nargs = get_func_arg_info(tuple, &types, &names, &modes);
	declaration->types = types;
	declaration->names = names ? names : palloc0(sizeof(char *) * (declaration->nargs + 1));
	for (int i = 0; modes && i < declaration->nargs; i++)
		if (modes[i] != PROARGMODE_IN)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
					 errmsg("functions in language todo_orm have only IN arguments")));
}

static Declaration *
read_declaration(Oid oid)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));
	Declaration *declaration = palloc0(sizeof(Declaration));
	Form_pg_proc form;
	Datum		defaults;
	bool		isnull;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("the function was dropped while the call waited for its table"),
				 errhint("Repeat the transaction.")));
	form = (Form_pg_proc) GETSTRUCT(tuple);
	declaration->oid = oid;
	declaration->name = pstrdup(NameStr(form->proname));
	declaration->owner = form->proowner;
	declaration->result = form->prorettype;
	declaration->returns_set = form->proretset;
	declaration->definer = form->prosecdef;
	declaration->strict = form->proisstrict;
	declaration->volatility = form->provolatile;
	declaration->body = body_parse(TextDatumGetCString(syscache_attr(PROCOID, tuple,
																	Anum_pg_proc_prosrc)));
	read_arguments(declaration, tuple);
	defaults = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proargdefaults, &isnull);
	if (!isnull)
		declaration->defaults = castNode(List, stringToNode(TextDatumGetCString(defaults)));
	ReleaseSysCache(tuple);
	return declaration;
}

/*
 * Refuses argument defaults other than constants.  A constant of type regclass
 * would make the function depend on a table without the owner's consent, and
 * that dependency is what says whose function it is.
 */
static void
check_defaults(const Declaration *declaration)
{
	ListCell   *cell;

	foreach(cell, declaration->defaults)
	{
		Node	   *node = lfirst(cell);

		if (!IsA(node, Const) ||
				(((Const *) node)->consttype == REGCLASSOID && !((Const *) node)->constisnull))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
					 errmsg("argument defaults of functions in language todo_orm must be plain constants")));
	}
}

/* Resolves the schema-qualified name in a body; InvalidOid if there is no such table. */
static Oid
table_of_body(Jsonb *body)
{
	char	   *text = body_text(body, "model");
	List	   *names = textToQualifiedNameList(cstring_to_text(text));
	Oid			schema;

	/* never by search_path: whoever calls could put another table in front */
	if (list_length(names) != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				 errmsg("model \"%s\" of a function body must be schema-qualified", text)));
	schema = get_namespace_oid(strVal(linitial(names)), true);
	return OidIsValid(schema) ? get_relname_relid(strVal(lsecond(names)), schema) : InvalidOid;
}

/* The table of a function: what it depends on, whatever its name is now. */
static Oid
table_of_function(const Declaration *declaration)
{
	Oid			relid = registry_model_of_function(declaration->oid);

	if (!OidIsValid(relid))
		relid = table_of_body(declaration->body);
	if (!OidIsValid(relid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table %s of function \"%s\" does not exist",
						body_text(declaration->body, "model"), declaration->name)));
	return relid;
}

TODO_ORM_NORETURN
static void
refuse_misfit(const Declaration *declaration, const Model *model, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("function \"%s\" does not fit table \"%s\"", declaration->name, model->relname),
			 errdetail_internal("%s", detail),
			 errhint("Bring the functions up to date: %s", model_register_hint(model))));
}

/* The function must be its table owner's, or its rights would be somebody else's. */
static void
check_owner(const Declaration *declaration, const Model *model)
{
	if (declaration->owner == model->relowner)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("function \"%s\" does not belong to the owner of table \"%s\"",
					declaration->name, model->relname),
			 errhint("Bring the functions up to date: %s", model_register_hint(model))));
}

/* Was the function altered in a way that changes what it promises? */
static void
check_properties(const Declaration *declaration, const Model *model, const Operation *operation)
{
	if (!declaration->definer)
		refuse_misfit(declaration, model, "It is not SECURITY DEFINER.");
	if (declaration->strict)
		refuse_misfit(declaration, model, "It is STRICT: a null owner would pass unnoticed.");
	if (declaration->volatility == PROVOLATILE_IMMUTABLE ||
		(operation->writes && declaration->volatility != PROVOLATILE_VOLATILE))
		refuse_misfit(declaration, model, "Its volatility is not the operation's.");
}

/* The length of a name without the underscores at its end. */
static size_t
bare_length(const char *name)
{
	size_t		len = strlen(name);

	while (len > 1 && name[len - 1] == '_')
		len--;
	return len;
}

/*
 * Does the declared name stand for an argument of the engine's own?  It got its
 * underscore, or not, by the columns that the table had then.
 */
static bool
is_own_name(const Argument *argument, const char *name)
{
	size_t		len = bare_length(argument->name);

	return argument->role >= ARG_ITEMS && bare_length(name) == len &&
		strncmp(argument->name, name, len) == 0;
}

static Argument *
find_expected(List *expected, const char *name)
{
	ListCell   *cell;

	foreach(cell, expected)
	{
		Argument   *argument = lfirst(cell);

		if (name && strcmp(argument->name, name) == 0)
			return argument;
	}
	foreach(cell, expected)
		if (name && is_own_name(lfirst(cell), name))
			return lfirst(cell);
	return NULL;
}

/* Does one of the declared arguments stand for that? */
static bool
is_bound(const Function *function, const Argument *argument)
{
	for (int i = 0; i < function->nargs; i++)
		if (function->args[i].role == argument->role && function->args[i].attnum == argument->attnum)
			return true;
	return false;
}

/*
 * Everything that a call cannot do without must be declared.  A column that
 * became required later is left to the call, which says that it is missing.
 */
static void
check_complete(const Declaration *declaration, const Function *function, List *expected)
{
	ListCell   *cell;

	foreach(cell, expected)
	{
		Argument   *argument = lfirst(cell);

		if (argument->default_sql == NULL && argument->role != ARG_COLUMN &&
			!is_bound(function, argument))
			refuse_misfit(declaration, function->slot->model,
						  psprintf("It has no argument \"%s\".", argument->name));
	}
}

/* Key arguments must stand together, in the key's order. */
static void
check_key_order(const Declaration *declaration, const Function *function)
{
	const Model *model = function->slot->model;
	int			first = function->role_index[ARG_KEY];

	if (first < 0)
		return;
	for (int i = 0; i < model->nkeys; i++)
		if (first + i >= function->nargs || function->args[first + i].role != ARG_KEY ||
			function->args[first + i].attnum != model->keys[i])
			refuse_misfit(declaration, model, "Its key arguments are not in the key's order.");
}

/* Holds the declared arguments against the operation's. */
static void
bind_arguments(Function *function, const Declaration *declaration, List *expected)
{
	const Model *model = function->slot->model;

	for (int role = 0; role < ARG_ROLES; role++)
		function->role_index[role] = -1;
	function->nargs = declaration->nargs;
	function->args = MemoryContextAlloc(function->cxt,
										sizeof(Argument) * Max(declaration->nargs, 1));
	for (int i = 0; i < declaration->nargs; i++)
	{
		Argument   *argument = find_expected(expected, declaration->names[i]);

		/* the row argument is told by its type: its name is free */
		if (argument == NULL && function->operation->signature == signature_row)
			argument = linitial(expected);
		if (argument == NULL)
			refuse_misfit(declaration, model,
						  psprintf("There is nothing that its argument \"%s\" stands for.",
								   declaration->names[i] ? declaration->names[i] : ""));
		if (argument->type != declaration->types[i])
			refuse_misfit(declaration, model,
						  psprintf("Its argument \"%s\" has type %s, and should have %s.",
								   argument->name, format_type_be(declaration->types[i]),
								   format_type_be(argument->type)));
		function->args[i] = *argument;
		function->args[i].name = MemoryContextStrdup(function->cxt, argument->name);
		if (function->role_index[argument->role] < 0)
			function->role_index[argument->role] = i;
	}
	check_complete(declaration, function, expected);
	check_key_order(declaration, function);
}

static void
check_result(const Function *function, const Declaration *declaration)
{
	Oid			expected = operation_result_type(function->operation, function->slot->model,
												 function->relationship);
	bool		set = operation_returns_set(function->operation);

	if (declaration->result != expected || declaration->returns_set != set)
		refuse_misfit(declaration, function->slot->model,
					  psprintf("It should return %s%s.", set ? "setof " : "",
							   format_type_be(expected)));
}

/* A parent that was just started hands its key over as it is. */
static void
check_same_types(const Declaration *declaration, const Function *function)
{
	const Model *model = function->slot->model;
	const Model *parent = function->related->model;
	const Relationship *relationship = function->relationship;

	for (int i = 0; i < relationship->ncolumns; i++)
		if (model_column(model, relationship->own[i])->basetype !=
			model_column(parent, relationship->other[i])->basetype)
			refuse_misfit(declaration, model,
						  "The columns of the foreign key have different types.");
}

/*
 * Copies the relationship and notes its target's slot.  What the copy points to
 * is the descriptor's, which lives as long as the function is current.
 */
static void
bind_relationship(Function *function, const Declaration *declaration)
{
	Model	   *model = function->slot->model;
	const Relationship *relationship;
	JsonbValue	description;

	if (!body_member(declaration->body, "relationship", &description))
		return;
	relationship = relationship_described(model, declaration->oid, declaration->body);
	if (relationship == NULL)
		refuse_misfit(declaration, model, "Its relationship is gone.");
	function->relationship = MemoryContextAlloc(function->cxt, sizeof(Relationship));
	*function->relationship = *relationship;
	LockRelationOid(relationship->target, AccessShareLock);
	function->related = relationship->target_slot;
	(void) model_slot_current(function->related);
	function->related_generation = function->related->generation;
	if (function->operation->signature == signature_append ||
		function->operation->signature == signature_append_many)
		check_same_types(declaration, function);
}

static void
add_lock(Function *function, Oid relid, LOCKMODE mode)
{
	for (int i = 0; i < function->nlocks; i++)
		if (function->lock_relids[i] == relid)
			return;
	function->lock_relids[function->nlocks] = relid;
	function->lock_modes[function->nlocks++] = mode;
}

/* The tables whose descriptors or rows a call uses. */
static void
note_locks(Function *function)
{
	Model	   *model = function->slot->model;
	LOCKMODE	mode = function->operation->writes ? RowExclusiveLock : AccessShareLock;
	int			room = 3 + model->nrelationships + model->nreferences;

	function->lock_relids = MemoryContextAlloc(function->cxt, sizeof(Oid) * room);
	function->lock_modes = MemoryContextAlloc(function->cxt, sizeof(LOCKMODE) * room);
	add_lock(function, model->relid, mode);
	if (function->relationship)
		add_lock(function, function->relationship->target, mode);
	if (function->relationship && function->relationship->link)
		add_lock(function, function->relationship->link->relid, mode);
	/* parents are touched, and asked whether they are live */
	for (int i = 0; function->operation->writes && i < model->nrelationships; i++)
		if (model->relationships[i].kind == RELATIONSHIP_MANY_TO_ONE)
			add_lock(function, model->relationships[i].target, AccessShareLock);
	for (int i = 0; function->operation->writes && i < model->nreferences; i++)
		add_lock(function, model->references[i].target, AccessShareLock);
}

/* Reads what the body says beyond operation and model. */
static void
bind_settings(Function *function, const Declaration *declaration)
{
	MemoryContext old = MemoryContextSwitchTo(function->cxt);
	ExtraSource source = {function->slot->model, declaration->name, function->operation,
		function->relationship, body_arguments(declaration->body), body_settings(declaration->body)};

	extra_read(&source, &function->settings);
	MemoryContextSwitchTo(old);
}

static const Operation *
operation_of(const Declaration *declaration)
{
	char	   *name = body_text(declaration->body, "operation");
	const Operation *operation = operation_find(name);

	if (operation == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_FUNCTION_DEFINITION),
				 errmsg("unrecognized operation \"%s\" in function \"%s\"",
						name, declaration->name)));
	return operation;
}

/* The relationship must be one that the operation works along. */
static void
check_relationship(const Declaration *declaration, const Function *function)
{
	const Operation *operation = function->operation;
	const Relationship *relationship = function->relationship;

	if (operation->along != ALONG_NONE && relationship == NULL)
		refuse_misfit(declaration, function->slot->model, "Its relationship is not described.");
	if (relationship && !(operation->along & ALONG(relationship->kind)))
		refuse_misfit(declaration, function->slot->model,
					  "Its operation does not work along such a relationship.");
}

/* Fills a function whose cxt is set; "valid" is left to the caller. */
static void
compile(Function *function, const Declaration *declaration)
{
	SignatureContext context = {NULL, NIL};
	Oid			relid = table_of_function(declaration);
	Model	   *model;

	LockRelationOid(relid, AccessShareLock);
	function->operation = operation_of(declaration);
	function->slot = model_slot(relid, body_options(declaration->body));
	model = model_slot_current(function->slot);
	function->generation = function->slot->generation;
	check_owner(declaration, model);
	check_properties(declaration, model, function->operation);
	bind_relationship(function, declaration);
	check_relationship(declaration, function);
	if (function->operation->along == ALONG_NONE &&
		!operation_applies(function->operation, model, NULL))
		refuse_misfit(declaration, model, "The table lacks what its operation needs.");
	bind_settings(function, declaration);
	context.relationship = function->relationship;
	context.names = body_arguments(declaration->body);
	bind_arguments(function, declaration, function->operation->signature(model, &context));
	check_result(function, declaration);
	note_locks(function);
}

/* Takes the locks of a call; messages of others' DDL arrive here. */
static void
take_locks(const Function *function)
{
	for (int i = 0; i < function->nlocks; i++)
		LockRelationOid(function->lock_relids[i], function->lock_modes[i]);
}

static bool
is_current(const Function *function)
{
	return function->valid &&
		model_slot_is_current(function->slot, function->generation) &&
		(function->related == NULL ||
		 model_slot_is_current(function->related, function->related_generation));
}

/* An empty Function in a context of its own, under the caller's. */
static Function *
new_function(Oid oid)
{
	MemoryContext cxt = AllocSetContextCreate(CurrentMemoryContext, "todo_orm function",
											  ALLOCSET_SMALL_SIZES);
	Function   *function = MemoryContextAllocZero(cxt, sizeof(Function));

	function->oid = oid;
	function->cxt = cxt;
	return function;
}

/* Puts a newly compiled function in the place of the stale one. */
static void
recompile(FunctionEntry *entry)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "todo_orm compile",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(scratch);
	uint64		messages = proc_messages;
	Function   *function = new_function(entry->oid);

	function->hashvalue = GetSysCacheHashValue1(PROCOID, ObjectIdGetDatum(entry->oid));
	compile(function, read_declaration(entry->oid));
	/* a message that came while compiling may have been about this one */
	function->valid = messages == proc_messages;
	MemoryContextSetParent(function->cxt, TopMemoryContext);
	if (entry->function)
		expiry_add_context(entry->function->cxt);
	entry->function = function;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(scratch);
}

/*
 * Lets go of functions that have changed and were not called since, and of
 * those that were dropped.  "keep" is about to be used.
 */
static void
sweep(Oid keep)
{
	HASH_SEQ_STATUS status;
	FunctionEntry *entry;

	hash_seq_init(&status, function_table);
	while ((entry = hash_seq_search(&status)) != NULL)
	{
		if (entry->oid == keep || (entry->function && entry->function->valid))
			continue;
		if (entry->function)
			expiry_add_context(entry->function->cxt);
		hash_search(function_table, &entry->oid, HASH_REMOVE, NULL);
	}
}

/*
 * The compiled function, fit for a call: its tables are locked and everything
 * it was compiled from is as it was then.  recompiled: it changed while its
 * locks were waited for.
 */
Function *
function_get(Oid oid, bool *recompiled)
{
	FunctionEntry *entry;
	bool		found;

	if (function_table == NULL)
		init_functions();
	entry = hash_search(function_table, &oid, HASH_ENTER, &found);
	if (!found)
	{
		entry->function = NULL;
		if (hash_get_num_entries(function_table) % SWEEP_EVERY == 0)
			sweep(oid);
	}
	*recompiled = false;
	for (int tries = 0;; tries++)
	{
		/* messages that never cease are those of debug_discard_caches */
		bool		enough = tries > MAX_TRIES;

		if (entry->function && (entry->function->valid || enough))
		{
			bool		was_current = is_current(entry->function);

			take_locks(entry->function);
			*recompiled |= was_current && !is_current(entry->function);
			if (is_current(entry->function) || enough)
			{
				counted.hits += tries == 0;
				return entry->function;
			}
		}
		counted.misses++;
		recompile(entry);
	}
}

/*
 * Checks a function that is being created and binds it to its table.
 *
 * With check_function_bodies off the table may be missing yet: a restored
 * dump may order the two so.
 */
void
function_validate(Oid oid)
{
	Declaration *declaration = read_declaration(oid);
	Oid			relid = table_of_body(declaration->body);
	Function   *function;

	check_defaults(declaration);
	/* options that cannot be read would harm whoever has a relationship here */
	(void) options_parse(body_options(declaration->body));
	if (OidIsValid(relid))
	{
		if (!relation_ownercheck(relid, declaration->owner))
			aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relid));
		registry_bind(oid, relid);
	}
	if (!check_function_bodies)
		return;
	function = new_function(oid);
	compile(function, declaration);
	if (function->relationship)
		registry_bind_related(oid, function->relationship->target);
	if (function->relationship && function->relationship->link)
		registry_bind_related(oid, function->relationship->link->relid);
}

static void
try_compile(void *arg)
{
	Oid			oid = *(Oid *) arg;

	compile(new_function(oid), read_declaration(oid));
}

/* What keeps a function from being called: the message and detail; NULL: nothing. */
char *
function_problem(Oid oid)
{
	ErrorData  *error = guard_run(try_compile, &oid);

	if (error == NULL)
		return NULL;
	return error->detail ? psprintf("%s: %s", error->message, error->detail) : error->message;
}

/* The compiled functions that are kept. */
void
function_cache_stats(CacheStats *stats)
{
	HASH_SEQ_STATUS status;
	FunctionEntry *entry;

	*stats = counted;
	if (function_table == NULL)
		return;
	hash_seq_init(&status, function_table);
	while ((entry = hash_seq_search(&status)) != NULL)
		if (entry->function)
		{
			stats->entries++;
			stats->bytes += MemoryContextMemAllocated(entry->function->cxt, true);
		}
}
