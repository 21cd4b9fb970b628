"""SQLModel's own classes for a todo list with a chat, on the tables that
create_all() makes; and create_all() on the tables that SQLModel makes."""

import os
import sys
from datetime import datetime, timedelta, timezone

import psycopg2
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, create_engine, select

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "include"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from seed_models import AWARE, Conversation, Message, Task  # noqa: E402
from tap import check, done, same  # noqa: E402


def connect(schema):
    """An engine for one schema; naive times are UTC, as utcnow() makes them."""
    return create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(
        dbname=os.environ.get("PGDATABASE", ""), options="-c search_path=%s -c timezone=UTC" % schema))


def sql(engine, query, **parameters):
    """The rows of a statement, as tuples."""
    with engine.begin() as connection:
        result = connection.execute(text(query), parameters)
        return [tuple(row) for row in result] if result.returns_rows else []


def value(engine, query, **parameters):
    return sql(engine, query, **parameters)[0][0]


def refused(engine, query, **parameters):
    """The SQLSTATE of a statement that is refused."""
    try:
        sql(engine, query, **parameters)
    except Exception as error:  # the class differs between versions of SQLAlchemy
        return getattr(getattr(error, "orig", None), "pgcode", repr(error))
    return None


def both_ways(engine, where):
    """Rows written by either side are seen and changed by the other."""

    # written by SQLModel, read by functions
    with Session(engine) as session:
        task = Task(user_id="ann", title="by SQLModel", description="two litres")
        session.add(task)
        session.commit()
        session.refresh(task)
        task_id, created_at = task.id, task.created_at.replace(tzinfo=None)
    same(sql(engine, "SELECT title, description, completed FROM get_task('ann', :id)", id=task_id),
         [("by SQLModel", "two litres", False)], where + "a task of SQLModel's is read by get_task")
    same(value(engine, "SELECT created_at::timestamp FROM get_task('ann', :id)", id=task_id), created_at,
         where + "with the time that SQLModel gave it")
    same(sql(engine, "SELECT id FROM get_task('bob', :id)", id=task_id), [], where + "and is ann's")

    # written by functions, read by SQLModel
    by_function = value(engine, "SELECT id FROM create_task('ann', 'by a function', completed => false)")
    check(by_function > task_id, where + "the keys come from one place", by_function, task_id)
    with Session(engine) as session:
        task = session.get(Task, by_function)
        same((task.user_id, task.title, task.description, task.completed), ("ann", "by a function", None, False),
             where + "a task of a function's is read by SQLModel")
        check(abs(task.created_at.replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)) < timedelta(minutes=5),
              where + "its time is UTC", task.created_at, datetime.now(timezone.utc))

    # changed by one, seen by the other
    sql(engine, "SELECT FROM update_task('ann', :id, '{\"completed\"\\: true, \"description\"\\: null}')", id=task_id)
    with Session(engine) as session:
        task = session.exec(select(Task).where(Task.id == task_id)).one()
        same((task.completed, task.description), (True, None), where + "a patch is seen by SQLModel")
        check(task.updated_at is not None, where + "with updated_at")
        before = task.updated_at
        task.title = "changed by SQLModel"
        session.add(task)
        session.commit()
    same(value(engine, "SELECT title FROM get_task('ann', :id)", id=task_id), "changed by SQLModel",
         where + "a change of SQLModel's is seen by get_task")
    if shipped(engine):
        check(value(engine, "SELECT updated_at::timestamp > :before FROM get_task('ann', :id)", id=task_id,
                    before=before.replace(tzinfo=None)), where + "and has moved updated_at, by the trigger")
    same(value(engine, "SELECT count_tasks('ann', 'completed')"), 1, where + "scopes see them all")
    same([r[0] for r in sql(engine, "SELECT title FROM list_tasks('ann')")], ["by a function", "changed by SQLModel"],
         where + "lists have them in one order")

    # deleted by one, gone for the other
    with Session(engine) as session:
        session.delete(session.exec(select(Task).where(Task.id == task_id)).one())
        session.commit()
    same(sql(engine, "SELECT id FROM get_task('ann', :id)", id=task_id), [], where + "deleted by SQLModel, gone for get_task")
    same(value(engine, "SELECT delete_task('ann', :id)", id=by_function), True, where + "deleted by a function")
    with Session(engine) as session:
        same(session.exec(select(Task).where(Task.user_id == "ann")).all(), [], where + "gone for SQLModel")


