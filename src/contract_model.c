/*
 * contract_model.c
 *	  The columns of a model in a shape, with all that a client may know of them.
 */
#include "compat.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "commands/comment.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"
#include "utils/lsyscache.h"

#include "contract.h"
#include "foreign_code.h"
#include "json_writer.h"

/* The COMMENT on a table, or a column of it; NULL where there is none. */
char *
contract_comment(Oid relid, AttrNumber attnum)
{
	return GetComment(relid, RelationRelationId, attnum);
}

static bool
is_in_shape(const Model *model, const Column *column, ContractShape shape)
{
	if (column->dropped || column->hidden)
		return false;
	switch (shape)
	{
		case SHAPE_PATCH:
			return model_takes_on_patch(model, column) || model_is_key(model, column->attnum);
		case SHAPE_UPSERT:
			return model_takes_on_create(model, column) || model_is_key(model, column->attnum);
		case SHAPE_CREATE:
			return model_takes_on_create(model, column);
		case SHAPE_UPDATE:
			return model_takes_on_patch(model, column);
		default:
			return true;
	}
}

/* Can the value be written as JSON without anybody's own cast to json? */
static bool
is_written_by_us(const Column *column)
{
	Oid			element = get_element_type(column->basetype);

	return column->json_kind != JSON_KIND_COMPLEX ||
		(OidIsValid(element) && !foreign_code_in_type(element));
}

/* The default as JSON, if it is a constant; else NULL. */
static char *
default_json(Relation rel, Column *column)
{
	Node	   *node;
	StringInfoData out;

	if (!column->hasdefault || column->generated || column->identity_always ||
		!is_written_by_us(column))
		return NULL;
	node = build_column_default(rel, column->attnum);
	if (node && IsA(node, CoerceToDomain))
		node = (Node *) ((CoerceToDomain *) node)->arg;
	if (node == NULL || foreign_code_in_expression(node))
		return NULL;
	node = eval_const_expressions(NULL, node);
	if (!IsA(node, Const) || ((Const *) node)->constisnull)
		return NULL;
	initStringInfo(&out);
	json_writer_value(&out, column, ((Const *) node)->constvalue);
	return out.data;
}

/*
 * The rules that the table's CHECKs set for a column.  What rows are read may
 * be older than a CHECK that is NOT VALID; what is written may be changed yet by
 * a BEFORE ROW trigger.
 */
static void
apply_checks(const Model *model, Relation rel, ContractColumn *column, ContractShape shape)
{
	const TupleConstr *constr = RelationGetDescr(rel)->constr;
	bool		not_null = false;

	if (constr == NULL || (shape != SHAPE_READ && model->before_row_trigger))
		return;
	for (int i = 0; i < constr->num_check; i++)
	{
		const ConstrCheck *check = &constr->check[i];

		if (constraint_is_enforced(check) && (check->ccvalid || shape != SHAPE_READ))
			contract_check_column(column->type, stringToNode(check->ccbin), column->column->attnum,
								  &not_null);
	}
	column->nullable &= !not_null;
}

static ContractColumn *
make_column(const Model *model, Relation rel, Column *column, ContractShape shape)
{
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(rel), column->attnum - 1);
	ContractColumn *result = palloc0(sizeof(ContractColumn));
	bool		waits = shape != SHAPE_READ && model->before_row_trigger;

	result->column = column;
	result->type = contract_type(column->type, column->typmod, attribute->attndims,
								 shape != SHAPE_READ);
	result->nullable = !column->notnull || waits;
	result->required = shape == SHAPE_READ ||
		(shape == SHAPE_PATCH && model_is_key(model, column->attnum)) ||
		(shape == SHAPE_CREATE && model_requires_on_create(model, column) && !waits);
	result->comment = contract_comment(model->relid, column->attnum);
	if (shape == SHAPE_CREATE)
		result->default_json = default_json(rel, column);
	apply_checks(model, rel, result, shape);
	return result;
}

/* One column, whether or not it is in the shape. */
ContractColumn *
contract_column(const Model *model, AttrNumber attnum, ContractShape shape)
{
	Relation	rel = table_open(model->relid, AccessShareLock);
	ContractColumn *result = make_column(model, rel, model_column(model, attnum), shape);

	table_close(rel, NoLock);
	return result;
}

/* ContractColumn *: the columns of a shape, in their order. */
List *
contract_columns(const Model *model, ContractShape shape)
{
	Relation	rel = table_open(model->relid, AccessShareLock);
	List	   *result = NIL;

	for (int i = 0; i < model->natts; i++)
		if (is_in_shape(model, &model->columns[i], shape))
			result = lappend(result, make_column(model, rel, &model->columns[i], shape));
	table_close(rel, NoLock);
	return result;
}
