/*
 * check.c
 *	  CHECK constraints, evaluated before a row is written.
 *
 * PostgreSQL stops at the first CHECK of the first row that fails.  Here those
 * that PostgreSQL's own immutable functions decide are compiled with the
 * descriptor and asked for every row; all that fail are noted.  The others
 * (functions of somebody's own, columns whose default is not a constant) are
 * left to PostgreSQL, and so are all of a table with BEFORE ROW triggers, which
 * may change the row yet.
 */
#include "compat.h"

#include "access/genam.h"
#include "nodes/makefuncs.h"
#include "commands/trigger.h"
#include "access/sysattr.h"
#include "commands/trigger.h"
#include "access/tupdesc.h"
#include "catalog/pg_trigger.h"
#include "executor/executor.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "rewrite/rewriteHandler.h"

#include "check.h"
#include "foreign_code.h"

/* Is the default of a column a constant?  Then it is stored, for CHECKs and for batches. */
static void
load_default(Model *model, Relation rel, AttrNumber attnum)
{
	Column	   *column = model_column(model, attnum);
	Node	   *node;

	if (!column->hasdefault || column->generated || column->identity_always)
		return;
	node = build_column_default(rel, attnum);
	if (node && !foreign_code_in_expression(node))
		node = eval_const_expressions(NULL, node);
	if (node == NULL || !IsA(node, Const))
		return;
	column->constant_default = (Const *) node;
}

/* The columns that an expression reads, as attnums; NULL where it reads others. */
static Bitmapset *
columns_of(Node *node)
{
	Bitmapset  *offsets = NULL;
	Bitmapset  *attnums = NULL;
	int			offset = -1;

	pull_varattnos(node, 1, &offsets);
	while ((offset = bms_next_member(offsets, offset)) >= 0)
	{
		int			attnum = offset + FirstLowInvalidHeapAttributeNumber;

		/* the whole row, or tableoid */
		if (attnum <= 0)
			return NULL;
		attnums = bms_add_member(attnums, attnum);
	}
	return attnums;
}

/* Compiles one CHECK, if it is one that can be decided here. */
static void
load_check(Model *model, const ConstrCheck *constraint)
{
	Node	   *node = stringToNode(constraint->ccbin);
	Bitmapset  *columns = columns_of(node);
	CompiledCheck *check;

	if (columns == NULL || foreign_code_in_expression(node) || contain_mutable_functions(node) ||
		!constraint_is_enforced(constraint))
		return;
	check = palloc0(sizeof(CompiledCheck));
	check->constraint = pstrdup(constraint->ccname);
	check->columns = columns;
	check->state = ExecInitExpr(expression_planner((Expr *) node), NULL);
	model->checks = lappend(model->checks, check);
}

/* Does somebody's BEFORE ROW trigger see the row before PostgreSQL checks it? */
static bool
has_before_row_trigger(Relation rel)
{
	/* a copy: looking into the catalog may rebuild the relation's own */
	const TriggerDesc *triggers = CopyTriggerDesc(rel->trigdesc);

	for (int i = 0; triggers && i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (TRIGGER_FOR_ROW(trigger->tgtype) && TRIGGER_FOR_BEFORE(trigger->tgtype) &&
			!foreign_code_trigger_is_ours(trigger))
			return true;
	}
	return false;
}

/*
 * What CHECKs are evaluated in: a row, and memory for one evaluation.  It lives
 * as long as the compiled expressions, which may keep things in it.
 */
static ExprContext *
make_context(const Model *model)
{
	ExprContext *context = CreateStandaloneExprContext();

	context->ecxt_scantuple = MakeSingleTupleTableSlot(model->rowdesc, &TTSOpsVirtual);
	return context;
}

/* Reads the CHECKs of a model that is being built, into CurrentMemoryContext. */
void
check_load_all(Model *model, Relation rel)
{
	TupleConstr *constr = RelationGetDescr(rel)->constr;

	model->before_row_trigger = has_before_row_trigger(rel);
	if (constr == NULL || model->before_row_trigger)
		return;
	for (int i = 0; i < constr->num_check; i++)
		load_check(model, &constr->check[i]);
	if (model->checks != NIL)
		model->check_context = make_context(model);
	for (int i = 0; i < model->natts; i++)
		if (!model->columns[i].dropped)
			load_default(model, rel, i + 1);
}

/* The value that a column will have in the row; false where that is not known. */
bool
check_value_in_row(const Model *model, Datum owner, const RowValues *row, AttrNumber attnum,
				   bool whole_row, Datum *value, bool *isnull)
{
	Column	   *column = model_column(model, attnum);
	int			at = attnum - 1;

	*isnull = false;
	if (attnum == model->owner)
		*value = owner;
	else if (row->given[at])
	{
		*value = row->values[at];
		*isnull = row->nulls[at];
	}
	else if (!whole_row || column->generated || (column->hasdefault && !column->constant_default))
		return false;
	else
	{
		*value = column->hasdefault ? column->constant_default->constvalue : (Datum) 0;
		*isnull = column->hasdefault ? column->constant_default->constisnull : true;
	}
	return true;
}

