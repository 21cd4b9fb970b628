"""The chatbot's turn: what the model reads, the tools that it calls, the answer that it streams. All of it is kept as it
happens, so that a page that is loaded again shows the same."""
import json

import asyncpg
from fastapi.encoders import jsonable_encoder

import model

MOST_STEPS = 5      # of tools, before the model must answer


def event(**data) -> str:
    return "data: %s\n\n" % json.dumps(jsonable_encoder(data))


async def answer(db: asyncpg.Pool, user: str, message: asyncpg.Record):
    conversation = message["conversation_id"]
    yield event(message=dict(message))
    tools = await db.fetchval("SELECT todo_orm.tool_schemas(models => '{task}')")
    for _ in range(MOST_STEPS):
        context = [dict(m) for m in await db.fetch("SELECT * FROM chat_context($1, $2, max_messages => 40)", user, conversation)]
        if not context or context[-1]["role"] == "assistant":
            return      # sent again, and answered already
        reply = model.reply(context, tools)
        if "tool_calls" not in reply:
            break
        for made in await call_tools(db, user, conversation, reply["tool_calls"]):
            yield event(message=dict(made))
    async for piece in stream(db, user, conversation, reply.get("pieces", ["I cannot do that."])):
        yield piece


async def call_tools(db, user, conversation, calls):
    """Runs the tools for the user, and keeps calls and results together. An error that the model can mend is a result."""
    items = [{"role": "assistant", "content": "", "data": {"tool_calls": calls}}]
    for call in calls:
        result = await db.fetchval("SELECT todo_orm.call($1, $2, $3, models => '{task}')", user, call["name"], call["arguments"])
        items.append({"role": "tool", "content": json.dumps(result), "data": {"tool_call_id": call["id"]}})
    return await db.fetch("SELECT * FROM append_messages($1, $2, $3)", user, conversation, items)


async def stream(db, user, conversation, pieces):
    """Each step is one short call; nothing is held open between two pieces."""
    id = await db.fetchval("SELECT id FROM begin_message($1, $2, 'assistant')", user, conversation)
    try:
        for piece in pieces:
            await db.execute("SELECT continue_message($1, $2, $3)", user, id, piece)
            yield event(id=id, piece=piece)
        yield event(message=dict(await db.fetchrow("SELECT * FROM finish_message($1, $2)", user, id)))
    except BaseException:
        await db.execute("SELECT * FROM abort_message($1, $2)", user, id)
        raise
