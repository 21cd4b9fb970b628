"""The same answers by every way of sending a query: simple, extended with an
unnamed statement, prepared, pipelined; in text and in binary."""

import os
import re
import sys

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import check, done, same  # noqa: E402


# ---------------------------------------------------------------- the ways


def simple(conn, sql, params):
    # binds in the client, so that the server gets one string
    return psycopg.ClientCursor(conn, row_factory=dict_row).execute(sql, params).fetchall()


def unnamed(conn, sql, params):
    return conn.execute(sql, params, prepare=False).fetchall()


def unnamed_binary(conn, sql, params):
    return conn.execute(sql, params, prepare=False, binary=True).fetchall()


def prepared(conn, sql, params):
    return conn.execute(sql, params, prepare=True).fetchall()


def prepared_binary(conn, sql, params):
    return conn.execute(sql, params, prepare=True, binary=True).fetchall()


def pipelined(conn, sql, params):
    with conn.pipeline():
        return conn.execute(sql, params).fetchall()


def pipelined_behind(conn, sql, params):
    # behind others, none of whose results has been fetched
    with conn.pipeline():
        for owner in ("nobody", "no one"):
            conn.execute("SELECT count_tasks(%s)", [owner])
        return conn.execute(sql, params, prepare=True).fetchall()


WAYS = [simple, unnamed, unnamed_binary, prepared, prepared_binary, pipelined, pipelined_behind]

# ---------------------------------------------------------------- the calls

