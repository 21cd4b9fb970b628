/*
 * relationship.c
 *	  Relationships of a model, read from the foreign keys on both sides.
 *
 * A relationship is made where the owner cannot change along it: the foreign
 * key pairs the two owner columns, or the other table has no owner.  Both
 * tables must be models.  Names are given as SPEC 6 says: to-one first, then
 * one-to-many, then many-to-many (link_table.c finds those); within each by the
 * key's first column number, then table name.
 */
#include "compat.h"

#include "common/keywords.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "body.h"
#include "inflect.h"
#include "jsonb_read.h"
#include "link_table.h"
#include "registry.h"
#include "relationship.h"

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
AttrNumber
relationship_owner_of(Oid relid, const Options *options)
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

/* Fills the two column lists: this table's first. */
static void
set_columns(Relationship *relationship, const ForeignKey *key, bool to_one)
{
	Size		size = sizeof(AttrNumber) * key->ncolumns;

	relationship->ncolumns = key->ncolumns;
	relationship->own = palloc(size);
	relationship->other = palloc(size);
	memcpy(relationship->own, to_one ? key->columns : key->refers_to, size);
	memcpy(relationship->other, to_one ? key->refers_to : key->columns, size);
}

/*
 * Can the owner not change along the key?  The type must be the same too: a
 * conversion could map two owners onto one.
 */
static bool
keeps_owner(const Model *model, const Relationship *relationship, AttrNumber target_owner)
{
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

/* "author" for (user_id, author_id): the last column that is not the owner, without "_id" */
char *
relationship_label(Oid referencing, const AttrNumber *columns, int n, AttrNumber owner)
{
	for (int i = n - 1; i >= 0; i--)
		if (columns[i] != owner)
			return without_id(get_attname(referencing, columns[i], false));
	return without_id(get_attname(referencing, columns[0], false));
}

/*
 * Fills in the model at the other end; false where there is none that a
 * relationship can lead to.
 */
bool
relationship_set_target(const Model *model, Candidate *candidate, Oid target)
{
	Relationship *relationship = &candidate->relationship;
	Jsonb	   *json = target == model->relid ? model->options_json : registry_options(target);
	Options    *options;
	char	   *singular;

	/* functions along it run as this table's owner: another's rows are not his */
	if (json == NULL || registry_owner(target) != model->relowner)
		return false;
	options = options_parse(json);
	candidate->target_owner = relationship_owner_of(target, options);
	/* a target whose owner column is gone must not pass for one without owner */
	if (candidate->target_owner == InvalidAttrNumber &&
		!(options->owner.given && options->owner.name == NULL))
		return false;
	relationship->target = target;
	relationship->target_options = json;
	candidate->target_name = get_rel_name(target);
	singular = model_singular_of(candidate->target_name, options);
	candidate->target_plural =
		inflect_shorten_plural(singular, model_plural_of(singular, candidate->target_name, options),
							   NAMEDATALEN - 1);
	return true;
}

/* Looks at one foreign key from one side; NULL where it makes no relationship. */
static Candidate *
make_candidate(Model *model, const ForeignKey *key, bool to_one)
{
	Candidate  *candidate = palloc0(sizeof(Candidate));
	Relationship *relationship = &candidate->relationship;
	char	   *label;

	if (!relationship_set_target(model, candidate, to_one ? key->referenced : key->referencing))
		return NULL;
	relationship->kind = to_one ? RELATIONSHIP_MANY_TO_ONE : RELATIONSHIP_ONE_TO_MANY;
	relationship->constraint = key->oid;
	set_columns(relationship, key, to_one);
	if (!keeps_owner(model, relationship, candidate->target_owner))
	{
		if (to_one)
			add_reference(model, relationship, candidate->target_owner);
		return NULL;
	}
	candidate->first_column = key->columns[0];
	label = relationship_label(key->referencing, key->columns, key->ncolumns,
							   to_one ? model->owner : candidate->target_owner);
	candidate->name = to_one ? label : candidate->target_plural;
	candidate->suffix = label;
	return candidate;
}

/* Another table whose DDL makes the descriptor stale. */
void
relationship_add_dependency(Model *model, Oid relid)
{
	for (int i = 0; i < model->ndeps; i++)
		if (model->deps[i] == relid)
			return;
	model->deps = repalloc(model->deps, sizeof(Oid) * (model->ndeps + 1));
	model->deps[model->ndeps++] = relid;
}

/* The relationships that foreign keys on one side of the table make. */
static List *
read_side(Model *model, List *keys, bool to_one)
{
	List	   *candidates = NIL;
	ListCell   *cell;

	foreach(cell, keys)
	{
		const ForeignKey *key = lfirst(cell);
		Candidate  *candidate;

		relationship_add_dependency(model, to_one ? key->referenced : key->referencing);
		/* changing a referenced column writes tables that are not looked at */
		model->foreign_code_write |= !to_one && key->writes_on_update;
		candidate = make_candidate(model, key, to_one);
		if (candidate)
			candidates = lappend(candidates, candidate);
	}
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
	return strcmp(left->suffix, right->suffix);
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
	if (value.val.string.len == 0 || value.val.string.len >= NAMEDATALEN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid value for option \"relationships\""),
				 errdetail("The name for \"%s\" is %s.", default_name,
						   value.val.string.len == 0 ? "empty" : "too long"),
				 errhint("A name has 1 to %d bytes.", NAMEDATALEN - 1)));
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

