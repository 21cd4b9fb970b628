/*
 * foreign_code.h
 *	  Whether code outside pg_catalog may run when a table is read or written.
 */
#ifndef TODO_ORM_FOREIGN_CODE_H
#define TODO_ORM_FOREIGN_CODE_H

#include "compat.h"

#include "nodes/nodes.h"
#include "utils/reltrigger.h"

extern bool foreign_code_in_type(Oid type);
extern bool foreign_code_in_expression(Node *node);
extern bool foreign_code_trigger_is_ours(const Trigger *trigger);
extern bool foreign_code_in_reads(Relation rel);
extern bool foreign_code_in_writes(Relation rel);

#endif							/* TODO_ORM_FOREIGN_CODE_H */
