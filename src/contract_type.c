/*
 * contract_type.c
 *	  Which JSON values a type has: its kind, its format, and the rules that the
 *	  type itself sets: lengths, ranges, labels of an enum, CHECKs of domains.
 */
#include "compat.h"

#include "access/transam.h"
#include "access/tupdesc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/execnodes.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "contract.h"
#include "payload_value.h"

bool
contract_is_number(const ContractType *type)
{
	return type->kind == CONTRACT_INTEGER || type->kind == CONTRACT_BIGINT ||
		type->kind == CONTRACT_FLOAT || type->kind == CONTRACT_DECIMAL;
}

static ContractType *
new_type(ContractKind kind, Oid type, const char *format)
{
	ContractType *result = palloc0(sizeof(ContractType));

	result->kind = kind;
	result->type = type;
	result->format = format;
	result->min_length = result->max_length = result->min_items = result->max_items = -1;
	return result;
}

static void
set_range(ContractType *type, const char *minimum, const char *maximum, bool exclusive)
{
	type->minimum.number = pstrdup(minimum);
	type->maximum.number = pstrdup(maximum);
	type->minimum.exclusive = type->maximum.exclusive = exclusive;
}

/* numeric(6,2) holds what is smaller than 10000. */
static void
apply_precision(ContractType *type, int32 typmod)
{
	int			precision;
	int			scale;

	if (typmod < VARHDRSZ)
		return;
	/* as numeric.c packs them; a scale may be negative */
	precision = ((typmod - VARHDRSZ) >> 16) & 0xffff;
	scale = (((typmod - VARHDRSZ) & 0x7ff) ^ 1024) - 1024;
	set_range(type, psprintf("-1e%d", precision - scale), psprintf("1e%d", precision - scale), true);
}

/* The kinds that have a rule of their own; NULL for the others. */
static ContractType *
scalar_type(Oid type, int32 typmod)
{
	ContractType *result;

	switch (type)
	{
		case BOOLOID:
			return new_type(CONTRACT_BOOLEAN, type, NULL);
		case INT2OID:
			result = new_type(CONTRACT_INTEGER, type, NULL);
			set_range(result, "-32768", "32767", false);
			return result;
		case INT4OID:
			result = new_type(CONTRACT_INTEGER, type, "int32");
			set_range(result, "-2147483648", "2147483647", false);
			return result;
		case INT8OID:
			return new_type(CONTRACT_BIGINT, type, "int64");
		case FLOAT4OID:
			return new_type(CONTRACT_FLOAT, type, "float");
		case FLOAT8OID:
			return new_type(CONTRACT_FLOAT, type, "double");
		case NUMERICOID:
			result = new_type(CONTRACT_DECIMAL, type, NULL);
			apply_precision(result, typmod);
			return result;
		case JSONOID:
		case JSONBOID:
			return new_type(CONTRACT_ANY, type, NULL);
		case DATEOID:
			return new_type(CONTRACT_STRING, type, "date");
		case TIMESTAMPTZOID:
			return new_type(CONTRACT_STRING, type, "date-time");
		case TIMESTAMPOID:
			/* "date-time" has a zone */
			return new_type(CONTRACT_STRING, type, "date-time-local");
		case TIMEOID:
			return new_type(CONTRACT_STRING, type, "time-local");
		case UUIDOID:
			return new_type(CONTRACT_STRING, type, "uuid");
		case VARCHAROID:
		case BPCHAROID:
			result = new_type(CONTRACT_STRING, type, NULL);
			if (typmod >= VARHDRSZ)
				result->max_length = typmod - VARHDRSZ;
			return result;
		default:
			return NULL;
	}
}

/* Arrays do not say how many dimensions they have; a column may have declared it. */
static ContractType *
array_type(Oid type, int32 typmod, int dimensions, bool input)
{
	ContractType *result = new_type(CONTRACT_ARRAY, type, NULL);

	result->element = dimensions > 1 ? array_type(type, typmod, dimensions - 1, input) :
		contract_type(get_element_type(type), typmod, 0, input);
	result->element->nested = true;
	return result;
}

static ContractType *
composite_type(Oid type, bool input)
{
	ContractType *result = new_type(CONTRACT_OBJECT, type, NULL);
	TupleDesc	desc = lookup_rowtype_tupdesc_copy(type, -1);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		ContractField *field;

		if (attribute->attisdropped)
			continue;
		field = palloc(sizeof(ContractField));
		field->name = pstrdup(NameStr(attribute->attname));
		field->type = contract_type(attribute->atttypid, attribute->atttypmod,
									attribute->attndims, input);
		field->type->nested = true;
		result->fields = lappend(result->fields, field);
	}
	return result;
}

/* Does to_json() write it by a cast to json, as it does with types of somebody's own? */
static bool
has_json_cast(Oid type)
{
	Oid			function;

	return type >= FirstNormalObjectId &&
		find_coercion_pathway(JSONOID, type, COERCION_EXPLICIT, &function) == COERCION_PATH_FUNC;
}

/* A type that is no domain. */
static ContractType *
base_type(Oid type, int32 typmod, int dimensions, bool input)
{
	ContractType *result = scalar_type(type, typmod);

	if (result)
		return result;
	if (type_is_array(type))
		return array_type(type, typmod, dimensions, input);
	if (get_typtype(type) == TYPTYPE_COMPOSITE)
		return composite_type(type, input);
	if (type_is_enum(type))
	{
		result = new_type(CONTRACT_STRING, type, NULL);
		result->values = payload_enum_labels(type);
		return result;
	}
	return new_type(!input && has_json_cast(type) ? CONTRACT_ANY : CONTRACT_STRING, type, NULL);
}

/* The rules of a domain's CHECKs; those under it come first. */
static void
apply_domain(ContractType *type, Oid domain)
{
	TypeCacheEntry *entry = lookup_type_cache(domain, TYPECACHE_DOMAIN_CONSTR_INFO);
	DomainConstraintRef *ref;
	ListCell   *cell;
	bool		not_null = false;

	if (entry->domainData == NULL)
		return;
	/* lives as long as the memory it is in, which gives it back to the type cache */
	ref = palloc(sizeof(DomainConstraintRef));
	InitDomainConstraintRef(domain, ref, CurrentMemoryContext, false);
	foreach(cell, ref->constraints)
	{
		const DomainConstraintState *constraint = lfirst(cell);

		if (constraint->constrainttype == DOM_CONSTRAINT_CHECK)
			contract_check_column(type, (Node *) constraint->check_expr, InvalidAttrNumber,
								  &not_null);
	}
}

/*
 * What a type is in JSON: written by us, or (input) taken.  dimensions: those
 * that an array was declared with.
 */
ContractType *
contract_type(Oid type, int32 typmod, int dimensions, bool input)
{
	Oid			base = getBaseTypeAndTypmod(type, &typmod);
	ContractType *result;

	check_stack_depth();
	result = base_type(base, typmod, dimensions, input);
	if (base != type)
		apply_domain(result, type);
	return result;
}
