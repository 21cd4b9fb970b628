/*
 * contract_check.c
 *	  CHECKs that JSON Schema has a keyword for.
 *
 * A CHECK is taken apart at its ANDs.  A part becomes a rule if it compares one
 * column, or a domain's value, with constants by operators of PostgreSQL's own;
 * all others are left out.  So a rule never refuses what PostgreSQL takes, and
 * what passes all rules may still be refused.
 */
#include "compat.h"

#include "access/stratnum.h"
#include "catalog/pg_operator_d.h"
#include "catalog/pg_type.h"
#include "common/jsonapi.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"

#include "contract.h"
#include "foreign_code.h"

/* strategy numbers of btree end at 5; PostgreSQL's parser says "<>" so, too */
#define NOT_EQUAL 6

/* What a part of a CHECK is read into. */
typedef struct CheckReader
{
	ContractType *type;			/* gets the rules */
	AttrNumber	attnum;			/* of the column; 0: the value of a domain */
	bool	   *not_null;		/* set by IS NOT NULL */
} CheckReader;

/* The expression without casts that change nothing. */
static Node *
plain(Node *node)
{
	for (;;)
	{
		if (IsA(node, RelabelType))
			node = (Node *) ((RelabelType *) node)->arg;
		else
			return node;
	}
}

static bool
is_subject(const CheckReader *reader, Node *node)
{
	node = plain(node);
	if (reader->attnum == InvalidAttrNumber)
		return IsA(node, CoerceToDomainValue);
	return IsA(node, Var) && ((Var *) node)->varattno == reader->attnum;
}

/* Is it the column as a number, or widened to another kind of number? */
static bool
is_number_subject(const CheckReader *reader, Node *node)
{
	node = plain(node);
	if (IsA(node, FuncExpr) && list_length(((FuncExpr *) node)->args) == 1 &&
		((FuncExpr *) node)->funcformat != COERCE_EXPLICIT_CALL)
	{
		Oid			from = exprType(linitial(((FuncExpr *) node)->args));
		Oid			to = exprType(node);

		/* widening keeps the value; to numeric from a float rounds */
		if ((from == INT2OID || from == INT4OID || from == INT8OID) &&
			(to == INT4OID || to == INT8OID || to == NUMERICOID))
			node = linitial(((FuncExpr *) node)->args);
	}
	return contract_is_number(reader->type) && is_subject(reader, node);
}

/* The text of a constant; NULL where there is none. */
static char *
constant_text(Node *node)
{
	Const	   *constant = (Const *) plain(node);
	Oid			output;
	bool		varlena;

	if (!IsA(constant, Const) || constant->constisnull)
		return NULL;
	getTypeOutputInfo(constant->consttype, &output, &varlena);
	return OidOutputFunctionCall(output, constant->constvalue);
}

/* A constant that JSON can write as a number; NULL for all else. */
static char *
constant_number(Node *node)
{
	Const	   *constant = (Const *) plain(node);
	char	   *text;

	if (!IsA(constant, Const))
		return NULL;
	switch (constant->consttype)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
		case NUMERICOID:
		case FLOAT8OID:
			text = constant_text(node);
			return text && IsValidJsonNumber(text, strlen(text)) ? text : NULL;
		default:
			return NULL;
	}
}

static int
compare_numbers(const char *a, const char *b)
{
	Datum		left = DirectFunctionCall3(numeric_in, CStringGetDatum(a),
										   ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	Datum		right = DirectFunctionCall3(numeric_in, CStringGetDatum(b),
											ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));

	return DatumGetInt32(DirectFunctionCall2(numeric_cmp, left, right));
}

/* Of two bounds the one that leaves less stays; sign: 1 for lower ones, -1 for upper ones. */
static void
tighten(ContractBound *bound, char *number, bool exclusive, int sign)
{
	int			order = bound->number ? compare_numbers(number, bound->number) * sign : 1;

	if (order < 0 || (order == 0 && !exclusive))
		return;
	bound->number = number;
	bound->exclusive = exclusive;
}

