/* todo_orm: update script, put together by the Makefile from sql/update/ and the two install scripts */

-- complain if script is sourced in psql, rather than via ALTER EXTENSION
\echo Use "ALTER EXTENSION todo_orm UPDATE" to load this file. \quit
