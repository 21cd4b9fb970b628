"""docs/coming-from-sqlmodel.md, both ways: what it writes in SQLModel and the SQL that it puts in its place answer the same and
leave the same tables behind.

A pair is a ```python block and the ```sql block right below it. The Python runs in one schema, the SQL in another that holds the
same rows. A statement of Python that is an expression answers its value, one that raises answers the error; a statement of SQL
answers its rows, or its SQLSTATE. Both must have as many answers, and equal ones. Of a row of SQLModel's those attributes count that
the SQL's row has; of times only whether there is one, and in tables also whether it has moved.

Every section is a pattern and has a pair, but for those named here."""

import ast
import os
import re
import sys
import warnings

import psycopg2
import psycopg2.extras
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound
from sqlmodel import SQLModel

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.path.insert(0, os.path.join(ROOT, "test/lib"))
sys.path.insert(0, os.path.join(ROOT, "test/clients/include"))
sys.path.insert(0, os.path.join(ROOT, "examples/sqlmodel"))
from structure import structure  # noqa: E402
from tap import check, done, same  # noqa: E402

GUIDE = os.path.join(ROOT, "docs/coming-from-sqlmodel.md")
NO_PATTERNS = {"Alembic", "FastAPI, async", "Not here"}      # the first is run by alembic_test.py

# what the guide must not leave out
PATTERNS = """session.add( session.add_all( session.get( session.exec( session.commit( session.refresh( session.delete( session.rollback(
    session.flush( session.scalars( .first() .all() .one() .one_or_none() .where( or_( and_( .in_( .like( .ilike( desc( .offset( .limit(
    func.count .group_by( update( .values( insert( on_conflict_do_update( delete( model_validate( model_dump(exclude_unset=True)
    sqlmodel_update( Relationship( back_populates link_model selectinload( joinedload( .join( .has( .any( begin_nested( from_statement(
    tuple_( deleted_at with_for_update onupdate table=True TaskCreate TaskUpdate TaskRead NoResultFound MultipleResultsFound
    IntegrityError ValidationError""".split()

SQLSTATES = {NoResultFound: "P0002", MultipleResultsFound: "P0003", ValidationError: "22023", ValueError: "22023"}
SAME_STATE = {"23502": "22023", "23514": "22023"}     # what breaks a rule of one row is bad input
# of the session, and answer nothing
SILENT = {"add", "add_all", "commit", "flush", "refresh", "delete", "rollback", "expire", "create_all", "append", "remove"}

OURS, THEIRS = "by_functions", "by_sqlmodel"


# ------------------------------------------------------------------------------------------ the guide

def headings(text):
    """(level, heading, blocks); a block is (language, number of the first line, text, is it right below the one before?)."""
    level, heading, found, line, below = 0, "", [], 1, False
    for part in re.split(r"^(```.*?^```\n)", text, flags=re.M | re.S):
        if part.startswith("```"):
            language, body = part.split("\n", 1)
            found.append((language[3:], line + 1, body[:-len("```\n")], below))
        else:
            below = part.strip() == ""
            for marks, title in re.findall(r"^(##+) (.*)$", part, re.M):
                yield level, heading, found
                level, heading, found = len(marks), title, []
        line += part.count("\n")
    yield level, heading, found


def patterns(text):
    """The headings that are patterns, with their blocks: not those that only have others below them."""
    found = list(headings(text))
    for (level, heading, blocks), (below, _, _) in zip(found, found[1:] + [(0, "", [])]):
        if heading not in NO_PATTERNS and (blocks or level > 0 and level >= below):
            yield heading, blocks


def pairs(blocks):
    """The pairs of a section: (line, python, sql); and the lines of blocks that are half of one."""
    found, halves = [], []
    rest = list(blocks)
    while rest:
        language, line, body, _ = rest.pop(0)
        if language == "python" and rest and rest[0][0] == "sql" and rest[0][3]:
            found.append((line, body, rest.pop(0)[2]))
        else:
            halves.append(line)
    return found, halves


# ------------------------------------------------------------------------------------------ answers

class Raised:
    """An answer that is an error."""

    def __init__(self, state):
        self.state = state

    def __eq__(self, other):
        return isinstance(other, Raised) and self.state == other.state

    def __repr__(self):
        return "error " + self.state


def sqlstate(error):
    """What SQLModel's error is among the functions'."""
    if isinstance(error, IntegrityError):
        return SAME_STATE.get(error.orig.pgcode, error.orig.pgcode)
    return next((state for kind, state in SQLSTATES.items() if isinstance(error, kind)), "%s: %s" % (type(error).__name__, error))


