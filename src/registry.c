/*
 * registry.c
 *	  Which functions belong to which model, read from the catalog.
 *
 * The catalog is read through its own snapshots (system caches and catalog
 * scans), never by SQL: under REPEATABLE READ a query would not see what
 * another worker has just registered.
 */
#include "compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_type.h"
#include "commands/proclang.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "nodes/value.h"
#include "rewrite/prs2lock.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "body.h"
#include "registry.h"

/* The language's OID, InvalidOid if the extension is not installed. */
Oid
registry_language(void)
{
	return get_language_oid("todo_orm", true);
}

/* The owner of a table; InvalidOid if there is none. */
Oid
registry_owner(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		return InvalidOid;
	owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* May the role execute the function? */
bool
registry_may_execute(Oid function, Oid role)
{
	return function_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
}

/* The table's name, quoted and qualified. */
char *
registry_table_name(Oid relid)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)),
									  get_rel_name(relid));
}

/* The call that brings its functions up to date, for hints where there is no descriptor. */
char *
registry_register_hint(Oid relid)
{
	return psprintf("SELECT todo_orm.register_model(%s);",
					quote_literal_cstr(registry_table_name(relid)));
}

/* Only tables and views can be models (42809). */
void
registry_check_kind(Oid relid)
{
	switch (get_rel_relkind(relid))
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_FOREIGN_TABLE:
		case RELKIND_VIEW:
			return;
		default:
			ereport(ERROR,
					(errcode(ERRCODE_WRONG_OBJECT_TYPE),
					 errmsg("\"%s\" is not a table or view", get_rel_name(relid))));
	}
}

/*
 * The function of a table if it is one of ours and owned by "owner" (InvalidOid:
 * by anybody), else NULL.
 */
static RegisteredFunction *
read_function(Oid oid, Oid relid, Oid language, Oid owner)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(oid));
	RegisteredFunction *function = NULL;
	Form_pg_proc form;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if (form->prolang == language && (form->proowner == owner || !OidIsValid(owner)))
	{
		Datum		source = syscache_attr(PROCOID, tuple, Anum_pg_proc_prosrc);
		Jsonb	   *body = body_try_parse(TextDatumGetCString(source));

		if (body)
		{
			function = palloc(sizeof(RegisteredFunction));
			function->oid = oid;
			function->relid = relid;
			function->name = pstrdup(NameStr(form->proname));
			function->schema = form->pronamespace;
			function->body = body;
		}
	}
	ReleaseSysCache(tuple);
	return function;
}

static int
compare_functions(const ListCell *a, const ListCell *b)
{
	Oid			left = ((RegisteredFunction *) lfirst(a))->oid;
	Oid			right = ((RegisteredFunction *) lfirst(b))->oid;

	return left < right ? -1 : left > right ? 1 : 0;
}

/* The functions that depend on an object as a whole: their Oids. */
static List *
dependents_of(Oid class, Oid object)
{
	List	   *result = NIL;
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(class));
	ScanKeyInit(&key[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(object));
	scan = systable_beginscan(depend, DependReferenceIndexId, true, NULL, 2, key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);

		if (form->classid == ProcedureRelationId && form->refobjsubid == 0)
			result = lappend_oid(result, form->objid);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return result;
}

/* The functions that depend on a table, oldest first; owner as in read_function(). */
static List *
functions_of(Oid relid, Oid owner)
{
	List	   *result = NIL;
	Oid			language = registry_language();
	ListCell   *cell;

	if (!OidIsValid(language))
		return NIL;
	foreach(cell, dependents_of(RelationRelationId, relid))
	{
		RegisteredFunction *function = read_function(lfirst_oid(cell), relid, language, owner);

		if (function)
			result = lappend(result, function);
	}
	list_sort(result, compare_functions);
	return result;
}

/*
 * Every table that functions in the language are bound to: a list of OIDs, oldest
 * first.  Where a table's owner has changed since, they serve nobody.
 */
List *
registry_tables(void)
{
	List	   *tables = NIL;
	ListCell   *cell;

	foreach(cell, dependents_of(LanguageRelationId, registry_language()))
	{
		Oid			table = registry_model_of_function(lfirst_oid(cell));

		if (OidIsValid(table))
			tables = list_append_unique_oid(tables, table);
	}
	list_sort(tables, list_oid_cmp);
	return tables;
}

/* The functions of a model: those of the table's owner. */
List *
registry_functions(Oid relid)
{
	Oid			owner = registry_owner(relid);

	return OidIsValid(owner) ? functions_of(relid, owner) : NIL;
}

/*
 * Also those that a former owner of the table has left behind: they serve
 * nobody, but are taken over when the model is registered again.  Only who owns
 * a table can bind functions to it, so none of them is a stranger's.
 */
List *
registry_all_functions(Oid relid)
{
	return functions_of(relid, InvalidOid);
}

/* The options a table is registered with; NULL if it is no model. */
Jsonb *
registry_options(Oid relid)
{
	List	   *functions = registry_functions(relid);

	if (functions == NIL)
		return NULL;
	/* all of a model's functions carry the same options */
	return body_options(((RegisteredFunction *) linitial(functions))->body);
}

/* A composite type of its own is a type like others. */
static bool
is_table_row_type(Oid type)
{
	Oid			relid = get_typ_typrelid(type);

	return OidIsValid(relid) && get_rel_relkind(relid) != RELKIND_COMPOSITE_TYPE;
}

