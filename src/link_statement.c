/*
 * link_statement.c
 *	  What the statements through a link table have in common.
 */
#include "compat.h"

#include "ids.h"
#include "link_statement.h"

void
link_condition(Conditions *where)
{
	statement_add(where->st, "%s", where->count++ == 0 ? " WHERE " : " AND ");
}

Model *
link_model(const Relationship *relationship)
{
	return model_slot_current(relationship->link->slot);
}

void
link_statement_init(LinkStatement *statement, const Call *call, const Relationship *relationship,
			   int variant)
{
	memset(statement, 0, sizeof(LinkStatement));
	statement->shape.near = relationship->constraint;
	statement->shape.far = relationship->link->far_constraint;
	statement->shape.variant = variant;
	statement->relationship = relationship;
	statement->from = call->model;
	statement->link = link_model(relationship);
	statement->target = model_slot_current(relationship->target_slot);
}

/* Runs a statement; the values are those of its parameters, in their order. */
uint64
link_statement_run(Call *call, PlanKind kind, const LinkStatement *statement, PlanBuilder build,
				   const Datum *values, const bool *nulls, RowSink sink, void *arg)
{
	return plan_run(plan_get(call->model, kind, statement, sizeof(LinkShape), build), values,
					nulls, call->read_only, sink, arg);
}

/* Declares the first parameters, as link_bind_row() binds them. */
void
link_declare_row(Statement *st, const LinkStatement *statement)
{
	const Relationship *relationship = statement->relationship;
	const Model *from = statement->from;

	if (from->owner)
		(void) statement_declare(st, model_column(from, from->owner)->basetype);
	for (int i = 0; i < relationship->ncolumns; i++)
		(void) statement_declare(st, model_column(from, relationship->own[i])->basetype);
}

/* Binds the owner and the row's columns that links refer to; answers how many. */
int
link_bind_row(const Call *call, const Relationship *relationship, const KeyValues *key, Datum *values)
{
	int			n = 0;

	if (call->model->owner)
		values[n++] = call->owner;
	for (int i = 0; i < relationship->ncolumns; i++)
		values[n++] = key->values[i];
	return n;
}

/* The number of the parameter for the i-th of the row's columns. */
int
link_row_param(const LinkStatement *statement, int i)
{
	return i + (statement->from->owner ? 2 : 1);
}

/* Appends, where the table has an owner: alias.user_id = $1 */
void
link_where_owner(Conditions *where, const Model *model, const char *alias)
{
	if (model->owner == 0)
		return;
	link_condition(where);
	statement_equal_again(where->st, model_column(model, model->owner), alias, 1);
}

void
link_where_live(Conditions *where, const Model *model, const char *alias)
{
	if (model->deleted_at == 0)
		return;
	link_condition(where);
	statement_add(where->st, "%s.%s IS NULL", alias,
				  model_column(model, model->deleted_at)->quoted);
}

/* Appends: l.post_id = $2 */
void
link_where_linked(Conditions *where, const LinkStatement *statement)
{
	const Model *link = statement->link;
	const Relationship *relationship = statement->relationship;

	for (int i = 0; i < relationship->ncolumns; i++)
	{
		/* the owner is compared already */
		if (relationship->link->near[i] == link->owner)
			continue;
		link_condition(where);
		statement_equal_again(where->st, model_column(link, relationship->link->near[i]), "l",
							  link_row_param(statement, i));
	}
}

/* Appends: t.id = l.tag_id */
void
link_append_far_join(Statement *st, const LinkStatement *statement)
{
	const Model *link = statement->link;
	const Relationship *relationship = statement->relationship;

	for (int i = 0; i < relationship->link->nfar; i++)
	{
		statement_add(st, "%s", i == 0 ? "" : " AND ");
		statement_equal_columns(st, model_column(statement->target, relationship->other[i]), "t",
								model_column(link, relationship->link->far[i]), "l");
	}
}

/* Appends what makes "t" a target that the caller may link to. */
void
link_where_target(Conditions *where, const LinkStatement *statement)
{
	const Relationship *relationship = statement->relationship;

	link_where_owner(where, statement->target, "t");
	link_where_live(where, statement->target, "t");
	/* a key may refer to a column that can be null */
	for (int i = 0; i < relationship->link->nfar; i++)
	{
		const Column *column = model_column(statement->target, relationship->other[i]);

		if (column->notnull)
			continue;
		link_condition(where);
		statement_add(where->st, "t.%s IS NOT NULL", column->quoted);
	}
}

/* Binds the row and the ids, an array for each key column of the target. */
Datum *
link_bind_all(Call *call, const KeyValues *key, const Datum *arrays)
{
	const Model *target = model_slot_current(call->relationship->target_slot);
	Datum	   *values = palloc0(sizeof(Datum) * LINK_MAX_PARAMS);
	int			n = link_bind_row(call, call->relationship, key, values);

	memcpy(values + n, arrays, sizeof(Datum) * target->nkeys);
	return values;
}
