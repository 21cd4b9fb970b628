"""What is measured: for each workload the same work, asked for in several ways."""
from dataclasses import dataclass, field

TASK = "id, user_id, title, description, completed, conversation_id, created_at, updated_at, deleted_at"
MESSAGE = "id, user_id, conversation_id, role, content, data, client_key, status, created_at"
CONVERSATION = "id, user_id, title, created_at, updated_at, deleted_at"

TEXT, BIGINT, BOOL, JSONB, TEXTS, BIGINTS = 25, 20, 16, 3802, 1009, 1016
# The parameters by name, with the type that the driver announces.
TYPES = {"user": TEXT, "id": BIGINT, "title": TEXT, "description": TEXT, "completed": BOOL, "patch": JSONB,
         "item": JSONB, "items": JSONB, "conversation": BIGINT, "role": TEXT, "content": TEXT, "users": TEXTS, "conversations": BIGINTS}

APP, OWNER = "todo_bench_app", "todo_bench_owner"
GENERATED, RAW, SEVERAL, PLPGSQL = "generated", "raw", "several statements", "PL/pgSQL"
GENERATED_UNPREPARED, RAW_UNPREPARED = "generated, not prepared", "raw, not prepared"
RAW_AGAIN = "raw, again"    # the very same: how far it is from 1 tells what the other figures are worth
VALIDATED = "validated only"
INLINED = "inlined"
# A list of owners is a condition on the table for which it is written only; raw has it for both.
RAW_ONCE, INLINED_TWICE = "raw, owners named once", "inlined, owners named twice"


@dataclass(frozen=True)
class Step:
    """One statement; $1 is the first of the names."""
    sql: str
    names: tuple = ()
    answer: bool = True     # does its result belong to what the caller wants?


@dataclass(frozen=True)
class Variant:
    name: str
    role: str
    steps: tuple
    prepared: bool = True
    transaction: bool = False
    says: object = None         # what it answers instead of what raw does
    rows: Step | None = None    # compared beside the answer, where the answer does not tell whose rows it is made of


@dataclass(frozen=True)
class Workload:
    """`draw` makes one call's parameters; `targets` are due ratios by the variant compared with.

    `ratios` are reported where none is due: pairs of a variant and the one that it is compared with.
    """
    name: str
    draw: object
    variants: tuple
    targets: dict = field(default_factory=dict)
    volatile: tuple = ()    # columns that differ from call to call: only whether they are null is compared
    ratios: tuple = ()


def family(names, generated, raw, plpgsql, several=()):
    """The variants of a workload. The functions take `names`; raw is a statement with names of its own."""
    made = [
        Variant(RAW, OWNER, (Step(*raw),)),
        Variant(RAW_AGAIN, OWNER, (Step(*raw),)),
        Variant(GENERATED, APP, (Step(generated, names),)),
        Variant(PLPGSQL, APP, (Step(plpgsql, names),)),
        Variant(RAW_UNPREPARED, OWNER, (Step(*raw),), prepared=False),
        Variant(GENERATED_UNPREPARED, APP, (Step(generated, names),), prepared=False),
    ]
    if several:
        writes = any(not step.sql.startswith("SELECT") for step in several)
        made.append(Variant(SEVERAL, OWNER, several, transaction=writes))
    return tuple(made)


def along_many(answer, rows, sources):
    """Variants that read along a relationship from many rows: the names and what follows FROM in each."""
    return tuple(Variant(name, OWNER, (Step(f"SELECT {answer} FROM {source}", ("users",)),),
                         rows=Step(f"SELECT {rows} FROM {source} ORDER BY m.user_id, m.id", ("users",)))
                 for name, source in sources)


# ---------------------------------------------------------------------------------------------- parameters

