/*
 * model.c
 *	  Questions about a model descriptor that several rooms ask.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "model.h"

static bool registering = false;

/*
 * Says whether options come from a caller of register_model, whose mistake a
 * misfit then is, or from functions that were made before.  Answers what it
 * was.
 */
bool
model_set_registering(bool now)
{
	bool		before = registering;

	registering = now;
	return before;
}

/* The SQLSTATE of an option that does not fit the table. */
int
model_misfit_sqlstate(void)
{
	return registering ? ERRCODE_INVALID_PARAMETER_VALUE : ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
}

Column *
model_column(const Model *model, AttrNumber attnum)
{
	Assert(attnum > 0 && attnum <= model->natts);
	return &model->columns[attnum - 1];
}

/*
 * A value of the column out of its text.  Somebody's own code may call back
 * into the same model: its function gets a lookup of its own each time, since
 * domain_in and its like keep the state of a call in it.
 */
Datum
model_column_input(Column *column, const char *text)
{
	FmgrInfo	own;

	if (!column->foreign_input)
		return InputFunctionCall(&column->input, unconstify(char *, text), column->ioparam,
								 column->typmod);
	fmgr_info(column->input.fn_oid, &own);
	return InputFunctionCall(&own, unconstify(char *, text), column->ioparam, column->typmod);
}

/* The column of that name, or NULL. */
Column *
model_find_column(const Model *model, const char *name)
{
	for (int i = 0; i < model->natts; i++)
		if (!model->columns[i].dropped && strcmp(model->columns[i].name, name) == 0)
			return &model->columns[i];
	return NULL;
}

bool
model_is_key(const Model *model, AttrNumber attnum)
{
	for (int i = 0; i < model->nkeys; i++)
		if (model->keys[i] == attnum)
			return true;
	return false;
}

/* May a payload of create set the column? */
bool
model_takes_on_create(const Model *model, const Column *column)
{
	return !column->dropped && !column->readonly && column->attnum != model->owner;
}

/* May a patch set the column? */
bool
model_takes_on_patch(const Model *model, const Column *column)
{
	return model_takes_on_create(model, column) && !column->immutable;
}

/* Must a payload of create set the column? */
bool
model_requires_on_create(const Model *model, const Column *column)
{
	return model_takes_on_create(model, column) && column->notnull && !column->hasdefault;
}

Relationship *
model_find_relationship(const Model *model, const char *name)
{
	for (int i = 0; i < model->nrelationships; i++)
		if (strcmp(model->relationships[i].name, name) == 0)
			return &model->relationships[i];
	return NULL;
}

/* The trigger of that name, or NULL.  triggers: a relation's; NULL where it has none. */
Trigger *
model_find_trigger(const TriggerDesc *triggers, const char *name)
{
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
		if (strcmp(triggers->triggers[i].tgname, name) == 0)
			return &triggers->triggers[i];
	return NULL;
}

/* The table's qualified name as a literal, for calls in hints. */
const char *
model_literal(const Model *model)
{
	return quote_literal_cstr(model->qualified);
}

/* The call that brings the model's functions up to date, for hints. */
const char *
model_register_hint(const Model *model)
{
	return psprintf("SELECT todo_orm.register_model(%s);", model_literal(model));
}

/*
 * The type of the argument that stands for a column (SPEC 6): small types are
 * widened so that literals match, domains give way to their base type.
 */
Oid
model_argument_type(const Column *column)
{
	switch (column->basetype)
	{
		case INT2OID:
			return INT4OID;
		case FLOAT4OID:
			return FLOAT8OID;
		default:
			return column->basetype;
	}
}

/*
 * A type's name for SQL text: qualified, and without the length that PostgreSQL
 * reads into a bare "character" or "bit".
 */
char *
model_type_name(Oid type)
{
	return format_type_extended(type, -1, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

/* May somebody's code run when rows are read along a relationship? */
bool
model_read_runs_foreign_code(const Relationship *relationship)
{
	return model_slot_current(relationship->target_slot)->foreign_code_read ||
		(relationship->link && model_slot_current(relationship->link->slot)->foreign_code_read);
}