def chat_both_ways(engine):
    """Conversations and messages, with SQLModel's relationships and ours."""
    with Session(engine) as session:
        conversation = Conversation(user_id="ann")
        session.add(conversation)
        session.commit()
        session.add(Message(user_id="ann", conversation_id=conversation.id, role="user", content="by SQLModel"))
        session.commit()
        conversation_id = conversation.id
    sql(engine, "SELECT FROM append_message('ann', :id, 'assistant', 'by a function')", id=conversation_id)
    with Session(engine) as session:
        session.add(Message(user_id="ann", conversation_id=conversation_id, role="user", content="by SQLModel again"))
        session.commit()
    with Session(engine) as session:
        conversation = session.exec(select(Conversation).where(Conversation.id == conversation_id)).one()
        same(sorted((m.id, m.content) for m in conversation.messages),
             sql(engine, "SELECT m.id, m.content FROM get_conversation('ann', :id) c, messages(c) m", id=conversation_id),
             "shipped: both see the same messages")
        same(conversation.messages[0].conversation.id, conversation_id, "shipped: and their conversation")
        check(conversation.updated_at is not None, "shipped: append_message has moved the conversation")
    chat = value(engine, "SELECT get_conversation_with_messages('ann', :id)", id=conversation_id)
    same([m["content"] for m in chat["messages"]], ["by SQLModel", "by a function", "by SQLModel again"],
         "shipped: get_conversation_with_messages has them all, in order")
    started = value(engine, "SELECT conversation_id FROM append_message('ann', NULL, 'user', 'a new chat')")
    with Session(engine) as session:
        same(session.exec(select(Message).where(Message.conversation_id == started)).one().content, "a new chat",
             "shipped: a conversation that append_message started")
    same(refused(engine, "SELECT append_message('bob', :id, 'user', 'x')", id=conversation_id), "23503",
         "shipped: bob may not write into it")
    same(refused(engine, "SELECT create_task('', 'x')"), "22004", "shipped: nobody is refused")


def one_transaction(engine):
    """Functions and SQLModel in one session: objects, and one commit or rollback for both."""
    create = select(Task).from_statement(text("SELECT * FROM create_task(:user_id, :title)"))
    listed = select(Task).from_statement(text("SELECT * FROM list_tasks(:user_id, sort => 'id')"))
    with Session(engine) as session:
        task = session.scalars(create, {"user_id": "tina", "title": "by a function"}).one()
        check(isinstance(task, Task) and task in session, "one transaction: from_statement gives an object of the session")
        session.add(Task(user_id="tina", title="by SQLModel"))
        session.flush()
        rows = session.scalars(listed, {"user_id": "tina"}).all()
        same([t.title for t in rows], ["by a function", "by SQLModel"], "one transaction: a function sees what was flushed")
        check(rows[0] is task, "one transaction: a row is one object, whoever reads it")
        same(sql(engine, "SELECT title FROM list_tasks('tina')"), [], "one transaction: others see neither")
        session.rollback()
    same(sql(engine, "SELECT title FROM list_tasks('tina')"), [], "one transaction: a rollback takes both")

    with Session(engine) as session:
        task = session.scalars(create, {"user_id": "tina", "title": "by a function"}).one()
        task.description = "by SQLModel"
        session.commit()
        session.execute(text("SELECT FROM update_task('tina', :id, '{\"completed\"\\: true}')"), {"id": task.id})
        session.refresh(task)
        same((task.title, task.description, task.completed), ("by a function", "by SQLModel", True),
             "one transaction: refresh has what a function changed")
        session.scalars(select(Task).from_statement(text("SELECT * FROM update_task('tina', :id, '{\"title\"\\: \"again\"}')"))
                        .execution_options(populate_existing=True), {"id": task.id}).one()
        same(task.title, "again", "one transaction: or populate_existing, without another query")
        session.rollback()
    same(sql(engine, "SELECT title, description FROM list_tasks('tina')"), [("by a function", "by SQLModel")],
         "one transaction: what was committed stays")


def shipped(engine):
    """Are these the tables that create_all() makes?"""
    return value(engine, "SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'task'::regclass AND attname = 'deleted_at')")


# ---------------------------------------------------------------- the shipped tables

admin = connect("public")
sql(admin, "CREATE SCHEMA made")
sql(admin, "CREATE SCHEMA adopted")
made = connect("made")
same(value(made, "SELECT count(*) FROM todo_orm.create_all()"), 80, "create_all makes the tables")
SQLModel.metadata.create_all(made)
same(value(made, "SELECT count(*) FROM pg_class WHERE relnamespace = 'made'::regnamespace AND relkind = 'r'"), 3,
     "SQLModel has nothing to add")
both_ways(made, "shipped: ")
chat_both_ways(made)