class Draw:
    """Random parameters within the hot set. Values are bytes, as libpq wants them."""

    def __init__(self, rng, users, hot):
        self.rng, self.users = rng, users
        self.hot = rng.sample(range(1, users + 1), min(hot, users))
        self.serial = 0

    def user_and_id(self, first, last):
        """A user and the id of his k-th row; see data.sql for the formula."""
        user = self.rng.choice(self.hot)
        number = (self.rng.randint(first, last) - 1) * self.users + user
        return b"%d" % (10_000_000_000 + user), b"%d" % number

    def key(self):
        user, task = self.user_and_id(1, 100)
        return {"user": user, "id": task}

    def task(self):
        self.serial += 1
        title, description = b"Pick up the parcel no. %d" % self.serial, b"at the post office, before six"
        return {**self.key(), "title": title, "description": description,
                "item": b'{"title": "%s", "description": "%s"}' % (title, description)}

    def tasks(self):
        """A hundred of them, as one JSON array."""
        return {**self.key(), "items": b"[%s]" % b", ".join(self.task()["item"] for _ in range(100))}

    def patch(self):
        """A title that no row has yet, so that no variant can find that there is nothing to do."""
        self.serial += 1
        title, completed = b"Bring back the parcel no. %d" % self.serial, self.rng.random() < 0.5
        body = b'{"title": "%s", "completed": %s}' % (title, b"true" if completed else b"false")
        return {**self.key(), "title": title, "completed": b"t" if completed else b"f", "patch": body}

    def conversation(self):
        user, number = self.user_and_id(1, 5)
        return {"user": user, "conversation": number}

    def all_conversations(self):
        """A user and the ids of all his conversations, for those who ask for the messages in a second statement."""
        user, number = self.user_and_id(1, 1)
        ids = (b"%d" % (int(number) + k * self.users) for k in range(10))
        return {"user": user, "conversations": b"{%s}" % b",".join(ids)}

    def owners(self):
        chosen = self.rng.sample(self.hot, min(20, len(self.hot)))
        return {"users": b"{%s}" % b",".join(b"%d" % (10_000_000_000 + user) for user in chosen)}

    def message(self):
        user, number = self.user_and_id(6, 10)
        self.serial += 1
        return {"user": user, "conversation": number, "role": b"user",
                "content": b"Please add the parcel no. %d to my list, and what is still open?" % self.serial}


# ---------------------------------------------------------------------------------------------- workloads

LIVE_TASK = "user_id = $1 AND id = $2 AND deleted_at IS NULL"
LIVE_TALK = "user_id = $1 AND id = $2 AND deleted_at IS NULL"
NEWEST_50 = f"SELECT {MESSAGE} FROM message WHERE user_id = $1 AND conversation_id = $2 ORDER BY id DESC LIMIT 50"

CREATE = Workload("create", Draw.task, family(
    ("user", "title", "description"),
    "SELECT * FROM create_task($1, $2, description => $3)",
    (f"INSERT INTO task (user_id, title, description) VALUES ($1, $2, $3) RETURNING {TASK}",
     ("user", "title", "description")),
    "SELECT * FROM pl_create_task($1, $2, $3)",
) + (Variant(VALIDATED, APP, (Step("SELECT validate_task($1, $2)", ("user", "item")),), says=[]),),
    {RAW: 1.00, RAW_UNPREPARED: 0.93, PLPGSQL: 0.85}, volatile=("id", "created_at", "updated_at"),
    ratios=((VALIDATED, GENERATED), (VALIDATED, RAW)))

# What validation costs: the plain statement takes what jsonb_to_recordset() takes and leaves the rest to the table.
INSERT_TASKS = (Step(f"INSERT INTO task (user_id, title, description) SELECT $1, i.title, i.description "
                     f"FROM jsonb_to_recordset($2) AS i(title text, description text) RETURNING {TASK}", ("user", "items")),)
CREATE_MANY = Workload("create 100", Draw.tasks, (
    Variant(RAW, OWNER, INSERT_TASKS),
    Variant(RAW_AGAIN, OWNER, INSERT_TASKS),
    Variant(GENERATED, APP, (Step("SELECT * FROM create_tasks($1, $2)", ("user", "items")),)),
    Variant(VALIDATED, APP, (Step("SELECT validate_task($1, $2)", ("user", "items")),), says=[]),
), volatile=("id", "created_at", "updated_at"), ratios=((GENERATED, RAW), (VALIDATED, GENERATED), (VALIDATED, RAW)))

GET = Workload("get", Draw.key, family(
    ("user", "id"),
    "SELECT * FROM get_task($1, $2)",
    (f"SELECT {TASK} FROM task WHERE {LIVE_TASK}", ("user", "id")),
    "SELECT * FROM pl_get_task($1, $2)",
), {RAW: 1.15, RAW_UNPREPARED: 0.75, PLPGSQL: 0.85})