static void
at_least(int *rule, int64 value)
{
	if (value > *rule && value <= PG_INT32_MAX)
		*rule = value;
}

static void
at_most(int *rule, int64 value)
{
	if (value >= 0 && value <= PG_INT32_MAX && (*rule < 0 || value < *rule))
		*rule = value;
}

/* A comparison of a number that is counted, with strategy, into "at least" and "at most". */
static void
apply_count(int strategy, const char *number, int *least, int *most)
{
	int64		value;

	/* 2.5 characters */
	if (strspn(number, "-0123456789") != strlen(number) || strlen(number) > 10)
		return;
	value = strtol(number, NULL, 10);
	if (strategy == BTGreaterStrategyNumber || strategy == BTGreaterEqualStrategyNumber ||
		strategy == BTEqualStrategyNumber)
		at_least(least, value + (strategy == BTGreaterStrategyNumber));
	if (strategy == BTLessStrategyNumber || strategy == BTLessEqualStrategyNumber ||
		strategy == BTEqualStrategyNumber)
		at_most(most, value - (strategy == BTLessStrategyNumber));
	/* a count is never negative: <> 0 */
	if (strategy == NOT_EQUAL && value == 0)
		at_least(least, 1);
}

static void
apply_number(ContractType *type, int strategy, char *number)
{
	if (strategy == BTGreaterStrategyNumber || strategy == BTGreaterEqualStrategyNumber ||
		strategy == BTEqualStrategyNumber)
		tighten(&type->minimum, number, strategy == BTGreaterStrategyNumber, 1);
	if (strategy == BTLessStrategyNumber || strategy == BTLessEqualStrategyNumber ||
		strategy == BTEqualStrategyNumber)
		tighten(&type->maximum, number, strategy == BTLessStrategyNumber, -1);
}

/* Is it text that compares byte by byte?  (The padding of character(n) counts for nothing.) */
static bool
is_plain_text(const ContractType *type, Oid collation)
{
	return (type->type == TEXTOID || type->type == VARCHAROID) &&
		(!OidIsValid(collation) || get_collation_isdeterministic(collation));
}

/* The column, or the column without blanks around it: what is said of these holds of it, too. */
static bool
is_trimmed_subject(const CheckReader *reader, Node *node)
{
	FuncExpr   *function = (FuncExpr *) plain(node);

	if (IsA(function, FuncExpr))
		switch (function->funcid)
		{
			case F_BTRIM_TEXT:
			case F_BTRIM_TEXT_TEXT:
			case F_LTRIM_TEXT:
			case F_LTRIM_TEXT_TEXT:
			case F_RTRIM_TEXT:
			case F_RTRIM_TEXT_TEXT:
				return is_subject(reader, linitial(function->args));
			default:
				break;
		}
	return is_subject(reader, node);
}

/* char_length(title) <= 200, cardinality(tags) < 10 */
static bool
apply_function(const CheckReader *reader, Node *node, int strategy, const char *number)
{
	FuncExpr   *function = (FuncExpr *) plain(node);
	ContractType *type = reader->type;
	int			unused = -1;
	Node	   *argument;

	if (!IsA(function, FuncExpr) || function->args == NIL)
		return false;
	argument = linitial(function->args);
	switch (function->funcid)
	{
		case F_CHAR_LENGTH_TEXT:
		case F_CHARACTER_LENGTH_TEXT:
		case F_LENGTH_TEXT:
			if (type->type != TEXTOID && type->type != VARCHAROID)
				return false;
			if (is_subject(reader, argument))
				apply_count(strategy, number, &type->min_length, &type->max_length);
			else if (is_trimmed_subject(reader, argument))
				apply_count(strategy, number, &type->min_length, &unused);
			return true;
		case F_CARDINALITY:
			/* of several dimensions there are fewer items than elements */
			if (type->kind == CONTRACT_ARRAY && is_subject(reader, argument))
			{
				apply_count(strategy, number, &unused, &type->max_items);
				at_least(&type->min_items, unused > 0 ? 1 : -1);
			}
			return true;
		case F_ARRAY_LENGTH:
			/* null, which passes, for an empty array */
			if (type->kind == CONTRACT_ARRAY && is_subject(reader, argument))
			{
				char	   *dimension = constant_text(lsecond(function->args));

				if (dimension && strcmp(dimension, "1") == 0)
					apply_count(strategy, number, &unused, &type->max_items);
			}
			return true;
		default:
			return false;
	}
}

