/*
 * link_table.c
 *	  Finds the many-to-many relationships of a model.
 *
 * A link table is one whose primary key consists of two foreign keys, its
 * owner column aside.  It belongs to the owner of both tables and need not be
 * registered: then it has the options that registering would give it.
 */
#include "compat.h"

#include "catalog/pg_class.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "link_table.h"
#include "registry.h"

static bool
contains(const AttrNumber *columns, int n, AttrNumber attnum)
{
	for (int i = 0; i < n; i++)
		if (columns[i] == attnum)
			return true;
	return false;
}

static AttrNumber *
copy_columns(const AttrNumber *columns, int n)
{
	AttrNumber *copy = palloc(sizeof(AttrNumber) * n);

	memcpy(copy, columns, sizeof(AttrNumber) * n);
	return copy;
}

/* The link's column that a key pairs with a column of the table it points to; 0: none. */
static AttrNumber
paired_with(const ForeignKey *key, AttrNumber column)
{
	for (int i = 0; i < key->ncolumns; i++)
		if (column != 0 && key->refers_to[i] == column)
			return key->columns[i];
	return 0;
}

/*
 * Is the primary key what the two foreign keys consist of?  The owner column
 * may stand in any of the three, or not.
 */
static bool
is_made_of(const PrimaryKey *primary, const ForeignKey *near, const ForeignKey *far,
		   AttrNumber owner)
{
	for (int i = 0; i < primary->ncolumns; i++)
		if (primary->columns[i] != owner &&
			!contains(near->columns, near->ncolumns, primary->columns[i]) &&
			!contains(far->columns, far->ncolumns, primary->columns[i]))
			return false;
	for (int i = 0; i < near->ncolumns; i++)
		if (near->columns[i] != owner &&
			(!contains(primary->columns, primary->ncolumns, near->columns[i]) ||
			 contains(far->columns, far->ncolumns, near->columns[i])))
			return false;
	for (int i = 0; i < far->ncolumns; i++)
		if (far->columns[i] != owner &&
			!contains(primary->columns, primary->ncolumns, far->columns[i]))
			return false;
	return primary->ncolumns > 0;
}

/* {"owner": "user_id"}, or {"owner": null} */
static Jsonb *
owner_option(Oid relid, AttrNumber owner)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "{\"owner\": ");
	if (owner)
		escape_json(&text, get_attname(relid, owner, false));
	else
		appendStringInfoString(&text, "null");
	appendStringInfoChar(&text, '}');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data)));
}

/*
 * The owner column of a link table and its options: those it is registered
 * with, else by what its foreign keys pair with an owner, else by its name.
 */
static void
set_owner(const Model *model, const Candidate *candidate, LinkTable *link, const ForeignKey *near,
		  const ForeignKey *far)
{
	Jsonb	   *registered = registry_options(link->relid);

	if (registered)
	{
		link->options = registered;
		link->owner = relationship_owner_of(link->relid, options_parse(registered));
		return;
	}
	link->owner = paired_with(near, model->owner);
	if (link->owner == 0)
		link->owner = paired_with(far, candidate->target_owner);
	if (link->owner == 0)
		link->owner = get_attnum(link->relid, "user_id");
	link->options = owner_option(link->relid, link->owner);
}

/*
 * Do links lead from rows of an owner to rows of the same one, or to nobody's?
 * The types must be the same too: a conversion could map two owners onto one.
 */
static bool
keeps_owner(const Model *model, const Candidate *candidate, const LinkTable *link)
{
	Oid			type;

	if (model->owner == 0)
		return candidate->target_owner == 0 && link->owner == 0;
	type = get_atttype(model->relid, model->owner);
	if (candidate->target_owner &&
		get_atttype(candidate->relationship.target, candidate->target_owner) != type)
		return false;
	return link->owner == 0 || get_atttype(link->relid, link->owner) == type;
}

static void
fill_candidate(Candidate *candidate, const ForeignKey *near, const ForeignKey *far)
{
	Relationship *relationship = &candidate->relationship;
	LinkTable  *link = relationship->link;

	relationship->kind = RELATIONSHIP_MANY_TO_MANY;
	relationship->constraint = near->oid;
	relationship->ncolumns = near->ncolumns;
	relationship->own = copy_columns(near->refers_to, near->ncolumns);
	relationship->other = copy_columns(far->refers_to, far->ncolumns);
	link->far_constraint = far->oid;
	link->near = copy_columns(near->columns, near->ncolumns);
	link->nfar = far->ncolumns;
	link->far = copy_columns(far->columns, far->ncolumns);
	candidate->first_column = near->columns[0];
	candidate->name = candidate->target_plural;
	candidate->suffix = get_rel_name(link->relid);
	candidate->second_suffix = relationship_label(link->relid, far->columns, far->ncolumns,
												  link->owner);
}

/* The relationship through one pair of keys of a link table; NULL: none. */
static Candidate *
make_candidate(const Model *model, const PrimaryKey *primary, const ForeignKey *near,
			   const ForeignKey *far)
{
	Candidate  *candidate = palloc0(sizeof(Candidate));
	LinkTable  *link = palloc0(sizeof(LinkTable));

	if (!relationship_set_target(model, candidate, far->referenced))
		return NULL;
	link->relid = near->referencing;
	link->nkeys = primary->ncolumns;
	link->keys = copy_columns(primary->columns, primary->ncolumns);
	link->deferrable = primary->deferrable;
	set_owner(model, candidate, link, near, far);
	if (link->owner == InvalidAttrNumber && registry_options(link->relid) &&
		options_parse(link->options)->owner.name)
		return NULL;			/* its owner column is gone: it must not pass for one without */
	if (!is_made_of(primary, near, far, link->owner) || !keeps_owner(model, candidate, link))
		return NULL;
	candidate->relationship.link = link;
	fill_candidate(candidate, near, far);
	return candidate;
}

/* Functions through the table run as this table's owner: another's rows are not his. */
static bool
can_be_link(const Model *model, Oid relid)
{
	char		relkind = get_rel_relkind(relid);

	return relid != model->relid && registry_owner(relid) == model->relowner &&
		(relkind == RELKIND_RELATION || relkind == RELKIND_PARTITIONED_TABLE);
}

/*
 * The many-to-many relationships of a model: a list of Candidate.
 *
 * keys_to: the foreign keys that point to the model's table.  Tables that such
 * a relationship hangs on become dependencies of the descriptor.
 */
List *
link_table_candidates(Model *model, List *keys_to)
{
	List	   *candidates = NIL;
	ListCell   *cell;
	ListCell   *far_cell;

	foreach(cell, keys_to)
	{
		const ForeignKey *near = lfirst(cell);
		PrimaryKey	primary;

		if (!can_be_link(model, near->referencing))
			continue;
		primary_key_of(near->referencing, &primary);
		foreach(far_cell, foreign_keys_of(near->referencing))
		{
			const ForeignKey *far = lfirst(far_cell);
			Candidate  *candidate;

			if (far->oid == near->oid || primary.ncolumns == 0)
				continue;
			relationship_add_dependency(model, far->referenced);
			candidate = make_candidate(model, &primary, near, far);
			if (candidate)
				candidates = lappend(candidates, candidate);
		}
	}
	return candidates;
}