/* The default name: the plain one, or with what is added where that is taken. */
static const char *
default_name(const Model *model, const Candidate *candidate)
{
	const char *name = candidate->name;

	if (name_is_taken(model, name))
		name = inflect_shorten(psprintf("%s_%s", name, candidate->suffix), NAMEDATALEN - 1);
	if (candidate->second_suffix && name_is_taken(model, name))
		name = inflect_shorten(psprintf("%s_%s", name, candidate->second_suffix), NAMEDATALEN - 1);
	/* two keys over the same columns, as in the middle of a migration */
	for (int n = 2; name_is_taken(model, name); n++)
		name = inflect_shorten(psprintf("%s_%d", candidate->name, n), NAMEDATALEN - 1);
	return name;
}

/* Gives the next relationship its default name. */
static void
add_named(Model *model, const Candidate *candidate)
{
	char	   *name = pstrdup(default_name(model, candidate));

	model->relationships[model->nrelationships] = candidate->relationship;
	model->relationships[model->nrelationships].name = name;
	model->nrelationships++;
}

/*
 * Gives the explicit names.  Default names have been given among themselves:
 * naming one relationship changes no other's.
 */
static void
apply_explicit_names(Model *model)
{
	char	  **given = palloc0(sizeof(char *) * (model->nrelationships + 1));

	for (int i = 0; i < model->nrelationships; i++)
		given[i] = explicit_name(model, model->relationships[i].name);
	for (int i = 0; i < model->nrelationships; i++)
		if (given[i])
			model->relationships[i].name = pstrdup("");
	for (int i = 0; i < model->nrelationships; i++)
	{
		if (given[i] == NULL)
			continue;
		if (name_is_taken(model, given[i]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("relationship name \"%s\" of model \"%s\" is taken", given[i],
							model->relname),
					 errhint("Give another name in option \"relationships\".")));
		model->relationships[i].name = given[i];
	}
}

static void
add_all_named(Model *model, List *candidates)
{
	ListCell   *cell;

	list_sort(candidates, compare_candidates);
	foreach(cell, candidates)
		add_named(model, lfirst(cell));
}

/*
 * Reads the relationships of a model that is being built, into
 * CurrentMemoryContext, and adds the tables they read to its dependencies.
 */