/* The first list of values stays; the others only leave less. */
static void
set_values(ContractType *type, List *values)
{
	List	   *labels = type->values;
	ListCell   *cell;

	if (labels == NIL)
	{
		type->values = values;
		return;
	}
	type->values = NIL;
	foreach(cell, labels)
	{
		ListCell   *other;

		foreach(other, values)
			if (strcmp(lfirst(cell), lfirst(other)) == 0)
			{
				type->values = lappend(type->values, lfirst(cell));
				break;
			}
	}
	/* two lists with nothing in common: nobody's contract */
	if (type->values == NIL)
		type->values = labels;
}

/* The value as one of a list; NULL where equality is more than having the same JSON. */
static char *
listed_value(const CheckReader *reader, Node *subject, Node *constant, Oid collation)
{
	if (is_number_subject(reader, subject) && reader->type->kind != CONTRACT_FLOAT)
		return constant_number(constant);
	if (is_subject(reader, subject) &&
		(is_plain_text(reader->type, collation) || type_is_enum(reader->type->type)))
		return constant_text(constant);
	return NULL;
}

static void
read_comparison(const CheckReader *reader, Node *left, int strategy, Node *right, Oid collation)
{
	char	   *number = constant_number(right);
	char	   *text = constant_text(right);

	if (number && is_number_subject(reader, left))
		apply_number(reader->type, strategy, number);
	else if (number && apply_function(reader, left, strategy, number))
		return;
	else if (text && strategy == NOT_EQUAL && *text == '\0' &&
			 is_plain_text(reader->type, collation) && is_trimmed_subject(reader, left))
		at_least(&reader->type->min_length, 1);
	if (strategy == BTEqualStrategyNumber)
	{
		char	   *value = listed_value(reader, left, right, collation);

		if (value)
			set_values(reader->type, list_make1(value));
	}
}

/* title <> '', price > 0, code ~ '^[A-Z]{3}$' */
static void
read_operator(const CheckReader *reader, OpExpr *expression)
{
	Node	   *left;
	Node	   *right;

	if (list_length(expression->args) != 2)
		return;
	left = linitial(expression->args);
	right = lsecond(expression->args);
	if (expression->opno == OID_TEXT_REGEXEQ_OP)
	{
		char	   *pattern = constant_text(right);

		if (pattern && is_subject(reader, left) && reader->type->kind == CONTRACT_STRING &&
			is_plain_text(reader->type, InvalidOid) && contract_pattern_is_common(pattern))
			reader->type->patterns = lappend(reader->type->patterns, pattern);
	}
	else if (IsA(plain(right), Const))
		read_comparison(reader, left, operator_strategy(expression->opno), right, expression->inputcollid);
	else if (IsA(plain(left), Const))
		read_comparison(reader, right, operator_strategy(get_commutator(expression->opno)), left,
						expression->inputcollid);
}

