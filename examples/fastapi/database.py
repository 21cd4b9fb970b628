"""The pool, and what PostgreSQL's errors mean for HTTP. There is nothing else to set up: the models are in the database."""
import json
import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

STATUS = {
    "22023": 422,                                  # invalid input: DETAIL is what FastAPI sends with 422
    "22000": 422,                                  # asyncpg: what the argument's type does not hold, not even sent
    "22P02": 422, "22003": 422, "22007": 422, "22008": 422, "23514": 422,      # the same, found by PostgreSQL
    "22021": 422, "22P05": 422,                    # characters that it does not store
    "22004": 401,                                  # no owner
    "42501": 403,                                  # another owner, or no right
    "P0002": 404, "P0003": 409,                    # none, several
    "TO409": 409,                                  # somebody else has changed the row
    "23503": 409, "23505": 409, "23P01": 409,      # references and unique keys
    "40001": 503, "40P01": 503, "55P03": 503,      # try again
}


async def prepare(connection: asyncpg.Connection):
    """jsonb arguments are Python values; json results stay text, and go to the client as they are."""
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


@asynccontextmanager
async def lifespan(app: FastAPI):
    """PGHOST, PGDATABASE ... say where. Any number of workers may start at once."""
    unprepared = {"statement_cache_size": 0} if os.environ.get("PREPARE") == "no" else {}     # behind a PgBouncer before 1.21
    async with asyncpg.create_pool(init=prepare, min_size=1, max_size=10, **unprepared) as pool:
        await pool.execute("CREATE EXTENSION IF NOT EXISTS todo_orm")
        await pool.fetch("SELECT todo_orm.create_all()")
        app.state.pool = pool
        yield


async def failed(request: Request, error: asyncpg.PostgresError):
    try:
        detail = json.loads(error.detail or "")
    except ValueError:
        detail = str(error)
    return JSONResponse({"detail": detail}, status_code=STATUS.get(error.sqlstate, 500))
