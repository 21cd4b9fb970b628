"""A warm call scans no catalog: function, descriptor and plan are kept.

Scans are counted by the server itself (pg_stat_sys_tables).  The query that
reads the counters scans a little too, so each count of CALLS calls is held
against one of no calls; one scan per call would be CALLS more."""

import os
import sys

import psycopg

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from tap import check, done  # noqa: E402

CALLS = 200
SLACK = CALLS // 4

STATEMENTS = {
    "get": "SELECT * FROM get_task('ann', 1)",
    "find": "SELECT * FROM find_tasks('ann', '{3,1,2}')",
    "list": "SELECT * FROM list_tasks('ann', 'pending', take => 5)",
    "page": "SELECT page_tasks('ann', with_total => true)",
    "count": "SELECT count_tasks('ann')",
    "match and sort": "SELECT * FROM list_tasks('ann', match => '{\"title\": {\"ilike\": \"%a%\"}, \"or\": [{\"id\": 1}, {\"completed\": false}]}', sort => '-title')",
    "along relationships": "SELECT count_conversations('ann', match => '{\"messages\": {\"some\": {\"role\": \"user\"}}}')",
    "cursor": "SELECT page_tasks('ann', take => 1, cursor => page_tasks('ann', take => 1) ->> 'next_cursor')",
    "first and one": "SELECT * FROM first_task('ann', '{\"completed\": false}'), one_task('ann', '{\"id\": 1}')",
    "aggregate": "SELECT aggregate_tasks('ann', group_by => '{completed}', measures => '{\"last\": {\"max\": \"id\"}}')",
    "create": "SELECT * FROM create_task('ann', 'one more', conversation_id => 1)",
    "create many": "SELECT * FROM create_tasks('ann', '[{\"title\": \"a\"}, {\"title\": \"b\"}]')",
    "update": "SELECT * FROM update_task('ann', 1, jsonb_build_object('title', clock_timestamp()::text))",
    "upsert": "SELECT * FROM upsert_task('ann', jsonb_build_object('id', 3, 'title', clock_timestamp()::text))",
    "upsert, created": "SELECT * FROM upsert_task('ann', '{\"title\": \"one more\"}')",
    "update many": "SELECT * FROM update_tasks('ann', '{\"id\": {\"in\": [1, 2]}}', jsonb_build_object('title', clock_timestamp()::text))",
    "patch many": "SELECT * FROM patch_tasks('ann', jsonb_build_array(jsonb_build_object('id', 1, 'title', clock_timestamp()::text)))",
    "soft delete many and restore": "SELECT soft_delete_tasks('ann', '{\"id\": 2}'), restore_task('ann', 2)",
    "delete many": "SELECT delete_tasks('ann', '{\"title\": \"one more\"}')",
    "soft delete and restore": "SELECT soft_delete_task('ann', 2), restore_task('ann', 2)",
    "append": "SELECT * FROM append_message('ann', 1, 'user', 'hello')",
    "with children": "SELECT get_conversation_with_messages('ann', 1, take => 10)",
    "load": "SELECT load_conversation('ann', 1, '{\"messages\": {\"take\": -2, \"match\": {\"role\": \"user\"}, \"sort\": \"-id\", \"count\": true}, \"tasks\": {}}')",
    "load many": "SELECT load_conversations('ann', '[\"messages:-1.conversation\", \"tasks\"]')",
    "batch": "SELECT * FROM messages_of_conversations('ann', '{1,2}', 3)",
    "related": "SELECT m.id FROM get_conversation('ann', 1) c, messages(c) m LIMIT 1",
}


def catalog_scans(cursor):
    cursor.execute("SELECT pg_stat_force_next_flush()")
    cursor.execute("SELECT 1")
    cursor.execute("SELECT sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0)) FROM pg_stat_sys_tables"
                   " WHERE schemaname = 'pg_catalog'")
    return int(cursor.fetchone()[0])


def scans_of(cursor, statement, calls):
    before = catalog_scans(cursor)
    for _ in range(calls):
        cursor.execute(statement)
    return catalog_scans(cursor) - before


with psycopg.connect(autocommit=True) as connection:
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM todo_orm.create_all()")
    cursor.execute("SELECT append_message('ann', NULL, 'user', 'first')")
    cursor.execute("SELECT create_tasks('ann', '[{\"title\": \"a\"}, {\"title\": \"b\"}, {\"title\": \"c\"}]')")
    catalog_scans(cursor)
    for name, statement in STATEMENTS.items():
        scans_of(cursor, statement, 10)     # warm
        # what others scan meanwhile, autovacuum for one, only adds
        idle, busy = 0, SLACK
        for _ in range(5):
            if busy - idle >= SLACK:
                idle = scans_of(cursor, statement, 0)
                busy = scans_of(cursor, statement, CALLS)
        check(busy - idle < SLACK, name + " scans no catalog when warm", "%d scans in %d calls" % (busy - idle, CALLS))
sys.exit(done())