# What a client does, one after the other; {o} is the owner, a different one for
# each way. Some are repeated, so that prepared ones run warm.
CALLS = [
    ("SELECT * FROM create_task(%s, %s, description => %s)", ["{o}", "Buy milk", "two litres"]),
    ("SELECT * FROM create_task(%s, %s, description => %s)", ["{o}", "None is not given", None]),
    ("SELECT * FROM create_task(%s, %s, completed => %s)", ["{o}", "h\u00e9llo \U0001f600 'quoted' \\ %", True]),
    ("SELECT * FROM create_tasks(%s, %s)", ["{o}", Jsonb([{"title": "a"}, {"title": "b", "completed": True}])]),
    ("SELECT * FROM get_task(%s, %s)", ["{o}", 1]),
    ("SELECT * FROM get_task(%s, %s)", ["{o}", 1]),
    ("SELECT * FROM get_task(%s, %s)", ["{o}", 1 << 40]),
    ("SELECT * FROM get_task(%s, %s)", ["{o}", None]),
    ("SELECT * FROM find_tasks(%s, %s)", ["{o}", [3, 1, 99]]),
    ("SELECT * FROM find_tasks(%s, %s)", ["{o}", []]),
    ("SELECT * FROM list_tasks(%s, %s, take => %s)", ["{o}", "pending", 2]),
    ("SELECT * FROM list_tasks(%s, %s, take => %s)", ["{o}", "pending", -1]),
    ("SELECT * FROM list_tasks(%s, %s, take => %s)", ["{o}", "completed", None]),
    ("SELECT page_tasks(%s, take => %s, with_total => %s) AS page", ["{o}", 2, True]),
    ("SELECT count_tasks(%s, %s) AS n", ["{o}", "pending"]),
    ("SELECT * FROM update_task(%s, %s, %s)", ["{o}", 1, Jsonb({"description": None, "completed": True})]),
    ("SELECT * FROM update_task(%s, %s, %s)", ["{o}", 1, Jsonb({})]),
    ("SELECT * FROM update_task(%s, %s, %s)", ["{o}", 99, Jsonb({"title": "x"})]),
    ("SELECT soft_delete_task(%s, %s) AS gone", ["{o}", 2]),
    ("SELECT soft_delete_task(%s, %s) AS gone", ["{o}", 2]),
    ("SELECT * FROM restore_task(%s, %s)", ["{o}", 2]),
    ("SELECT delete_task(%s, %s) AS gone", ["{o}", 3]),
    ("SELECT purge_tasks(%s, %s) AS gone", ["{o}", "1 day"]),
    ("SELECT * FROM append_message(%s, %s, %s, %s, client_key => %s)", ["{o}", None, "user", "hi", "k"]),
    ("SELECT * FROM append_message(%s, %s, %s, %s, client_key => %s)", ["{o}", None, "user", "again", "k"]),
    ("SELECT * FROM append_message(%s, %s, %s, %s, data => %s)", ["{o}", 1, "assistant", "", Jsonb({"calls": [1, None]})]),
    ("SELECT * FROM append_messages(%s, %s, %s)", ["{o}", 1, Jsonb([{"role": "tool", "content": "t"}])]),
    ("SELECT get_conversation_with_messages(%s, %s, take => %s) AS chat", ["{o}", 1, 2]),
    ("SELECT get_conversation_with_messages(%s, %s) AS chat", ["{o}", 99]),
    ("SELECT m.content FROM get_conversation(%s, %s) c, messages(c) m", ["{o}", 1]),
    ("SELECT (create_task(%s, %s)).title", ["{o}", "in the select list"]),
    ("SELECT * FROM list_tasks(%s, match => %s, sort => %s)", ["{o}", Jsonb({"or": [{"title": {"ilike": "%A%"}}, {"id": 2}]}), "-title"]),
    ("SELECT * FROM list_tasks(%s, match => %s, sort => %s)", ["{o}", Jsonb({"or": [{"title": {"ilike": "%B%"}}, {"id": 99}]}), "-title"]),
    ("SELECT * FROM list_tasks(%s, sort => %s, take => %s, cursor => page_tasks(%s, sort => %s, take => %s) ->> 'next_cursor')",
     ["{o}", "title, id", 2, "{o}", "title, id", 1]),
    ("SELECT count_tasks(%s, match => %s) AS n", ["{o}", Jsonb({"conversation": None, "completed": False})]),
    ("SELECT * FROM first_task(%s, sort => %s)", ["{o}", "title"]),
    ("SELECT * FROM one_task(%s, %s)", ["{o}", Jsonb({"id": 1})]),
    ("SELECT * FROM one_task(%s, %s, missing_ok => %s)", ["{o}", Jsonb({"id": 99}), True]),
    ("SELECT aggregate_tasks(%s, group_by => %s, measures => %s) AS groups", ["{o}", ["completed"], Jsonb({"n": "count", "last": {"max": "id"}})]),
    ("SELECT * FROM upsert_task(%s, %s)", ["{o}", Jsonb({"id": 6, "title": "changed"})]),
    ("SELECT * FROM upsert_task(%s, %s, on_key => %s)", ["{o}", Jsonb({"id": 77, "title": "with this key"}), ["id"]]),
    ("SELECT * FROM update_tasks(%s, %s, %s, max_rows => %s)", ["{o}", Jsonb({"id": {"gte": 6}}), Jsonb({"description": "many"}), 2]),
    ("SELECT * FROM patch_tasks(%s, %s)", ["{o}", Jsonb([{"id": 77, "title": "patched"}, {"id": 6, "completed": True}])]),
    ("SELECT soft_delete_tasks(%s, %s) AS gone", ["{o}", Jsonb({"title": "patched"})]),
    ("SELECT delete_tasks(%s, %s) AS gone", ["{o}", Jsonb({"title": "no such title"})]),
    # refused
    ("SELECT * FROM list_tasks(%s, match => %s)", ["{o}", Jsonb({"nope": 1, "id": "x"})]),
    ("SELECT * FROM list_tasks(%s, cursor => %s)", ["{o}", "forged"]),
    ("SELECT * FROM one_task(%s, %s)", ["{o}", Jsonb({"id": 99})]),
    ("SELECT * FROM one_task(%s, %s)", ["{o}", Jsonb({})]),
    ("SELECT * FROM update_tasks(%s, %s, %s)", ["{o}", Jsonb({}), Jsonb({"title": "all"})]),
    ("SELECT * FROM patch_tasks(%s, %s)", ["{o}", Jsonb([{"id": 1, "title": "x"}, {"id": 99, "title": "x"}])]),
    ("SELECT delete_tasks(%s, %s, max_rows => %s)", ["{o}", Jsonb({"id": {"gt": 0}}), 1]),
    ("SELECT * FROM create_task(%s, %s)", ["{o}", ""]),
    ("SELECT * FROM create_task(%s, %s)", ["{o}", None]),
    ("SELECT * FROM create_task(%s, %s)", [None, "x"]),
    ("SELECT * FROM create_task(%s, %s, conversation_id => %s)", ["{o}", "x", 99]),
    ("SELECT * FROM create_tasks(%s, %s)", ["{o}", Jsonb([{"title": "fine"}, {"titel": 1}, {"title": 1}])]),
    ("SELECT * FROM update_task(%s, %s, %s)", ["{o}", 1, Jsonb({"id": 5})]),
    ("SELECT * FROM list_tasks(%s, %s)", ["{o}", "no such scope"]),
    ("SELECT * FROM list_tasks(%s, take => %s)", ["{o}", 1001]),
    ("SELECT * FROM append_message(%s, %s, %s, %s)", ["{o}", 99, "user", "hi"]),
    ("SELECT * FROM append_message(%s, %s, %s, %s)", ["{o}", 1, "boss", "hi"]),
    # after all the errors
    ("SELECT count_tasks(%s) AS n", ["{o}"]),
]


def normal(value, owner):
    """An answer without what differs from owner to owner: times, cursors and the owner."""
    text = repr(value).replace(owner, "OWNER")
    text = re.sub(r"datetime\.datetime\((?:[^()]|\([^()]*\))*\)", "TIME", text)
    text = re.sub(r"'((?:next|prev)_cursor)': '[-\w]+'", r"'\1': 'CURSOR'", text)
    return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", "TIME", text)


