#!/usr/bin/env python3
"""The steps of ../README.md with psycopg 3 and psycopg_pool."""
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal

import psycopg
from psycopg.rows import dict_row
from psycopg.types.composite import CompositeInfo, register_composite
from psycopg.types.json import Json, Jsonb
from psycopg_pool import ConnectionPool

from common import Steps, http_status

steps = Steps()

# behind a PgBouncer before 1.21: no statements that stay prepared
unprepared = {"prepare_threshold": None} if os.environ.get("PREPARE") == "no" else {}

pool = ConnectionPool(min_size=10, max_size=10, open=True, kwargs={"row_factory": dict_row, "autocommit": True, **unprepared})
conn = psycopg.connect(row_factory=dict_row, autocommit=True, **unprepared)


def rows(sql, *params):
    return conn.execute(sql, params).fetchall()


def row(sql, *params):
    return conn.execute(sql, params).fetchone()


def value(sql, *params):
    return next(iter(row(sql, *params).values()))


def refused(sql, *params):
    """The HTTP status and the body that a web application answers with."""
    try:
        rows(sql, *params)
    except psycopg.Error as error:
        faults = error.diag.message_detail if error.sqlstate == "22023" else None
        return http_status(error.sqlstate), json.loads(faults) if faults else error.diag.message_primary
    raise AssertionError("not refused: " + sql)


def status(sql, *params):
    return refused(sql, *params)[0]


with steps("create"):
    task = row("SELECT * FROM create_task(%s, %s, description => %s)", "ann", "Buy milk", "two litres")
    assert (task["id"], task["title"], task["completed"], task["conversation_id"]) == (1, "Buy milk", False, None)
    assert isinstance(task["created_at"], datetime) and task["created_at"].tzinfo
    task = row("SELECT * FROM create_task(%s, %s, description => %s)", "ann", "Call the dentist", None)
    assert task["description"] is None

with steps("create many"):
    items = [{"title": "Pay rent"}, {"title": "Go for a run", "completed": True}]
    made = rows("SELECT * FROM create_tasks(%s, %s)", "ann", Jsonb(items))
    assert [(t["id"], t["title"], t["completed"]) for t in made] == [(3, "Pay rent", False), (4, "Go for a run", True)]

with steps("get"):
    assert row("SELECT * FROM get_task(%s, %s)", "ann", 1)["title"] == "Buy milk"
    assert row("SELECT * FROM get_task(%s, %s)", "bob", 1) is None
    assert [t["id"] for t in rows("SELECT * FROM find_tasks(%s, %s)", "ann", [4, 99, 1])] == [4, 1]

with steps("list"):
    found = rows("SELECT * FROM list_tasks(%s, %s, match => %s, sort => %s, take => %s)",
                 "ann", "pending", Jsonb({"title": {"contains": "MILK"}}), "-created_at", 10)
    assert [t["id"] for t in found] == [1]
    found = rows("SELECT * FROM list_tasks(%s, sort => %s, take => %s)", "ann", "title", 2)
    assert [t["title"] for t in found] == ["Buy milk", "Call the dentist"]

with steps("page"):
    page = value("SELECT page_tasks(%s, take => %s, with_total => true)", "ann", 3)
    assert (page["total"], [t["id"] for t in page["items"]], page["prev_cursor"]) == (4, [4, 3, 2], None)
    rest = rows("SELECT * FROM list_tasks(%s, take => %s, cursor => %s)", "ann", 3, page["next_cursor"])
    assert [t["id"] for t in rest] == [1]

with steps("update"):
    task = row("SELECT * FROM update_task(%s, %s, %s)", "ann", 1, Jsonb({"completed": True, "description": None}))
    assert (task["title"], task["completed"], task["description"]) == ("Buy milk", True, None)
    assert row("SELECT * FROM update_task(%s, %s, %s)", "ann", 99, Jsonb({"completed": True})) is None

with steps("soft delete"):
    assert value("SELECT soft_delete_task(%s, %s)", "ann", 2) is True
    assert value("SELECT soft_delete_task(%s, %s)", "ann", 2) is False
    assert row("SELECT * FROM get_task(%s, %s)", "ann", 2) is None
    assert row("SELECT * FROM restore_task(%s, %s)", "ann", 2)["id"] == 2

with steps("nested load"):
    message = row("SELECT * FROM append_message(%s, %s, %s, %s)", "ann", None, "user", "Add milk")
    assert message["conversation_id"] == 1
    row("SELECT * FROM append_message(%s, %s, %s, %s, data => %s)", "ann", 1, "assistant", "Done.",
        Jsonb({"usage": {"tokens": 12}}))
    chat = value("SELECT load_conversation(%s, %s, %s)", "ann", 1, Jsonb(["messages:-20"]))
    assert [m["role"] for m in chat["messages"]] == ["user", "assistant"]
    assert chat["messages"][1]["data"]["usage"]["tokens"] == 12
    assert value("SELECT load_conversation(%s, %s, %s)", "ann", 99, Jsonb(["messages"])) is None

