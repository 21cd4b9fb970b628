/* todo_orm: install script, put together by the Makefile from sql/install/ and sql/models.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION todo_orm" to load this file. \quit

-- the schema may be there already, with functions of its owner's in it
SET LOCAL search_path = pg_catalog, pg_temp;

-- The templates, views and functions are there for everybody; the schema
-- itself belongs to whoever installs, and nothing of the engine resolves a
-- name through it.
GRANT USAGE ON SCHEMA todo_orm TO PUBLIC;
