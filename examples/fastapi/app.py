"""A todo list with an AI chatbot: FastAPI and asyncpg on the functions of todo_orm, no ORM in between.

    uvicorn app:app --app-dir examples/fastapi
"""
from pathlib import Path
from typing import Any, Optional

import asyncpg
from fastapi import Body, Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.staticfiles import StaticFiles

import chat
import database

app = FastAPI(title="Todo chat")
app.router.lifespan_context = database.lifespan    # FastAPI(lifespan=...) from 0.93 on
app.add_exception_handler(asyncpg.PostgresError, database.failed)


def pool(request: Request) -> asyncpg.Pool:
    return request.app.state.pool


def owner(x_user: str = Header("")) -> str:
    """Whose rows a request is about. A real application takes it from the token that it has checked."""
    return x_user


def ready_json(text: Optional[str]) -> Response:
    """JSON that the database has written goes out as it is."""
    if text is None:
        raise HTTPException(404, "not found")
    return Response(text, media_type="application/json")


def one_item(item: Any = Body()) -> Any:
    """What a POST creates: one. create_tasks takes an array, too; everything else that is wrong, it says itself."""
    if isinstance(item, list):
        raise HTTPException(422, [{"loc": [], "type": "type", "msg": "expected an object", "input": None}])
    return item


def row(record: Optional[asyncpg.Record]) -> dict:
    if record is None:
        raise HTTPException(404, "not found")
    return dict(record)


@app.get("/tasks")
async def list_tasks(scope: str = "all", take: int = 50, cursor: Optional[str] = None, db=Depends(pool), user=Depends(owner)):
    return ready_json(await db.fetchval("SELECT page_tasks($1, $2, take => $3, cursor => $4)", user, scope, take, cursor))


@app.post("/tasks", status_code=201)
async def create_task(item: Any = Depends(one_item), db=Depends(pool), user=Depends(owner)):
    return row(await db.fetchrow("SELECT * FROM create_tasks($1, $2)", user, item))


@app.get("/tasks/{id}")
async def get_task(id: int, db=Depends(pool), user=Depends(owner)):
    return row(await db.fetchrow("SELECT * FROM get_task($1, $2)", user, id))


@app.patch("/tasks/{id}")
async def update_task(id: int, patch: Any = Body(), db=Depends(pool), user=Depends(owner)):
    return row(await db.fetchrow("SELECT * FROM update_task($1, $2, $3)", user, id, patch))


@app.delete("/tasks/{id}", status_code=204)
async def delete_task(id: int, db=Depends(pool), user=Depends(owner)):
    if not await db.fetchval("SELECT soft_delete_task($1, $2)", user, id):
        raise HTTPException(404, "not found")


@app.post("/tasks/{id}/restore")
async def restore_task(id: int, db=Depends(pool), user=Depends(owner)):
    return row(await db.fetchrow("SELECT * FROM restore_task($1, $2)", user, id))


@app.get("/conversations")
async def list_conversations(db=Depends(pool), user=Depends(owner)):
    """Each with its last message and the number of its messages, in one round trip."""
    return ready_json(await db.fetchval("SELECT load_conversations($1, $2)", user,
                                        {"messages": {"take": -1, "count": True}}))


@app.get("/conversations/{id}")
async def get_conversation(id: int, db=Depends(pool), user=Depends(owner)):
    return ready_json(await db.fetchval("SELECT get_conversation_with_messages($1, $2)", user, id))


@app.post("/chat")
async def say(content: str = Body(), conversation_id: Optional[int] = Body(None), client_key: Optional[str] = Body(None),
              db=Depends(pool), user=Depends(owner)):
    """What the user says; answers with server-sent events, one for each message and each piece of the last one.
    The same client_key again is the same message: nothing is said twice."""
    message = await db.fetchrow("SELECT * FROM append_message($1, $2, 'user', $3, client_key => $4)",
                                user, conversation_id, content, client_key)
    return StreamingResponse(chat.answer(db, user, message), media_type="text/event-stream")


app.mount("/", StaticFiles(directory=Path(__file__).parent / "static", html=True))