def statements(script):
    """The statements of psql's script: text, and whether its answer goes into variables (\\gset)."""
    script = re.sub(r"\s*-- .*$", "", script, flags=re.M)
    for statement in re.findall(r"\s*(.+?)\s*(;\s*$|\\gset\s*$)", script, re.M | re.S):
        yield statement[0], statement[1].startswith("\\gset")


def sql_answers(cursor, script, variables):
    answers = []
    for statement, into_variables in statements(script):
        for name, literal in variables.items():
            statement = statement.replace(":'%s'" % name, literal)
        try:
            cursor.execute(statement)
        except psycopg2.Error as error:
            answers.append(Raised(error.pgcode))
            continue
        if cursor.description is None:
            continue
        rows = [dict(row) for row in cursor.fetchall()]
        if into_variables:
            variables.update({name: psycopg2.extensions.adapt(v).getquoted().decode() for name, v in rows[0].items()})
        elif not re.search(r"todo_orm\.(create_all|register_model)", statement):    # the names of functions
            answers.append(rows)
    return answers


def answers_nothing(expression):
    function = expression.func if isinstance(expression, ast.Call) else None
    return isinstance(function, ast.Attribute) and function.attr in SILENT


def python_answers(block, line, names, expected):
    """Runs a block; each answer is read at once, in the shape that is expected."""
    answers = []
    for node in ast.parse("\n" * (line - 1) + block).body:
        try:
            if isinstance(node, ast.Expr) and not answers_nothing(node.value):
                found = eval(compile(ast.Expression(node.value), GUIDE, "eval"), names)    # pylint: disable=eval-used
                shape = expected[len(answers)] if len(answers) < len(expected) else []
                answers.append(as_rows(shape, found))
            else:
                exec(compile(ast.Module([node], []), GUIDE, "exec"), names)     # pylint: disable=exec-used
        except Exception as error:      # pylint: disable=broad-except
            answers.append(Raised(sqlstate(error)))
    names["session"].close()    # what is not committed is not done
    return answers


def field(value, name):
    missing = Raised("without " + name)
    return value.get(name, missing) if isinstance(value, dict) else getattr(value, name, missing)


def there(value):
    return value if isinstance(value, Raised) else value is not None


def is_time(name):
    return name.endswith("_at") or name.endswith("_cursor")


def like(shape, value):
    """A value of Python's in the shape of one of SQL's."""
    if isinstance(shape, dict):
        if value is None:
            return None
        if len(shape) == 1 and (value is None or isinstance(value, (str, int, bool, float))):
            return dict.fromkeys(shape, value)
        return {name: there(field(value, name)) if is_time(name) else like(shape[name], field(value, name)) for name in shape}
    if isinstance(shape, list) and isinstance(value, (list, tuple)):
        return [like(shape[min(n, len(shape) - 1)] if shape else None, v) for n, v in enumerate(value)]
    return value


def as_rows(expected, value):
    """An answer of Python's as rows like those expected."""
    if isinstance(expected, Raised):
        return value
    if value is None:
        return []
    if isinstance(expected, dict) or isinstance(value, list):
        return like(expected, value)
    return [like(expected[0], value)] if expected else value


def document_of(rows):
    """The value, where the answer is one of JSON."""
    if len(rows) == 1 and len(rows[0]) == 1:
        value, = rows[0].values()
        if isinstance(value, (dict, list)):
            return value
    return None


def plain(answer):
    """An answer of SQL's: a single JSON value is that value, a single null is no row, times are there or not."""
    if isinstance(answer, Raised):
        return answer
    document = document_of(answer)
    if document is not None:
        return like(document, document)
    if len(answer) == 1 and list(answer[0].values()) == [None]:
        return []
    return [like(row, row) for row in answer]


# ------------------------------------------------------------------------------------------ tables

def tables(cursor, schema):
    cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r' ORDER BY 1", [schema])
    return [row["relname"] for row in cursor.fetchall()]


def key_columns(cursor, table):
    cursor.execute("SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) "
                   "WHERE indrelid = %s::regclass AND indisprimary ORDER BY attname", [table])
    return [row["attname"] for row in cursor.fetchall()]


def rows(cursor, schema):
    """{(table, key): row}"""
    found = {}
    for table in tables(cursor, schema):
        name = "%s.%s" % (schema, table)
        key = key_columns(cursor, name)
        cursor.execute("SELECT * FROM " + name)
        found.update({(table, *(row[k] for k in key)): dict(row) for row in cursor.fetchall()})
    return found


def changed(before, after):
    """The rows of after, with what has become of their times since before."""
    def seen(key, name, value):
        if not is_time(name) or value is None:
            return value
        return "kept" if before.get(key, {}).get(name) == value else "set"
    return {key: {name: seen(key, name, value) for name, value in row.items()} for key, row in after.items()}


