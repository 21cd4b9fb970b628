
----------------------------------------------------------------------
-- Tools for language models
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.call(
        user_id text, tool text, arguments jsonb DEFAULT '{}',
        schema regnamespace
            DEFAULT pg_catalog.quote_ident(pg_catalog.current_schema()::pg_catalog.text)::pg_catalog.regnamespace,
        models regclass[] DEFAULT NULL, functions text[] DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_call_tool';
COMMENT ON FUNCTION todo_orm.call(text, text, jsonb, regnamespace, regclass[], text[]) IS
    'Runs a function of a model for an owner, by its name as a tool; what is wrong with the arguments is returned as {"error": ...}.';

CREATE FUNCTION todo_orm.tool_schemas(
        schema regnamespace
            DEFAULT pg_catalog.quote_ident(pg_catalog.current_schema()::pg_catalog.text)::pg_catalog.regnamespace,
        format text DEFAULT 'mcp', models regclass[] DEFAULT NULL, functions text[] DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE c STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_tool_schemas';
COMMENT ON FUNCTION todo_orm.tool_schemas(regnamespace, text, regclass[], text[]) IS
    'The functions of models that the caller may execute, as definitions of tools for a language model: a JSON array, for mcp, anthropic or openai.';
