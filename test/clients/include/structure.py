"""What the tables of a schema are made of, for comparing: nothing in it depends on the order of columns, on the schema's name or on
how the indexes and constraints are called."""
import re

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid),
           (SELECT collname FROM pg_collation l WHERE l.oid = a.attcollation)
      FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid LEFT JOIN pg_attrdef d ON adrelid = c.oid AND adnum = attnum
     WHERE relnamespace = %s::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2"""
# since PostgreSQL 18 NOT NULL is a constraint, too; here it is the column's
CONSTRAINTS = """
    SELECT conrelid::regclass::text, pg_get_constraintdef(n.oid) FROM pg_constraint n
     WHERE connamespace = %s::regnamespace AND contype IN ('p', 'f', 'u', 'c') AND conrelid <> 0 ORDER BY 1, 2"""
INDEXES = """
    SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = indrelid
     WHERE relnamespace = %s::regnamespace ORDER BY 1, 2"""


def structure(cursor, schema):
    """Lines, one for each column, constraint and index."""
    lines = []
    for query in (COLUMNS, CONSTRAINTS, INDEXES):
        cursor.execute(query, [schema])
        for row in cursor.fetchall():
            line = " ".join(str(value) for value in row).replace(schema + ".", "")
            lines.append(re.sub(r"INDEX \S+ ON", "INDEX ON", line))
    return sorted(line for line in lines if not line.split()[0] == "alembic_version")
