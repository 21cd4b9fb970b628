/*
 * load_json.c
 *	  Writes rows with their related rows as JSON.
 */
#include "compat.h"

#include "miscadmin.h"
#include "utils/json.h"

#include "json_writer.h"
#include "load.h"

/* Appends: ,"messages": */
static void
append_name(StringInfo out, const char *name)
{
	/* all columns may be hidden */
	if (out->data[out->len - 1] != '{')
		appendStringInfoChar(out, ',');
	escape_json(out, name);
	appendStringInfoChar(out, ':');
}

/* Appends the rows of a bucket as an array; NULL: there are none. */
static void
append_rows(StringInfo out, const LoadNode *node, const Bucket *bucket)
{
	appendStringInfoChar(out, '[');
	for (int64 row = bucket ? bucket->first : -1; row >= 0; row = node->rows[row].next)
	{
		if (row != bucket->first)
			appendStringInfoChar(out, ',');
		load_append_row(out, node, row);
	}
	appendStringInfoChar(out, ']');
}

/* Appends what is related to a row: a row or null, an array, how many. */
static void
append_related(StringInfo out, const LoadNode *node, const Bucket *bucket)
{
	const Relationship *relationship = node->include->relationship;

	append_name(out, relationship->name);
	if (relationship->kind != RELATIONSHIP_MANY_TO_ONE)
		append_rows(out, node, bucket);
	else if (bucket && bucket->first >= 0)
		load_append_row(out, node, bucket->first);
	else
		appendStringInfoString(out, "null");
	if (node->include->count)
	{
		append_name(out, psprintf("%s_count", relationship->name));
		appendStringInfo(out, INT64_FORMAT, bucket ? bucket->count : 0);
	}
}

/* Appends a row as an object: its columns, then what is related to it. */
void
load_append_row(StringInfo out, const LoadNode *node, int64 row)
{
	const LoadedRow *loaded = &node->rows[row];

	check_stack_depth();
	CHECK_FOR_INTERRUPTS();
	appendStringInfoChar(out, '{');
	appendBinaryStringInfo(out, node->text.data + loaded->start, loaded->length);
	for (int i = 0; i < node->nchildren; i++)
	{
		const LoadNode *child = &node->children[i];
		int64		bucket = node->links[row * node->nchildren + i];

		append_related(out, child, bucket < 0 ? NULL : &child->buckets[bucket]);
	}
	appendStringInfoChar(out, '}');
}

/* Appends all rows of a node as an array, in the order in which they were read. */
void
load_append_all(StringInfo out, const LoadNode *node)
{
	appendStringInfoChar(out, '[');
	for (int64 row = 0; row < node->nrows; row++)
	{
		if (row > 0)
			appendStringInfoChar(out, ',');
		load_append_row(out, node, row);
	}
	appendStringInfoChar(out, ']');
}

/* Does any of the models need the session readied for JSON? */
static const Model *
needs_session_time(const LoadNode *node)
{
	if (node->model->json_session_time)
		return node->model;
	for (int i = 0; i < node->nchildren; i++)
	{
		const Model *model = needs_session_time(&node->children[i]);

		if (model)
			return model;
	}
	return NULL;
}

/* Readies the session for reading and writing all rows; as json_writer_begin(). */
int
load_json_begin(const LoadNode *root)
{
	const Model *model = needs_session_time(root);

	return json_writer_begin(model ? model : root->model);
}
