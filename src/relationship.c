/*
 * relationship.c
 *	  Relationships of a model, read from the foreign keys on both sides.
 *
 * A relationship is made where the owner cannot change along it: the foreign
 * key pairs the two owner columns, or the other table has no owner.  Both
 * tables must be models.  Names are given as SPEC 6 says: to-one first, then
 * one-to-many; within each by the key's first column number, then table name.
 */
#include "compat.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_constraint.h"
#include "common/keywords.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "inflect.h"
#include "jsonb_read.h"
#include "registry.h"
#include "relationship.h"

/* A foreign key seen from this model, before it has a name. */
typedef struct Candidate
{
	Relationship relationship;
	const char *target_name;	/* the other table's name, for the order */
	AttrNumber	first_column;	/* of the referencing side, for the order */
	char	   *target_plural;	/* plural of the other model, as a function name */
	char	   *label;			/* referencing side's last non-owner column */
} Candidate;

/* The name of one row of a table, for function names. */
char *
model_singular_of(const char *relname, const Options *options)
{
	return options->name ? options->name : inflect_singular(relname);
}

/* The name of several. */
char *
model_plural_of(const char *singular, const char *relname, const Options *options)
{
	if (options->plural)
		return options->plural;
	/* a table name that is a plural already stays as its author wrote it */
	if (options->name == NULL && strcmp(singular, relname) != 0)
		return pstrdup(relname);
	return inflect_plural(singular);
}

/* The owner column that a table with such options has; 0: none, or it is gone. */
static AttrNumber
owner_of(Oid relid, const Options *options)
{
	if (options->owner.given)
		return options->owner.name ? get_attnum(relid, options->owner.name) : 0;
	return get_attnum(relid, "user_id");
}

/* "conversation" for "conversation_id" */
static char *
without_id(const char *column)
{
	size_t		len = strlen(column);

	if (len > 3 && strcmp(column + len - 3, "_id") == 0)
		return pnstrdup(column, len - 3);
	return pstrdup(column);
}

/* Fills the two column lists, referencing side first where "to_one". */
static void
set_columns(Relationship *relationship, HeapTuple tuple, bool to_one)
{
	AttrNumber	conkey[INDEX_MAX_KEYS];
	AttrNumber	confkey[INDEX_MAX_KEYS];
	AttrNumber *own = to_one ? conkey : confkey;
	AttrNumber *other = to_one ? confkey : conkey;
	int			n;

	DeconstructFkConstraintRow(tuple, &n, conkey, confkey, NULL, NULL, NULL, NULL, NULL);
	relationship->ncolumns = n;
	relationship->own = palloc(sizeof(AttrNumber) * n);
	relationship->other = palloc(sizeof(AttrNumber) * n);
	memcpy(relationship->own, own, sizeof(AttrNumber) * n);
	memcpy(relationship->other, other, sizeof(AttrNumber) * n);
}

/*
 * Can the owner not change along the key?  Sets target_has_owner.  The type
 * must be the same too: a conversion could map two owners onto one.
 */
static bool
keeps_owner(const Model *model, Relationship *relationship, AttrNumber target_owner)
{
	relationship->target_has_owner = target_owner != 0;
	if (target_owner == 0)
		return true;
	for (int i = 0; i < relationship->ncolumns; i++)
		if (relationship->own[i] == model->owner && relationship->other[i] == target_owner)
			return get_atttype(model->relid, model->owner) ==
				get_atttype(relationship->target, target_owner);
	return false;
}

/*
 * A foreign key without the owner in it makes no relationship, but a row that
 * refers to another owner's is refused all the same: the pair of owner columns
 * is added, for the check on write.
 */
static void
add_reference(Model *model, const Relationship *key, AttrNumber target_owner)
{
	Relationship *reference;
	int			n = key->ncolumns;

	if (model->owner == 0 || n >= INDEX_MAX_KEYS ||
		get_atttype(model->relid, model->owner) != get_atttype(key->target, target_owner))
		return;
	model->references = model->references ?
		repalloc(model->references, sizeof(Relationship) * (model->nreferences + 1)) :
		palloc(sizeof(Relationship));
	reference = &model->references[model->nreferences++];
	*reference = *key;
	reference->ncolumns = n + 1;
	reference->own = repalloc(key->own, sizeof(AttrNumber) * (n + 1));
	reference->other = repalloc(key->other, sizeof(AttrNumber) * (n + 1));
	reference->own[n] = model->owner;
	reference->other[n] = target_owner;
}

/* The last column of the referencing side that is no owner column. */
static char *
key_label(const Model *model, const Candidate *candidate, AttrNumber target_owner)
{
	const Relationship *r = &candidate->relationship;
	bool		to_one = r->kind == RELATIONSHIP_MANY_TO_ONE;
	Oid			referencing = to_one ? model->relid : r->target;
	AttrNumber	owner = to_one ? model->owner : target_owner;
	const AttrNumber *columns = to_one ? r->own : r->other;

	for (int i = r->ncolumns - 1; i >= 0; i--)
		if (columns[i] != owner)
			return without_id(get_attname(referencing, columns[i], false));
	return without_id(get_attname(referencing, columns[0], false));
}

