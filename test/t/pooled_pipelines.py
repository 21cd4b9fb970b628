"""Two users, each with connections of its own to a pooler that has one connection of the server; run by
012_pooled_pipelines.pl. Their transactions interleave, each saying who acts; so do pipelines and errors in them."""
import asyncio
import json
import os
import sys
import threading
from pathlib import Path

import asyncpg
import psycopg
from psycopg.types.json import Jsonb

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples/drivers/python"))
from common import Steps  # noqa: E402

ROUNDS = 25
steps = Steps()
prepared = os.environ["PREPARE"] == "yes"
unprepared = {} if prepared else {"prepare_threshold": None}
IDENTITY = "SELECT set_config('todo_orm.user_id', %s, true)"


def connect():
    return psycopg.connect(autocommit=True, **unprepared)


def titles(owner, conn):
    with conn.transaction():
        conn.execute(IDENTITY, [owner])
        return [title for title, in conn.execute("SELECT title FROM list_tasks(%s, sort => 'id', take => 1000)", [owner])]


def all_at_once(work, *owners):
    """Run the same for each owner in a thread of its own; the first error is raised here."""
    problems = []

    def guarded(owner):
        try:
            with connect() as conn:
                work(owner, conn)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=guarded, args=[owner]) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


with steps("two connections take turns on one of the server"):
    with connect() as ann, connect() as bob:
        pids = set()
        for n in range(ROUNDS):
            for owner, conn in (("ann", ann), ("bob", bob)):
                with conn.transaction():
                    pids.add(conn.execute("SELECT pg_backend_pid()").fetchone()[0])
                    conn.execute(IDENTITY, [owner])
                    made = conn.execute("SELECT user_id, title FROM create_task(%s, %s)", [owner, f"{owner} {n}"]).fetchone()
                    assert made == (owner, f"{owner} {n}"), made
        assert len(pids) == 1, pids
        for owner, conn in (("ann", ann), ("bob", bob)):
            assert titles(owner, conn) == [f"{owner} {n}" for n in range(ROUNDS)]

with steps("pipelines of two users at the same time"):
    def pipelines(owner, conn):
        for n in range(ROUNDS):
            with conn.pipeline(), conn.transaction():
                conn.execute(IDENTITY, [owner])
                made = [conn.execute("SELECT user_id, title FROM create_task(%s, %s)", [owner, f"{owner} {n} {i}"]) for i in range(5)]
                # the first result that is read sends all of them
                assert [m.fetchone() for m in made] == [(owner, f"{owner} {n} {i}") for i in range(5)]

    all_at_once(pipelines, "cat", "dan")
    with connect() as conn:
        for owner in ("cat", "dan"):
            assert titles(owner, conn) == [f"{owner} {n} {i}" for n in range(ROUNDS) for i in range(5)]

with steps("another's rows are refused in a pipeline, and nothing of it stays"):
    def trespass(owner, conn):
        other = {"eve": "fay", "fay": "eve"}[owner]
        for n in range(ROUNDS):
            try:
                with conn.pipeline(), conn.transaction():
                    conn.execute(IDENTITY, [owner])
                    conn.execute("SELECT create_task(%s, %s)", [owner, "before"])
                    conn.execute("SELECT create_task(%s, %s)", [other, "trespass"])
                    conn.execute("SELECT create_task(%s, %s)", [owner, "after"])
                assert False, "not refused"
            except psycopg.errors.InsufficientPrivilege:
                pass
            assert titles(owner, conn) == []

    all_at_once(trespass, "eve", "fay")

with steps("a refused payload in a pipeline says what is wrong with it"):
    with connect() as conn:
        try:
            with conn.pipeline():
                conn.execute("SELECT create_tasks(%s, %s)", ["gus", Jsonb([{"title": "fine"}, {"titel": "a slip"}])])
            assert False, "not refused"
        except psycopg.errors.InvalidParameterValue as error:
            assert [f["loc"] for f in json.loads(error.diag.message_detail)] == [[1, "titel"], [1, "title"]]
        assert titles("gus", conn) == []

with steps("asyncpg: two users' batches at the same time"):
    async def batches(pool, owner):
        for n in range(ROUNDS):
            async with pool.acquire() as conn, conn.transaction():
                await conn.execute("SELECT set_config('todo_orm.user_id', $1, true)", owner)
                await conn.executemany("SELECT create_task($1, $2)", [(owner, f"{owner} {n} {i}") for i in range(5)])

    async def both():
        cache = {} if prepared else {"statement_cache_size": 0}
        async with asyncpg.create_pool(min_size=4, max_size=4, **cache) as pool:
            await asyncio.gather(batches(pool, "ida"), batches(pool, "joe"))
            for owner in ("ida", "joe"):
                found = await pool.fetch("SELECT title FROM list_tasks($1, sort => 'id', take => 1000)", owner)
                assert [f["title"] for f in found] == [f"{owner} {n} {i}" for n in range(ROUNDS) for i in range(5)]

    asyncio.run(both())

sys.exit(steps.done())
