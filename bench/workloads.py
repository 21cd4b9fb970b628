"""What is measured: for each workload the same work, asked for in several ways."""
from dataclasses import dataclass

TASK = "id, user_id, title, description, completed, conversation_id, created_at, updated_at, deleted_at"
MESSAGE = "id, user_id, conversation_id, role, content, data, client_key, status, created_at"
CONVERSATION = "id, user_id, title, created_at, updated_at, deleted_at"

TEXT, BIGINT, BOOL, JSONB = 25, 20, 16, 3802
# The parameters by name, with the type that the driver announces.
TYPES = {"user": TEXT, "id": BIGINT, "title": TEXT, "description": TEXT, "completed": BOOL, "patch": JSONB,
         "conversation": BIGINT, "role": TEXT, "content": TEXT}

APP, OWNER = "todo_bench_app", "todo_bench_owner"
GENERATED, RAW, SEVERAL, PLPGSQL = "generated", "raw", "several statements", "PL/pgSQL"
GENERATED_UNPREPARED, RAW_UNPREPARED = "generated, not prepared", "raw, not prepared"
RAW_AGAIN = "raw, again"    # the very same: how far it is from 1 tells what the other figures are worth


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


@dataclass(frozen=True)
class Workload:
    """`draw` makes one call's parameters; `targets` are due ratios by the variant compared with."""
    name: str
    draw: object
    variants: tuple
    targets: dict
    volatile: tuple = ()    # columns that differ from call to call: only whether they are null is compared


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
        return {**self.key(), "title": b"Pick up the parcel no. %d" % self.serial,
                "description": b"at the post office, before six"}

    def patch(self):
        """A title that no row has yet, so that no variant can find that there is nothing to do."""
        self.serial += 1
        title, completed = b"Bring back the parcel no. %d" % self.serial, self.rng.random() < 0.5
        body = b'{"title": "%s", "completed": %s}' % (title, b"true" if completed else b"false")
        return {**self.key(), "title": title, "completed": b"t" if completed else b"f", "patch": body}

    def conversation(self):
        user, number = self.user_and_id(1, 5)
        return {"user": user, "conversation": number}

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
), {RAW: 1.00, RAW_UNPREPARED: 0.93, PLPGSQL: 0.85}, volatile=("id", "created_at", "updated_at"))

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

# Reads first: the writes add rows.
WORKLOADS = (GET, LIST, TALK, CREATE, PATCH, APPEND)
