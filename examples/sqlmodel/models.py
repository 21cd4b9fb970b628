"""SQLModel's classes for the tables that todo_orm.create_all() makes: an application can use both on the same rows.

They say all that Alembic compares, so that autogenerate finds nothing to change, neither in tables that create_all() has made
nor in tables that were made out of these classes."""
from datetime import datetime
from typing import Any, Dict, List, Optional

import sqlalchemy
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import (BigInteger, Boolean, CheckConstraint, Column, DateTime, Field, ForeignKeyConstraint, Identity, Index,
                      PrimaryKeyConstraint, Relationship, SQLModel, Text, false, func, text)

# A column of a foreign key can be set to null by itself; SQLAlchemy has words for that from 2.0.40 on. With an older one
# let create_all() make the tables.
BEFORE_2_0_40 = tuple(map(int, sqlalchemy.__version__.split(".")[:3])) < (2, 0, 40)
SET_CONVERSATION_NULL = "SET NULL" if BEFORE_2_0_40 else "SET NULL (conversation_id)"


# A Column belongs to one table, so these make one for each.
def key() -> Any:
    return Field(default=None, sa_column=Column(BigInteger, Identity(), nullable=False))


def owner() -> Any:
    return Field(min_length=1, sa_column=Column(Text(collation="C"), nullable=False))


def created_at() -> Any:
    return Field(default=None, sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False))


def time(comment: Optional[str] = None) -> Any:
    return Field(default=None, sa_column=Column(DateTime(timezone=True), comment=comment))


class Conversation(SQLModel, table=True):
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "id", name="conversation_pkey"),
        CheckConstraint("user_id <> ''", name="conversation_user_id_check"),
        {"comment": "A chat of one user with the assistant."},
    )

    id: Optional[int] = key()
    user_id: str = owner()
    title: Optional[str] = Field(
        default=None, sa_column=Column(Text, comment="what the chat is about; null until somebody names it"))
    created_at: Optional[datetime] = created_at()
    updated_at: Optional[datetime] = time("last activity: also moved by every message")
    deleted_at: Optional[datetime] = time()

    # the database deletes messages with their conversation
    messages: List["Message"] = Relationship(back_populates="conversation", sa_relationship_kwargs={
        "order_by": "Message.id", "cascade": "all, delete-orphan", "passive_deletes": True})
    tasks: List["Task"] = Relationship(back_populates="conversation", sa_relationship_kwargs={
        "order_by": "desc(Task.created_at), desc(Task.id)", "passive_deletes": "all",
        "primaryjoin": "and_(foreign(Task.conversation_id) == Conversation.id, Task.user_id == Conversation.user_id)"})


class Message(SQLModel, table=True):
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "id", name="message_pkey"),
        ForeignKeyConstraint(["user_id", "conversation_id"], ["conversation.user_id", "conversation.id"],
                             name="message_conversation_fkey", ondelete="CASCADE"),
        CheckConstraint("user_id <> ''", name="message_user_id_check"),
        CheckConstraint("role = ANY (ARRAY['user', 'assistant', 'system', 'tool'])", name="message_role_check"),
        CheckConstraint("status = ANY (ARRAY['streaming', 'complete', 'aborted'])", name="message_status_check"),
        CheckConstraint("content <> '' OR data IS NOT NULL OR status <> 'complete'", name="message_content_check"),
        Index("message_conversation_idx", "user_id", "conversation_id", "id"),
        Index("message_streaming_idx", "user_id", "created_at", postgresql_where=text("status = 'streaming'")),
        Index("message_system_idx", "user_id", "conversation_id", "id", postgresql_where=text("role = 'system'")),
        Index("message_client_key_key", "user_id", "client_key", unique=True,
              postgresql_where=text("client_key IS NOT NULL")),
        {"comment": "One message of a conversation; their order is by id."},
    )

    id: Optional[int] = key()
    user_id: str = owner()
    conversation_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    role: str = Field(sa_column=Column(Text, nullable=False, comment="user, assistant, system or tool"))
    content: str = Field(sa_column=Column(Text, nullable=False))
    data: Optional[Dict[str, Any]] = Field(
        default=None, sa_column=Column(JSONB(none_as_null=True), comment="tool calls, tool call id, usage"))
    client_key: Optional[str] = Field(default=None, sa_column=Column(
        Text, comment="makes sending repeatable: the same key of the same user is the same message"))
    status: str = Field(default="complete", sa_column=Column(
        Text, server_default="complete", nullable=False, comment="streaming, complete or aborted"))
    created_at: Optional[datetime] = created_at()

    conversation: Optional[Conversation] = Relationship(back_populates="messages")


class TaskBase(SQLModel):
    title: str = Field(min_length=1, sa_column=Column(Text, nullable=False))
    description: Optional[str] = Field(default=None, sa_column=Column(Text))
    completed: bool = Field(default=False, sa_column=Column(Boolean, server_default=false(), nullable=False))


class Task(TaskBase, table=True):
    __table_args__ = (
        PrimaryKeyConstraint("user_id", "id", name="task_pkey"),
        ForeignKeyConstraint(["user_id", "conversation_id"], ["conversation.user_id", "conversation.id"],
                             name="task_conversation_fkey", ondelete=SET_CONVERSATION_NULL),
        CheckConstraint("user_id <> ''", name="task_user_id_check"),
        CheckConstraint("title <> ''", name="task_title_check"),
        Index("task_conversation_idx", "user_id", "conversation_id", postgresql_where=text("conversation_id IS NOT NULL")),
        {"comment": "Something to do."},
    )

    id: Optional[int] = key()
    user_id: str = owner()
    conversation_id: Optional[int] = Field(
        default=None, sa_column=Column(BigInteger, comment="the chat that the task came out of, if any"))
    created_at: Optional[datetime] = created_at()
    updated_at: Optional[datetime] = time()
    deleted_at: Optional[datetime] = time()

    # of the two columns only conversation_id is the relationship's to set: the owner stays
    conversation: Optional[Conversation] = Relationship(back_populates="tasks", sa_relationship_kwargs={
        "primaryjoin": "and_(foreign(Task.conversation_id) == Conversation.id, Task.user_id == Conversation.user_id)"})


tasks = Task.__table__.columns
Index("task_list_idx", tasks.user_id, tasks.created_at.desc(), tasks.id.desc(), postgresql_where=tasks.deleted_at == None)  # noqa: E711


# What comes in and goes out. Config is what works with every version of pydantic; from 2 on the name is
# model_config = ConfigDict(extra="forbid").
class TaskCreate(TaskBase):
    class Config:
        extra = "forbid"


class TaskUpdate(SQLModel):
    title: Optional[str] = Field(default=None, min_length=1)
    description: Optional[str] = None
    completed: Optional[bool] = None

    class Config:
        extra = "forbid"


class TaskRead(TaskBase):
    id: int
    user_id: str
    created_at: datetime
    updated_at: Optional[datetime] = None
