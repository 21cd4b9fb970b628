--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: other; Type: SCHEMA; Schema: -; Owner: regress_plain
--

CREATE SCHEMA other;


ALTER SCHEMA other OWNER TO regress_plain;

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: regress_plain
--

-- *not* creating schema, since initdb creates it


ALTER SCHEMA public OWNER TO regress_plain;

--
-- Name: todo_orm; Type: SCHEMA; Schema: -; Owner: regress_plain
--

CREATE SCHEMA todo_orm;


ALTER SCHEMA todo_orm OWNER TO regress_plain;

--
-- Name: todo_orm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS todo_orm WITH SCHEMA todo_orm VERSION '1.0';


--
-- Name: EXTENSION todo_orm; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION todo_orm IS 'an ORM inside PostgreSQL: typed functions beside every table, one owner a call';


--
-- Name: colour; Type: TYPE; Schema: other; Owner: regress_plain
--

CREATE TYPE other.colour AS ENUM (
    'red',
    'green'
);


ALTER TYPE other.colour OWNER TO regress_plain;

--
-- Name: weight; Type: DOMAIN; Schema: other; Owner: regress_plain
--

CREATE DOMAIN other.weight AS numeric(6,2)
	CONSTRAINT weight_check CHECK ((VALUE > (0)::numeric));


ALTER DOMAIN other.weight OWNER TO regress_plain;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: note; Type: TABLE; Schema: other; Owner: regress_plain
--

CREATE TABLE other.note (
    id bigint NOT NULL,
    user_id text NOT NULL COLLATE pg_catalog."C",
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone,
    deleted_at timestamp with time zone,
    version bigint DEFAULT 1 NOT NULL,
    body text NOT NULL,
    pinned boolean DEFAULT false NOT NULL,
    secret text,
    weight other.weight,
    colours other.colour[],
    words integer GENERATED ALWAYS AS (length(body)) STORED,
    task_id bigint,
    CONSTRAINT note_body_check CHECK ((body <> ''::text)),
    CONSTRAINT owned_user_id_check CHECK ((user_id <> ''::text))
);


ALTER TABLE other.note OWNER TO regress_plain;

--
-- Name: COLUMN note.id; Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON COLUMN other.note.id IS 'key, drawn by the database';


--
-- Name: COLUMN note.user_id; Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON COLUMN other.note.user_id IS 'owner of the row';


--
-- Name: COLUMN note.created_at; Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON COLUMN other.note.created_at IS 'when the row was made';


--
-- Name: COLUMN note.updated_at; Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON COLUMN other.note.updated_at IS 'when the row was last changed; null: never';


--
-- Name: COLUMN note.deleted_at; Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON COLUMN other.note.deleted_at IS 'when the row was soft-deleted; null: live';


--
-- Name: COLUMN note.version; Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON COLUMN other.note.version IS 'raised by every change of the row';


--
-- Name: task; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.task (
    id bigint NOT NULL,
    user_id text NOT NULL COLLATE pg_catalog."C",
    title text NOT NULL,
    description text,
    completed boolean DEFAULT false NOT NULL,
    conversation_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone,
    deleted_at timestamp with time zone,
    priority smallint DEFAULT 1,
    CONSTRAINT task_priority_check CHECK (((priority >= 1) AND (priority <= 9))),
    CONSTRAINT task_title_check CHECK ((title <> ''::text)),
    CONSTRAINT task_user_id_check CHECK ((user_id <> ''::text))
)
WITH (fillfactor='90');


ALTER TABLE public.task OWNER TO regress_plain;

--
-- Name: TABLE task; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON TABLE public.task IS 'what is to be done';


--
-- Name: COLUMN task.conversation_id; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.task.conversation_id IS 'the chat that the task came out of, if any';


--
-- Name: COLUMN task.priority; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.task.priority IS 'one to nine';


--
-- Name: CONSTRAINT task_title_check ON task; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON CONSTRAINT task_title_check ON public.task IS 'title must not be empty';


--
-- Name: about(other.note); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.about(note other.note) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "other.note", "relationship": {"kind": "many_to_one", "target": "task", "columns": ["user_id", "task_id"]}, "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.about(note other.note) OWNER TO regress_plain;

--
-- Name: FUNCTION about(note other.note); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.about(note other.note) IS 'Returns the related rows of a note: about.';


