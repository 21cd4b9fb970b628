#!/usr/bin/env python3
"""The steps of ../README.md with asyncpg."""
import asyncio
import json
import os
import sys
from datetime import date, datetime
from decimal import Decimal

import asyncpg

from common import Steps, http_status

steps = Steps()


async def prepare_connection(conn):
    """asyncpg gives and takes JSON as text, unless a connection is told otherwise."""
    for name in ("json", "jsonb"):
        await conn.set_type_codec(name, schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


async def open_pool():
    # behind a PgBouncer before 1.21: no statements that stay prepared
    unprepared = {"statement_cache_size": 0} if os.environ.get("PREPARE") == "no" else {}
    return await asyncpg.create_pool(min_size=10, max_size=10, init=prepare_connection, **unprepared)


async def refused(conn, sql, *params):
    """The HTTP status and the body that a web application answers with."""
    try:
        await conn.fetch(sql, *params)
    except asyncpg.PostgresError as error:
        faults = error.detail if error.sqlstate == "22023" else None
        return http_status(error.sqlstate), json.loads(faults) if faults else str(error)
    raise AssertionError("not refused: " + sql)


async def status(conn, sql, *params):
    return (await refused(conn, sql, *params))[0]


async def main():
    pool = await open_pool()
    conn = await pool.acquire()

    with steps("create"):
        task = await conn.fetchrow("SELECT * FROM create_task($1, $2, description => $3)", "ann", "Buy milk", "two litres")
        assert (task["id"], task["title"], task["completed"], task["conversation_id"]) == (1, "Buy milk", False, None)
        assert isinstance(task["created_at"], datetime) and task["created_at"].tzinfo
        task = await conn.fetchrow("SELECT * FROM create_task($1, $2, description => $3)", "ann", "Call the dentist", None)
        assert task["description"] is None

    with steps("create many"):
        items = [{"title": "Pay rent"}, {"title": "Go for a run", "completed": True}]
        made = await conn.fetch("SELECT * FROM create_tasks($1, $2)", "ann", items)
        assert [(t["id"], t["title"], t["completed"]) for t in made] == [(3, "Pay rent", False), (4, "Go for a run", True)]

    with steps("get"):
        assert (await conn.fetchrow("SELECT * FROM get_task($1, $2)", "ann", 1))["title"] == "Buy milk"
        assert await conn.fetchrow("SELECT * FROM get_task($1, $2)", "bob", 1) is None
        found = await conn.fetch("SELECT * FROM find_tasks($1, $2)", "ann", [4, 99, 1])
        assert [t["id"] for t in found] == [4, 1]

    with steps("list"):
        found = await conn.fetch("SELECT * FROM list_tasks($1, $2, match => $3, sort => $4, take => $5)",
                                 "ann", "pending", {"title": {"contains": "MILK"}}, "-created_at", 10)
        assert [t["id"] for t in found] == [1]
        found = await conn.fetch("SELECT * FROM list_tasks($1, sort => $2, take => $3)", "ann", "title", 2)
        assert [t["title"] for t in found] == ["Buy milk", "Call the dentist"]

    with steps("page"):
        page = await conn.fetchval("SELECT page_tasks($1, take => $2, with_total => true)", "ann", 3)
        assert (page["total"], [t["id"] for t in page["items"]], page["prev_cursor"]) == (4, [4, 3, 2], None)
        rest = await conn.fetch("SELECT * FROM list_tasks($1, take => $2, cursor => $3)", "ann", 3, page["next_cursor"])
        assert [t["id"] for t in rest] == [1]

    with steps("update"):
        task = await conn.fetchrow("SELECT * FROM update_task($1, $2, $3)", "ann", 1, {"completed": True, "description": None})
        assert (task["title"], task["completed"], task["description"]) == ("Buy milk", True, None)
        assert await conn.fetchrow("SELECT * FROM update_task($1, $2, $3)", "ann", 99, {"completed": True}) is None

    with steps("soft delete"):
        assert await conn.fetchval("SELECT soft_delete_task($1, $2)", "ann", 2) is True
        assert await conn.fetchval("SELECT soft_delete_task($1, $2)", "ann", 2) is False
        assert await conn.fetchrow("SELECT * FROM get_task($1, $2)", "ann", 2) is None
        assert (await conn.fetchrow("SELECT * FROM restore_task($1, $2)", "ann", 2))["id"] == 2

    with steps("nested load"):
        message = await conn.fetchrow("SELECT * FROM append_message($1, $2, $3, $4)", "ann", None, "user", "Add milk")
        assert message["conversation_id"] == 1
        await conn.fetchrow("SELECT * FROM append_message($1, $2, $3, $4, data => $5)", "ann", 1, "assistant", "Done.",
                            {"usage": {"tokens": 12}})
        chat = await conn.fetchval("SELECT load_conversation($1, $2, $3)", "ann", 1, ["messages:-20"])
        assert [m["role"] for m in chat["messages"]] == ["user", "assistant"]
        assert chat["messages"][1]["data"]["usage"]["tokens"] == 12
        assert await conn.fetchval("SELECT load_conversation($1, $2, $3)", "ann", 99, ["messages"]) is None

    with steps("types"):
        labels = ["garden", 'two words, "quoted"', "h\u00e9llo \U0001f600"]
        ticket = await conn.fetchrow(
            "SELECT * FROM create_ticket($1, $2, priority => $3, labels => $4, estimate => $5, due => $6, data => $7)",
            "ann", "Paint the fence", "high", labels, Decimal("12.50"), date(2026, 12, 24), [1, {"a": None}])
        assert (ticket["id"], ticket["priority"], ticket["labels"]) == (2**53 + 1, "high", labels)
        assert (ticket["estimate"], ticket["due"], ticket["data"]) == (Decimal("12.50"), date(2026, 12, 24), [1, {"a": None}])

    with steps("big ids"):
        assert (await conn.fetchrow("SELECT * FROM get_ticket($1, $2)", "ann", 2**53 + 1))["title"] == "Paint the fence"
        assert (await conn.fetchval("SELECT page_tickets($1)", "ann"))["items"][0]["id"] == 2**53 + 1

    with steps("rows"):
        said = await conn.fetch("SELECT m.role FROM get_conversation($1, $2) c, messages(c) m", "ann", 1)
        assert [m["role"] for m in said] == ["user", "assistant"]
        # a row that is one value is a Record, too
        assert (await conn.fetchval("SELECT t FROM get_task($1, $2) t", "ann", 1))["completed"] is True
        assert (await conn.fetchval("SELECT to_json(t) FROM get_task($1, $2) t", "ann", 1))["completed"] is True

    with steps("errors"):
        code, faults = await refused(conn, "SELECT * FROM create_task($1, $2)", "ann", "")
        assert (code, faults[0]["loc"], faults[0]["type"]) == (422, ["title"], "check")
        code, faults = await refused(conn, "SELECT * FROM create_tasks($1, $2)", "ann", [{"title": "fine"}, {"titel": "a slip"}])
        assert (code, [f["loc"] for f in faults]) == (422, [[1, "titel"], [1, "title"]])
        assert await status(conn, "SELECT * FROM create_ticket($1, $2, priority => $3)", "ann", "Urgent", "urgent") == 422
        assert await status(conn, "SELECT * FROM create_task($1, $2)", None, "Whose?") == 401
        assert await status(conn, "SELECT * FROM task") == 403
        assert await status(conn, "SELECT * FROM one_task($1, $2)", "ann", {"title": "nothing"}) == 404
        assert await status(conn, "SELECT * FROM one_task($1, $2)", "ann", {"completed": False}) == 409
        assert await status(conn, "SELECT * FROM create_ticket($1, $2)", "ann", "Paint the fence") == 409
        assert await status(conn, "SELECT * FROM create_task($1, $2, conversation_id => $3)", "ann", "Reply", 99) == 409
        assert await status(conn, "SELECT no_such_function($1::text)", "ann") == 500
        # a value of another type is refused by asyncpg itself, as 22000
        assert await status(conn, "SELECT * FROM get_task($1, $2)", "ann", "1") == 422

    with steps("identity"):
        async with conn.transaction():
            await conn.execute("SELECT set_config('todo_orm.user_id', $1, true)", "ann")
            assert await conn.fetchval("SELECT count_tasks($1)", "ann") == 4
            try:
                async with conn.transaction():
                    await conn.fetchval("SELECT count_tasks($1)", "bob")
                assert False, "reads another's"
            except asyncpg.InsufficientPrivilegeError as error:
                assert http_status(error.sqlstate) == 403
        assert await conn.fetchval("SELECT count_tasks($1)", "bob") == 0

    await pool.release(conn)

    with steps("1,000 concurrent calls through a pool of 10"):
        made = await asyncio.gather(*(pool.fetchrow("SELECT * FROM create_task($1, $2)", "joe", f"task {n}")
                                      for n in range(1000)))
        assert [t["title"] for t in made] == [f"task {n}" for n in range(1000)]
        assert len({t["id"] for t in made}) == 1000
        assert await pool.fetchval("SELECT count_tasks($1)", "joe") == 1000

    with steps("pipeline"):
        async with pool.acquire() as conn:
            # one round trip; all or nothing
            await conn.executemany("SELECT create_task($1, $2)", [("kim", f"task {n}") for n in range(100)])
            assert await conn.fetchval("SELECT count_tasks($1)", "kim") == 100
            try:
                await conn.executemany("SELECT create_task($1, $2)", [("kim", "good"), ("kim", "")])
                assert False, "not refused"
            except asyncpg.PostgresError as error:
                assert http_status(error.sqlstate) == 422
            assert await conn.fetchval("SELECT count_tasks($1)", "kim") == 100

    await pool.close()


asyncio.run(main())
sys.exit(steps.done())
