/* todo_orm: update script, put together by the Makefile from sql/update/ and the two install scripts */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION todo_orm UPDATE" to load this file. \quit

-- as in sql/install/head.sql: the schema's owner may have put better matches there
SET LOCAL search_path = pg_catalog, pg_temp;
