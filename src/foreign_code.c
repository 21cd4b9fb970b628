/*
 * foreign_code.c
 *	  Whether code outside pg_catalog may run when a table is read or written.
 *
 * A call that may run such code (a trigger, a function in a CHECK, DEFAULT,
 * policy or index, a user-defined type) pays for a safe search_path; all
 * others need none, because every statement of the engine is qualified.
 * In doubt the answer is yes.
 */
#include "compat.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_index.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pg_list.h"
#include "rewrite/rowsecurity.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "foreign_code.h"

/* Objects made by initdb itself have smaller numbers. */
#define IS_BUILT_IN(oid) ((oid) < FirstUnpinnedObjectId)

/*
 * Is it code of somebody's own, or one of PostgreSQL's functions that look at
 * search_path or at other settings?
 */
static bool
function_is_foreign(Oid function, void *context)
{
	(void) context;
	switch (function)
	{
		case F_CURRENT_SCHEMA:
		case F_CURRENT_SCHEMAS:
		case F_CURRENT_SETTING_TEXT:
		case F_CURRENT_SETTING_TEXT_BOOL:
		case F_TO_REGCLASS:
		case F_TO_REGPROC:
		case F_TO_REGPROCEDURE:
		case F_TO_REGOPER:
		case F_TO_REGOPERATOR:
		case F_TO_REGTYPE:
		case F_TO_REGCOLLATION:
		case F_REGCLASS:
		case F_QUERY_TO_XML:
			return true;
		default:
			return !IS_BUILT_IN(function);
	}
}

/* A text that becomes regclass and the like is looked up by search_path. */
static bool
is_name_lookup(Node *node)
{
	switch (IsA(node, CoerceViaIO) ? ((CoerceViaIO *) node)->resulttype : InvalidOid)
	{
		case REGCLASSOID:
		case REGPROCOID:
		case REGPROCEDUREOID:
		case REGOPEROID:
		case REGOPERATOROID:
		case REGTYPEOID:
		case REGCONFIGOID:
		case REGDICTIONARYOID:
		case REGCOLLATIONOID:
			return true;
		default:
			return IsA(node, SQLValueFunction) &&
				((SQLValueFunction *) node)->op == SVFOP_CURRENT_SCHEMA;
	}
}

/* Does an expression call a function or touch a type of somebody's own? */
static bool
expression_is_foreign(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, function_is_foreign, NULL))
		return true;
	/* a sub-select is a query of its own: not looked into */
	if (IsA(node, CoerceToDomain) || IsA(node, SubLink) || is_name_lookup(node))
		return true;
	return expression_tree_walker(node, expression_is_foreign, context);
}

bool
foreign_code_in_expression(Node *node)
{
	return expression_is_foreign(node, NULL);
}

static bool
text_is_foreign(const char *expression)
{
	return expression != NULL && expression_is_foreign(stringToNode(expression), NULL);
}

/*
 * Can reading a value of the type run somebody's own code?  Domains have
 * CHECKs, base types functions, and arrays and composites may hold either.
 */
bool
foreign_code_in_type(Oid type)
{
	return !IS_BUILT_IN(type) && get_typtype(type) != TYPTYPE_ENUM;
}

static bool
any_column_type_is_foreign(Relation rel)
{
	TupleDesc	desc = RelationGetDescr(rel);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (!attribute->attisdropped && foreign_code_in_type(attribute->atttypid))
			return true;
	}
	return false;
}

static bool
any_policy_is_foreign(Relation rel)
{
	ListCell   *cell;

	/* the functions run as the table's owner, whom only FORCE submits to policies */
	if (rel->rd_rsdesc == NULL || !rel->rd_rel->relforcerowsecurity)
		return false;
	foreach(cell, rel->rd_rsdesc->policies)
	{
		RowSecurityPolicy *policy = lfirst(cell);

		if (expression_is_foreign((Node *) policy->qual, NULL) ||
			expression_is_foreign((Node *) policy->with_check_qual, NULL))
			return true;
	}
	return false;
}

/*
 * Is it the lifecycle trigger?  Only a superuser can make a function in C, and
 * that of the extension resolves no name.
 */
bool
foreign_code_trigger_is_ours(const Trigger *trigger)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(trigger->tgfoid));
	bool		ours;

	if (!HeapTupleIsValid(tuple))
		return false;
	ours = ((Form_pg_proc) GETSTRUCT(tuple))->prolang == ClanguageId &&
		strncmp(trigger->tgname, "todo_orm_", strlen("todo_orm_")) == 0;
	ReleaseSysCache(tuple);
	return ours;
}

static bool
any_trigger_is_foreign(Relation rel)
{
	/* a copy: looking into the catalog may rebuild the relation's own */
	const TriggerDesc *triggers = CopyTriggerDesc(rel->trigdesc);

	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (!trigger->tgisinternal && !foreign_code_trigger_is_ours(trigger))
			return true;
	}
	return false;
}

static bool
any_constraint_is_foreign(Relation rel)
{
	TupleConstr *constr = RelationGetDescr(rel)->constr;

	if (constr == NULL)
		return false;
	for (int i = 0; i < constr->num_defval; i++)
		if (text_is_foreign(constr->defval[i].adbin))
			return true;
	for (int i = 0; i < constr->num_check; i++)
		if (text_is_foreign(constr->check[i].ccbin))
			return true;
	return false;
}

/* Does an index's expression list or predicate run foreign code? */
static bool
index_attribute_is_foreign(HeapTuple tuple, AttrNumber attnum)
{
	bool		isnull;
	Datum		value = SysCacheGetAttr(INDEXRELID, tuple, attnum, &isnull);

	return !isnull && text_is_foreign(TextDatumGetCString(value));
}

static bool
any_index_is_foreign(Relation rel)
{
	List	   *indexes = RelationGetIndexList(rel);
	ListCell   *cell;
	bool		foreign = false;

	foreach(cell, indexes)
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));

		if (!HeapTupleIsValid(tuple))
			continue;
		foreign |= index_attribute_is_foreign(tuple, Anum_pg_index_indexprs) ||
			index_attribute_is_foreign(tuple, Anum_pg_index_indpred);
		ReleaseSysCache(tuple);
	}
	list_free(indexes);
	return foreign;
}

/* Views, rules, foreign tables and parents of other tables hide code of their own. */
static bool
hides_other_tables(Relation rel)
{
	return rel->rd_rel->relkind != RELKIND_RELATION || rel->rd_rel->relhassubclass ||
		rel->rd_rules != NULL;
}

bool
foreign_code_in_reads(Relation rel)
{
	return hides_other_tables(rel) || any_column_type_is_foreign(rel) ||
		any_policy_is_foreign(rel);
}

bool
foreign_code_in_writes(Relation rel)
{
	return foreign_code_in_reads(rel) || any_trigger_is_foreign(rel) ||
		any_constraint_is_foreign(rel) || any_index_is_foreign(rel);
}