LIST = Workload("list", Draw.key, family(
    ("user",),
    "SELECT * FROM list_tasks($1, 'pending', take => 20)",
    (f"SELECT {TASK} FROM task WHERE user_id = $1 AND NOT completed AND deleted_at IS NULL "
     "ORDER BY created_at DESC, id DESC LIMIT 20", ("user",)),
    "SELECT * FROM pl_list_tasks($1, false, 20)",
), {RAW: 1.10, RAW_UNPREPARED: 0.70, PLPGSQL: 0.85})

UPDATE_TASK = (f"UPDATE task SET title = $3, completed = $4, updated_at = now() WHERE {LIVE_TASK} RETURNING {TASK}",
               ("user", "id", "title", "completed"))
PATCH = Workload("patch", Draw.patch, family(
    ("user", "id", "patch"),
    "SELECT * FROM update_task($1, $2, $3)",
    UPDATE_TASK,
    "SELECT * FROM pl_update_task($1, $2, $3)",
    (Step(f"SELECT {TASK} FROM task WHERE {LIVE_TASK} FOR UPDATE", ("user", "id"), answer=False), Step(*UPDATE_TASK)),
), {RAW: 1.07, SEVERAL: 0.55, RAW_UNPREPARED: 0.80, PLPGSQL: 0.87}, volatile=("updated_at",))

APPEND_NAMES = ("user", "conversation", "role", "content")
APPEND = Workload("append", Draw.message, family(
    APPEND_NAMES,
    "SELECT * FROM append_message($1, $2, $3, $4)",
    (f"WITH talk AS (UPDATE conversation SET updated_at = now() WHERE {LIVE_TALK} RETURNING user_id, id) "
     f"INSERT INTO message (user_id, conversation_id, role, content) SELECT user_id, id, $3, $4 FROM talk "
     f"RETURNING {MESSAGE}", APPEND_NAMES),
    "SELECT * FROM pl_append_message($1, $2, $3, $4)",
    (Step(f"SELECT {CONVERSATION} FROM conversation WHERE {LIVE_TALK}", ("user", "conversation"), answer=False),
     Step(f"INSERT INTO message (user_id, conversation_id, role, content) VALUES ($1, $2, $3, $4) RETURNING {MESSAGE}",
          APPEND_NAMES),
     Step(f"UPDATE conversation SET updated_at = now() WHERE {LIVE_TALK}", ("user", "conversation"), answer=False)),
), {RAW: 1.00, SEVERAL: 0.62, RAW_UNPREPARED: 0.72, PLPGSQL: 0.85}, volatile=("id", "created_at"))

TALK_KEYS = ", ".join(f"'{name}', c.{name}" for name in CONVERSATION.split(", "))
TALK = Workload("conversation", Draw.conversation, family(
    ("user", "conversation"),
    "SELECT get_conversation_with_messages($1, $2, 50)",
    (f"SELECT json_build_object({TALK_KEYS}, 'messages', "
     f"(SELECT coalesce(json_agg(m), '[]') FROM (SELECT * FROM ({NEWEST_50}) newest ORDER BY id) m)) "
     f"FROM conversation c WHERE {LIVE_TALK}", ("user", "conversation")),
    "SELECT pl_get_conversation($1, $2, 50)",
    (Step(f"SELECT {CONVERSATION} FROM conversation WHERE {LIVE_TALK}", ("user", "conversation")),
     Step(NEWEST_50, ("user", "conversation"))),
), {RAW: 0.40, SEVERAL: 0.85, RAW_UNPREPARED: 0.32, PLPGSQL: 0.41})

NEWEST_TALKS = (f"SELECT {CONVERSATION} FROM conversation WHERE user_id = $1 AND deleted_at IS NULL "
                "ORDER BY updated_at DESC NULLS FIRST, id DESC LIMIT 20")