/* What an object depends on: a list of Form_pg_depend, copied. */
static List *
dependencies_of(Oid class, Oid object)
{
	List	   *result = NIL;
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(class));
	ScanKeyInit(&key[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(object));
	scan = systable_beginscan(depend, DependDependerIndexId, true, NULL, 2, key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = palloc(sizeof(FormData_pg_depend));

		memcpy(form, GETSTRUCT(tuple), sizeof(FormData_pg_depend));
		result = lappend(result, form);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return result;
}

/* The row types that a function depends on: of its arguments, its result, and others. */
List *
registry_row_types(Oid function)
{
	List	   *types = NIL;
	ListCell   *cell;

	foreach(cell, dependencies_of(ProcedureRelationId, function))
	{
		Form_pg_depend form = lfirst(cell);

		if (form->refclassid == TypeRelationId && is_table_row_type(form->refobjid))
			types = list_append_unique_oid(types, form->refobjid);
	}
	return types;
}

/* The table that a function of ours depends on; InvalidOid if none. */
Oid
registry_model_of_function(Oid function)
{
	Oid			result = InvalidOid;
	ListCell   *cell;

	foreach(cell, dependencies_of(ProcedureRelationId, function))
	{
		Form_pg_depend form = lfirst(cell);

		if (form->refclassid == RelationRelationId && form->refobjsubid == 0)
			result = form->refobjid;
	}
	return result;
}

/* The tables and views that a view's query reads; a view's own are not looked into. */
List *
registry_read_by_view(Oid view)
{
	List	   *tables = NIL;
	Relation	rel = table_open(view, AccessShareLock);
	Oid			rule = rel->rd_rules && rel->rd_rules->numLocks > 0 ?
		rel->rd_rules->rules[0]->ruleId : InvalidOid;
	ListCell   *cell;

	table_close(rel, NoLock);
	foreach(cell, dependencies_of(RewriteRelationId, rule))
	{
		Form_pg_depend form = lfirst(cell);

		if (form->refclassid == RelationRelationId && form->refobjid != view)
			tables = list_append_unique_oid(tables, form->refobjid);
	}
	return tables;
}

static void
depend_on(Oid function, Oid class, Oid object)
{
	ObjectAddress depender;
	ObjectAddress referenced;

	ObjectAddressSet(depender, ProcedureRelationId, function);
	ObjectAddressSet(referenced, class, object);
	recordDependencyOn(&depender, &referenced, DEPENDENCY_NORMAL);
}

/* The function if it belongs to a model, else NULL. */
RegisteredFunction *
registry_function(Oid function)
{
	Oid			language = registry_language();
	Oid			relid = registry_model_of_function(function);
	Oid			owner = OidIsValid(relid) ? registry_owner(relid) : InvalidOid;

	if (!OidIsValid(language) || !OidIsValid(owner))
		return NULL;
	return read_function(function, relid, language, owner);
}

/* The functions in a schema that belong to models, whichever those are; oldest first. */
List *
registry_functions_in(Oid schema)
{
	List	   *result = NIL;
	ListCell   *cell;

	foreach(cell, dependents_of(LanguageRelationId, registry_language()))
	{
		RegisteredFunction *function = NULL;

		if (get_func_namespace(lfirst_oid(cell)) == schema)
			function = registry_function(lfirst_oid(cell));
		if (function)
			result = lappend(result, function);
	}
	list_sort(result, compare_functions);
	return result;
}

/*
 * Takes a new function away from PUBLIC, who has every function that nothing
 * else was said of.  Registering does so, and so do dumps; one that is restored
 * without privileges must not be open to all.
 *
 * REVOKE ALL ON FUNCTION public.get_task(text, bigint) FROM PUBLIC
 */
void
registry_close(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc form;
	ObjectWithArgs *object;
	GrantStmt  *stmt;
	RoleSpec   *everybody;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if (!heap_attisnull(tuple, Anum_pg_proc_proacl, NULL))
	{
		ReleaseSysCache(tuple);
		return;
	}
	object = makeNode(ObjectWithArgs);
	object->objname = list_make2(makeString(get_namespace_name(form->pronamespace)),
								 makeString(pstrdup(NameStr(form->proname))));
	for (int i = 0; i < form->pronargs; i++)
		object->objargs = lappend(object->objargs,
								  makeTypeNameFromOid(form->proargtypes.values[i], -1));
	ReleaseSysCache(tuple);
	everybody = makeNode(RoleSpec);
	everybody->roletype = ROLESPEC_PUBLIC;
	everybody->location = -1;
	stmt = makeNode(GrantStmt);
	stmt->is_grant = false;
	stmt->targtype = ACL_TARGET_OBJECT;
	/* a procedure is refused for what it is, later */
	stmt->objtype = OBJECT_ROUTINE;
	stmt->objects = list_make1(object);
	stmt->grantees = list_make1(everybody);
	stmt->behavior = DROP_RESTRICT;
	ExecuteGrantStmt(stmt);
	CommandCounterIncrement();
}

/*
 * Records that a function belongs to a table, and tells every backend.
 *
 * The dependency makes DROP TABLE CASCADE take the function, and orders
 * pg_dump's output.  The relcache message reaches descriptors of neighbours,
 * which read this model's options.
 */
void
registry_bind(Oid function, Oid relid)
{
	depend_on(function, RelationRelationId, relid);
	CacheInvalidateRelcacheByRelid(relid);
}

/* Records that a function reads a second table, along a relationship. */
void
registry_bind_related(Oid function, Oid relid)
{
	/* on the row type: a dependency on the table itself says whose model it is */
	depend_on(function, TypeRelationId, get_rel_type_id(relid));
}