/* Looks at one foreign key from one side; NULL where it makes no relationship. */
static Candidate *
make_candidate(Model *model, HeapTuple tuple, bool to_one)
{
	Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
	Oid			target = to_one ? form->confrelid : form->conrelid;
	Jsonb	   *target_options = target == model->relid ? model->options_json : registry_options(target);
	Candidate  *candidate;
	Options    *options;
	AttrNumber	target_owner;
	char	   *singular;

	/* functions along it run as this table's owner: another's rows are not his */
	if (target_options == NULL || registry_owner(target) != model->relowner)
		return NULL;
	options = options_parse(target_options);
	target_owner = owner_of(target, options);
	/* a target whose owner column is gone must not pass for one without owner */
	if (target_owner == InvalidAttrNumber && !(options->owner.given && options->owner.name == NULL))
		return NULL;
	candidate = palloc0(sizeof(Candidate));
	candidate->relationship.kind = to_one ? RELATIONSHIP_MANY_TO_ONE : RELATIONSHIP_ONE_TO_MANY;
	candidate->relationship.constraint = form->oid;
	candidate->relationship.target = target;
	candidate->relationship.target_options = target_options;
	set_columns(&candidate->relationship, tuple, to_one);
	if (!keeps_owner(model, &candidate->relationship, target_owner))
	{
		if (to_one)
			add_reference(model, &candidate->relationship, target_owner);
		return NULL;
	}
	candidate->target_name = get_rel_name(target);
	candidate->first_column = to_one ? candidate->relationship.own[0] : candidate->relationship.other[0];
	singular = model_singular_of(candidate->target_name, options);
	candidate->target_plural =
		inflect_shorten_plural(singular, model_plural_of(singular, candidate->target_name, options),
							   NAMEDATALEN - 1);
	candidate->label = key_label(model, candidate, target_owner);
	return candidate;
}

static void
add_dependency(Model *model, Oid relid)
{
	for (int i = 0; i < model->ndeps; i++)
		if (model->deps[i] == relid)
			return;
	model->deps = repalloc(model->deps, sizeof(Oid) * (model->ndeps + 1));
	model->deps[model->ndeps++] = relid;
}

/* Reads the foreign keys on one side of the table. */
static List *
read_side(Model *model, bool to_one)
{
	List	   *candidates = NIL;
	Relation	constraints = table_open(ConstraintRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, to_one ? Anum_pg_constraint_conrelid : Anum_pg_constraint_confrelid,
				BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(model->relid));
	/* there is no index on confrelid: that side is a sequential scan, once */
	scan = systable_beginscan(constraints, to_one ? ConstraintRelidTypidNameIndexId : InvalidOid,
							  to_one, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);
		Candidate  *candidate;

		/* a partition's key is a copy of its parent's */
		if (form->contype != CONSTRAINT_FOREIGN || OidIsValid(form->conparentid))
			continue;
		add_dependency(model, to_one ? form->confrelid : form->conrelid);
		/* changing a referenced column writes tables that are not looked at */
		model->foreign_code_write |= !to_one && form->confupdtype != FKCONSTR_ACTION_NOACTION &&
			form->confupdtype != FKCONSTR_ACTION_RESTRICT;
		candidate = make_candidate(model, tuple, to_one);
		if (candidate)
			candidates = lappend(candidates, candidate);
	}
	systable_endscan(scan);
	table_close(constraints, AccessShareLock);
	return candidates;
}

static int
compare_candidates(const ListCell *a, const ListCell *b)
{
	const Candidate *left = lfirst(a);
	const Candidate *right = lfirst(b);

	if (left->first_column != right->first_column)
		return left->first_column < right->first_column ? -1 : 1;
	if (strcmp(left->target_name, right->target_name) != 0)
		return strcmp(left->target_name, right->target_name);
	return strcmp(left->label, right->label);
}

/* The name that the option "relationships" gives, by the default name. */
static char *
explicit_name(const Model *model, const char *default_name)
{
	JsonbValue	value;

	if (model->options->relationships == NULL ||
		!jsonb_lookup(model->options->relationships, default_name, &value))
		return NULL;
	if (value.type != jbvString)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for option \"relationships\""),
				 errdetail("The name for \"%s\" is no string.", default_name),
				 errhint("Write {\"%s\": \"other_name\"}.", default_name)));
	return jsonb_value_text(&value);
}

/* Would a function of that name have to be quoted, like "user" or "order"? */
static bool
is_reserved(const char *name)
{
	int			keyword = ScanKeywordLookup(name, &ScanKeywords);

	return keyword >= 0 && (ScanKeywordCategories[keyword] == RESERVED_KEYWORD ||
							ScanKeywordCategories[keyword] == COL_NAME_KEYWORD);
}