TALK_MESSAGES = f"SELECT {MESSAGE} FROM message WHERE user_id = $1 AND conversation_id = c.id ORDER BY id"
TALKS = Workload("conversations", Draw.all_conversations, family(
    ("user",),
    "SELECT load_conversations($1, '[\"messages\"]', take => 20)",
    (f"SELECT json_build_object('items', coalesce(json_agg(json_build_object({TALK_KEYS}, 'messages', "
     f"(SELECT coalesce(json_agg(m), '[]') FROM ({TALK_MESSAGES}) m))), '[]'), 'next_cursor', NULL, 'prev_cursor', NULL) "
     f"FROM ({NEWEST_TALKS}) c", ("user",)),
    "SELECT pl_load_conversations($1, 20)",
    (Step(NEWEST_TALKS, ("user",)),
     Step(f"SELECT {MESSAGE} FROM message WHERE user_id = $1 AND conversation_id = ANY ($2) ORDER BY conversation_id, id",
          ("user", "conversations"))),
), {RAW: 0.43, SEVERAL: 0.75, RAW_UNPREPARED: 0.32, PLPGSQL: 0.43})

# ---------------------------------------------------------------------------------------------- relationships

# What the planner can inline, made with todo_orm.inline_function_ddl: model, relationship, name.
INLINED_FUNCTIONS = (("conversation", "messages", "all_messages"), ("message", "conversation", "one_conversation"))
RATIOS = ((GENERATED, RAW), (INLINED, RAW), (GENERATED, INLINED))

OWN_MESSAGES = (Step(f"SELECT {MESSAGE} FROM message WHERE user_id = $1 AND conversation_id = $2 ORDER BY id",
                     ("user", "conversation")),)
CHILDREN = Workload("children of one", Draw.conversation, (
    Variant(RAW, OWNER, OWN_MESSAGES),
    Variant(RAW_AGAIN, OWNER, OWN_MESSAGES),
    Variant(GENERATED, APP, (Step("SELECT m.* FROM get_conversation($1, $2) c, messages(c) m", ("user", "conversation")),)),
    Variant(INLINED, OWNER, (Step("SELECT m.* FROM conversation c, all_messages(c) m WHERE c.user_id = $1 AND c.id = $2",
                                  ("user", "conversation")),)),
), ratios=RATIOS)

# Aggregates, so that the rows are read and none is sent. The messages of all users are of the same lengths: which rows
# they are is compared row by row.
LIVE_TALKS = "c.user_id = ANY ($1) AND c.deleted_at IS NULL"
JOINED_MESSAGES = f"conversation c JOIN message m ON m.user_id = c.user_id AND m.conversation_id = c.id WHERE {LIVE_TALKS}"
CHILDREN_OF_MANY = Workload("children of many", Draw.owners, along_many(
    "count(*), sum(length(m.content))", "c.user_id AS talk_user, c.id AS talk, m.*", (
        (RAW, JOINED_MESSAGES),
        (RAW_AGAIN, JOINED_MESSAGES),
        (GENERATED, f"conversation c, messages(c) m WHERE {LIVE_TALKS}"),
        (INLINED, f"conversation c, all_messages(c) m WHERE {LIVE_TALKS}"),
    )), ratios=RATIOS)

JOINED_TALK = ("message m JOIN conversation c ON c.user_id = m.user_id AND c.id = m.conversation_id "
               "WHERE m.user_id = ANY ($1) AND c.deleted_at IS NULL")
PARENTS_OF_MANY = Workload("parents of many", Draw.owners, along_many(
    "count(*), sum(length(c.title))", "m.user_id, m.id, c.user_id AS talk_user, c.id AS talk, c.title", (
        (RAW, f"{JOINED_TALK} AND c.user_id = ANY ($1)"),
        (RAW_AGAIN, f"{JOINED_TALK} AND c.user_id = ANY ($1)"),
        (GENERATED, "message m, conversation(m) c WHERE m.user_id = ANY ($1)"),
        (INLINED, "message m, one_conversation(m) c WHERE m.user_id = ANY ($1)"),
        (RAW_ONCE, JOINED_TALK),
        (INLINED_TWICE, "message m, one_conversation(m) c WHERE m.user_id = ANY ($1) AND c.user_id = ANY ($1)"),
    )), ratios=(*RATIOS, (INLINED, RAW_ONCE), (INLINED_TWICE, RAW)))

# Reads first: the writes add rows.
WORKLOADS = (GET, LIST, TALK, TALKS, CHILDREN, CHILDREN_OF_MANY, PARENTS_OF_MANY, CREATE, CREATE_MANY, PATCH, APPEND)
