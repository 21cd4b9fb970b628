"""The classes of an application that does not know of todo_orm yet: a todo list with a chat."""
from datetime import datetime, timezone
from typing import List, Optional

import sqlmodel
from sqlmodel import Field, Relationship, SQLModel

# Applications write default_factory=datetime.utcnow, and SQLModel makes "timestamp"
# of it. Newer ones (0.0.48) make "timestamptz", and refuse times without a zone.
# So each version gets what it wants.
AWARE = hasattr(sqlmodel, "UTCDateTime")


def utcnow():
    now = datetime.now(timezone.utc)
    return now if AWARE else now.replace(tzinfo=None)


class Task(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    user_id: str = Field(index=True)
    title: str
    description: Optional[str] = None
    completed: bool = Field(default=False)
    created_at: datetime = Field(default_factory=utcnow)
    updated_at: Optional[datetime] = None


class Conversation(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    user_id: str = Field(index=True)
    created_at: datetime = Field(default_factory=utcnow)
    updated_at: Optional[datetime] = None

    messages: List["Message"] = Relationship(back_populates="conversation")


class Message(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    user_id: str = Field(index=True)
    conversation_id: int = Field(foreign_key="conversation.id")
    role: str  # "user" or "assistant"
    content: str
    created_at: datetime = Field(default_factory=utcnow)

    conversation: Optional[Conversation] = Relationship(back_populates="messages")