static bool
name_is_taken(const Model *model, const char *name)
{
	return is_reserved(name) || model_find_relationship(model, name) != NULL || model_find_column(model, name) != NULL;
}

/* Gives the next relationship its name: default, "_column" added, or explicit. */
static void
add_named(Model *model, const Candidate *candidate)
{
	bool		to_one = candidate->relationship.kind == RELATIONSHIP_MANY_TO_ONE;
	char	   *name = to_one ? candidate->label : candidate->target_plural;
	char	   *given;

	if (name_is_taken(model, name))
		name = inflect_shorten(psprintf("%s_%s", name, candidate->label), NAMEDATALEN - 1);
	given = explicit_name(model, name);
	if (given && name_is_taken(model, given))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("relationship name \"%s\" of model \"%s\" is taken", given, model->relname),
				 errhint("Give another name in option \"relationships\".")));
	model->relationships[model->nrelationships] = candidate->relationship;
	model->relationships[model->nrelationships].name = given ? given : name;
	model->nrelationships++;
}

/*
 * Reads the relationships of a model that is being built, into
 * CurrentMemoryContext, and adds the tables they read to its dependencies.
 */
void
relationship_load_all(Model *model)
{
	List	   *to_one = read_side(model, true);
	List	   *to_many = read_side(model, false);
	ListCell   *cell;

	list_sort(to_one, compare_candidates);
	list_sort(to_many, compare_candidates);
	model->relationships = palloc0(sizeof(Relationship) *
								   (list_length(to_one) + list_length(to_many) + 1));
	foreach(cell, to_one)
		add_named(model, lfirst(cell));
	foreach(cell, to_many)
		add_named(model, lfirst(cell));
}

/* Do the named columns of the referencing table make up the key? */
static bool
has_columns(const Model *model, const Relationship *relationship, JsonbContainer *columns)
{
	JsonbItems	names = jsonb_items(columns);
	bool		to_one = relationship->kind == RELATIONSHIP_MANY_TO_ONE;
	Oid			referencing = to_one ? model->relid : relationship->target;

	if (names.count != relationship->ncolumns)
		return false;
	for (int i = 0; i < names.count; i++)
	{
		AttrNumber	attnum = to_one ? relationship->own[i] : relationship->other[i];
		char	   *name = get_attname(referencing, attnum, true);

		if (name == NULL || strcmp(name, jsonb_value_text(&names.items[i].value)) != 0)
			return false;
	}
	return true;
}

/* Is the other table the one described?  A renamed one is known by its row type. */
static bool
has_target(const Relationship *relationship, const char *target, Oid result)
{
	return get_rel_type_id(relationship->target) == result ||
		strcmp(get_rel_name(relationship->target), target) == 0;
}

/*
 * The relationship that a function body describes:
 *
 *	{"kind": "many_to_one", "target": "conversation", "columns": ["user_id", ...]}
 *
 * The columns decide between several, so that a renamed column does no harm
 * where there is only one.  result: the function's result type.  NULL where
 * there is none, or several that could be meant.
 */
const Relationship *
relationship_described(const Model *model, JsonbContainer *description, Oid result)
{
	const Relationship *found = NULL;
	JsonbValue	kind;
	JsonbValue	target;
	JsonbValue	columns;
	int			candidates = 0;

	if (!jsonb_lookup(description, "kind", &kind) || !jsonb_lookup(description, "target", &target) ||
		!jsonb_lookup(description, "columns", &columns) || !jsonb_value_is_array(&columns))
		return NULL;
	for (int i = 0; i < model->nrelationships; i++)
	{
		const Relationship *relationship = &model->relationships[i];
		bool		to_one = relationship->kind == RELATIONSHIP_MANY_TO_ONE;

		if (to_one != (strcmp(jsonb_value_text(&kind), "many_to_one") == 0) ||
			!has_target(relationship, jsonb_value_text(&target), result))
			continue;
		if (has_columns(model, relationship, columns.val.binary.data))
			return relationship;
		found = relationship;
		candidates++;
	}
	return candidates == 1 ? found : NULL;
}

/* The tables that a table has foreign keys to or from; the table itself is left out. */
List *
relationship_neighbours(Oid relid)
{
	List	   *neighbours = NIL;
	Relation	constraints = table_open(ConstraintRelationId, AccessShareLock);
	SysScanDesc scan = systable_beginscan(constraints, InvalidOid, false, NULL, 0, NULL);
	HeapTuple	tuple;

	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_constraint form = (Form_pg_constraint) GETSTRUCT(tuple);

		if (form->contype != CONSTRAINT_FOREIGN || form->conrelid == form->confrelid)
			continue;
		if (form->conrelid == relid)
			neighbours = list_append_unique_oid(neighbours, form->confrelid);
		if (form->confrelid == relid)
			neighbours = list_append_unique_oid(neighbours, form->conrelid);
	}
	systable_endscan(scan);
	table_close(constraints, AccessShareLock);
	return neighbours;
}