def make_equal(cursor):
    """Puts the functions' rows, and the places of their sequences, into SQLModel's tables: both start from the same."""
    if set(tables(cursor, OURS)) - set(tables(cursor, THEIRS)):
        raise RuntimeError("SQLModel lacks tables")
    cursor.execute("SET session_replication_role = replica")
    for table in tables(cursor, THEIRS):
        cursor.execute("TRUNCATE %s.%s CASCADE" % (THEIRS, table))
    for table in tables(cursor, OURS):
        cursor.execute("SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute "
                       "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", ["%s.%s" % (OURS, table)])
        columns = cursor.fetchone()["columns"]
        cursor.execute("INSERT INTO {0}.{2} ({3}) OVERRIDING SYSTEM VALUE SELECT {3} FROM {1}.{2}"
                       .format(THEIRS, OURS, table, columns))
        cursor.execute("SELECT pg_get_serial_sequence(%s, attname) AS name FROM pg_attribute "
                       "WHERE attrelid = %s::regclass AND attidentity <> ''",
                       ["%s.%s" % (OURS, table)] * 2)
        for sequence in cursor.fetchall():
            cursor.execute("SELECT setval(%%s, last_value, is_called) FROM %s" % sequence["name"], [sequence["name"].replace(OURS, THEIRS)])
    cursor.execute("RESET session_replication_role")


def only_differences(one, other):
    """Of two dicts what is not equal, or of two lists what is in one alone."""
    if isinstance(one, dict):
        return ({k: v for k, v in one.items() if other.get(k) != v}, {k: v for k, v in other.items() if one.get(k) != v})
    return ([v for v in one if v not in other], [v for v in other if v not in one])


# ------------------------------------------------------------------------------------------ SQLModel

def newer_names():
    """Names that the guide uses, where SQLModel is older (0.0.8)."""
    def model_validate(cls, value, update=None):
        return cls.parse_obj(value, update) if isinstance(value, dict) else cls.from_orm(value, update)

    def sqlmodel_update(self, values):
        for name, value in values.items():
            setattr(self, name, value)

    if not hasattr(SQLModel, "sqlmodel_update"):
        SQLModel.model_validate = classmethod(model_validate)
        SQLModel.model_dump = SQLModel.dict
        SQLModel.sqlmodel_update = sqlmodel_update


def connect(schema):
    connection = psycopg2.connect("", options="-c search_path=%s -c timezone=UTC" % schema)
    connection.autocommit = True
    return connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor)


# ------------------------------------------------------------------------------------------ the test

class Both:
    """The two schemas, and what the guide has defined so far."""

    def __init__(self):
        os.environ["PGOPTIONS"] = "-c search_path=%s -c timezone=UTC" % THEIRS     # the guide's engine
        self.admin, self.ours = connect("public"), connect(OURS)
        self.admin.execute("CREATE SCHEMA %s; CREATE SCHEMA %s" % (OURS, THEIRS))
        self.admin.execute("SELECT todo_orm.create_all(%s)", [THEIRS])
        self.names, self.variables = {}, {}

    def differences(self, line, python, sql):
        """What a pair does not agree in: (what, SQLModel's, the functions'). The SQL runs first: it says what Python's answers are
        to look like."""
        make_equal(self.admin)
        before = rows(self.admin, OURS)
        sql = re.sub(r"^CREATE EXTENSION .*$", "", sql, flags=re.M)     # it is there
        expected = [plain(answer) for answer in sql_answers(self.ours, sql, self.variables)]
        got = python_answers(python, line, self.names, expected)
        with self.admin.connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
            found = [("answers", got, expected),
                     ("rows", *(changed(before, rows(self.admin, schema)) for schema in (THEIRS, OURS))),
                     ("tables", *(structure(cursor, schema) for schema in (THEIRS, OURS)))]
        return [(what, *only_differences(theirs, ours)) for what, theirs, ours in found if theirs != ours]