void
relationship_load_all(Model *model)
{
	List	   *keys_to = foreign_keys_to(model->relid);
	List	   *to_one = read_side(model, foreign_keys_of(model->relid), true);
	List	   *to_many = read_side(model, keys_to, false);
	List	   *linked = link_table_candidates(model, keys_to);

	model->relationships = palloc0(sizeof(Relationship) *
								   (list_length(to_one) + list_length(to_many) +
									list_length(linked) + 1));
	add_all_named(model, to_one);
	add_all_named(model, to_many);
	add_all_named(model, linked);
	apply_explicit_names(model);
}

/* The relationship of that name; 22023 if there is none. */
const Relationship *
relationship_require(const Model *model, const char *name)
{
	const Relationship *relationship = model_find_relationship(model, name);

	if (relationship == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("model \"%s\" has no relationship \"%s\"", model->relname, name),
				 errhint("See todo_orm.relationships.")));
	return relationship;
}

/* "many_to_one", as bodies and the view relationships call it */
const char *
relationship_kind_name(RelationshipKind kind)
{
	switch (kind)
	{
		case RELATIONSHIP_MANY_TO_ONE:
			return "many_to_one";
		case RELATIONSHIP_ONE_TO_MANY:
			return "one_to_many";
		default:
			return "many_to_many";
	}
}

/* The columns of the foreign key and the table that holds it; a link's key to this table. */
const AttrNumber *
relationship_key(const Model *model, const Relationship *relationship, Oid *referencing)
{
	switch (relationship->kind)
	{
		case RELATIONSHIP_MANY_TO_ONE:
			*referencing = model->relid;
			return relationship->own;
		case RELATIONSHIP_ONE_TO_MANY:
			*referencing = relationship->target;
			return relationship->other;
		default:
			*referencing = relationship->link->relid;
			return relationship->link->near;
	}
}

/* Do the named columns of the referencing table make up the key? */
static bool
has_columns(const Model *model, const Relationship *relationship, JsonbContainer *columns)
{
	JsonbItems	names = jsonb_items(columns);
	Oid			referencing;
	const AttrNumber *attnums = relationship_key(model, relationship, &referencing);

	if (names.count != relationship->ncolumns)
		return false;
	for (int i = 0; i < names.count; i++)
	{
		char	   *name = get_attname(referencing, attnums[i], true);

		if (name == NULL || strcmp(name, jsonb_value_text(&names.items[i].value)) != 0)
			return false;
	}
	return true;
}

/* How a function describes its relationship. */
typedef struct Description
{
	char	   *kind;
	char	   *target;
	char	   *through;		/* the link table; NULL: none is named */
	JsonbContainer *columns;
	Oid			result;			/* result type of a function of the row */
	List	   *row_types;		/* of other tables that the function depends on */
} Description;

static bool
read_description(const Model *model, Oid function, const Jsonb *body, Description *description)
{
	JsonbContainer *json;
	JsonbValue	value;

	memset(description, 0, sizeof(Description));
	if (!body_member(unconstify(Jsonb *, body), "relationship", &value) ||
		!jsonb_value_is_object(&value))
		return false;
	json = value.val.binary.data;
	/* only functions of the row return what the relationship leads to */
	if (strcmp(body_text(unconstify(Jsonb *, body), "operation"), "related") == 0)
		description->result = get_func_rettype(function);
	description->row_types = registry_row_types(function);
	description->row_types = list_delete_oid(description->row_types, model->rowtype);
	description->row_types = list_delete_oid(description->row_types, description->result);
	if (!jsonb_lookup(json, "kind", &value))
		return false;
	description->kind = jsonb_value_text(&value);
	if (!jsonb_lookup(json, "target", &value))
		return false;
	description->target = jsonb_value_text(&value);
	if (jsonb_lookup(json, "through", &value))
		description->through = jsonb_value_text(&value);
	if (!jsonb_lookup(json, "columns", &value) || !jsonb_value_is_array(&value))
		return false;
	description->columns = value.val.binary.data;
	return true;
}