/* Fills the slot with the columns that a CHECK reads; false where one is not known. */
static bool
fill_slot(const Model *model, const CompiledCheck *check, Datum owner, const RowValues *row,
		  bool whole_row, TupleTableSlot *slot)
{
	int			attnum = -1;

	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * slot->tts_tupleDescriptor->natts);
	while ((attnum = bms_next_member(check->columns, attnum)) >= 0)
		if (!check_value_in_row(model, owner, row, attnum, whole_row, &slot->tts_values[attnum - 1],
						  &slot->tts_isnull[attnum - 1]))
			return false;
	ExecStoreVirtualTuple(slot);
	return true;
}

/* Does the row in the slot fail a CHECK?  A null result passes, as in PostgreSQL. */
static bool
fails(const CompiledCheck *check, ExprContext *context)
{
	bool		isnull;
	Datum		result = ExecEvalExprSwitchContext(check->state, context, &isnull);

	ResetExprContext(context);
	return !isnull && !DatumGetBool(result);
}

/* Notes that a CHECK fails. */
void
check_note(const Model *model, const char *constraint, int index, ErrorList *errors)
{
	const ConstraintInfo *info = constraint_find(model, constraint);
	const Column *column = info && info->column ? model_column(model, info->column) : NULL;

	if (errors->count == 0)
		errors->constraint = constraint;
	errors_add(errors, ERROR_INPUT, index, column && !column->hidden ? column->name : NULL, "check",
			   info && info->message ? info->message :
			   psprintf("violates check constraint \"%s\"", constraint), NULL);
}

/* Is it one that is decided here? */
bool
check_is_compiled(const Model *model, const char *constraint)
{
	ListCell   *cell;

	foreach(cell, model->checks)
		if (strcmp(((const CompiledCheck *) lfirst(cell))->constraint, constraint) == 0)
			return true;
	return false;
}

/*
 * Is there something to ask?  Not where a column was refused already, and not
 * where the payload gives none of the columns: the owner and defaults alone are
 * the table's own business.
 */
static bool
is_concerned(const CompiledCheck *check, const RowValues *row)
{
	int			attnum = -1;
	bool		concerned = false;

	while ((attnum = bms_next_member(check->columns, attnum)) >= 0)
	{
		if (row->seen[attnum - 1] && !row->given[attnum - 1])
			return false;
		concerned |= row->given[attnum - 1];
	}
	return concerned;
}

/*
 * Notes every CHECK that a row fails.  first_index: the place of the first row
 * in its batch, or NO_INDEX.  whole_rows: a column that is not given takes its
 * default; else it is not known, and CHECKs that read it are left out.
 */
void
check_rows(Model *model, Datum owner, RowValues **rows, int count, int first_index,
		   bool whole_rows, ErrorList *errors)
{
	ExprContext *context = model->check_context;
	ListCell   *cell;

	foreach(cell, model->checks)
	{
		const CompiledCheck *check = lfirst(cell);

		for (int i = 0; i < count && !errors_full(errors); i++)
		{
			if (rows[i] != NULL && is_concerned(check, rows[i]) &&
				fill_slot(model, check, owner, rows[i], whole_rows, context->ecxt_scantuple) &&
				fails(check, context))
				check_note(model, check->constraint,
						   first_index == NO_INDEX ? NO_INDEX : first_index + i, errors);
		}
	}
}

/* Is it a CHECK of a patch that only the row itself can tell, with what the patch leaves? */
static bool
is_left(Model *model, const CompiledCheck *check, Datum owner, const RowValues *patch)
{
	return is_concerned(check, patch) &&
		!fill_slot(model, check, owner, patch, false, model->check_context->ecxt_scantuple);
}

/* How many CHECKs of a patch have been left to the row? */
int
check_count_left(Model *model, Datum owner, const RowValues *patch)
{
	int			count = 0;
	ListCell   *cell;

	foreach(cell, model->checks)
		count += is_left(model, lfirst(cell), owner, patch);
	return count;
}

/* Notes those that the row will fail; whole: the row as the patch makes it. */
void
check_note_left(Model *model, Datum owner, const RowValues *patch, const RowValues *whole,
				int index, ErrorList *errors)
{
	ExprContext *context = model->check_context;
	ListCell   *cell;

	foreach(cell, model->checks)
	{
		const CompiledCheck *check = lfirst(cell);

		if (!errors_full(errors) && is_left(model, check, owner, patch) &&
			fill_slot(model, check, owner, whole, false, context->ecxt_scantuple) &&
			fails(check, context))
			check_note(model, check->constraint, index, errors);
	}
}

/* Does a partial index cover a row to be?  False, too, where that is not known. */
bool
check_index_covers(const Model *model, Oid index, Datum owner, const RowValues *row)
{
	Relation	rel = index_open(index, AccessShareLock);
	Node	   *node = (Node *) make_ands_explicit(copyObject(RelationGetIndexPredicate(rel)));
	CompiledCheck predicate = {NULL, columns_of(node), NULL};
	ExprContext *context;
	bool		covers = false;
	bool		isnull;

	index_close(rel, NoLock);
	if (predicate.columns == NULL || foreign_code_in_expression(node))
		return false;
	context = make_context(model);
	predicate.state = ExecInitExpr(expression_planner((Expr *) node), NULL);
	if (fill_slot(model, &predicate, owner, row, true, context->ecxt_scantuple))
		covers = DatumGetBool(ExecEvalExprSwitchContext(predicate.state, context, &isnull)) && !isnull;
	ExecDropSingleTupleTableSlot(context->ecxt_scantuple);
	FreeExprContext(context, true);
	return covers;
}