/* The elements of a constant array, each as a constant; NIL where there are none, or a null. */
static List *
elements_of(Node *node)
{
	Const	   *constant = (Const *) plain(node);
	List	   *result = NIL;
	Oid			type;
	int16		typlen;
	bool		typbyval;
	char		typalign;
	Datum	   *elements;
	bool	   *nulls;
	int			n;

	if (!IsA(constant, Const) || constant->constisnull)
		return NIL;
	type = get_element_type(constant->consttype);
	if (!OidIsValid(type))
		return NIL;
	get_typlenbyvalalign(type, &typlen, &typbyval, &typalign);
	deconstruct_array(DatumGetArrayTypeP(constant->constvalue), type, typlen, typbyval, typalign,
					  &elements, &nulls, &n);
	for (int i = 0; i < n; i++)
	{
		/* unequal to all others is then null, which passes */
		if (nulls[i])
			return NIL;
		result = lappend(result, makeConst(type, -1, InvalidOid, typlen, elements[i], false, typbyval));
	}
	return result;
}

/* status IN ('open', 'done') */
static void
read_list(const CheckReader *reader, ScalarArrayOpExpr *expression)
{
	List	   *values = NIL;
	List	   *elements;
	ListCell   *cell;

	if (!expression->useOr || operator_strategy(expression->opno) != BTEqualStrategyNumber)
		return;
	elements = elements_of(lsecond(expression->args));
	foreach(cell, elements)
	{
		char	   *value = listed_value(reader, linitial(expression->args), lfirst(cell),
										 expression->inputcollid);

		if (value == NULL)
			return;
		values = lappend(values, value);
	}
	if (values != NIL)
		set_values(reader->type, values);
}

static bool
is_null_test(const CheckReader *reader, Node *node, NullTestType test)
{
	return IsA(node, NullTest) && ((NullTest *) node)->nulltesttype == test &&
		is_subject(reader, (Node *) ((NullTest *) node)->arg);
}

/* status = 'open' OR status = 'done' */
static void
read_alternatives(const CheckReader *reader, List *alternatives)
{
	List	   *values = NIL;
	ListCell   *cell;

	foreach(cell, alternatives)
	{
		OpExpr	   *expression = lfirst(cell);
		char	   *value;

		if (!IsA(expression, OpExpr) || list_length(expression->args) != 2 ||
			operator_strategy(expression->opno) != BTEqualStrategyNumber)
			return;
		value = listed_value(reader, linitial(expression->args), lsecond(expression->args),
							 expression->inputcollid);
		if (value == NULL)
			return;
		values = lappend(values, value);
	}
	set_values(reader->type, values);
}

static void read_part(const CheckReader *reader, Node *node);

/* A null passes anyway: what stands beside "title IS NULL OR" is the rule. */
static void
read_or(const CheckReader *reader, List *arguments)
{
	List	   *rest = NIL;
	ListCell   *cell;

	foreach(cell, arguments)
		if (!is_null_test(reader, lfirst(cell), IS_NULL))
			rest = lappend(rest, lfirst(cell));
	if (list_length(rest) == 1 && list_length(arguments) > 1)
		read_part(reader, linitial(rest));
	else if (rest != NIL)
		read_alternatives(reader, rest);
}

static void
read_part(const CheckReader *reader, Node *node)
{
	ListCell   *cell;

	check_stack_depth();
	if (is_null_test(reader, node, IS_NOT_NULL))
		*reader->not_null = true;
	else if (IsA(node, OpExpr))
		read_operator(reader, (OpExpr *) node);
	else if (IsA(node, ScalarArrayOpExpr))
		read_list(reader, (ScalarArrayOpExpr *) node);
	else if (is_orclause(node))
		read_or(reader, ((BoolExpr *) node)->args);
	else if (is_andclause(node))
		foreach(cell, ((BoolExpr *) node)->args)
			read_part(reader, lfirst(cell));
}

/* Adds what a CHECK says of a column, or of a domain's value (attnum 0). */
void
contract_check_column(ContractType *type, Node *expression, AttrNumber attnum, bool *not_null)
{
	CheckReader reader = {type, attnum, not_null};

	if (foreign_code_in_expression(expression))
		return;
	read_part(&reader, eval_const_expressions(NULL, copyObject(expression)));
}