# Pairs that are none, and what must be noticed.
WRONG = (
    ("another answer", "answers", "session.get(Task, ('ann', 1))", "SELECT * FROM get_task('ann', 2);"),
    ("a column that differs", "answers",
     "task = session.get(Task, ('ann', 1))\ntask.title = 'x'\ntask", "SELECT id, title FROM get_task('ann', 1);"),
    ("a row more", "answers", "session.exec(live).all()", "SELECT * FROM list_tasks('ann', take => 2);"),
    ("no row", "answers", "session.get(Task, ('ann', 1))", "SELECT * FROM get_task('ann', 99);"),
    ("another order", "answers", "session.exec(live.order_by(Task.id)).all()", "SELECT id FROM list_tasks('ann', sort => '-id');"),
    ("an answer that is missing", "answers", "1", "SELECT 1;\nSELECT 2;"),
    ("an answer too many", "answers", "1\n2", "SELECT 1;"),
    ("an error", "answers", "session.exec(live).one()", "SELECT 1;"),
    ("another error", "answers", "session.exec(live).one()", "SELECT * FROM one_task('ann', '{\"id\": 99}');"),
    ("an error of none's", "answers", "no_such_name", "SELECT * FROM no_such_function();"),
    ("another JSON", "answers", "session.get(Conversation, ('ann', 1))", "SELECT load_conversation('ann', 2, '[\"messages\"]');"),
    ("JSON with more rows", "answers", "{'id': 1, 'messages': []}",
     "SELECT json_build_object('id', 1, 'messages', json_build_array(json_build_object('id', 1)));"),
    ("a cursor that is missing", "answers", "{'items': []}", "SELECT json_build_object('items', json_build_array(), 'next_cursor', null);"),
    ("a row that is left", "rows", "", "SELECT id AS n FROM create_task('ann', 'x') \\gset"),
    ("a row that is gone", "rows", "", "SELECT delete_task('ann', 1) AS n \\gset"),
    ("no commit", "rows", "session.get(Task, ('ann', 2)).title = 'x'",
     "SELECT id AS n FROM update_task('ann', 2, '{\"title\": \"x\"}') \\gset"),
    ("a time that moves", "rows", "task = session.get(Task, ('ann', 4))\ntask.updated_at = func.now()\nsession.commit()", ""),
    ("a time that is not set", "rows", "", "UPDATE task SET deleted_at = now() WHERE id = 4;"),
    ("another column", "tables", "", "ALTER TABLE note ADD COLUMN more text;", "ALTER TABLE note DROP COLUMN more"),
    ("another type", "tables", "", "ALTER TABLE note ALTER COLUMN title TYPE varchar;", "ALTER TABLE note ALTER COLUMN title TYPE text"),
    ("another constraint", "tables", "", "ALTER TABLE note ADD CHECK (title <> '');", "ALTER TABLE note DROP CONSTRAINT note_title_check"),
    ("another index", "tables", "", "CREATE INDEX note_title ON note (user_id, title);", "DROP INDEX note_title"),
)


# The same of sections.
WRONG_SECTIONS = (
    ("a section without a pair", "## One\n\nText.\n\n## Two\n\n```python\n1\n```\n\n```sql\nSELECT 1;\n```\n"),
    ("a chapter's section without a pair", "## Chapter\n\n### One\n\nText.\n\n### Two\n\n```python\n1\n```\n\n```sql\nSELECT 1;\n```\n"),
    ("the last section without a pair", "## One\n\n```python\n1\n```\n\n```sql\nSELECT 1;\n```\n\n## Two\n\nText.\n"),
    ("SQL without Python", "## One\n\n```sql\nSELECT 1;\n```\n"),
    ("Python without SQL", "## One\n\n```python\n1\n```\n"),
    ("a pair with text in between", "## One\n\n```python\n1\n```\n\nText.\n\n```sql\nSELECT 1;\n```\n"),
)


def check_wrong(both):
    """Are they noticed? The rows are copied before each pair anyway; the functions' tables are put back."""
    for name, what, python, sql, *undo in WRONG:
        found = [difference[0] for difference in both.differences(1, python, sql)]
        check(what in found, "it notices " + name, found)
        for statement in undo:
            both.ours.execute(statement)
    for name, text in WRONG_SECTIONS:
        check(any(bad(*pairs(blocks)) for _, blocks in patterns(text)), "it notices " + name)


def bad(found, halves):
    return not found or halves


def main():
    warnings.simplefilter("ignore")     # older and newer versions warn of different things
    newer_names()
    with open(GUIDE) as f:
        text = f.read()
    both = Both()
    written = ""
    for heading, blocks in patterns(text):
        found, halves = pairs(blocks)
        check(not bad(found, halves), "%s: pairs, and nothing else" % heading, "halves in lines: %s" % halves)
        for line, python, sql in found:
            differing = both.differences(line, python, sql)
            check(not differing, "%s, line %d: the same answers, rows and tables" % (heading, line),
                  *("%s: SQLModel's %r, the functions' %r" % difference for difference in differing))
            written += python
    with open(os.path.join(ROOT, "examples/sqlmodel/models.py")) as f:
        written += f.read()
    same([p for p in PATTERNS if p not in written], [], "no pattern is left out")
    check_wrong(both)


main()
sys.exit(done())
