-- What a careful developer would write by hand: the same calls, the same owner check, SECURITY DEFINER.
-- No SET search_path clause: it would make them dearer, and the schema is the benchmark's own.

CREATE FUNCTION pl_create_task(p_user text, p_title text, p_description text) RETURNS task
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    made task;
BEGIN
    INSERT INTO task (user_id, title, description) VALUES (p_user, p_title, p_description) RETURNING * INTO made;
    RETURN made;
END $$;

CREATE FUNCTION pl_get_task(p_user text, p_id bigint) RETURNS SETOF task
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 AS $$
BEGIN
    RETURN QUERY SELECT * FROM task WHERE user_id = p_user AND id = p_id AND deleted_at IS NULL;
END $$;

CREATE FUNCTION pl_list_tasks(p_user text, p_completed boolean, p_take integer) RETURNS SETOF task
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 AS $$
BEGIN
    RETURN QUERY SELECT * FROM task
        WHERE user_id = p_user AND completed = p_completed AND deleted_at IS NULL
        ORDER BY created_at DESC, id DESC LIMIT p_take;
END $$;

CREATE FUNCTION pl_update_task(p_user text, p_id bigint, p_patch jsonb) RETURNS SETOF task
LANGUAGE plpgsql SECURITY DEFINER ROWS 1 AS $$
BEGIN
    RETURN QUERY UPDATE task SET
        title = CASE WHEN p_patch ? 'title' THEN p_patch ->> 'title' ELSE title END,
        description = CASE WHEN p_patch ? 'description' THEN p_patch ->> 'description' ELSE description END,
        completed = CASE WHEN p_patch ? 'completed' THEN (p_patch ->> 'completed')::boolean ELSE completed END,
        conversation_id = CASE WHEN p_patch ? 'conversation_id'
                               THEN (p_patch ->> 'conversation_id')::bigint ELSE conversation_id END,
        updated_at = now()
        WHERE user_id = p_user AND id = p_id AND deleted_at IS NULL
        RETURNING *;
END $$;

CREATE FUNCTION pl_append_message(p_user text, p_conversation bigint, p_role text, p_content text) RETURNS message
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    made message;
BEGIN
    UPDATE conversation SET updated_at = now()
        WHERE user_id = p_user AND id = p_conversation AND deleted_at IS NULL;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = 'no such conversation';
    END IF;
    INSERT INTO message (user_id, conversation_id, role, content)
        VALUES (p_user, p_conversation, p_role, p_content) RETURNING * INTO made;
    RETURN made;
END $$;

CREATE FUNCTION pl_get_conversation(p_user text, p_id bigint, p_take integer) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
    found_json json;
BEGIN
    SELECT json_build_object(
        'id', c.id, 'user_id', c.user_id, 'title', c.title, 'created_at', c.created_at,
        'updated_at', c.updated_at, 'deleted_at', c.deleted_at,
        'messages', (SELECT coalesce(json_agg(m), '[]') FROM (
            SELECT * FROM (
                SELECT id, user_id, conversation_id, role, content, data, client_key, status, created_at
                FROM message WHERE user_id = c.user_id AND conversation_id = c.id
                ORDER BY id DESC LIMIT p_take) newest
            ORDER BY id) m))
    INTO found_json
    FROM conversation c WHERE c.user_id = p_user AND c.id = p_id AND c.deleted_at IS NULL;
    RETURN found_json;
END $$;

CREATE FUNCTION pl_load_conversations(p_user text, p_take integer) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
    found_json json;
BEGIN
    SELECT json_build_object('items', coalesce(json_agg(json_build_object(
        'id', c.id, 'user_id', c.user_id, 'title', c.title, 'created_at', c.created_at,
        'updated_at', c.updated_at, 'deleted_at', c.deleted_at,
        'messages', (SELECT coalesce(json_agg(m), '[]') FROM (
            SELECT id, user_id, conversation_id, role, content, data, client_key, status, created_at
            FROM message WHERE user_id = p_user AND conversation_id = c.id ORDER BY id) m))), '[]'),
        'next_cursor', NULL, 'prev_cursor', NULL)
    INTO found_json
    FROM (SELECT id, user_id, title, created_at, updated_at, deleted_at FROM conversation
          WHERE user_id = p_user AND deleted_at IS NULL
          ORDER BY updated_at DESC NULLS FIRST, id DESC LIMIT p_take) c;
    RETURN found_json;
END $$;

DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'todo_bench'::regnamespace AND proname LIKE 'pl\_%' LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO todo_bench_app', f);
    END LOOP;
END $$;