static bool
is_named(Oid relid, const char *name)
{
	return name && strcmp(get_rel_name(relid), name) == 0;
}

/*
 * Does the function go through that link table?  Its dependencies tell, under
 * whatever name; a function that was restored before its tables has none.
 */
static bool
goes_through(const Relationship *relationship, const Description *description)
{
	if (relationship->link == NULL)
		return true;
	if (description->row_types != NIL)
		return list_member_oid(description->row_types,
							   get_rel_type_id(relationship->link->relid));
	return is_named(relationship->link->relid, description->through);
}

static bool
has_target(const Relationship *relationship, const Description *description)
{
	Oid			rowtype = get_rel_type_id(relationship->target);

	return rowtype == description->result || list_member_oid(description->row_types, rowtype) ||
		is_named(relationship->target, description->target);
}

/* Can it be meant, when names may have changed? */
static bool
may_be_meant(const Relationship *relationship, const Description *description)
{
	Oid			rowtype = get_rel_type_id(relationship->target);

	if (strcmp(description->kind, relationship_kind_name(relationship->kind)) != 0)
		return false;
	if (type_is_rowtype(description->result) && description->result != rowtype)
		return false;
	return description->row_types == NIL || goes_through(relationship, description);
}

/* Is it described by columns that it still has? */
static bool
is_described(const Model *model, const Relationship *relationship, const Description *description)
{
	return may_be_meant(relationship, description) && has_target(relationship, description) &&
		goes_through(relationship, description) &&
		has_columns(model, relationship, description->columns);
}

/* Is there a function of the model that describes the relationship as it is? */
static bool
is_described_by_any(const Model *model, const Relationship *relationship)
{
	ListCell   *cell;

	foreach(cell, registry_functions(model->relid))
	{
		const RegisteredFunction *function = lfirst(cell);
		Description description;

		if (read_description(model, function->oid, function->body, &description) &&
			is_described(model, relationship, &description))
			return true;
	}
	return false;
}

/*
 * The relationship that a function's body describes:
 *
 *	{"kind": "many_to_one", "target": "conversation", "columns": ["user_id", ...]}
 *
 * and "through": "post_tag" for a many-to-many.  Where columns were renamed
 * since, it is the only one of its kind that no function describes as it is.
 * NULL where there is none, or several that could be meant.
 */
const Relationship *
relationship_described(const Model *model, Oid function, const Jsonb *body)
{
	const Relationship *found = NULL;
	Description description;
	int			candidates = 0;

	if (!read_description(model, function, body, &description))
		return NULL;
	for (int i = 0; i < model->nrelationships; i++)
		if (is_described(model, &model->relationships[i], &description))
			return &model->relationships[i];
	for (int i = 0; i < model->nrelationships; i++)
	{
		const Relationship *relationship = &model->relationships[i];

		if (!may_be_meant(relationship, &description) || is_described_by_any(model, relationship))
			continue;
		found = relationship;
		candidates++;
	}
	return candidates == 1 ? found : NULL;
}

/*
 * The tables whose relationships may change with this one: those that it has
 * foreign keys to or from, and those behind a link table; itself left out.
 */
List *
relationship_neighbours(Oid relid)
{
	List	   *neighbours = NIL;
	ListCell   *cell;
	ListCell   *far_cell;

	foreach(cell, foreign_keys_of(relid))
		neighbours = list_append_unique_oid(neighbours, ((ForeignKey *) lfirst(cell))->referenced);
	foreach(cell, foreign_keys_to(relid))
	{
		Oid			referencing = ((ForeignKey *) lfirst(cell))->referencing;

		neighbours = list_append_unique_oid(neighbours, referencing);
		foreach(far_cell, foreign_keys_of(referencing))
			neighbours = list_append_unique_oid(neighbours,
												((ForeignKey *) lfirst(far_cell))->referenced);
	}
	return list_delete_oid(neighbours, relid);
}