--
-- Name: aggregate_notes(text, jsonb, text[], jsonb, text); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.aggregate_notes(user_id text, match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.aggregate_notes(user_id text, match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_notes(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.aggregate_notes(user_id text, match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the notes that match, by group.';


--
-- Name: count_notes(text, text, jsonb); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.count_notes(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.count_notes(user_id text, scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_notes(user_id text, scope text, match jsonb); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.count_notes(user_id text, scope text, match jsonb) IS 'Counts the notes of a scope that match.';


--
-- Name: create_note(text, text, boolean, text, numeric, other.colour[], bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.create_note(user_id text, body text, pinned boolean DEFAULT NULL::boolean, secret text DEFAULT NULL::text, weight numeric DEFAULT NULL::numeric, colours other.colour[] DEFAULT NULL::other.colour[], task_id bigint DEFAULT NULL::bigint) RETURNS other.note
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.create_note(user_id text, body text, pinned boolean, secret text, weight numeric, colours other.colour[], task_id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION create_note(user_id text, body text, pinned boolean, secret text, weight numeric, colours other.colour[], task_id bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.create_note(user_id text, body text, pinned boolean, secret text, weight numeric, colours other.colour[], task_id bigint) IS 'Creates one note and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_notes(text, jsonb); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.create_notes(user_id text, items jsonb) RETURNS SETOF other.note
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "create_many", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.create_notes(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION create_notes(user_id text, items jsonb); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.create_notes(user_id text, items jsonb) IS 'Creates several notes, one for each object of a JSON array, all or nothing, and returns them in that order.';


--
-- Name: delete_note(text, bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.delete_note(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.delete_note(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_note(user_id text, id bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.delete_note(user_id text, id bigint) IS 'gone for good';


--
-- Name: delete_notes(text, jsonb, bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.delete_notes(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete_many", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.delete_notes(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_notes(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.delete_notes(user_id text, match jsonb, max_rows bigint) IS 'Deletes all notes that match for good; returns how many. A match of every row is refused.';


--
-- Name: find_notes(text, bigint[]); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.find_notes(user_id text, ids bigint[]) RETURNS SETOF other.note
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.find_notes(user_id text, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION find_notes(user_id text, ids bigint[]); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.find_notes(user_id text, ids bigint[]) IS 'Returns the notes with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: first_note(text, jsonb, text, text); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.first_note(user_id text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF other.note
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.first_note(user_id text, match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_note(user_id text, match jsonb, sort text, scope text); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.first_note(user_id text, match jsonb, sort text, scope text) IS 'Returns the first note that matches, or no row.';


--
-- Name: get_note(text, bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.get_note(user_id text, id bigint) RETURNS SETOF other.note
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.get_note(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION get_note(user_id text, id bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.get_note(user_id text, id bigint) IS 'Returns the note with that key, or no row.';


--
-- Name: list_notes(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.list_notes(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF other.note
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.list_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.list_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns notes of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: load_note(text, bigint, jsonb); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.load_note(user_id text, id bigint, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.load_note(user_id text, id bigint, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_note(user_id text, id bigint, include jsonb); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.load_note(user_id text, id bigint, include jsonb) IS 'Returns the note with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_notes(text, jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.load_notes(user_id text, include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.load_notes(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_notes(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.load_notes(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of notes, each with the related rows that are included, as one JSON object.';


--
-- Name: one_note(text, jsonb, text, boolean); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.one_note(user_id text, match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF other.note
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.one_note(user_id text, match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_note(user_id text, match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.one_note(user_id text, match jsonb, scope text, missing_ok boolean) IS 'Returns the one note that matches; none and several are errors.';


--
-- Name: page_notes(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.page_notes(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.page_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.page_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of notes as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: patch_notes(text, jsonb); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.patch_notes(user_id text, items jsonb) RETURNS SETOF other.note
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "patch_many", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.patch_notes(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION patch_notes(user_id text, items jsonb); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.patch_notes(user_id text, items jsonb) IS 'Changes several notes, each by the item that has its key, all or nothing, and returns them.';


--
-- Name: pin_note(text, bigint, text); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.pin_note(user_id text, id bigint, body text DEFAULT NULL::text) RETURNS SETOF other.note
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "step", "model": "other.note", "arguments": ["body"], "settings": {"where": {"pinned": false}, "values": {"pinned": true}}, "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.pin_note(user_id text, id bigint, body text) OWNER TO regress_plain;

--
-- Name: FUNCTION pin_note(user_id text, id bigint, body text); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.pin_note(user_id text, id bigint, body text) IS 'Moves the note on where its state allows that and returns it, else no row.';


--
-- Name: purge_notes(text, interval, jsonb); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.purge_notes(user_id text, older_than interval DEFAULT '00:00:00'::interval, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "purge", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.purge_notes(user_id text, older_than interval, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION purge_notes(user_id text, older_than interval, match jsonb); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.purge_notes(user_id text, older_than interval, match jsonb) IS 'Deletes for good the notes that were soft-deleted at least that long ago; returns how many.';


--
-- Name: restore_note(text, bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.restore_note(user_id text, id bigint) RETURNS SETOF other.note
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "restore", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.restore_note(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION restore_note(user_id text, id bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.restore_note(user_id text, id bigint) IS 'Brings the soft-deleted note back and returns it.';


--
-- Name: soft_delete_note(text, bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.soft_delete_note(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "soft_delete", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.soft_delete_note(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION soft_delete_note(user_id text, id bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.soft_delete_note(user_id text, id bigint) IS 'Marks the note as deleted; false where there is none, or where it is deleted already.';


--
-- Name: soft_delete_notes(text, jsonb, bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.soft_delete_notes(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "soft_delete_many", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.soft_delete_notes(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION soft_delete_notes(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.soft_delete_notes(user_id text, match jsonb, max_rows bigint) IS 'Marks all notes that match as deleted; returns how many. A match of every row is refused.';


--
-- Name: update_note(text, bigint, jsonb, bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.update_note(user_id text, id bigint, patch jsonb, if_version bigint DEFAULT NULL::bigint) RETURNS SETOF other.note
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "update", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.update_note(user_id text, id bigint, patch jsonb, if_version bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION update_note(user_id text, id bigint, patch jsonb, if_version bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.update_note(user_id text, id bigint, patch jsonb, if_version bigint) IS 'Changes the columns that stand in the patch and returns the note; an absent key leaves its column as it is.';


--
-- Name: update_notes(text, jsonb, jsonb, bigint); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.update_notes(user_id text, match jsonb, patch jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS SETOF other.note
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "update_many", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.update_notes(user_id text, match jsonb, patch jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION update_notes(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.update_notes(user_id text, match jsonb, patch jsonb, max_rows bigint) IS 'Changes all notes that match by one patch and returns them; a match of every row is refused.';


--
-- Name: upsert_note(text, jsonb, text[]); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.upsert_note(user_id text, item jsonb, on_key text[] DEFAULT NULL::text[]) RETURNS other.note
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "upsert", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.upsert_note(user_id text, item jsonb, on_key text[]) OWNER TO regress_plain;

--
-- Name: FUNCTION upsert_note(user_id text, item jsonb, on_key text[]); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.upsert_note(user_id text, item jsonb, on_key text[]) IS 'Changes the note that has the item''s key, or creates it, and returns it.';


--
-- Name: validate_note(text, jsonb, text); Type: FUNCTION; Schema: other; Owner: regress_plain
--

CREATE FUNCTION other.validate_note(user_id text, item jsonb, shape text DEFAULT 'create'::text) RETURNS jsonb
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "validate", "model": "other.note", "options": {"rls": true, "sort": "body desc nulls last", "extra": "ignore", "hidden": ["secret"], "scopes": {"loose": {"task_id": null}}, "immutable": ["task_id"], "deleted_at": "deleted_at", "relationships": {"task": "about"}}}$$;


ALTER FUNCTION other.validate_note(user_id text, item jsonb, shape text) OWNER TO regress_plain;

--
-- Name: FUNCTION validate_note(user_id text, item jsonb, shape text); Type: COMMENT; Schema: other; Owner: regress_plain
--

COMMENT ON FUNCTION other.validate_note(user_id text, item jsonb, shape text) IS 'Returns what is wrong with a note that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing.';


--
-- Name: message; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.message (
    id bigint NOT NULL,
    user_id text NOT NULL COLLATE pg_catalog."C",
    conversation_id bigint NOT NULL,
    role text NOT NULL,
    content text NOT NULL,
    data jsonb,
    client_key text,
    status text DEFAULT 'complete'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT message_content_check CHECK (((content <> ''::text) OR (data IS NOT NULL) OR (status <> 'complete'::text))),
    CONSTRAINT message_role_check CHECK ((role = ANY (ARRAY['user'::text, 'assistant'::text, 'system'::text, 'tool'::text]))),
    CONSTRAINT message_status_check CHECK ((status = ANY (ARRAY['streaming'::text, 'complete'::text, 'aborted'::text]))),
    CONSTRAINT message_user_id_check CHECK ((user_id <> ''::text))
);


ALTER TABLE public.message OWNER TO regress_plain;

--
-- Name: TABLE message; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON TABLE public.message IS 'One message of a conversation; their order is by id.';


--
-- Name: COLUMN message.role; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.message.role IS 'user, assistant, system or tool';


--
-- Name: COLUMN message.data; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.message.data IS 'tool calls, tool call id, usage';


--
-- Name: COLUMN message.client_key; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.message.client_key IS 'makes sending repeatable: the same key of the same user is the same message';


--
-- Name: COLUMN message.status; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.message.status IS 'streaming, complete or aborted';


--
-- Name: CONSTRAINT message_content_check ON message; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON CONSTRAINT message_content_check ON public.message IS 'content may be empty only with data or while the message is not complete';


--
-- Name: CONSTRAINT message_role_check ON message; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON CONSTRAINT message_role_check ON public.message IS 'role must be user, assistant, system or tool';


--
-- Name: CONSTRAINT message_status_check ON message; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON CONSTRAINT message_status_check ON public.message IS 'status must be streaming, complete or aborted';


--
-- Name: abort_message(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.abort_message(user_id text, id bigint) RETURNS SETOF public.message
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "step", "model": "public.message", "settings": {"where": {"status": "streaming"}, "values": {"status": "aborted"}}, "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.abort_message(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION abort_message(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.abort_message(user_id text, id bigint) IS 'Moves the message on where its state allows that and returns it, else no row.';


--
-- Name: abort_stale_messages(text, interval); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.abort_stale_messages(user_id text, older_than interval DEFAULT '01:00:00'::interval) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "step_many", "model": "public.message", "settings": {"where": {"status": "streaming"}, "values": {"status": "aborted"}}, "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.abort_stale_messages(user_id text, older_than interval) OWNER TO regress_plain;

--
-- Name: FUNCTION abort_stale_messages(user_id text, older_than interval); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.abort_stale_messages(user_id text, older_than interval) IS 'Moves on the messages that are in that state and were created at least that long ago; returns how many.';


--
-- Name: any_task; Type: VIEW; Schema: public; Owner: regress_plain
--

CREATE VIEW public.any_task AS
 SELECT task.id,
    task.user_id,
    task.title
   FROM public.task;


ALTER TABLE public.any_task OWNER TO regress_plain;

--
-- Name: aggregate_any_tasks(jsonb, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.aggregate_any_tasks(match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.aggregate_any_tasks(match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_any_tasks(match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.aggregate_any_tasks(match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the any_tasks that match, by group.';


--
-- Name: conversation; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.conversation (
    id bigint NOT NULL,
    user_id text NOT NULL COLLATE pg_catalog."C",
    title text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone,
    deleted_at timestamp with time zone,
    CONSTRAINT conversation_user_id_check CHECK ((user_id <> ''::text))
)
WITH (fillfactor='90');


ALTER TABLE public.conversation OWNER TO regress_plain;

--
-- Name: TABLE conversation; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON TABLE public.conversation IS 'A chat of one user with the assistant.';


--
-- Name: COLUMN conversation.title; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.conversation.title IS 'what the chat is about; null until somebody names it';


--
-- Name: COLUMN conversation.updated_at; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.conversation.updated_at IS 'last activity: also moved by every message';


--
-- Name: aggregate_conversations(text, jsonb, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.aggregate_conversations(user_id text, match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.aggregate_conversations(user_id text, match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_conversations(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.aggregate_conversations(user_id text, match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the conversations that match, by group.';


--
-- Name: event; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.event (
    user_id text NOT NULL COLLATE pg_catalog."C",
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    what text
)
PARTITION BY HASH (user_id);


ALTER TABLE public.event OWNER TO regress_plain;

--
-- Name: aggregate_events(text, jsonb, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.aggregate_events(user_id text, match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.aggregate_events(user_id text, match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_events(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.aggregate_events(user_id text, match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the events that match, by group.';


--
-- Name: aggregate_messages(text, jsonb, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.aggregate_messages(user_id text, match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.aggregate_messages(user_id text, match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_messages(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.aggregate_messages(user_id text, match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the messages that match, by group.';


--
-- Name: plain; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.plain (
    user_id text NOT NULL,
    id integer NOT NULL,
    said text,
    updated_at timestamp with time zone
);


ALTER TABLE public.plain OWNER TO regress_plain;

--
-- Name: aggregate_plains(text, jsonb, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.aggregate_plains(user_id text, match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.aggregate_plains(user_id text, match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_plains(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.aggregate_plains(user_id text, match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the plains that match, by group.';


--
-- Name: task_label; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.task_label (
    user_id text NOT NULL COLLATE pg_catalog."C",
    task_id bigint NOT NULL,
    label_id bigint NOT NULL
);


ALTER TABLE public.task_label OWNER TO regress_plain;

--
-- Name: aggregate_task_labels(text, jsonb, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.aggregate_task_labels(user_id text, match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.aggregate_task_labels(user_id text, match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_task_labels(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.aggregate_task_labels(user_id text, match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the task_labels that match, by group.';


--
-- Name: aggregate_tasks(text, jsonb, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.aggregate_tasks(user_id text, match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.aggregate_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.aggregate_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the tasks that match, by group.';


--
-- Name: urgent_task; Type: VIEW; Schema: public; Owner: regress_plain
--

CREATE VIEW public.urgent_task WITH (security_barrier='true') AS
 SELECT task.id,
    task.user_id,
    task.title,
    task.completed,
    task.created_at
   FROM public.task
  WHERE ((NOT task.completed) AND (task.deleted_at IS NULL));


ALTER TABLE public.urgent_task OWNER TO regress_plain;

--
-- Name: aggregate_urgent_tasks(text, jsonb, text[], jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.aggregate_urgent_tasks(user_id text, match jsonb DEFAULT '{}'::jsonb, group_by text[] DEFAULT '{}'::text[], measures jsonb DEFAULT '{"count": "count"}'::jsonb, scope text DEFAULT 'all'::text) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "aggregate", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.aggregate_urgent_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION aggregate_urgent_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.aggregate_urgent_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text) IS 'Counts, sums, averages, smallest and largest values of the urgent_tasks that match, by group.';


--
-- Name: append_message(text, bigint, text, text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.append_message(user_id text, conversation_id bigint, role text, content text, data jsonb DEFAULT NULL::jsonb, client_key text DEFAULT NULL::text) RETURNS public.message
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "append", "model": "public.message", "relationship": {"kind": "many_to_one", "target": "conversation", "columns": ["user_id", "conversation_id"]}, "arguments": ["role", "content", "data", "client_key"], "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.append_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text) OWNER TO regress_plain;

--
-- Name: FUNCTION append_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.append_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text) IS 'Appends one message to its parent and returns it; a null parent starts one.';


--
-- Name: append_messages(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.append_messages(user_id text, conversation_id bigint, items jsonb) RETURNS SETOF public.message
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "append_many", "model": "public.message", "relationship": {"kind": "many_to_one", "target": "conversation", "columns": ["user_id", "conversation_id"]}, "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.append_messages(user_id text, conversation_id bigint, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION append_messages(user_id text, conversation_id bigint, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.append_messages(user_id text, conversation_id bigint, items jsonb) IS 'Appends several messages to one parent, all or nothing; a null parent starts one.';


--
-- Name: begin_message(text, bigint, text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.begin_message(user_id text, conversation_id bigint, role text, data jsonb DEFAULT NULL::jsonb, client_key text DEFAULT NULL::text) RETURNS public.message
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "append", "model": "public.message", "relationship": {"kind": "many_to_one", "target": "conversation", "columns": ["user_id", "conversation_id"]}, "arguments": ["role", "data", "client_key"], "settings": {"values": {"status": "streaming", "content": ""}}, "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.begin_message(user_id text, conversation_id bigint, role text, data jsonb, client_key text) OWNER TO regress_plain;

--
-- Name: FUNCTION begin_message(user_id text, conversation_id bigint, role text, data jsonb, client_key text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.begin_message(user_id text, conversation_id bigint, role text, data jsonb, client_key text) IS 'Appends one message to its parent and returns it; a null parent starts one.';


--
-- Name: chat_context(text, bigint, integer, integer, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.chat_context(user_id text, conversation_id bigint, max_messages integer DEFAULT 50, max_chars integer DEFAULT NULL::integer, keep_system boolean DEFAULT false) RETURNS SETOF public.message
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $_${"operation": "context", "model": "public.conversation", "relationship": {"kind": "one_to_many", "target": "message", "columns": ["user_id", "conversation_id"]}, "arguments": ["conversation_id", "max_messages", "max_chars", "keep_system"], "settings": {"turn": {"role": "user"}, "calls": {"path": "$.tool_calls[*].id", "column": "data"}, "where": {"status": "complete"}, "answer": {"role": "tool"}, "pinned": {"role": "system"}, "answers": {"path": "$.tool_call_id", "column": "data"}, "measure": "content"}, "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$_$;


ALTER FUNCTION public.chat_context(user_id text, conversation_id bigint, max_messages integer, max_chars integer, keep_system boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION chat_context(user_id text, conversation_id bigint, max_messages integer, max_chars integer, keep_system boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.chat_context(user_id text, conversation_id bigint, max_messages integer, max_chars integer, keep_system boolean) IS 'Returns the newest rows of a conversation that fit into a budget, oldest first, in whole turns where they fit: messages.';


--
-- Name: continue_message(text, bigint, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.continue_message(user_id text, id bigint, piece text) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "extend", "model": "public.message", "settings": {"where": {"status": "streaming"}, "append": "content"}, "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.continue_message(user_id text, id bigint, piece text) OWNER TO regress_plain;

--
-- Name: FUNCTION continue_message(user_id text, id bigint, piece text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.continue_message(user_id text, id bigint, piece text) IS 'Appends a piece to the text of the message where its state allows that; false where it does not.';


--
-- Name: conversation(public.message); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.conversation(message public.message) RETURNS SETOF public.conversation
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.message", "relationship": {"kind": "many_to_one", "target": "conversation", "columns": ["user_id", "conversation_id"]}, "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.conversation(message public.message) OWNER TO regress_plain;

--
-- Name: FUNCTION conversation(message public.message); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.conversation(message public.message) IS 'Returns the related rows of a message: conversation.';


--
-- Name: conversation(public.task); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.conversation(task public.task) RETURNS SETOF public.conversation
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.task", "relationship": {"kind": "many_to_one", "target": "conversation", "columns": ["user_id", "conversation_id"]}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.conversation(task public.task) OWNER TO regress_plain;

--
-- Name: FUNCTION conversation(task public.task); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.conversation(task public.task) IS 'Returns the related rows of a task: conversation.';


--
-- Name: count_any_tasks(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.count_any_tasks(scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.count_any_tasks(scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_any_tasks(scope text, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.count_any_tasks(scope text, match jsonb) IS 'Counts the any_tasks of a scope that match.';


--
-- Name: count_conversations(text, text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.count_conversations(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.count_conversations(user_id text, scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_conversations(user_id text, scope text, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.count_conversations(user_id text, scope text, match jsonb) IS 'Counts the conversations of a scope that match.';


--
-- Name: count_events(text, text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.count_events(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.count_events(user_id text, scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_events(user_id text, scope text, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.count_events(user_id text, scope text, match jsonb) IS 'Counts the events of a scope that match.';


--
-- Name: count_messages(text, text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.count_messages(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.count_messages(user_id text, scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_messages(user_id text, scope text, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.count_messages(user_id text, scope text, match jsonb) IS 'Counts the messages of a scope that match.';


--
-- Name: count_plains(text, text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.count_plains(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.count_plains(user_id text, scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_plains(user_id text, scope text, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.count_plains(user_id text, scope text, match jsonb) IS 'Counts the plains of a scope that match.';


--
-- Name: count_task_labels(text, text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.count_task_labels(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.count_task_labels(user_id text, scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_task_labels(user_id text, scope text, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.count_task_labels(user_id text, scope text, match jsonb) IS 'Counts the task_labels of a scope that match.';


--
-- Name: count_tasks(text, text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.count_tasks(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.count_tasks(user_id text, scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_tasks(user_id text, scope text, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.count_tasks(user_id text, scope text, match jsonb) IS 'Counts the tasks of a scope that match.';


--
-- Name: count_urgent_tasks(text, text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.count_urgent_tasks(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "count", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.count_urgent_tasks(user_id text, scope text, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION count_urgent_tasks(user_id text, scope text, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.count_urgent_tasks(user_id text, scope text, match jsonb) IS 'Counts the urgent_tasks of a scope that match.';


--
-- Name: create_conversation(text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_conversation(user_id text, title text DEFAULT NULL::text) RETURNS public.conversation
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.create_conversation(user_id text, title text) OWNER TO regress_plain;

--
-- Name: FUNCTION create_conversation(user_id text, title text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_conversation(user_id text, title text) IS 'Creates one conversation and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_conversations(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_conversations(user_id text, items jsonb) RETURNS SETOF public.conversation
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "create_many", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.create_conversations(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION create_conversations(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_conversations(user_id text, items jsonb) IS 'Creates several conversations, one for each object of a JSON array, all or nothing, and returns them in that order.';


--
-- Name: create_event(text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_event(user_id text, what text DEFAULT NULL::text) RETURNS public.event
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.create_event(user_id text, what text) OWNER TO regress_plain;

--
-- Name: FUNCTION create_event(user_id text, what text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_event(user_id text, what text) IS 'Creates one event and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_events(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_events(user_id text, items jsonb) RETURNS SETOF public.event
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "create_many", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.create_events(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION create_events(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_events(user_id text, items jsonb) IS 'Creates several events, one for each object of a JSON array, all or nothing, and returns them in that order.';


--
-- Name: label; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.label (
    id bigint NOT NULL,
    user_id text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    CONSTRAINT owned_user_id_check CHECK ((user_id <> ''::text))
);


ALTER TABLE public.label OWNER TO regress_plain;

--
-- Name: COLUMN label.id; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.label.id IS 'key, drawn by the database';


--
-- Name: COLUMN label.user_id; Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON COLUMN public.label.user_id IS 'owner of the row';


--
-- Name: create_label(text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_label(user_id text, name text) RETURNS public.label
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "public.label", "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.create_label(user_id text, name text) OWNER TO regress_plain;

--
-- Name: FUNCTION create_label(user_id text, name text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_label(user_id text, name text) IS 'Creates one label and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_message(text, bigint, text, text, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_message(user_id text, conversation_id bigint, role text, content text, data jsonb DEFAULT NULL::jsonb, client_key text DEFAULT NULL::text, status text DEFAULT NULL::text) RETURNS public.message
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.create_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text, status text) OWNER TO regress_plain;

--
-- Name: FUNCTION create_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text, status text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text, status text) IS 'Creates one message and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_messages(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_messages(user_id text, items jsonb) RETURNS SETOF public.message
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "create_many", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.create_messages(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION create_messages(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_messages(user_id text, items jsonb) IS 'Creates several messages, one for each object of a JSON array, all or nothing, and returns them in that order.';


--
-- Name: create_plain(text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_plain(user_id text, said text DEFAULT NULL::text) RETURNS public.plain
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.create_plain(user_id text, said text) OWNER TO regress_plain;

--
-- Name: FUNCTION create_plain(user_id text, said text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_plain(user_id text, said text) IS 'Creates one plain and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_plains(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_plains(user_id text, items jsonb) RETURNS SETOF public.plain
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "create_many", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.create_plains(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION create_plains(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_plains(user_id text, items jsonb) IS 'Creates several plains, one for each object of a JSON array, all or nothing, and returns them in that order.';


--
-- Name: create_task(text, text, text, boolean, bigint, integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_task(user_id text, title text, description text DEFAULT NULL::text, completed boolean DEFAULT NULL::boolean, conversation_id bigint DEFAULT NULL::bigint, priority integer DEFAULT NULL::integer) RETURNS public.task
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.create_task(user_id text, title text, description text, completed boolean, conversation_id bigint, priority integer) OWNER TO regress_plain;

--
-- Name: FUNCTION create_task(user_id text, title text, description text, completed boolean, conversation_id bigint, priority integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_task(user_id text, title text, description text, completed boolean, conversation_id bigint, priority integer) IS 'Creates one task and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_task_label(text, bigint, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_task_label(user_id text, task_id bigint, label_id bigint) RETURNS public.task_label
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.create_task_label(user_id text, task_id bigint, label_id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION create_task_label(user_id text, task_id bigint, label_id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_task_label(user_id text, task_id bigint, label_id bigint) IS 'Creates one task_label and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_task_labels(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_task_labels(user_id text, items jsonb) RETURNS SETOF public.task_label
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "create_many", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.create_task_labels(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION create_task_labels(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_task_labels(user_id text, items jsonb) IS 'Creates several task_labels, one for each object of a JSON array, all or nothing, and returns them in that order.';


--
-- Name: create_tasks(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_tasks(user_id text, items jsonb) RETURNS SETOF public.task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "create_many", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.create_tasks(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION create_tasks(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_tasks(user_id text, items jsonb) IS 'Creates several tasks, one for each object of a JSON array, all or nothing, and returns them in that order.';


--
-- Name: create_urgent_task(text, bigint, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_urgent_task(user_id text, id bigint DEFAULT NULL::bigint, title text DEFAULT NULL::text, completed boolean DEFAULT NULL::boolean) RETURNS public.urgent_task
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "create", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.create_urgent_task(user_id text, id bigint, title text, completed boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION create_urgent_task(user_id text, id bigint, title text, completed boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_urgent_task(user_id text, id bigint, title text, completed boolean) IS 'Creates one urgent_task and returns it; an argument left out, or null, takes the column''s default.';


--
-- Name: create_urgent_tasks(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.create_urgent_tasks(user_id text, items jsonb) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "create_many", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.create_urgent_tasks(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION create_urgent_tasks(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.create_urgent_tasks(user_id text, items jsonb) IS 'Creates several urgent_tasks, one for each object of a JSON array, all or nothing, and returns them in that order.';


--
-- Name: delete_conversation(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_conversation(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.delete_conversation(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_conversation(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_conversation(user_id text, id bigint) IS 'Deletes the conversation for good; false where there is none.';


--
-- Name: delete_conversations(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_conversations(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete_many", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.delete_conversations(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_conversations(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_conversations(user_id text, match jsonb, max_rows bigint) IS 'Deletes all conversations that match for good; returns how many. A match of every row is refused.';


--
-- Name: delete_event(text, uuid); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_event(user_id text, id uuid) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.delete_event(user_id text, id uuid) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_event(user_id text, id uuid); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_event(user_id text, id uuid) IS 'Deletes the event for good; false where there is none.';


--
-- Name: delete_events(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_events(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete_many", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.delete_events(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_events(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_events(user_id text, match jsonb, max_rows bigint) IS 'Deletes all events that match for good; returns how many. A match of every row is refused.';


--
-- Name: delete_label(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_label(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "public.label", "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.delete_label(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_label(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_label(user_id text, id bigint) IS 'Deletes the label for good; false where there is none.';


--
-- Name: delete_message(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_message(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.delete_message(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_message(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_message(user_id text, id bigint) IS 'Deletes the message for good; false where there is none.';


--
-- Name: delete_messages(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_messages(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete_many", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.delete_messages(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_messages(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_messages(user_id text, match jsonb, max_rows bigint) IS 'Deletes all messages that match for good; returns how many. A match of every row is refused.';


--
-- Name: delete_plain(text, integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_plain(user_id text, id integer) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.delete_plain(user_id text, id integer) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_plain(user_id text, id integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_plain(user_id text, id integer) IS 'Deletes the plain for good; false where there is none.';


--
-- Name: delete_plains(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_plains(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete_many", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.delete_plains(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_plains(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_plains(user_id text, match jsonb, max_rows bigint) IS 'Deletes all plains that match for good; returns how many. A match of every row is refused.';


--
-- Name: delete_task(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_task(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.delete_task(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_task(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_task(user_id text, id bigint) IS 'Deletes the task for good; false where there is none.';


--
-- Name: delete_task_label(text, bigint, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_task_label(user_id text, task_id bigint, label_id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.delete_task_label(user_id text, task_id bigint, label_id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_task_label(user_id text, task_id bigint, label_id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_task_label(user_id text, task_id bigint, label_id bigint) IS 'Deletes the task_label for good; false where there is none.';


--
-- Name: delete_task_labels(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_task_labels(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete_many", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.delete_task_labels(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_task_labels(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_task_labels(user_id text, match jsonb, max_rows bigint) IS 'Deletes all task_labels that match for good; returns how many. A match of every row is refused.';


--
-- Name: delete_tasks(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_tasks(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete_many", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.delete_tasks(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_tasks(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_tasks(user_id text, match jsonb, max_rows bigint) IS 'Deletes all tasks that match for good; returns how many. A match of every row is refused.';


--
-- Name: delete_urgent_task(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_urgent_task(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.delete_urgent_task(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_urgent_task(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_urgent_task(user_id text, id bigint) IS 'Deletes the urgent_task for good; false where there is none.';


--
-- Name: delete_urgent_tasks(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.delete_urgent_tasks(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "delete_many", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.delete_urgent_tasks(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION delete_urgent_tasks(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.delete_urgent_tasks(user_id text, match jsonb, max_rows bigint) IS 'Deletes all urgent_tasks that match for good; returns how many. A match of every row is refused.';


--
-- Name: find_any_tasks(bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.find_any_tasks(ids bigint[]) RETURNS SETOF public.any_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.find_any_tasks(ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION find_any_tasks(ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.find_any_tasks(ids bigint[]) IS 'Returns the any_tasks with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: find_conversations(text, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.find_conversations(user_id text, ids bigint[]) RETURNS SETOF public.conversation
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.find_conversations(user_id text, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION find_conversations(user_id text, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.find_conversations(user_id text, ids bigint[]) IS 'Returns the conversations with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: find_events(text, uuid[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.find_events(user_id text, ids uuid[]) RETURNS SETOF public.event
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.find_events(user_id text, ids uuid[]) OWNER TO regress_plain;

--
-- Name: FUNCTION find_events(user_id text, ids uuid[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.find_events(user_id text, ids uuid[]) IS 'Returns the events with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: find_messages(text, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.find_messages(user_id text, ids bigint[]) RETURNS SETOF public.message
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.find_messages(user_id text, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION find_messages(user_id text, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.find_messages(user_id text, ids bigint[]) IS 'Returns the messages with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: find_plains(text, integer[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.find_plains(user_id text, ids integer[]) RETURNS SETOF public.plain
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.find_plains(user_id text, ids integer[]) OWNER TO regress_plain;

--
-- Name: FUNCTION find_plains(user_id text, ids integer[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.find_plains(user_id text, ids integer[]) IS 'Returns the plains with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: find_task_labels(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.find_task_labels(user_id text, ids jsonb) RETURNS SETOF public.task_label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.find_task_labels(user_id text, ids jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION find_task_labels(user_id text, ids jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.find_task_labels(user_id text, ids jsonb) IS 'Returns the task_labels with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: find_tasks(text, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.find_tasks(user_id text, ids bigint[]) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.find_tasks(user_id text, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION find_tasks(user_id text, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.find_tasks(user_id text, ids bigint[]) IS 'Returns the tasks with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: find_urgent_tasks(text, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.find_urgent_tasks(user_id text, ids bigint[]) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 10 PARALLEL RESTRICTED
    AS $${"operation": "find", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.find_urgent_tasks(user_id text, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION find_urgent_tasks(user_id text, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.find_urgent_tasks(user_id text, ids bigint[]) IS 'Returns the urgent_tasks with those keys, in the order of the keys; missing ones are left out.';


--
-- Name: finish_message(text, bigint, text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.finish_message(user_id text, id bigint, content text DEFAULT NULL::text, data jsonb DEFAULT NULL::jsonb) RETURNS SETOF public.message
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "step", "model": "public.message", "arguments": ["content", "data"], "settings": {"where": {"status": "streaming"}, "values": {"status": "complete"}}, "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.finish_message(user_id text, id bigint, content text, data jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION finish_message(user_id text, id bigint, content text, data jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.finish_message(user_id text, id bigint, content text, data jsonb) IS 'Moves the message on where its state allows that and returns it, else no row.';


--
-- Name: first_any_task(jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.first_any_task(match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF public.any_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.first_any_task(match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_any_task(match jsonb, sort text, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.first_any_task(match jsonb, sort text, scope text) IS 'Returns the first any_task that matches, or no row.';


--
-- Name: first_conversation(text, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.first_conversation(user_id text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF public.conversation
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.first_conversation(user_id text, match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_conversation(user_id text, match jsonb, sort text, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.first_conversation(user_id text, match jsonb, sort text, scope text) IS 'Returns the first conversation that matches, or no row.';


--
-- Name: first_event(text, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.first_event(user_id text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF public.event
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.first_event(user_id text, match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_event(user_id text, match jsonb, sort text, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.first_event(user_id text, match jsonb, sort text, scope text) IS 'Returns the first event that matches, or no row.';


--
-- Name: first_message(text, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.first_message(user_id text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF public.message
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.first_message(user_id text, match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_message(user_id text, match jsonb, sort text, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.first_message(user_id text, match jsonb, sort text, scope text) IS 'Returns the first message that matches, or no row.';


--
-- Name: first_plain(text, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.first_plain(user_id text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF public.plain
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.first_plain(user_id text, match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_plain(user_id text, match jsonb, sort text, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.first_plain(user_id text, match jsonb, sort text, scope text) IS 'Returns the first plain that matches, or no row.';


--
-- Name: first_task(text, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.first_task(user_id text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.first_task(user_id text, match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_task(user_id text, match jsonb, sort text, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.first_task(user_id text, match jsonb, sort text, scope text) IS 'Returns the first task that matches, or no row.';


--
-- Name: first_task_label(text, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.first_task_label(user_id text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF public.task_label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.first_task_label(user_id text, match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_task_label(user_id text, match jsonb, sort text, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.first_task_label(user_id text, match jsonb, sort text, scope text) IS 'Returns the first task_label that matches, or no row.';


--
-- Name: first_urgent_task(text, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.first_urgent_task(user_id text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, scope text DEFAULT 'all'::text) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "first", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.first_urgent_task(user_id text, match jsonb, sort text, scope text) OWNER TO regress_plain;

--
-- Name: FUNCTION first_urgent_task(user_id text, match jsonb, sort text, scope text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.first_urgent_task(user_id text, match jsonb, sort text, scope text) IS 'Returns the first urgent_task that matches, or no row.';


--
-- Name: get_any_task(bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_any_task(id bigint) RETURNS SETOF public.any_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.get_any_task(id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION get_any_task(id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_any_task(id bigint) IS 'Returns the any_task with that key, or no row.';


--
-- Name: get_conversation(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_conversation(user_id text, id bigint) RETURNS SETOF public.conversation
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.get_conversation(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION get_conversation(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_conversation(user_id text, id bigint) IS 'Returns the conversation with that key, or no row.';


--
-- Name: get_conversation_with_messages(text, bigint, integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_conversation_with_messages(user_id text, conversation_id bigint, take integer DEFAULT NULL::integer) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "with_children", "model": "public.conversation", "relationship": {"kind": "one_to_many", "target": "message", "columns": ["user_id", "conversation_id"]}, "arguments": ["conversation_id"], "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.get_conversation_with_messages(user_id text, conversation_id bigint, take integer) OWNER TO regress_plain;

--
-- Name: FUNCTION get_conversation_with_messages(user_id text, conversation_id bigint, take integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_conversation_with_messages(user_id text, conversation_id bigint, take integer) IS 'Returns the conversation and its children as one JSON object, null where there is none; take keeps the newest that many.';


--
-- Name: get_event(text, uuid); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_event(user_id text, id uuid) RETURNS SETOF public.event
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.get_event(user_id text, id uuid) OWNER TO regress_plain;

--
-- Name: FUNCTION get_event(user_id text, id uuid); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_event(user_id text, id uuid) IS 'Returns the event with that key, or no row.';


--
-- Name: get_label(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_label(user_id text, id bigint) RETURNS SETOF public.label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.label", "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.get_label(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION get_label(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_label(user_id text, id bigint) IS 'Returns the label with that key, or no row.';


--
-- Name: get_message(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_message(user_id text, id bigint) RETURNS SETOF public.message
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.get_message(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION get_message(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_message(user_id text, id bigint) IS 'Returns the message with that key, or no row.';


--
-- Name: get_plain(text, integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_plain(user_id text, id integer) RETURNS SETOF public.plain
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.get_plain(user_id text, id integer) OWNER TO regress_plain;

--
-- Name: FUNCTION get_plain(user_id text, id integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_plain(user_id text, id integer) IS 'Returns the plain with that key, or no row.';


--
-- Name: get_task(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_task(user_id text, id bigint) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.get_task(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION get_task(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_task(user_id text, id bigint) IS 'our own words';


--
-- Name: get_task_label(text, bigint, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_task_label(user_id text, task_id bigint, label_id bigint) RETURNS SETOF public.task_label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.get_task_label(user_id text, task_id bigint, label_id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION get_task_label(user_id text, task_id bigint, label_id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_task_label(user_id text, task_id bigint, label_id bigint) IS 'Returns the task_label with that key, or no row.';


--
-- Name: get_urgent_task(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.get_urgent_task(user_id text, id bigint) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "get", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.get_urgent_task(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION get_urgent_task(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.get_urgent_task(user_id text, id bigint) IS 'Returns the urgent_task with that key, or no row.';


--
-- Name: label(public.task_label); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.label(task_label public.task_label) RETURNS SETOF public.label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.task_label", "relationship": {"kind": "many_to_one", "target": "label", "columns": ["user_id", "label_id"]}, "options": {"created_at": null}}$$;


ALTER FUNCTION public.label(task_label public.task_label) OWNER TO regress_plain;

--
-- Name: FUNCTION label(task_label public.task_label); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.label(task_label public.task_label) IS 'Returns the related rows of a task_label: label.';


--
-- Name: labels(public.task); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.labels(task public.task) RETURNS SETOF public.label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.task", "relationship": {"kind": "many_to_many", "target": "label", "columns": ["user_id", "task_id"], "through": "task_label"}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.labels(task public.task) OWNER TO regress_plain;

--
-- Name: FUNCTION labels(task public.task); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.labels(task public.task) IS 'Returns the related rows of a task: labels.';


--
-- Name: labels_of_tasks(text, bigint[], integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.labels_of_tasks(user_id text, ids bigint[], take integer DEFAULT NULL::integer) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "batch_json", "model": "public.task", "relationship": {"kind": "many_to_many", "target": "label", "columns": ["user_id", "task_id"], "through": "task_label"}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.labels_of_tasks(user_id text, ids bigint[], take integer) OWNER TO regress_plain;

--
-- Name: FUNCTION labels_of_tasks(user_id text, ids bigint[], take integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.labels_of_tasks(user_id text, ids bigint[], take integer) IS 'Returns the keys of the tasks that are there, in the order of the keys, each with its labels, as a JSON array; take is how many of each, negative for the last ones.';


--
-- Name: link_label_tasks(text, bigint, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.link_label_tasks(user_id text, id bigint, ids bigint[]) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "link", "model": "public.label", "relationship": {"kind": "many_to_many", "target": "task", "columns": ["user_id", "label_id"], "through": "task_label"}, "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.link_label_tasks(user_id text, id bigint, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION link_label_tasks(user_id text, id bigint, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.link_label_tasks(user_id text, id bigint, ids bigint[]) IS 'Links the label with the tasks that have those keys; returns how many links are new.';


--
-- Name: link_task_labels(text, bigint, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.link_task_labels(user_id text, id bigint, ids bigint[]) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "link", "model": "public.task", "relationship": {"kind": "many_to_many", "target": "label", "columns": ["user_id", "task_id"], "through": "task_label"}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.link_task_labels(user_id text, id bigint, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION link_task_labels(user_id text, id bigint, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.link_task_labels(user_id text, id bigint, ids bigint[]) IS 'Links the task with the labels that have those keys; returns how many links are new.';


--
-- Name: list_any_tasks(text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_any_tasks(scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.any_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.list_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns any_tasks of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: list_conversations(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_conversations(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.conversation
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.list_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns conversations of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: list_events(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_events(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.event
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.list_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns events of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: list_labels(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_labels(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.label", "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.list_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns labels of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: list_messages(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_messages(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.message
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.list_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns messages of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: list_plains(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_plains(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.plain
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.list_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns plains of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: list_task_labels(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_task_labels(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.task_label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.list_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns task_labels of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: list_tasks(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_tasks(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.list_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns tasks of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: list_urgent_tasks(text, text, jsonb, text, integer, integer, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.list_urgent_tasks(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "list", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.list_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) OWNER TO regress_plain;

--
-- Name: FUNCTION list_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.list_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) IS 'Returns urgent_tasks of a scope that match, in a total order; a negative take returns the last ones.';


--
-- Name: load_any_task(bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_any_task(id bigint, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.load_any_task(id bigint, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_any_task(id bigint, include jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_any_task(id bigint, include jsonb) IS 'Returns the any_task with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_any_tasks(jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_any_tasks(include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.load_any_tasks(include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_any_tasks(include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_any_tasks(include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of any_tasks, each with the related rows that are included, as one JSON object.';


--
-- Name: load_conversation(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_conversation(user_id text, id bigint, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.load_conversation(user_id text, id bigint, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_conversation(user_id text, id bigint, include jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_conversation(user_id text, id bigint, include jsonb) IS 'Returns the conversation with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_conversations(text, jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_conversations(user_id text, include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.load_conversations(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_conversations(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_conversations(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of conversations, each with the related rows that are included, as one JSON object.';


--
-- Name: load_event(text, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_event(user_id text, id uuid, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.load_event(user_id text, id uuid, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_event(user_id text, id uuid, include jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_event(user_id text, id uuid, include jsonb) IS 'Returns the event with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_events(text, jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_events(user_id text, include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.load_events(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_events(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_events(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of events, each with the related rows that are included, as one JSON object.';


--
-- Name: load_message(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_message(user_id text, id bigint, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.load_message(user_id text, id bigint, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_message(user_id text, id bigint, include jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_message(user_id text, id bigint, include jsonb) IS 'Returns the message with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_messages(text, jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_messages(user_id text, include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.load_messages(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_messages(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_messages(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of messages, each with the related rows that are included, as one JSON object.';


--
-- Name: load_plain(text, integer, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_plain(user_id text, id integer, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.load_plain(user_id text, id integer, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_plain(user_id text, id integer, include jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_plain(user_id text, id integer, include jsonb) IS 'Returns the plain with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_plains(text, jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_plains(user_id text, include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.load_plains(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_plains(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_plains(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of plains, each with the related rows that are included, as one JSON object.';


--
-- Name: load_task(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_task(user_id text, id bigint, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.load_task(user_id text, id bigint, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_task(user_id text, id bigint, include jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_task(user_id text, id bigint, include jsonb) IS 'Returns the task with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_task_label(text, bigint, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_task_label(user_id text, task_id bigint, label_id bigint, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.load_task_label(user_id text, task_id bigint, label_id bigint, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_task_label(user_id text, task_id bigint, label_id bigint, include jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_task_label(user_id text, task_id bigint, label_id bigint, include jsonb) IS 'Returns the task_label with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_task_labels(text, jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_task_labels(user_id text, include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.load_task_labels(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_task_labels(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_task_labels(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of task_labels, each with the related rows that are included, as one JSON object.';


--
-- Name: load_tasks(text, jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_tasks(user_id text, include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.load_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of tasks, each with the related rows that are included, as one JSON object.';


--
-- Name: load_urgent_task(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_urgent_task(user_id text, id bigint, include jsonb) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.load_urgent_task(user_id text, id bigint, include jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION load_urgent_task(user_id text, id bigint, include jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_urgent_task(user_id text, id bigint, include jsonb) IS 'Returns the urgent_task with that key and the related rows that are included, as one JSON object; null where there is none.';


--
-- Name: load_urgent_tasks(text, jsonb, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.load_urgent_tasks(user_id text, include jsonb, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "load_many", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.load_urgent_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION load_urgent_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.load_urgent_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of urgent_tasks, each with the related rows that are included, as one JSON object.';


--
-- Name: messages(public.conversation); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.messages(conversation public.conversation) RETURNS SETOF public.message
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.conversation", "relationship": {"kind": "one_to_many", "target": "message", "columns": ["user_id", "conversation_id"]}, "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.messages(conversation public.conversation) OWNER TO regress_plain;

--
-- Name: FUNCTION messages(conversation public.conversation); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.messages(conversation public.conversation) IS 'Returns the related rows of a conversation: messages.';


--
-- Name: messages_inline(public.conversation); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.messages_inline(conversation public.conversation) RETURNS SETOF public.message
    LANGUAGE sql STABLE ROWS 50 PARALLEL SAFE
    AS $_$SELECT t.* FROM public.message AS t WHERE t.user_id OPERATOR(pg_catalog.=) ($1).user_id AND t.conversation_id OPERATOR(pg_catalog.=) ($1).id AND CASE WHEN COALESCE(pg_catalog.current_setting('todo_orm.user_id', true), '') OPERATOR(pg_catalog.=) '' THEN true WHEN ($1).user_id OPERATOR(pg_catalog.=) pg_catalog.current_setting('todo_orm.user_id', true)::pg_catalog.text THEN true ELSE todo_orm.refuse_owner('todo_orm.user_id'::pg_catalog.text) END ORDER BY t.id$_$;
ALTER FUNCTION public.messages_inline(conversation public.conversation) DEPENDS ON EXTENSION todo_orm;


ALTER FUNCTION public.messages_inline(conversation public.conversation) OWNER TO regress_plain;

--
-- Name: messages_of_conversations(text, bigint[], integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.messages_of_conversations(user_id text, ids bigint[], take integer DEFAULT NULL::integer) RETURNS SETOF public.message
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "batch", "model": "public.conversation", "relationship": {"kind": "one_to_many", "target": "message", "columns": ["user_id", "conversation_id"]}, "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.messages_of_conversations(user_id text, ids bigint[], take integer) OWNER TO regress_plain;

--
-- Name: FUNCTION messages_of_conversations(user_id text, ids bigint[], take integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.messages_of_conversations(user_id text, ids bigint[], take integer) IS 'Returns the messages of the conversations with those keys, in the order of the keys; take is how many of each, negative for the last ones.';


--
-- Name: notes(public.task); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.notes(task public.task) RETURNS SETOF other.note
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.task", "relationship": {"kind": "one_to_many", "target": "note", "columns": ["user_id", "task_id"]}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.notes(task public.task) OWNER TO regress_plain;

--
-- Name: FUNCTION notes(task public.task); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.notes(task public.task) IS 'Returns the related rows of a task: notes.';


--
-- Name: notes_of_tasks(text, bigint[], integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.notes_of_tasks(user_id text, ids bigint[], take integer DEFAULT NULL::integer) RETURNS SETOF other.note
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "batch", "model": "public.task", "relationship": {"kind": "one_to_many", "target": "note", "columns": ["user_id", "task_id"]}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.notes_of_tasks(user_id text, ids bigint[], take integer) OWNER TO regress_plain;

--
-- Name: FUNCTION notes_of_tasks(user_id text, ids bigint[], take integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.notes_of_tasks(user_id text, ids bigint[], take integer) IS 'Returns the notes of the tasks with those keys, in the order of the keys; take is how many of each, negative for the last ones.';


--
-- Name: one_any_task(jsonb, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.one_any_task(match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF public.any_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.one_any_task(match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_any_task(match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.one_any_task(match jsonb, scope text, missing_ok boolean) IS 'Returns the one any_task that matches; none and several are errors.';


--
-- Name: one_conversation(text, jsonb, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.one_conversation(user_id text, match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF public.conversation
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.one_conversation(user_id text, match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_conversation(user_id text, match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.one_conversation(user_id text, match jsonb, scope text, missing_ok boolean) IS 'Returns the one conversation that matches; none and several are errors.';


--
-- Name: one_event(text, jsonb, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.one_event(user_id text, match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF public.event
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.one_event(user_id text, match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_event(user_id text, match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.one_event(user_id text, match jsonb, scope text, missing_ok boolean) IS 'Returns the one event that matches; none and several are errors.';


--
-- Name: one_message(text, jsonb, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.one_message(user_id text, match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF public.message
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.one_message(user_id text, match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_message(user_id text, match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.one_message(user_id text, match jsonb, scope text, missing_ok boolean) IS 'Returns the one message that matches; none and several are errors.';


--
-- Name: one_plain(text, jsonb, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.one_plain(user_id text, match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF public.plain
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.one_plain(user_id text, match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_plain(user_id text, match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.one_plain(user_id text, match jsonb, scope text, missing_ok boolean) IS 'Returns the one plain that matches; none and several are errors.';


--
-- Name: one_task(text, jsonb, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.one_task(user_id text, match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.one_task(user_id text, match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_task(user_id text, match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.one_task(user_id text, match jsonb, scope text, missing_ok boolean) IS 'Returns the one task that matches; none and several are errors.';


--
-- Name: one_task_label(text, jsonb, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.one_task_label(user_id text, match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF public.task_label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.one_task_label(user_id text, match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_task_label(user_id text, match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.one_task_label(user_id text, match jsonb, scope text, missing_ok boolean) IS 'Returns the one task_label that matches; none and several are errors.';


--
-- Name: one_urgent_task(text, jsonb, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.one_urgent_task(user_id text, match jsonb, scope text DEFAULT 'all'::text, missing_ok boolean DEFAULT false) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "one", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.one_urgent_task(user_id text, match jsonb, scope text, missing_ok boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION one_urgent_task(user_id text, match jsonb, scope text, missing_ok boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.one_urgent_task(user_id text, match jsonb, scope text, missing_ok boolean) IS 'Returns the one urgent_task that matches; none and several are errors.';


--
-- Name: page_any_tasks(text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_any_tasks(scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.any_task", "options": {"key": ["id"], "name": "any_task", "owner": null, "plural": "any_tasks", "functions": "read"}}$$;


ALTER FUNCTION public.page_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of any_tasks as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: page_conversations(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_conversations(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.page_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of conversations as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: page_events(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_events(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.page_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of events as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: page_labels(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_labels(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.label", "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.page_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of labels as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: page_messages(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_messages(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.page_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of messages as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: page_plains(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_plains(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.page_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of plains as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: page_task_labels(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_task_labels(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.page_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of task_labels as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: page_tasks(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_tasks(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.page_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of tasks as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: page_urgent_tasks(text, text, jsonb, text, integer, integer, text, boolean); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.page_urgent_tasks(user_id text, scope text DEFAULT 'all'::text, match jsonb DEFAULT '{}'::jsonb, sort text DEFAULT NULL::text, take integer DEFAULT 50, skip integer DEFAULT 0, cursor text DEFAULT NULL::text, with_total boolean DEFAULT false) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "page", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.page_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) OWNER TO regress_plain;

--
-- Name: FUNCTION page_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.page_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) IS 'Returns a page of urgent_tasks as one JSON object with "items" and the cursors of its neighbours, and "total" on request.';


--
-- Name: patch_conversations(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.patch_conversations(user_id text, items jsonb) RETURNS SETOF public.conversation
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "patch_many", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.patch_conversations(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION patch_conversations(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.patch_conversations(user_id text, items jsonb) IS 'Changes several conversations, each by the item that has its key, all or nothing, and returns them.';


--
-- Name: patch_events(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.patch_events(user_id text, items jsonb) RETURNS SETOF public.event
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "patch_many", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.patch_events(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION patch_events(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.patch_events(user_id text, items jsonb) IS 'Changes several events, each by the item that has its key, all or nothing, and returns them.';


--
-- Name: patch_messages(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.patch_messages(user_id text, items jsonb) RETURNS SETOF public.message
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "patch_many", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.patch_messages(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION patch_messages(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.patch_messages(user_id text, items jsonb) IS 'Changes several messages, each by the item that has its key, all or nothing, and returns them.';


--
-- Name: patch_plains(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.patch_plains(user_id text, items jsonb) RETURNS SETOF public.plain
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "patch_many", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.patch_plains(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION patch_plains(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.patch_plains(user_id text, items jsonb) IS 'Changes several plains, each by the item that has its key, all or nothing, and returns them.';


--
-- Name: patch_tasks(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.patch_tasks(user_id text, items jsonb) RETURNS SETOF public.task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "patch_many", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.patch_tasks(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION patch_tasks(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.patch_tasks(user_id text, items jsonb) IS 'Changes several tasks, each by the item that has its key, all or nothing, and returns them.';


--
-- Name: patch_urgent_tasks(text, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.patch_urgent_tasks(user_id text, items jsonb) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "patch_many", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.patch_urgent_tasks(user_id text, items jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION patch_urgent_tasks(user_id text, items jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.patch_urgent_tasks(user_id text, items jsonb) IS 'Changes several urgent_tasks, each by the item that has its key, all or nothing, and returns them.';


--
-- Name: purge_conversations(text, interval, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.purge_conversations(user_id text, older_than interval DEFAULT '00:00:00'::interval, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "purge", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.purge_conversations(user_id text, older_than interval, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION purge_conversations(user_id text, older_than interval, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.purge_conversations(user_id text, older_than interval, match jsonb) IS 'Deletes for good the conversations that were soft-deleted at least that long ago; returns how many.';


--
-- Name: purge_tasks(text, interval, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.purge_tasks(user_id text, older_than interval DEFAULT '00:00:00'::interval, match jsonb DEFAULT '{}'::jsonb) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "purge", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.purge_tasks(user_id text, older_than interval, match jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION purge_tasks(user_id text, older_than interval, match jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.purge_tasks(user_id text, older_than interval, match jsonb) IS 'Deletes for good the tasks that were soft-deleted at least that long ago; returns how many.';


--
-- Name: restore_conversation(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.restore_conversation(user_id text, id bigint) RETURNS SETOF public.conversation
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "restore", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.restore_conversation(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION restore_conversation(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.restore_conversation(user_id text, id bigint) IS 'Brings the soft-deleted conversation back and returns it.';


--
-- Name: restore_task(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.restore_task(user_id text, id bigint) RETURNS SETOF public.task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "restore", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.restore_task(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION restore_task(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.restore_task(user_id text, id bigint) IS 'Brings the soft-deleted task back and returns it.';


--
-- Name: set_label_tasks(text, bigint, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.set_label_tasks(user_id text, id bigint, ids bigint[]) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "set", "model": "public.label", "relationship": {"kind": "many_to_many", "target": "task", "columns": ["user_id", "label_id"], "through": "task_label"}, "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.set_label_tasks(user_id text, id bigint, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION set_label_tasks(user_id text, id bigint, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.set_label_tasks(user_id text, id bigint, ids bigint[]) IS 'Links the label with exactly the tasks that have those keys; returns how many links were made or removed.';


--
-- Name: set_task_labels(text, bigint, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.set_task_labels(user_id text, id bigint, ids bigint[]) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "set", "model": "public.task", "relationship": {"kind": "many_to_many", "target": "label", "columns": ["user_id", "task_id"], "through": "task_label"}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.set_task_labels(user_id text, id bigint, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION set_task_labels(user_id text, id bigint, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.set_task_labels(user_id text, id bigint, ids bigint[]) IS 'Links the task with exactly the labels that have those keys; returns how many links were made or removed.';


--
-- Name: soft_delete_conversation(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.soft_delete_conversation(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "soft_delete", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.soft_delete_conversation(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION soft_delete_conversation(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.soft_delete_conversation(user_id text, id bigint) IS 'Marks the conversation as deleted; false where there is none, or where it is deleted already.';


--
-- Name: soft_delete_conversations(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.soft_delete_conversations(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "soft_delete_many", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.soft_delete_conversations(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION soft_delete_conversations(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.soft_delete_conversations(user_id text, match jsonb, max_rows bigint) IS 'Marks all conversations that match as deleted; returns how many. A match of every row is refused.';


--
-- Name: soft_delete_task(text, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.soft_delete_task(user_id text, id bigint) RETURNS boolean
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "soft_delete", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.soft_delete_task(user_id text, id bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION soft_delete_task(user_id text, id bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.soft_delete_task(user_id text, id bigint) IS 'Marks the task as deleted; false where there is none, or where it is deleted already.';


--
-- Name: soft_delete_tasks(text, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.soft_delete_tasks(user_id text, match jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "soft_delete_many", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.soft_delete_tasks(user_id text, match jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION soft_delete_tasks(user_id text, match jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.soft_delete_tasks(user_id text, match jsonb, max_rows bigint) IS 'Marks all tasks that match as deleted; returns how many. A match of every row is refused.';


--
-- Name: task(public.task_label); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.task(task_label public.task_label) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 1 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.task_label", "relationship": {"kind": "many_to_one", "target": "task", "columns": ["user_id", "task_id"]}, "options": {"created_at": null}}$$;


ALTER FUNCTION public.task(task_label public.task_label) OWNER TO regress_plain;

--
-- Name: FUNCTION task(task_label public.task_label); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.task(task_label public.task_label) IS 'Returns the related rows of a task_label: task.';


--
-- Name: task_labels(public.task); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.task_labels(task public.task) RETURNS SETOF public.task_label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.task", "relationship": {"kind": "one_to_many", "target": "task_label", "columns": ["user_id", "task_id"]}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.task_labels(task public.task) OWNER TO regress_plain;

--
-- Name: FUNCTION task_labels(task public.task); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.task_labels(task public.task) IS 'Returns the related rows of a task: task_labels.';


--
-- Name: task_labels_of_tasks(text, bigint[], integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.task_labels_of_tasks(user_id text, ids bigint[], take integer DEFAULT NULL::integer) RETURNS SETOF public.task_label
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "batch", "model": "public.task", "relationship": {"kind": "one_to_many", "target": "task_label", "columns": ["user_id", "task_id"]}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.task_labels_of_tasks(user_id text, ids bigint[], take integer) OWNER TO regress_plain;

--
-- Name: FUNCTION task_labels_of_tasks(user_id text, ids bigint[], take integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.task_labels_of_tasks(user_id text, ids bigint[], take integer) IS 'Returns the task_labels of the tasks with those keys, in the order of the keys; take is how many of each, negative for the last ones.';


--
-- Name: tasks(public.conversation); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.tasks(conversation public.conversation) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "related", "model": "public.conversation", "relationship": {"kind": "one_to_many", "target": "task", "columns": ["user_id", "conversation_id"]}, "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.tasks(conversation public.conversation) OWNER TO regress_plain;

--
-- Name: FUNCTION tasks(conversation public.conversation); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.tasks(conversation public.conversation) IS 'Returns the related rows of a conversation: tasks.';


--
-- Name: tasks_of_conversations(text, bigint[], integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.tasks_of_conversations(user_id text, ids bigint[], take integer DEFAULT NULL::integer) RETURNS SETOF public.task
    LANGUAGE todo_orm STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    AS $${"operation": "batch", "model": "public.conversation", "relationship": {"kind": "one_to_many", "target": "task", "columns": ["user_id", "conversation_id"]}, "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.tasks_of_conversations(user_id text, ids bigint[], take integer) OWNER TO regress_plain;

--
-- Name: FUNCTION tasks_of_conversations(user_id text, ids bigint[], take integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.tasks_of_conversations(user_id text, ids bigint[], take integer) IS 'Returns the tasks of the conversations with those keys, in the order of the keys; take is how many of each, negative for the last ones.';


--
-- Name: tasks_of_labels(text, bigint[], integer); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.tasks_of_labels(user_id text, ids bigint[], take integer DEFAULT NULL::integer) RETURNS json
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "batch_json", "model": "public.label", "relationship": {"kind": "many_to_many", "target": "task", "columns": ["user_id", "label_id"], "through": "task_label"}, "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.tasks_of_labels(user_id text, ids bigint[], take integer) OWNER TO regress_plain;

--
-- Name: FUNCTION tasks_of_labels(user_id text, ids bigint[], take integer); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.tasks_of_labels(user_id text, ids bigint[], take integer) IS 'Returns the keys of the labels that are there, in the order of the keys, each with its tasks, as a JSON array; take is how many of each, negative for the last ones.';


--
-- Name: trim_title(); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.trim_title() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN NEW.title := btrim(NEW.title); RETURN NEW; END$$;


ALTER FUNCTION public.trim_title() OWNER TO regress_plain;

--
-- Name: unlink_task_labels(text, bigint, bigint[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.unlink_task_labels(user_id text, id bigint, ids bigint[]) RETURNS bigint
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "unlink", "model": "public.task", "relationship": {"kind": "many_to_many", "target": "label", "columns": ["user_id", "task_id"], "through": "task_label"}, "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.unlink_task_labels(user_id text, id bigint, ids bigint[]) OWNER TO regress_plain;

--
-- Name: FUNCTION unlink_task_labels(user_id text, id bigint, ids bigint[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.unlink_task_labels(user_id text, id bigint, ids bigint[]) IS 'Removes the links of the task with the labels that have those keys; returns how many there were.';


--
-- Name: update_conversation(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_conversation(user_id text, id bigint, patch jsonb) RETURNS SETOF public.conversation
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "update", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.update_conversation(user_id text, id bigint, patch jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION update_conversation(user_id text, id bigint, patch jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_conversation(user_id text, id bigint, patch jsonb) IS 'Changes the columns that stand in the patch and returns the conversation; an absent key leaves its column as it is.';


--
-- Name: update_conversations(text, jsonb, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_conversations(user_id text, match jsonb, patch jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS SETOF public.conversation
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "update_many", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.update_conversations(user_id text, match jsonb, patch jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION update_conversations(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_conversations(user_id text, match jsonb, patch jsonb, max_rows bigint) IS 'Changes all conversations that match by one patch and returns them; a match of every row is refused.';


--
-- Name: update_event(text, uuid, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_event(user_id text, id uuid, patch jsonb) RETURNS SETOF public.event
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "update", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.update_event(user_id text, id uuid, patch jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION update_event(user_id text, id uuid, patch jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_event(user_id text, id uuid, patch jsonb) IS 'Changes the columns that stand in the patch and returns the event; an absent key leaves its column as it is.';


--
-- Name: update_events(text, jsonb, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_events(user_id text, match jsonb, patch jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS SETOF public.event
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "update_many", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.update_events(user_id text, match jsonb, patch jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION update_events(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_events(user_id text, match jsonb, patch jsonb, max_rows bigint) IS 'Changes all events that match by one patch and returns them; a match of every row is refused.';


--
-- Name: update_label(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_label(user_id text, id bigint, patch jsonb) RETURNS SETOF public.label
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "update", "model": "public.label", "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.update_label(user_id text, id bigint, patch jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION update_label(user_id text, id bigint, patch jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_label(user_id text, id bigint, patch jsonb) IS 'Changes the columns that stand in the patch and returns the label; an absent key leaves its column as it is.';


--
-- Name: update_message(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_message(user_id text, id bigint, patch jsonb) RETURNS SETOF public.message
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "update", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.update_message(user_id text, id bigint, patch jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION update_message(user_id text, id bigint, patch jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_message(user_id text, id bigint, patch jsonb) IS 'Changes the columns that stand in the patch and returns the message; an absent key leaves its column as it is.';


--
-- Name: update_messages(text, jsonb, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_messages(user_id text, match jsonb, patch jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS SETOF public.message
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "update_many", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.update_messages(user_id text, match jsonb, patch jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION update_messages(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_messages(user_id text, match jsonb, patch jsonb, max_rows bigint) IS 'Changes all messages that match by one patch and returns them; a match of every row is refused.';


--
-- Name: update_plain(text, integer, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_plain(user_id text, id integer, patch jsonb) RETURNS SETOF public.plain
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "update", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.update_plain(user_id text, id integer, patch jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION update_plain(user_id text, id integer, patch jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_plain(user_id text, id integer, patch jsonb) IS 'Changes the columns that stand in the patch and returns the plain; an absent key leaves its column as it is.';


--
-- Name: update_plains(text, jsonb, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_plains(user_id text, match jsonb, patch jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS SETOF public.plain
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "update_many", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.update_plains(user_id text, match jsonb, patch jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION update_plains(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_plains(user_id text, match jsonb, patch jsonb, max_rows bigint) IS 'Changes all plains that match by one patch and returns them; a match of every row is refused.';


--
-- Name: update_task(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_task(user_id text, id bigint, patch jsonb) RETURNS SETOF public.task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "update", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.update_task(user_id text, id bigint, patch jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION update_task(user_id text, id bigint, patch jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_task(user_id text, id bigint, patch jsonb) IS 'Changes the columns that stand in the patch and returns the task; an absent key leaves its column as it is.';


--
-- Name: update_tasks(text, jsonb, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS SETOF public.task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "update_many", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.update_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION update_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint) IS 'Changes all tasks that match by one patch and returns them; a match of every row is refused.';


--
-- Name: update_urgent_task(text, bigint, jsonb); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_urgent_task(user_id text, id bigint, patch jsonb) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 1
    AS $${"operation": "update", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.update_urgent_task(user_id text, id bigint, patch jsonb) OWNER TO regress_plain;

--
-- Name: FUNCTION update_urgent_task(user_id text, id bigint, patch jsonb); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_urgent_task(user_id text, id bigint, patch jsonb) IS 'Changes the columns that stand in the patch and returns the urgent_task; an absent key leaves its column as it is.';


--
-- Name: update_urgent_tasks(text, jsonb, jsonb, bigint); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.update_urgent_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint DEFAULT NULL::bigint) RETURNS SETOF public.urgent_task
    LANGUAGE todo_orm SECURITY DEFINER ROWS 10
    AS $${"operation": "update_many", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.update_urgent_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint) OWNER TO regress_plain;

--
-- Name: FUNCTION update_urgent_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.update_urgent_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint) IS 'Changes all urgent_tasks that match by one patch and returns them; a match of every row is refused.';


--
-- Name: upsert_conversation(text, jsonb, text[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.upsert_conversation(user_id text, item jsonb, on_key text[] DEFAULT NULL::text[]) RETURNS public.conversation
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "upsert", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.upsert_conversation(user_id text, item jsonb, on_key text[]) OWNER TO regress_plain;

--
-- Name: FUNCTION upsert_conversation(user_id text, item jsonb, on_key text[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.upsert_conversation(user_id text, item jsonb, on_key text[]) IS 'Changes the conversation that has the item''s key, or creates it, and returns it.';


--
-- Name: upsert_event(text, jsonb, text[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.upsert_event(user_id text, item jsonb, on_key text[] DEFAULT NULL::text[]) RETURNS public.event
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "upsert", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.upsert_event(user_id text, item jsonb, on_key text[]) OWNER TO regress_plain;

--
-- Name: FUNCTION upsert_event(user_id text, item jsonb, on_key text[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.upsert_event(user_id text, item jsonb, on_key text[]) IS 'Changes the event that has the item''s key, or creates it, and returns it.';


--
-- Name: upsert_label(text, jsonb, text[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.upsert_label(user_id text, item jsonb, on_key text[] DEFAULT NULL::text[]) RETURNS public.label
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "upsert", "model": "public.label", "options": {"functions": ["core", "upsert", "link", "set", "batch_json"], "created_at": null}}$$;


ALTER FUNCTION public.upsert_label(user_id text, item jsonb, on_key text[]) OWNER TO regress_plain;

--
-- Name: FUNCTION upsert_label(user_id text, item jsonb, on_key text[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.upsert_label(user_id text, item jsonb, on_key text[]) IS 'Changes the label that has the item''s key, or creates it, and returns it.';


--
-- Name: upsert_message(text, jsonb, text[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.upsert_message(user_id text, item jsonb, on_key text[] DEFAULT NULL::text[]) RETURNS public.message
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "upsert", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.upsert_message(user_id text, item jsonb, on_key text[]) OWNER TO regress_plain;

--
-- Name: FUNCTION upsert_message(user_id text, item jsonb, on_key text[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.upsert_message(user_id text, item jsonb, on_key text[]) IS 'Changes the message that has the item''s key, or creates it, and returns it.';


--
-- Name: upsert_plain(text, jsonb, text[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.upsert_plain(user_id text, item jsonb, on_key text[] DEFAULT NULL::text[]) RETURNS public.plain
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "upsert", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.upsert_plain(user_id text, item jsonb, on_key text[]) OWNER TO regress_plain;

--
-- Name: FUNCTION upsert_plain(user_id text, item jsonb, on_key text[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.upsert_plain(user_id text, item jsonb, on_key text[]) IS 'Changes the plain that has the item''s key, or creates it, and returns it.';


--
-- Name: upsert_task(text, jsonb, text[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.upsert_task(user_id text, item jsonb, on_key text[] DEFAULT NULL::text[]) RETURNS public.task
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "upsert", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.upsert_task(user_id text, item jsonb, on_key text[]) OWNER TO regress_plain;

--
-- Name: FUNCTION upsert_task(user_id text, item jsonb, on_key text[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.upsert_task(user_id text, item jsonb, on_key text[]) IS 'Changes the task that has the item''s key, or creates it, and returns it.';


--
-- Name: upsert_task_label(text, jsonb, text[]); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.upsert_task_label(user_id text, item jsonb, on_key text[] DEFAULT NULL::text[]) RETURNS public.task_label
    LANGUAGE todo_orm SECURITY DEFINER
    AS $${"operation": "upsert", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.upsert_task_label(user_id text, item jsonb, on_key text[]) OWNER TO regress_plain;

--
-- Name: FUNCTION upsert_task_label(user_id text, item jsonb, on_key text[]); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.upsert_task_label(user_id text, item jsonb, on_key text[]) IS 'Changes the task_label that has the item''s key, or creates it, and returns it.';


--
-- Name: validate_conversation(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.validate_conversation(user_id text, item jsonb, shape text DEFAULT 'create'::text) RETURNS jsonb
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "validate", "model": "public.conversation", "options": {"rls": true, "sort": "updated_at desc nulls first, id desc", "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.validate_conversation(user_id text, item jsonb, shape text) OWNER TO regress_plain;

--
-- Name: FUNCTION validate_conversation(user_id text, item jsonb, shape text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.validate_conversation(user_id text, item jsonb, shape text) IS 'Returns what is wrong with a conversation that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing.';


--
-- Name: validate_event(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.validate_event(user_id text, item jsonb, shape text DEFAULT 'create'::text) RETURNS jsonb
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "validate", "model": "public.event", "options": {"created_at": "at"}}$$;


ALTER FUNCTION public.validate_event(user_id text, item jsonb, shape text) OWNER TO regress_plain;

--
-- Name: FUNCTION validate_event(user_id text, item jsonb, shape text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.validate_event(user_id text, item jsonb, shape text) IS 'Returns what is wrong with a event that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing.';


--
-- Name: validate_message(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.validate_message(user_id text, item jsonb, shape text DEFAULT 'create'::text) RETURNS jsonb
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "validate", "model": "public.message", "options": {"rls": true, "sort": "id", "touch": ["conversation"], "immutable": ["conversation_id", "role"], "idempotency": "client_key"}}$$;


ALTER FUNCTION public.validate_message(user_id text, item jsonb, shape text) OWNER TO regress_plain;

--
-- Name: FUNCTION validate_message(user_id text, item jsonb, shape text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.validate_message(user_id text, item jsonb, shape text) IS 'Returns what is wrong with a message that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing.';


--
-- Name: validate_plain(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.validate_plain(user_id text, item jsonb, shape text DEFAULT 'create'::text) RETURNS jsonb
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "validate", "model": "public.plain", "options": {}}$$;


ALTER FUNCTION public.validate_plain(user_id text, item jsonb, shape text) OWNER TO regress_plain;

--
-- Name: FUNCTION validate_plain(user_id text, item jsonb, shape text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.validate_plain(user_id text, item jsonb, shape text) IS 'Returns what is wrong with a plain that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing.';


--
-- Name: validate_task(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.validate_task(user_id text, item jsonb, shape text DEFAULT 'create'::text) RETURNS jsonb
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "validate", "model": "public.task", "options": {"rls": true, "scopes": {"pending": {"completed": false}, "completed": {"completed": true}}, "deleted_at": "deleted_at"}}$$;


ALTER FUNCTION public.validate_task(user_id text, item jsonb, shape text) OWNER TO regress_plain;

--
-- Name: FUNCTION validate_task(user_id text, item jsonb, shape text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.validate_task(user_id text, item jsonb, shape text) IS 'Returns what is wrong with a task that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing.';


--
-- Name: validate_task_label(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.validate_task_label(user_id text, item jsonb, shape text DEFAULT 'create'::text) RETURNS jsonb
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "validate", "model": "public.task_label", "options": {"created_at": null}}$$;


ALTER FUNCTION public.validate_task_label(user_id text, item jsonb, shape text) OWNER TO regress_plain;

--
-- Name: FUNCTION validate_task_label(user_id text, item jsonb, shape text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.validate_task_label(user_id text, item jsonb, shape text) IS 'Returns what is wrong with a task_label that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing.';


--
-- Name: validate_urgent_task(text, jsonb, text); Type: FUNCTION; Schema: public; Owner: regress_plain
--

CREATE FUNCTION public.validate_urgent_task(user_id text, item jsonb, shape text DEFAULT 'create'::text) RETURNS jsonb
    LANGUAGE todo_orm STABLE SECURITY DEFINER PARALLEL RESTRICTED
    AS $${"operation": "validate", "model": "public.urgent_task", "options": {"key": ["id"]}}$$;


ALTER FUNCTION public.validate_urgent_task(user_id text, item jsonb, shape text) OWNER TO regress_plain;

--
-- Name: FUNCTION validate_urgent_task(user_id text, item jsonb, shape text); Type: COMMENT; Schema: public; Owner: regress_plain
--

COMMENT ON FUNCTION public.validate_urgent_task(user_id text, item jsonb, shape text) IS 'Returns what is wrong with a urgent_task that is to be created or updated, as a JSON array of errors; empty where nothing is. Writes nothing.';


--
-- Name: note_id_seq; Type: SEQUENCE; Schema: other; Owner: regress_plain
--

ALTER TABLE other.note ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME other.note_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: conversation_id_seq; Type: SEQUENCE; Schema: public; Owner: regress_plain
--

ALTER TABLE public.conversation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.conversation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: event_0; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.event_0 (
    user_id text NOT NULL COLLATE pg_catalog."C",
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    what text
);


ALTER TABLE public.event_0 OWNER TO regress_plain;

--
-- Name: event_1; Type: TABLE; Schema: public; Owner: regress_plain
--

CREATE TABLE public.event_1 (
    user_id text NOT NULL COLLATE pg_catalog."C",
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    what text
);


ALTER TABLE public.event_1 OWNER TO regress_plain;

--
-- Name: label_id_seq; Type: SEQUENCE; Schema: public; Owner: regress_plain
--

ALTER TABLE public.label ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.label_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: message_id_seq; Type: SEQUENCE; Schema: public; Owner: regress_plain
--

ALTER TABLE public.message ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: plain_id_seq; Type: SEQUENCE; Schema: public; Owner: regress_plain
--

CREATE SEQUENCE public.plain_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE public.plain_id_seq OWNER TO regress_plain;

--
-- Name: plain_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: regress_plain
--

ALTER SEQUENCE public.plain_id_seq OWNED BY public.plain.id;


--
-- Name: task_id_seq; Type: SEQUENCE; Schema: public; Owner: regress_plain
--

ALTER TABLE public.task ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: event_0; Type: TABLE ATTACH; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.event ATTACH PARTITION public.event_0 FOR VALUES WITH (modulus 2, remainder 0);


--
-- Name: event_1; Type: TABLE ATTACH; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.event ATTACH PARTITION public.event_1 FOR VALUES WITH (modulus 2, remainder 1);


--
-- Name: plain id; Type: DEFAULT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.plain ALTER COLUMN id SET DEFAULT nextval('public.plain_id_seq'::regclass);


--
-- Data for Name: note; Type: TABLE DATA; Schema: other; Owner: regress_plain
--

COPY other.note (id, user_id, created_at, updated_at, deleted_at, version, body, pinned, secret, weight, colours, task_id) FROM stdin;
2	bob	2026-11-30 15:31:05.29601+00	2026-11-30 15:31:05.318406+00	2026-11-30 15:31:05.318406+00	3	second, changed	f	\N	\N	\N	\N
1	ann	2026-11-30 15:31:05.28385+00	2026-11-30 15:31:05.319885+00	\N	2	first, pinned	t	hush	1.50	{red,green}	1
\.


--
-- Data for Name: conversation; Type: TABLE DATA; Schema: public; Owner: regress_plain
--

COPY public.conversation (id, user_id, title, created_at, updated_at, deleted_at) FROM stdin;
1	ann	\N	2026-11-30 15:31:05.232238+00	2026-11-30 15:31:05.248795+00	\N
2	bob	\N	2026-11-30 15:31:05.255875+00	2026-11-30 15:31:05.258066+00	\N
\.


--
-- Data for Name: event_0; Type: TABLE DATA; Schema: public; Owner: regress_plain
--

COPY public.event_0 (user_id, id, at, what) FROM stdin;
ann	9a58058c-7883-428e-80e8-09b4ea7a88e5	2026-11-30 15:31:05.407882+00	x
ann	2d998d56-2805-44fe-b8ab-f5dd5f61cd96	2026-11-30 15:31:05.407882+00	y
bob	6db4bbdb-1e92-4d4a-b6b0-5dafd05353fa	2026-11-30 15:31:05.415956+00	z
\.


--
-- Data for Name: event_1; Type: TABLE DATA; Schema: public; Owner: regress_plain
--

COPY public.event_1 (user_id, id, at, what) FROM stdin;
\.


--
-- Data for Name: label; Type: TABLE DATA; Schema: public; Owner: regress_plain
--

COPY public.label (id, user_id, name) FROM stdin;
1	ann	shop
2	ann	home
\.


--
-- Data for Name: message; Type: TABLE DATA; Schema: public; Owner: regress_plain
--

COPY public.message (id, user_id, conversation_id, role, content, data, client_key, status, created_at) FROM stdin;
1	ann	1	user	Add milk	\N	key 1	complete	2026-11-30 15:31:05.23393+00
2	ann	1	assistant		{"tool_calls": [1, {"a": null}]}	\N	complete	2026-11-30 15:31:05.248795+00
3	ann	1	tool	done	\N	\N	complete	2026-11-30 15:31:05.248795+00
4	bob	2	user	héllo\n	\N	\N	complete	2026-11-30 15:31:05.256379+00
5	bob	2	assistant	so f	\N	\N	streaming	2026-11-30 15:31:05.258066+00
\.


--
-- Data for Name: plain; Type: TABLE DATA; Schema: public; Owner: regress_plain
--

COPY public.plain (user_id, id, said, updated_at) FROM stdin;
ann	1	plain	\N
\.


--
-- Data for Name: task; Type: TABLE DATA; Schema: public; Owner: regress_plain
--

COPY public.task (id, user_id, title, description, completed, conversation_id, created_at, updated_at, deleted_at, priority) FROM stdin;
1	ann	Buy milk	\N	f	\N	2026-11-30 15:31:05.161876+00	\N	\N	3
2	bob	one	changed	t	\N	2026-11-30 15:31:05.198837+00	2026-11-30 15:31:05.216147+00	\N	1
3	bob	two	zwei \\ "Dinge"	f	\N	2026-11-30 15:31:05.198837+00	2026-11-30 15:31:05.227831+00	2026-11-30 15:31:05.227831+00	1
\.


--
-- Data for Name: task_label; Type: TABLE DATA; Schema: public; Owner: regress_plain
--

COPY public.task_label (user_id, task_id, label_id) FROM stdin;
ann	1	1
ann	1	2
\.


--
-- Name: note_id_seq; Type: SEQUENCE SET; Schema: other; Owner: regress_plain
--

SELECT pg_catalog.setval('other.note_id_seq', 2, true);


--
-- Name: conversation_id_seq; Type: SEQUENCE SET; Schema: public; Owner: regress_plain
--

SELECT pg_catalog.setval('public.conversation_id_seq', 1000, false);


--
-- Name: label_id_seq; Type: SEQUENCE SET; Schema: public; Owner: regress_plain
--

SELECT pg_catalog.setval('public.label_id_seq', 3, true);


--
-- Name: message_id_seq; Type: SEQUENCE SET; Schema: public; Owner: regress_plain
--

SELECT pg_catalog.setval('public.message_id_seq', 5, true);


--
-- Name: plain_id_seq; Type: SEQUENCE SET; Schema: public; Owner: regress_plain
--

SELECT pg_catalog.setval('public.plain_id_seq', 1, true);


--
-- Name: task_id_seq; Type: SEQUENCE SET; Schema: public; Owner: regress_plain
--

SELECT pg_catalog.setval('public.task_id_seq', 3, true);


--
-- Name: note note_pkey; Type: CONSTRAINT; Schema: other; Owner: regress_plain
--

ALTER TABLE ONLY other.note
    ADD CONSTRAINT note_pkey PRIMARY KEY (user_id, id);


--
-- Name: conversation conversation_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_pkey PRIMARY KEY (user_id, id);


--
-- Name: event event_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (user_id, id);


--
-- Name: event_0 event_0_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.event_0
    ADD CONSTRAINT event_0_pkey PRIMARY KEY (user_id, id);


--
-- Name: event_1 event_1_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.event_1
    ADD CONSTRAINT event_1_pkey PRIMARY KEY (user_id, id);


--
-- Name: label label_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.label
    ADD CONSTRAINT label_pkey PRIMARY KEY (user_id, id);


--
-- Name: label label_user_id_name_key; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.label
    ADD CONSTRAINT label_user_id_name_key UNIQUE (user_id, name);


--
-- Name: message message_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (user_id, id);


--
-- Name: plain plain_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.plain
    ADD CONSTRAINT plain_pkey PRIMARY KEY (user_id, id);


--
-- Name: task_label task_label_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.task_label
    ADD CONSTRAINT task_label_pkey PRIMARY KEY (user_id, task_id, label_id);


--
-- Name: task task_pkey; Type: CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (user_id, id);


--
-- Name: message_client_key_key; Type: INDEX; Schema: public; Owner: regress_plain
--

CREATE UNIQUE INDEX message_client_key_key ON public.message USING btree (user_id, client_key) WHERE (client_key IS NOT NULL);


--
-- Name: message_conversation_idx; Type: INDEX; Schema: public; Owner: regress_plain
--

CREATE INDEX message_conversation_idx ON public.message USING btree (user_id, conversation_id, id);


--
-- Name: message_streaming_idx; Type: INDEX; Schema: public; Owner: regress_plain
--

CREATE INDEX message_streaming_idx ON public.message USING btree (user_id, created_at) WHERE (status = 'streaming'::text);


--
-- Name: message_system_idx; Type: INDEX; Schema: public; Owner: regress_plain
--

CREATE INDEX message_system_idx ON public.message USING btree (user_id, conversation_id, id) WHERE (role = 'system'::text);


--
-- Name: task_conversation_idx; Type: INDEX; Schema: public; Owner: regress_plain
--

CREATE INDEX task_conversation_idx ON public.task USING btree (user_id, conversation_id) WHERE (conversation_id IS NOT NULL);


--
-- Name: task_label_user_id_label_id_idx; Type: INDEX; Schema: public; Owner: regress_plain
--

CREATE INDEX task_label_user_id_label_id_idx ON public.task_label USING btree (user_id, label_id);


--
-- Name: task_list_idx; Type: INDEX; Schema: public; Owner: regress_plain
--

CREATE INDEX task_list_idx ON public.task USING btree (user_id, created_at DESC, id DESC) WHERE (deleted_at IS NULL);


--
-- Name: task_priority_idx; Type: INDEX; Schema: public; Owner: regress_plain
--

CREATE INDEX task_priority_idx ON public.task USING btree (user_id, priority);


--
-- Name: event_0_pkey; Type: INDEX ATTACH; Schema: public; Owner: regress_plain
--

ALTER INDEX public.event_pkey ATTACH PARTITION public.event_0_pkey;


--
-- Name: event_1_pkey; Type: INDEX ATTACH; Schema: public; Owner: regress_plain
--

ALTER INDEX public.event_pkey ATTACH PARTITION public.event_1_pkey;


--
-- Name: note todo_orm_lifecycle; Type: TRIGGER; Schema: other; Owner: regress_plain
--

CREATE TRIGGER todo_orm_lifecycle BEFORE UPDATE ON other.note FOR EACH ROW EXECUTE FUNCTION todo_orm.lifecycle('updated_at', 'version');


--
-- Name: conversation todo_orm_lifecycle; Type: TRIGGER; Schema: public; Owner: regress_plain
--

CREATE TRIGGER todo_orm_lifecycle BEFORE UPDATE ON public.conversation FOR EACH ROW EXECUTE FUNCTION todo_orm.lifecycle('updated_at', '');


--
-- Name: task todo_orm_lifecycle; Type: TRIGGER; Schema: public; Owner: regress_plain
--

CREATE TRIGGER todo_orm_lifecycle BEFORE UPDATE ON public.task FOR EACH ROW EXECUTE FUNCTION todo_orm.lifecycle('updated_at', '');


--
-- Name: task trim_title; Type: TRIGGER; Schema: public; Owner: regress_plain
--

CREATE TRIGGER trim_title BEFORE INSERT OR UPDATE OF title ON public.task FOR EACH ROW EXECUTE FUNCTION public.trim_title();


--
-- Name: note note_user_id_task_id_fkey; Type: FK CONSTRAINT; Schema: other; Owner: regress_plain
--

ALTER TABLE ONLY other.note
    ADD CONSTRAINT note_user_id_task_id_fkey FOREIGN KEY (user_id, task_id) REFERENCES public.task(user_id, id) ON DELETE CASCADE;


--
-- Name: message message_conversation_fkey; Type: FK CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_conversation_fkey FOREIGN KEY (user_id, conversation_id) REFERENCES public.conversation(user_id, id) ON DELETE CASCADE;


--
-- Name: task task_conversation_fkey; Type: FK CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_conversation_fkey FOREIGN KEY (user_id, conversation_id) REFERENCES public.conversation(user_id, id) ON DELETE SET NULL (conversation_id);


--
-- Name: task_label task_label_user_id_label_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.task_label
    ADD CONSTRAINT task_label_user_id_label_id_fkey FOREIGN KEY (user_id, label_id) REFERENCES public.label(user_id, id) ON DELETE CASCADE;


--
-- Name: task_label task_label_user_id_task_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: regress_plain
--

ALTER TABLE ONLY public.task_label
    ADD CONSTRAINT task_label_user_id_task_id_fkey FOREIGN KEY (user_id, task_id) REFERENCES public.task(user_id, id) ON DELETE CASCADE;


--
-- Name: note; Type: ROW SECURITY; Schema: other; Owner: regress_plain
--

ALTER TABLE other.note ENABLE ROW LEVEL SECURITY;

--
-- Name: note todo_orm_owner; Type: POLICY; Schema: other; Owner: regress_plain
--

CREATE POLICY todo_orm_owner ON other.note USING ((user_id = ( SELECT
        CASE
            WHEN (current_setting('todo_orm.user_id'::text, true) = ''::text) THEN NULL::text
            ELSE current_setting('todo_orm.user_id'::text, true)
        END AS current_setting)));


--
-- Name: conversation; Type: ROW SECURITY; Schema: public; Owner: regress_plain
--

ALTER TABLE public.conversation ENABLE ROW LEVEL SECURITY;

--
-- Name: message; Type: ROW SECURITY; Schema: public; Owner: regress_plain
--

ALTER TABLE public.message ENABLE ROW LEVEL SECURITY;

--
-- Name: task reviewers; Type: POLICY; Schema: public; Owner: regress_plain
--

CREATE POLICY reviewers ON public.task FOR SELECT TO regress_reader USING ((priority > 5));


--
-- Name: task; Type: ROW SECURITY; Schema: public; Owner: regress_plain
--

ALTER TABLE public.task ENABLE ROW LEVEL SECURITY;

--
-- Name: conversation todo_orm_owner; Type: POLICY; Schema: public; Owner: regress_plain
--

CREATE POLICY todo_orm_owner ON public.conversation USING ((user_id = ( SELECT
        CASE
            WHEN (current_setting('todo_orm.user_id'::text, true) = ''::text) THEN NULL::text
            ELSE current_setting('todo_orm.user_id'::text, true)
        END AS current_setting)));


--
-- Name: message todo_orm_owner; Type: POLICY; Schema: public; Owner: regress_plain
--

CREATE POLICY todo_orm_owner ON public.message USING ((user_id = ( SELECT
        CASE
            WHEN (current_setting('todo_orm.user_id'::text, true) = ''::text) THEN NULL::text
            ELSE current_setting('todo_orm.user_id'::text, true)
        END AS current_setting)));


--
-- Name: task todo_orm_owner; Type: POLICY; Schema: public; Owner: regress_plain
--

CREATE POLICY todo_orm_owner ON public.task USING ((user_id = ( SELECT
        CASE
            WHEN (current_setting('todo_orm.user_id'::text, true) = ''::text) THEN NULL::text
            ELSE current_setting('todo_orm.user_id'::text, true)
        END AS current_setting)));


--
-- Name: SCHEMA other; Type: ACL; Schema: -; Owner: regress_plain
--

GRANT USAGE ON SCHEMA other TO regress_app;
GRANT USAGE ON SCHEMA other TO regress_reader;


--
-- Name: COLUMN task.id; Type: ACL; Schema: public; Owner: regress_plain
--

GRANT SELECT(id) ON TABLE public.task TO regress_reader;


--
-- Name: COLUMN task.title; Type: ACL; Schema: public; Owner: regress_plain
--

GRANT SELECT(title) ON TABLE public.task TO regress_reader;


--
-- Name: FUNCTION about(note other.note); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.about(note other.note) FROM PUBLIC;
GRANT ALL ON FUNCTION other.about(note other.note) TO regress_app;


--
-- Name: FUNCTION aggregate_notes(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.aggregate_notes(user_id text, match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION other.aggregate_notes(user_id text, match jsonb, group_by text[], measures jsonb, scope text) TO regress_app;


--
-- Name: FUNCTION count_notes(user_id text, scope text, match jsonb); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.count_notes(user_id text, scope text, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION other.count_notes(user_id text, scope text, match jsonb) TO regress_app;


--
-- Name: FUNCTION create_note(user_id text, body text, pinned boolean, secret text, weight numeric, colours other.colour[], task_id bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.create_note(user_id text, body text, pinned boolean, secret text, weight numeric, colours other.colour[], task_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.create_note(user_id text, body text, pinned boolean, secret text, weight numeric, colours other.colour[], task_id bigint) TO regress_app;


--
-- Name: FUNCTION create_notes(user_id text, items jsonb); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.create_notes(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION other.create_notes(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION delete_note(user_id text, id bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.delete_note(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.delete_note(user_id text, id bigint) TO regress_app;
GRANT ALL ON FUNCTION other.delete_note(user_id text, id bigint) TO regress_reader WITH GRANT OPTION;


--
-- Name: FUNCTION delete_notes(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.delete_notes(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.delete_notes(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION find_notes(user_id text, ids bigint[]); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.find_notes(user_id text, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION other.find_notes(user_id text, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION first_note(user_id text, match jsonb, sort text, scope text); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.first_note(user_id text, match jsonb, sort text, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION other.first_note(user_id text, match jsonb, sort text, scope text) TO regress_app;


--
-- Name: FUNCTION get_note(user_id text, id bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.get_note(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.get_note(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION list_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.list_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION other.list_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION load_note(user_id text, id bigint, include jsonb); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.load_note(user_id text, id bigint, include jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION other.load_note(user_id text, id bigint, include jsonb) TO regress_app;


--
-- Name: FUNCTION load_notes(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.load_notes(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION other.load_notes(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION one_note(user_id text, match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.one_note(user_id text, match jsonb, scope text, missing_ok boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION other.one_note(user_id text, match jsonb, scope text, missing_ok boolean) TO regress_app;


--
-- Name: FUNCTION page_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.page_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION other.page_notes(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION patch_notes(user_id text, items jsonb); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.patch_notes(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION other.patch_notes(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION pin_note(user_id text, id bigint, body text); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.pin_note(user_id text, id bigint, body text) FROM PUBLIC;
GRANT ALL ON FUNCTION other.pin_note(user_id text, id bigint, body text) TO regress_app;


--
-- Name: FUNCTION purge_notes(user_id text, older_than interval, match jsonb); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.purge_notes(user_id text, older_than interval, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION other.purge_notes(user_id text, older_than interval, match jsonb) TO regress_app;


--
-- Name: FUNCTION restore_note(user_id text, id bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.restore_note(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.restore_note(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION soft_delete_note(user_id text, id bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.soft_delete_note(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.soft_delete_note(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION soft_delete_notes(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.soft_delete_notes(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.soft_delete_notes(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION update_note(user_id text, id bigint, patch jsonb, if_version bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.update_note(user_id text, id bigint, patch jsonb, if_version bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.update_note(user_id text, id bigint, patch jsonb, if_version bigint) TO regress_app;


--
-- Name: FUNCTION update_notes(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.update_notes(user_id text, match jsonb, patch jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION other.update_notes(user_id text, match jsonb, patch jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION upsert_note(user_id text, item jsonb, on_key text[]); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.upsert_note(user_id text, item jsonb, on_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION other.upsert_note(user_id text, item jsonb, on_key text[]) TO regress_app;


--
-- Name: FUNCTION validate_note(user_id text, item jsonb, shape text); Type: ACL; Schema: other; Owner: regress_plain
--

REVOKE ALL ON FUNCTION other.validate_note(user_id text, item jsonb, shape text) FROM PUBLIC;
GRANT ALL ON FUNCTION other.validate_note(user_id text, item jsonb, shape text) TO regress_app;


--
-- Name: FUNCTION abort_message(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.abort_message(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.abort_message(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION abort_stale_messages(user_id text, older_than interval); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.abort_stale_messages(user_id text, older_than interval) FROM PUBLIC;
GRANT ALL ON FUNCTION public.abort_stale_messages(user_id text, older_than interval) TO regress_app;


--
-- Name: FUNCTION aggregate_any_tasks(match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.aggregate_any_tasks(match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;


--
-- Name: FUNCTION aggregate_conversations(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.aggregate_conversations(user_id text, match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.aggregate_conversations(user_id text, match jsonb, group_by text[], measures jsonb, scope text) TO regress_app;


--
-- Name: FUNCTION aggregate_events(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.aggregate_events(user_id text, match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.aggregate_events(user_id text, match jsonb, group_by text[], measures jsonb, scope text) TO regress_app;


--
-- Name: FUNCTION aggregate_messages(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.aggregate_messages(user_id text, match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.aggregate_messages(user_id text, match jsonb, group_by text[], measures jsonb, scope text) TO regress_app;


--
-- Name: FUNCTION aggregate_plains(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.aggregate_plains(user_id text, match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.aggregate_plains(user_id text, match jsonb, group_by text[], measures jsonb, scope text) TO regress_app;


--
-- Name: FUNCTION aggregate_task_labels(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.aggregate_task_labels(user_id text, match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.aggregate_task_labels(user_id text, match jsonb, group_by text[], measures jsonb, scope text) TO regress_app;


--
-- Name: FUNCTION aggregate_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.aggregate_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.aggregate_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text) TO regress_app;


--
-- Name: FUNCTION aggregate_urgent_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.aggregate_urgent_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.aggregate_urgent_tasks(user_id text, match jsonb, group_by text[], measures jsonb, scope text) TO regress_app;


--
-- Name: FUNCTION append_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.append_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.append_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text) TO regress_app;


--
-- Name: FUNCTION append_messages(user_id text, conversation_id bigint, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.append_messages(user_id text, conversation_id bigint, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.append_messages(user_id text, conversation_id bigint, items jsonb) TO regress_app;


--
-- Name: FUNCTION begin_message(user_id text, conversation_id bigint, role text, data jsonb, client_key text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.begin_message(user_id text, conversation_id bigint, role text, data jsonb, client_key text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.begin_message(user_id text, conversation_id bigint, role text, data jsonb, client_key text) TO regress_app;


--
-- Name: FUNCTION chat_context(user_id text, conversation_id bigint, max_messages integer, max_chars integer, keep_system boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.chat_context(user_id text, conversation_id bigint, max_messages integer, max_chars integer, keep_system boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.chat_context(user_id text, conversation_id bigint, max_messages integer, max_chars integer, keep_system boolean) TO regress_app;


--
-- Name: FUNCTION continue_message(user_id text, id bigint, piece text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.continue_message(user_id text, id bigint, piece text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.continue_message(user_id text, id bigint, piece text) TO regress_app;


--
-- Name: FUNCTION conversation(message public.message); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.conversation(message public.message) FROM PUBLIC;
GRANT ALL ON FUNCTION public.conversation(message public.message) TO regress_app;


--
-- Name: FUNCTION conversation(task public.task); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.conversation(task public.task) FROM PUBLIC;
GRANT ALL ON FUNCTION public.conversation(task public.task) TO regress_app;


--
-- Name: FUNCTION count_any_tasks(scope text, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.count_any_tasks(scope text, match jsonb) FROM PUBLIC;


--
-- Name: FUNCTION count_conversations(user_id text, scope text, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.count_conversations(user_id text, scope text, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_conversations(user_id text, scope text, match jsonb) TO regress_app;


--
-- Name: FUNCTION count_events(user_id text, scope text, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.count_events(user_id text, scope text, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_events(user_id text, scope text, match jsonb) TO regress_app;


--
-- Name: FUNCTION count_messages(user_id text, scope text, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.count_messages(user_id text, scope text, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_messages(user_id text, scope text, match jsonb) TO regress_app;


--
-- Name: FUNCTION count_plains(user_id text, scope text, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.count_plains(user_id text, scope text, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_plains(user_id text, scope text, match jsonb) TO regress_app;


--
-- Name: FUNCTION count_task_labels(user_id text, scope text, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.count_task_labels(user_id text, scope text, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_task_labels(user_id text, scope text, match jsonb) TO regress_app;


--
-- Name: FUNCTION count_tasks(user_id text, scope text, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.count_tasks(user_id text, scope text, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_tasks(user_id text, scope text, match jsonb) TO regress_app;


--
-- Name: FUNCTION count_urgent_tasks(user_id text, scope text, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.count_urgent_tasks(user_id text, scope text, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.count_urgent_tasks(user_id text, scope text, match jsonb) TO regress_app;


--
-- Name: FUNCTION create_conversation(user_id text, title text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_conversation(user_id text, title text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_conversation(user_id text, title text) TO regress_app;


--
-- Name: FUNCTION create_conversations(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_conversations(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_conversations(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION create_event(user_id text, what text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_event(user_id text, what text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_event(user_id text, what text) TO regress_app;


--
-- Name: FUNCTION create_events(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_events(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_events(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION create_label(user_id text, name text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_label(user_id text, name text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_label(user_id text, name text) TO regress_app;


--
-- Name: FUNCTION create_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text, status text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text, status text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_message(user_id text, conversation_id bigint, role text, content text, data jsonb, client_key text, status text) TO regress_app;


--
-- Name: FUNCTION create_messages(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_messages(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_messages(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION create_plain(user_id text, said text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_plain(user_id text, said text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_plain(user_id text, said text) TO regress_app;


--
-- Name: FUNCTION create_plains(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_plains(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_plains(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION create_task(user_id text, title text, description text, completed boolean, conversation_id bigint, priority integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_task(user_id text, title text, description text, completed boolean, conversation_id bigint, priority integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_task(user_id text, title text, description text, completed boolean, conversation_id bigint, priority integer) TO regress_app;


--
-- Name: FUNCTION create_task_label(user_id text, task_id bigint, label_id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_task_label(user_id text, task_id bigint, label_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_task_label(user_id text, task_id bigint, label_id bigint) TO regress_app;


--
-- Name: FUNCTION create_task_labels(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_task_labels(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_task_labels(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION create_tasks(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_tasks(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_tasks(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION create_urgent_task(user_id text, id bigint, title text, completed boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_urgent_task(user_id text, id bigint, title text, completed boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_urgent_task(user_id text, id bigint, title text, completed boolean) TO regress_app;


--
-- Name: FUNCTION create_urgent_tasks(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.create_urgent_tasks(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.create_urgent_tasks(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION delete_conversation(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_conversation(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_conversation(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION delete_conversations(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_conversations(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_conversations(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION delete_event(user_id text, id uuid); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_event(user_id text, id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_event(user_id text, id uuid) TO regress_app;


--
-- Name: FUNCTION delete_events(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_events(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_events(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION delete_label(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_label(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_label(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION delete_message(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_message(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_message(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION delete_messages(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_messages(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_messages(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION delete_plain(user_id text, id integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_plain(user_id text, id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_plain(user_id text, id integer) TO regress_app;


--
-- Name: FUNCTION delete_plains(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_plains(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_plains(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION delete_task(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_task(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_task(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION delete_task_label(user_id text, task_id bigint, label_id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_task_label(user_id text, task_id bigint, label_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_task_label(user_id text, task_id bigint, label_id bigint) TO regress_app;


--
-- Name: FUNCTION delete_task_labels(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_task_labels(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_task_labels(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION delete_tasks(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_tasks(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_tasks(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION delete_urgent_task(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_urgent_task(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_urgent_task(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION delete_urgent_tasks(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.delete_urgent_tasks(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.delete_urgent_tasks(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION find_any_tasks(ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.find_any_tasks(ids bigint[]) FROM PUBLIC;


--
-- Name: FUNCTION find_conversations(user_id text, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.find_conversations(user_id text, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_conversations(user_id text, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION find_events(user_id text, ids uuid[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.find_events(user_id text, ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_events(user_id text, ids uuid[]) TO regress_app;


--
-- Name: FUNCTION find_messages(user_id text, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.find_messages(user_id text, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_messages(user_id text, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION find_plains(user_id text, ids integer[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.find_plains(user_id text, ids integer[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_plains(user_id text, ids integer[]) TO regress_app;


--
-- Name: FUNCTION find_task_labels(user_id text, ids jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.find_task_labels(user_id text, ids jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_task_labels(user_id text, ids jsonb) TO regress_app;


--
-- Name: FUNCTION find_tasks(user_id text, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.find_tasks(user_id text, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_tasks(user_id text, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION find_urgent_tasks(user_id text, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.find_urgent_tasks(user_id text, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_urgent_tasks(user_id text, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION finish_message(user_id text, id bigint, content text, data jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.finish_message(user_id text, id bigint, content text, data jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.finish_message(user_id text, id bigint, content text, data jsonb) TO regress_app;


--
-- Name: FUNCTION first_any_task(match jsonb, sort text, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.first_any_task(match jsonb, sort text, scope text) FROM PUBLIC;


--
-- Name: FUNCTION first_conversation(user_id text, match jsonb, sort text, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.first_conversation(user_id text, match jsonb, sort text, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.first_conversation(user_id text, match jsonb, sort text, scope text) TO regress_app;


--
-- Name: FUNCTION first_event(user_id text, match jsonb, sort text, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.first_event(user_id text, match jsonb, sort text, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.first_event(user_id text, match jsonb, sort text, scope text) TO regress_app;


--
-- Name: FUNCTION first_message(user_id text, match jsonb, sort text, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.first_message(user_id text, match jsonb, sort text, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.first_message(user_id text, match jsonb, sort text, scope text) TO regress_app;


--
-- Name: FUNCTION first_plain(user_id text, match jsonb, sort text, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.first_plain(user_id text, match jsonb, sort text, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.first_plain(user_id text, match jsonb, sort text, scope text) TO regress_app;


--
-- Name: FUNCTION first_task(user_id text, match jsonb, sort text, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.first_task(user_id text, match jsonb, sort text, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.first_task(user_id text, match jsonb, sort text, scope text) TO regress_app;


--
-- Name: FUNCTION first_task_label(user_id text, match jsonb, sort text, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.first_task_label(user_id text, match jsonb, sort text, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.first_task_label(user_id text, match jsonb, sort text, scope text) TO regress_app;


--
-- Name: FUNCTION first_urgent_task(user_id text, match jsonb, sort text, scope text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.first_urgent_task(user_id text, match jsonb, sort text, scope text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.first_urgent_task(user_id text, match jsonb, sort text, scope text) TO regress_app;


--
-- Name: FUNCTION get_any_task(id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_any_task(id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_any_task(id bigint) TO regress_reader;


--
-- Name: FUNCTION get_conversation(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_conversation(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_conversation(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION get_conversation_with_messages(user_id text, conversation_id bigint, take integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_conversation_with_messages(user_id text, conversation_id bigint, take integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_conversation_with_messages(user_id text, conversation_id bigint, take integer) TO regress_app;


--
-- Name: FUNCTION get_event(user_id text, id uuid); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_event(user_id text, id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_event(user_id text, id uuid) TO regress_app;


--
-- Name: FUNCTION get_label(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_label(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_label(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION get_message(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_message(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_message(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION get_plain(user_id text, id integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_plain(user_id text, id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_plain(user_id text, id integer) TO regress_app;


--
-- Name: FUNCTION get_task(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_task(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_task(user_id text, id bigint) TO regress_app;
GRANT ALL ON FUNCTION public.get_task(user_id text, id bigint) TO regress_reader;


--
-- Name: FUNCTION get_task_label(user_id text, task_id bigint, label_id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_task_label(user_id text, task_id bigint, label_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_task_label(user_id text, task_id bigint, label_id bigint) TO regress_app;


--
-- Name: FUNCTION get_urgent_task(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.get_urgent_task(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.get_urgent_task(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION label(task_label public.task_label); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.label(task_label public.task_label) FROM PUBLIC;
GRANT ALL ON FUNCTION public.label(task_label public.task_label) TO regress_app;


--
-- Name: FUNCTION labels(task public.task); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.labels(task public.task) FROM PUBLIC;
GRANT ALL ON FUNCTION public.labels(task public.task) TO regress_app;


--
-- Name: FUNCTION labels_of_tasks(user_id text, ids bigint[], take integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.labels_of_tasks(user_id text, ids bigint[], take integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.labels_of_tasks(user_id text, ids bigint[], take integer) TO regress_app;


--
-- Name: FUNCTION link_label_tasks(user_id text, id bigint, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.link_label_tasks(user_id text, id bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.link_label_tasks(user_id text, id bigint, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION link_task_labels(user_id text, id bigint, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.link_task_labels(user_id text, id bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.link_task_labels(user_id text, id bigint, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION list_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;


--
-- Name: FUNCTION list_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION list_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION list_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION list_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION list_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION list_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION list_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION list_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.list_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.list_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text) TO regress_app;


--
-- Name: FUNCTION load_any_task(id bigint, include jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_any_task(id bigint, include jsonb) FROM PUBLIC;


--
-- Name: FUNCTION load_any_tasks(include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_any_tasks(include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;


--
-- Name: FUNCTION load_conversation(user_id text, id bigint, include jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_conversation(user_id text, id bigint, include jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_conversation(user_id text, id bigint, include jsonb) TO regress_app;


--
-- Name: FUNCTION load_conversations(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_conversations(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_conversations(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION load_event(user_id text, id uuid, include jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_event(user_id text, id uuid, include jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_event(user_id text, id uuid, include jsonb) TO regress_app;


--
-- Name: FUNCTION load_events(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_events(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_events(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION load_message(user_id text, id bigint, include jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_message(user_id text, id bigint, include jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_message(user_id text, id bigint, include jsonb) TO regress_app;


--
-- Name: FUNCTION load_messages(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_messages(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_messages(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION load_plain(user_id text, id integer, include jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_plain(user_id text, id integer, include jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_plain(user_id text, id integer, include jsonb) TO regress_app;


--
-- Name: FUNCTION load_plains(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_plains(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_plains(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION load_task(user_id text, id bigint, include jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_task(user_id text, id bigint, include jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_task(user_id text, id bigint, include jsonb) TO regress_app;


--
-- Name: FUNCTION load_task_label(user_id text, task_id bigint, label_id bigint, include jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_task_label(user_id text, task_id bigint, label_id bigint, include jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_task_label(user_id text, task_id bigint, label_id bigint, include jsonb) TO regress_app;


--
-- Name: FUNCTION load_task_labels(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_task_labels(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_task_labels(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION load_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION load_urgent_task(user_id text, id bigint, include jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_urgent_task(user_id text, id bigint, include jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_urgent_task(user_id text, id bigint, include jsonb) TO regress_app;


--
-- Name: FUNCTION load_urgent_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.load_urgent_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.load_urgent_tasks(user_id text, include jsonb, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION messages(conversation public.conversation); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.messages(conversation public.conversation) FROM PUBLIC;
GRANT ALL ON FUNCTION public.messages(conversation public.conversation) TO regress_app;


--
-- Name: FUNCTION messages_of_conversations(user_id text, ids bigint[], take integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.messages_of_conversations(user_id text, ids bigint[], take integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.messages_of_conversations(user_id text, ids bigint[], take integer) TO regress_app;


--
-- Name: FUNCTION notes(task public.task); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.notes(task public.task) FROM PUBLIC;
GRANT ALL ON FUNCTION public.notes(task public.task) TO regress_app;


--
-- Name: FUNCTION notes_of_tasks(user_id text, ids bigint[], take integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.notes_of_tasks(user_id text, ids bigint[], take integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.notes_of_tasks(user_id text, ids bigint[], take integer) TO regress_app;


--
-- Name: FUNCTION one_any_task(match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.one_any_task(match jsonb, scope text, missing_ok boolean) FROM PUBLIC;


--
-- Name: FUNCTION one_conversation(user_id text, match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.one_conversation(user_id text, match jsonb, scope text, missing_ok boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.one_conversation(user_id text, match jsonb, scope text, missing_ok boolean) TO regress_app;


--
-- Name: FUNCTION one_event(user_id text, match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.one_event(user_id text, match jsonb, scope text, missing_ok boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.one_event(user_id text, match jsonb, scope text, missing_ok boolean) TO regress_app;


--
-- Name: FUNCTION one_message(user_id text, match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.one_message(user_id text, match jsonb, scope text, missing_ok boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.one_message(user_id text, match jsonb, scope text, missing_ok boolean) TO regress_app;


--
-- Name: FUNCTION one_plain(user_id text, match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.one_plain(user_id text, match jsonb, scope text, missing_ok boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.one_plain(user_id text, match jsonb, scope text, missing_ok boolean) TO regress_app;


--
-- Name: FUNCTION one_task(user_id text, match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.one_task(user_id text, match jsonb, scope text, missing_ok boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.one_task(user_id text, match jsonb, scope text, missing_ok boolean) TO regress_app;


--
-- Name: FUNCTION one_task_label(user_id text, match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.one_task_label(user_id text, match jsonb, scope text, missing_ok boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.one_task_label(user_id text, match jsonb, scope text, missing_ok boolean) TO regress_app;


--
-- Name: FUNCTION one_urgent_task(user_id text, match jsonb, scope text, missing_ok boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.one_urgent_task(user_id text, match jsonb, scope text, missing_ok boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.one_urgent_task(user_id text, match jsonb, scope text, missing_ok boolean) TO regress_app;


--
-- Name: FUNCTION page_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_any_tasks(scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;


--
-- Name: FUNCTION page_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_conversations(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION page_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_events(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION page_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION page_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_messages(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION page_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_plains(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION page_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_task_labels(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION page_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION page_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.page_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION public.page_urgent_tasks(user_id text, scope text, match jsonb, sort text, take integer, skip integer, cursor text, with_total boolean) TO regress_app;


--
-- Name: FUNCTION patch_conversations(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.patch_conversations(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.patch_conversations(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION patch_events(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.patch_events(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.patch_events(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION patch_messages(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.patch_messages(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.patch_messages(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION patch_plains(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.patch_plains(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.patch_plains(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION patch_tasks(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.patch_tasks(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.patch_tasks(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION patch_urgent_tasks(user_id text, items jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.patch_urgent_tasks(user_id text, items jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.patch_urgent_tasks(user_id text, items jsonb) TO regress_app;


--
-- Name: FUNCTION purge_conversations(user_id text, older_than interval, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.purge_conversations(user_id text, older_than interval, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.purge_conversations(user_id text, older_than interval, match jsonb) TO regress_app;


--
-- Name: FUNCTION purge_tasks(user_id text, older_than interval, match jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.purge_tasks(user_id text, older_than interval, match jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.purge_tasks(user_id text, older_than interval, match jsonb) TO regress_app;


--
-- Name: FUNCTION restore_conversation(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.restore_conversation(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.restore_conversation(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION restore_task(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.restore_task(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.restore_task(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION set_label_tasks(user_id text, id bigint, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.set_label_tasks(user_id text, id bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_label_tasks(user_id text, id bigint, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION set_task_labels(user_id text, id bigint, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.set_task_labels(user_id text, id bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.set_task_labels(user_id text, id bigint, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION soft_delete_conversation(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.soft_delete_conversation(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.soft_delete_conversation(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION soft_delete_conversations(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.soft_delete_conversations(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.soft_delete_conversations(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION soft_delete_task(user_id text, id bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.soft_delete_task(user_id text, id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.soft_delete_task(user_id text, id bigint) TO regress_app;


--
-- Name: FUNCTION soft_delete_tasks(user_id text, match jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.soft_delete_tasks(user_id text, match jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.soft_delete_tasks(user_id text, match jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION task(task_label public.task_label); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.task(task_label public.task_label) FROM PUBLIC;
GRANT ALL ON FUNCTION public.task(task_label public.task_label) TO regress_app;


--
-- Name: FUNCTION task_labels(task public.task); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.task_labels(task public.task) FROM PUBLIC;
GRANT ALL ON FUNCTION public.task_labels(task public.task) TO regress_app;


--
-- Name: FUNCTION task_labels_of_tasks(user_id text, ids bigint[], take integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.task_labels_of_tasks(user_id text, ids bigint[], take integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.task_labels_of_tasks(user_id text, ids bigint[], take integer) TO regress_app;


--
-- Name: FUNCTION tasks(conversation public.conversation); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.tasks(conversation public.conversation) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tasks(conversation public.conversation) TO regress_app;


--
-- Name: FUNCTION tasks_of_conversations(user_id text, ids bigint[], take integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.tasks_of_conversations(user_id text, ids bigint[], take integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tasks_of_conversations(user_id text, ids bigint[], take integer) TO regress_app;


--
-- Name: FUNCTION tasks_of_labels(user_id text, ids bigint[], take integer); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.tasks_of_labels(user_id text, ids bigint[], take integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tasks_of_labels(user_id text, ids bigint[], take integer) TO regress_app;


--
-- Name: FUNCTION unlink_task_labels(user_id text, id bigint, ids bigint[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.unlink_task_labels(user_id text, id bigint, ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.unlink_task_labels(user_id text, id bigint, ids bigint[]) TO regress_app;


--
-- Name: FUNCTION update_conversation(user_id text, id bigint, patch jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_conversation(user_id text, id bigint, patch jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_conversation(user_id text, id bigint, patch jsonb) TO regress_app;


--
-- Name: FUNCTION update_conversations(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_conversations(user_id text, match jsonb, patch jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_conversations(user_id text, match jsonb, patch jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION update_event(user_id text, id uuid, patch jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_event(user_id text, id uuid, patch jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_event(user_id text, id uuid, patch jsonb) TO regress_app;


--
-- Name: FUNCTION update_events(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_events(user_id text, match jsonb, patch jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_events(user_id text, match jsonb, patch jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION update_label(user_id text, id bigint, patch jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_label(user_id text, id bigint, patch jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_label(user_id text, id bigint, patch jsonb) TO regress_app;


--
-- Name: FUNCTION update_message(user_id text, id bigint, patch jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_message(user_id text, id bigint, patch jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_message(user_id text, id bigint, patch jsonb) TO regress_app;


--
-- Name: FUNCTION update_messages(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_messages(user_id text, match jsonb, patch jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_messages(user_id text, match jsonb, patch jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION update_plain(user_id text, id integer, patch jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_plain(user_id text, id integer, patch jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_plain(user_id text, id integer, patch jsonb) TO regress_app;


--
-- Name: FUNCTION update_plains(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_plains(user_id text, match jsonb, patch jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_plains(user_id text, match jsonb, patch jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION update_task(user_id text, id bigint, patch jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_task(user_id text, id bigint, patch jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_task(user_id text, id bigint, patch jsonb) TO regress_app;


--
-- Name: FUNCTION update_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION update_urgent_task(user_id text, id bigint, patch jsonb); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_urgent_task(user_id text, id bigint, patch jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_urgent_task(user_id text, id bigint, patch jsonb) TO regress_app;


--
-- Name: FUNCTION update_urgent_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.update_urgent_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION public.update_urgent_tasks(user_id text, match jsonb, patch jsonb, max_rows bigint) TO regress_app;


--
-- Name: FUNCTION upsert_conversation(user_id text, item jsonb, on_key text[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.upsert_conversation(user_id text, item jsonb, on_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.upsert_conversation(user_id text, item jsonb, on_key text[]) TO regress_app;


--
-- Name: FUNCTION upsert_event(user_id text, item jsonb, on_key text[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.upsert_event(user_id text, item jsonb, on_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.upsert_event(user_id text, item jsonb, on_key text[]) TO regress_app;


--
-- Name: FUNCTION upsert_label(user_id text, item jsonb, on_key text[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.upsert_label(user_id text, item jsonb, on_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.upsert_label(user_id text, item jsonb, on_key text[]) TO regress_app;


--
-- Name: FUNCTION upsert_message(user_id text, item jsonb, on_key text[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.upsert_message(user_id text, item jsonb, on_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.upsert_message(user_id text, item jsonb, on_key text[]) TO regress_app;


--
-- Name: FUNCTION upsert_plain(user_id text, item jsonb, on_key text[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.upsert_plain(user_id text, item jsonb, on_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.upsert_plain(user_id text, item jsonb, on_key text[]) TO regress_app;


--
-- Name: FUNCTION upsert_task(user_id text, item jsonb, on_key text[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.upsert_task(user_id text, item jsonb, on_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.upsert_task(user_id text, item jsonb, on_key text[]) TO regress_app;


--
-- Name: FUNCTION upsert_task_label(user_id text, item jsonb, on_key text[]); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.upsert_task_label(user_id text, item jsonb, on_key text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.upsert_task_label(user_id text, item jsonb, on_key text[]) TO regress_app;


--
-- Name: FUNCTION validate_conversation(user_id text, item jsonb, shape text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.validate_conversation(user_id text, item jsonb, shape text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_conversation(user_id text, item jsonb, shape text) TO regress_app;


--
-- Name: FUNCTION validate_event(user_id text, item jsonb, shape text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.validate_event(user_id text, item jsonb, shape text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_event(user_id text, item jsonb, shape text) TO regress_app;


--
-- Name: FUNCTION validate_message(user_id text, item jsonb, shape text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.validate_message(user_id text, item jsonb, shape text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_message(user_id text, item jsonb, shape text) TO regress_app;


--
-- Name: FUNCTION validate_plain(user_id text, item jsonb, shape text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.validate_plain(user_id text, item jsonb, shape text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_plain(user_id text, item jsonb, shape text) TO regress_app;


--
-- Name: FUNCTION validate_task(user_id text, item jsonb, shape text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.validate_task(user_id text, item jsonb, shape text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_task(user_id text, item jsonb, shape text) TO regress_app;


--
-- Name: FUNCTION validate_task_label(user_id text, item jsonb, shape text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.validate_task_label(user_id text, item jsonb, shape text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_task_label(user_id text, item jsonb, shape text) TO regress_app;


--
-- Name: FUNCTION validate_urgent_task(user_id text, item jsonb, shape text); Type: ACL; Schema: public; Owner: regress_plain
--

REVOKE ALL ON FUNCTION public.validate_urgent_task(user_id text, item jsonb, shape text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.validate_urgent_task(user_id text, item jsonb, shape text) TO regress_app;


--
-- PostgreSQL database dump complete
--


