/*
 * nested_repeat.c
 *	  Which rows of a nested payload were made before.
 */
#include "compat.h"

#include "utils/datum.h"

#include "create.h"
#include "idempotency.h"
#include "nested_writer.h"

/* A row's idempotency key, for finding equal ones. */
typedef struct RepeatableRow
{
	uint32		hash;			/* of the key */
	int			index;			/* of the row */
	Datum		key;
} RepeatableRow;

static int
compare_repeatable(const void *a, const void *b)
{
	const RepeatableRow *left = a;
	const RepeatableRow *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return left->index - right->index;
}

/* Of the rows with one key, those behind the first repeat it. */
static void
mark_equal(NestedNode *node, const RepeatableRow *rows, int count)
{
	const Column *column = model_column(node->model, node->model->idempotency);

	for (int i = 1; i < count; i++)
		for (int j = i - 1; j >= 0 && rows[j].hash == rows[i].hash; j--)
			if (datum_image_eq(rows[i].key, rows[j].key, column->typbyval, column->typlen))
			{
				node->repeated[rows[i].index] = true;
				break;
			}
}

/*
 * Finds the rows that were made before, or are about to be by a row of the same
 * key: nothing nested in them is made again.
 */
void
nested_find_repeated(Call *on_node, NestedNode *node)
{
	int			repeatable = create_count_repeatable(node->model, node->rows, node->count);
	RepeatableRow *rows = palloc(sizeof(RepeatableRow) * Max(repeatable, 1));
	int			n = 0;

	node->repeated = palloc0(sizeof(bool) * Max(node->count, 1));
	for (int i = 0; node->above && i < node->count; i++)
		node->repeated[i] = node->above->repeated[node->up[i]];
	if (repeatable == 0 || node->children == NIL)
		return;
	idempotency_begin(on_node, repeatable);
	for (int i = 0; i < node->count; i++)
	{
		const Column *column = model_column(node->model, node->model->idempotency);
		Datum		key;

		if (node->repeated[i] || !idempotency_given(node->model, node->rows[i]))
			continue;
		key = node->rows[i]->values[column->attnum - 1];
		rows[n].hash = datum_image_hash(key, column->typbyval, column->typlen);
		rows[n].index = i;
		rows[n++].key = key;
		node->repeated[i] = idempotency_find(on_node, node->rows[i], receiver_ignore, NULL);
	}
	qsort(rows, n, sizeof(RepeatableRow), compare_repeatable);
	mark_equal(node, rows, n);
}