# what the tables refuse, they refuse SQLModel too
for what, row in [("an empty title", Task(user_id="ann", title="")),
                  ("an empty owner", Task(user_id="", title="x")),
                  ("an unknown role", Message(user_id="ann", conversation_id=1, role="boss", content="x")),
                  ("a message in another's conversation", Message(user_id="bob", conversation_id=1, role="user", content="x"))]:
    with Session(made) as session:
        session.add(row)
        try:
            session.commit()
            check(False, "shipped: SQLModel is refused " + what)
        except IntegrityError:
            check(True, "shipped: SQLModel is refused " + what)

# what is soft-deleted is a column that SQLModel's class does not have
task_id = value(made, "SELECT id FROM create_task('ann', 'soft')")
same(value(made, "SELECT soft_delete_task('ann', :id)", id=task_id), True, "shipped: soft delete")
with Session(made) as session:
    same([t.title for t in session.exec(select(Task)).all()], ["soft"], "shipped: the row is still there for SQLModel")

one_transaction(made)

# ---------------------------------------------------------------- adopted tables

adopted = connect("adopted")
SQLModel.metadata.create_all(adopted)
same(value(adopted, "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'task'::regclass AND attname = 'created_at'"),
     "timestamp with time zone" if AWARE else "timestamp without time zone", "adopted: times are what this SQLModel makes of them")
with Session(adopted) as session:
    session.add(Task(user_id="old", title="from before"))
    conversation = Conversation(user_id="old")
    session.add(conversation)
    session.commit()
    session.add(Message(user_id="old", conversation_id=conversation.id, role="user", content="from before"))
    session.commit()

# everything that there is to know about a table
STATE = """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
                  c.relrowsecurity, c.relhastriggers,
                  (SELECT string_agg(pg_get_constraintdef(oid), '; ' ORDER BY conname) FROM pg_constraint WHERE conrelid = c.oid),
                  (SELECT string_agg(pg_get_indexdef(indexrelid), '; ' ORDER BY indexrelid) FROM pg_index WHERE indrelid = c.oid)
             FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid LEFT JOIN pg_attrdef d ON adrelid = c.oid AND adnum = attnum
            WHERE relnamespace = 'adopted'::regnamespace AND relkind = 'r' AND attnum > 0 ORDER BY relname, attnum"""
before = sql(adopted, STATE)
functions = [r[0] for r in sql(adopted, "SELECT * FROM todo_orm.create_all()")]
for name in ("create_task", "get_task", "list_tasks", "update_task", "create_message", "list_messages", "get_conversation"):
    check(any(f.startswith("adopted.%s(" % name) for f in functions), "adopted: create_all makes " + name, functions)
# SQLModel's foreign key says nothing of the owner, so no relationship may be made of it
for name in ("soft_delete_task", "restore_task", "append_message", "get_conversation_with_messages", "messages"):
    check(not any(f.startswith("adopted.%s(" % name) for f in functions), "adopted: but not " + name, functions)
same(sql(adopted, STATE), before, "adopted: and changes nothing in the tables")
same(sql(adopted, "SELECT * FROM todo_orm.create_all()"), [], "adopted: called again, it does nothing")
same(sql(adopted, "SELECT title FROM list_tasks('old')"), [("from before",)], "adopted: rows of before are read")
same(sql(adopted, "SELECT content FROM list_messages('old')"), [("from before",)], "adopted: also messages")
same(sql(adopted, "SELECT title FROM list_tasks('ann')"), [], "adopted: by their owner only")
same(sql(adopted, "SELECT content FROM create_message('old', 1, 'user', 'new')"), [("new",)], "adopted: they go on")
with Session(adopted) as session:
    conversation = session.exec(select(Conversation)).one()
    same([m.content for m in conversation.messages], ["from before", "new"], "adopted: SQLModel sees them all")
both_ways(adopted, "adopted: ")
same(refused(adopted, "SELECT create_message('ann', 1, 'user', 'x')"), "23503",
     "adopted: another's conversation is refused, though the foreign key would let it pass")
same(refused(adopted, "SELECT create_message('old', 99, 'user', 'x')"), "23503", "adopted: and one that is missing")

# a table of the name that is another thing
sql(admin, "CREATE SCHEMA other")
sql(admin, "CREATE TABLE other.task (id int PRIMARY KEY, what int)")
other = connect("other")
same(refused(other, "SELECT todo_orm.create_all()"), "42P16", "another table of the name is refused")
same(sql(other, "SELECT relname FROM pg_class WHERE relnamespace = 'other'::regnamespace AND relkind = 'r'"), [("task",)],
     "and nothing is made")

for engine in (admin, made, adopted, other):
    engine.dispose()
sys.exit(done())
