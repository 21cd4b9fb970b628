/*
 * contract_set.c
 *	  Several models in one document: their functions, and the names of their
 *	  types.
 */
#include "compat.h"

#include "catalog/pg_type.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"

#include "contract.h"

/* What is added to a model's name for the type of a shape. */
const char *
contract_shape_suffix(ContractShape shape)
{
	static const char *const suffixes[] = {"", "Create", "Update", "Patch", "Upsert"};

	return suffixes[shape];
}

/* int: the shapes that a model has types for. */
List *
contract_shapes(const ContractModel *model)
{
	List	   *result = list_make3_int(SHAPE_READ, SHAPE_CREATE, SHAPE_UPDATE);

	if (model->patches)
		result = lappend_int(result, SHAPE_PATCH);
	if (model->upserts)
		result = lappend_int(result, SHAPE_UPSERT);
	return result;
}

/* all that a model's name may be followed by in the name of a type */
static const char *const suffixes[] = {"", "Create", "Update", "Patch", "Upsert", "Loaded", "Match"};

/* names that the documents use themselves */
static const char *const reserved[] = {
	"Any", "Array", "BaseModel", "Bigint", "BigintInput", "BigInt", "Call", "Change", "Changes", "Condition", "Db",
	"Error", "FieldError", "Failure", "Generic", "Json", "Literal", "Number", "Object", "Optional",
	"Page", "Promise", "RangeError", "Record", "Related", "Set", "String", "TypeAdapter", "TypeVar",
	"Union", "Partial", "Operators", "False", "None", "True", NULL
};

/* Are all names free that begin with it? */
static bool
is_free(const char *name, List *taken)
{
	for (size_t i = 0; i < lengthof(suffixes); i++)
	{
		char	   *full = psprintf("%s%s", name, suffixes[i]);
		ListCell   *cell;

		for (int j = 0; reserved[j]; j++)
			if (strcmp(full, reserved[j]) == 0)
				return false;
		foreach(cell, taken)
			if (strcmp(full, lfirst(cell)) == 0)
				return false;
	}
	return true;
}

static char *
name_types(const char *name, List **taken)
{
	char	   *camel = contract_camel(name);
	char	   *result = camel;

	for (int n = 2; !is_free(result, *taken); n++)
		result = psprintf("%s%d", camel, n);
	for (size_t i = 0; i < lengthof(suffixes); i++)
		*taken = lappend(*taken, psprintf("%s%s", result, suffixes[i]));
	return result;
}

static ContractModel *
make_model(Oid relid, List **taken)
{
	ContractModel *result = palloc0(sizeof(ContractModel));
	ListCell   *cell;

	result->model = model_require_registered(relid);
	result->name = name_types(result->model->name, taken);
	result->functions = contract_functions(result->model);
	foreach(cell, result->functions)
	{
		const ContractFunction *function = lfirst(cell);

		result->patches |= function->operation->run == op_patch_many;
		result->upserts |= function->operation->run == op_upsert;
	}
	return result;
}

/* ContractModel *: the models of an array of regclass, in its order. */
List *
contract_models(ArrayType *relids)
{
	List	   *result = NIL;
	List	   *taken = NIL;
	Datum	   *items;
	int			n;

	deconstruct_array(relids, REGCLASSOID, sizeof(Oid), true, TYPALIGN_INT, &items, NULL, &n);
	/* all locks first: what is read stays true */
	for (int i = 0; i < n; i++)
		LockRelationOid(DatumGetObjectId(items[i]), AccessShareLock);
	for (int i = 0; i < n; i++)
		result = lappend(result, make_model(DatumGetObjectId(items[i]), &taken));
	return result;
}

/* char *: the names of the types of all models, and "more" (up to a NULL). */
List *
contract_type_names(List *models, const char *const *more)
{
	List	   *result = NIL;
	ListCell   *cell;

	for (; *more; more++)
		result = lappend(result, pstrdup(*more));
	foreach(cell, models)
		for (size_t i = 0; i < lengthof(suffixes); i++)
			result = lappend(result, psprintf("%s%s", ((ContractModel *) lfirst(cell))->name,
											  suffixes[i]));
	return result;
}

/* The model of a table, or NULL where it is not in the document. */
ContractModel *
contract_model_of(List *models, Oid relid)
{
	ListCell   *cell;

	foreach(cell, models)
		if (((ContractModel *) lfirst(cell))->model->relid == relid)
			return lfirst(cell);
	return NULL;
}