def run(conn, way, owner):
    """The answers to all calls, errors included."""
    answers = []
    # the keys begin at 1 for each
    conn.execute("TRUNCATE task, message, conversation RESTART IDENTITY")
    for sql, params in CALLS:
        params = [owner if p == "{o}" else p for p in params]
        try:
            answers.append(normal(way(conn, sql, params), owner))
        except psycopg.Error as error:
            d = error.diag
            answers.append(normal((d.sqlstate, d.message_primary, d.message_detail, d.message_hint,
                                   d.schema_name, d.table_name, d.column_name, d.constraint_name), owner))
    return answers


conn = psycopg.connect(autocommit=True, row_factory=dict_row)
conn.execute("SELECT FROM todo_orm.create_all()")

expected = run(conn, WAYS[0], "user 0")
# that what is compared is worth it
same(len(expected), len(CALLS), "every call is answered")
check("'title': 'Buy milk'" in expected[0], "a row", expected[0])
check("h\u00e9llo" in expected[2], "any text", expected[2])
same(expected[6:8], ["[]", "[]"], "no row")
check(expected[13].startswith("[{'page': {'items': [{"), "JSON", expected[13])
same(expected[14], "[{'n': 3}]", "a number")
same([re.match(r"\('(.{5})'", a).group(1) if a[0] == "(" else a for a in expected[-18:]],
     ["22023", "22023", "P0002", "P0003", "22023", "P0002", "22023", "22023", "22023", "22004", "23503", "22023", "22023", "22023", "22023", "23503", "22023", "[{'n': 5}]"],
     "the refusals")

for way in WAYS:
    answers = run(conn, way, "user " + way.__name__)
    for i, (sql, params) in enumerate(CALLS):
        same(answers[i], expected[i], "%s: %s %r" % (way.__name__, sql, params))

# ---------------------------------------------------------------- pipelines

# many calls, one round trip: each sees what those before it have done
conn.execute("TRUNCATE task, message, conversation RESTART IDENTITY")
with conn.pipeline():
    cursors = [conn.execute("SELECT id FROM create_task(%s, %s)", ["ann", "number %d" % i]) for i in range(200)]
    cursors.append(conn.execute("SELECT count_tasks(%s) AS n", ["ann"]))
same([c.fetchone()["id"] for c in cursors[:200]], list(range(1, 201)), "200 calls in one pipeline")
same(cursors[200].fetchone(), {"n": 200}, "the last one sees them all")

# a pipeline is one transaction up to its next synchronisation
try:
    with conn.pipeline():
        conn.execute("SELECT create_task(%s, %s)", ["ann", "undone"])
        conn.execute("SELECT create_task(%s, %s)", ["ann", ""])
    check(False, "an error in a pipeline is reported")
except psycopg.errors.InvalidParameterValue:
    check(True, "an error in a pipeline is reported")
same(conn.execute("SELECT count_tasks('ann') AS n").fetchone(), {"n": 200}, "and undoes what was before it")

# ---------------------------------------------------------------- transactions

# an identity that is set with a parameter ends with its transaction
with conn.transaction():
    conn.execute("SELECT set_config('todo_orm.user_id', %s, true)", ["ann"], prepare=True)
    same(prepared(conn, "SELECT count_tasks(%s) AS n", ["ann"]), [{"n": 200}], "prepared, with an identity")
    try:
        with conn.transaction():
            prepared(conn, "SELECT count_tasks(%s) AS n", ["bob"])
        check(False, "prepared, for another owner")
    except psycopg.errors.InsufficientPrivilege:
        check(True, "prepared, for another owner")
    same(prepared(conn, "SELECT count_tasks(%s) AS n", ["ann"]), [{"n": 200}], "and on after the savepoint")
same(prepared(conn, "SELECT count_tasks(%s) AS n", ["bob"]), [{"n": 0}], "prepared, without one")

# ---------------------------------------------------------------- DDL

# prepared statements that name their columns live through DDL; another
# connection's, because psycopg prepares anew after its own
other = psycopg.connect(autocommit=True)
BY_NAME = "SELECT id, title FROM get_task(%s, %s)"
for ddl in ["SELECT 1", "ALTER TABLE task ADD COLUMN priority int DEFAULT 1", "ALTER TABLE task ALTER COLUMN priority TYPE text",
            "ALTER TABLE task DROP COLUMN priority", "CREATE INDEX ON task (user_id, title)"]:
    other.execute(ddl)
    same(prepared(conn, BY_NAME, ["ann", 1]), [{"id": 1, "title": "number 0"}], "prepared, after: " + ddl)
    same(prepared(conn, "SELECT page_tasks(%s, take => 0) AS page", ["ann"]), [{"page": {"items": [], "next_cursor": None, "prev_cursor": None}}], "JSON, after: " + ddl)
# one with * goes on with the columns that it was prepared with
prepared(conn, "SELECT * FROM get_task(%s, %s)", ["ann", 1])
other.execute("ALTER TABLE task ADD COLUMN priority int DEFAULT 1")
check("priority" not in prepared(conn, "SELECT * FROM get_task(%s, %s)", ["ann", 1])[0], "prepared with *, after a column was added")
same(unnamed(conn, "SELECT * FROM get_task(%s, %s)", ["ann", 1])[0]["priority"], 1, "not prepared it has the column")

other.close()
conn.close()
sys.exit(done())