with steps("types"):
    labels = ["garden", 'two words, "quoted"', "h\u00e9llo \U0001f600"]
    # numeric: a Decimal, not a float; an enum is a str
    ticket = row("SELECT * FROM create_ticket(%s, %s, priority => %s, labels => %s, estimate => %s, due => %s, data => %s)",
                 "ann", "Paint the fence", "high", labels, Decimal("12.50"), date(2026, 12, 24), Jsonb([1, {"a": None}]))
    assert (ticket["id"], ticket["priority"], ticket["labels"]) == (2**53 + 1, "high", labels)
    assert (ticket["estimate"], ticket["due"], ticket["data"]) == (Decimal("12.50"), date(2026, 12, 24), [1, {"a": None}])
    assert status("SELECT * FROM create_ticket(%s, %s, estimate => %s)", "ann", "As a float", 12.5) == 500

with steps("big ids"):
    assert row("SELECT * FROM get_ticket(%s, %s)", "ann", 2**53 + 1)["title"] == "Paint the fence"
    assert value("SELECT page_tickets(%s)", "ann")["items"][0]["id"] == 2**53 + 1

with steps("rows"):
    said = rows("SELECT m.role FROM get_conversation(%s, %s) c, messages(c) m", "ann", 1)
    assert [m["role"] for m in said] == ["user", "assistant"]
    # a row that is one value is a text: put the function into FROM, ask for JSON, or register the type
    assert value("SELECT t FROM get_task(%s, %s) t", "ann", 1).startswith("(1,ann,")
    assert value("SELECT to_json(t) FROM get_task(%s, %s) t", "ann", 1)["completed"] is True
    register_composite(CompositeInfo.fetch(conn, "task"), conn)
    assert value("SELECT t FROM get_task(%s, %s) t", "ann", 1).completed is True

with steps("errors"):
    code, faults = refused("SELECT * FROM create_task(%s, %s)", "ann", "")
    assert (code, faults[0]["loc"], faults[0]["type"]) == (422, ["title"], "check")
    code, faults = refused("SELECT * FROM create_tasks(%s, %s)", "ann", Jsonb([{"title": "fine"}, {"titel": "a slip"}]))
    assert (code, [f["loc"] for f in faults]) == (422, [[1, "titel"], [1, "title"]])
    assert status("SELECT * FROM create_ticket(%s, %s, priority => %s)", "ann", "Urgent", "urgent") == 422
    assert status("SELECT * FROM create_task(%s, %s)", None, "Whose?") == 401
    assert status("SELECT * FROM task") == 403
    assert status("SELECT * FROM one_task(%s, %s)", "ann", Jsonb({"title": "nothing"})) == 404
    assert status("SELECT * FROM one_task(%s, %s)", "ann", Jsonb({"completed": False})) == 409
    assert status("SELECT * FROM create_ticket(%s, %s)", "ann", "Paint the fence") == 409
    assert status("SELECT * FROM create_task(%s, %s, conversation_id => %s)", "ann", "Reply", 99) == 409
    # "function does not exist": of a parameter's type, most often; Json is not Jsonb
    assert status("SELECT * FROM update_task(%s, %s, %s)", "ann", 1, Json({"completed": True})) == 500

with steps("identity"):
    with conn.transaction():
        row("SELECT set_config('todo_orm.user_id', %s, true)", "ann")
        assert value("SELECT count_tasks(%s)", "ann") == 4
        try:
            with conn.transaction():
                row("SELECT count_tasks(%s)", "bob")
            assert False, "reads another's"
        except psycopg.errors.InsufficientPrivilege as error:
            assert http_status(error.sqlstate) == 403
    assert value("SELECT count_tasks(%s)", "bob") == 0

with steps("1,000 concurrent calls through a pool of 10"):
    def call(n):
        with pool.connection() as c:
            return c.execute("SELECT * FROM create_task(%s, %s)", ["joe", f"task {n}"]).fetchone()

    with ThreadPoolExecutor(max_workers=50) as threads:
        made = list(threads.map(call, range(1000)))
    assert [t["title"] for t in made] == [f"task {n}" for n in range(1000)]
    assert len({t["id"] for t in made}) == 1000
    assert value("SELECT count_tasks(%s)", "joe") == 1000
    pool.close()

with steps("pipeline"):
    with conn.pipeline():
        calls = [conn.execute("SELECT * FROM create_task(%s, %s)", ["kim", f"task {n}"]) for n in range(100)]
        many = conn.execute("SELECT count_tasks(%s) AS n", ["kim"])
        assert [c.fetchone()["title"] for c in calls] == [f"task {n}" for n in range(100)]
        assert many.fetchone()["n"] == 100
    try:
        with conn.pipeline(), conn.transaction():
            conn.execute("SELECT * FROM create_task(%s, %s)", ["kim", "good"])
            conn.execute("SELECT * FROM create_task(%s, %s)", ["kim", ""])
        assert False, "not refused"
    except psycopg.Error as error:
        assert http_status(error.sqlstate) == 422
    assert value("SELECT count_tasks(%s)", "kim") == 100

conn.close()
sys.exit(steps.done())
