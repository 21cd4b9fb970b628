
----------------------------------------------------------------------
-- The language
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.language_handler() RETURNS language_handler
    LANGUAGE c AS 'MODULE_PATHNAME', 'todo_orm_call';
COMMENT ON FUNCTION todo_orm.language_handler() IS 'Call handler of LANGUAGE todo_orm.';

CREATE FUNCTION todo_orm.language_validator(function oid) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'todo_orm_validate';
COMMENT ON FUNCTION todo_orm.language_validator(oid) IS 'Validator of LANGUAGE todo_orm.';

CREATE TRUSTED LANGUAGE todo_orm
    HANDLER todo_orm.language_handler VALIDATOR todo_orm.language_validator;
COMMENT ON LANGUAGE todo_orm IS
    'Functions of models: the signature is the contract, the body names operation and model.';

----------------------------------------------------------------------
-- Registration
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.register_model(model regclass, options jsonb DEFAULT '{}')
    RETURNS SETOF text
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_register_model';
COMMENT ON FUNCTION todo_orm.register_model(regclass, jsonb) IS
    'Makes the functions of a table, or brings them up to date; returns the signatures of those made or changed. Options given before stay unless they are given again.';

CREATE FUNCTION todo_orm.adopt_model(model regclass, options jsonb DEFAULT '{}')
    RETURNS SETOF text
    LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_adopt_model';
COMMENT ON FUNCTION todo_orm.adopt_model(regclass, jsonb) IS
    'As register_model, but leaves the table itself as it is: no trigger, no row level security.';

CREATE FUNCTION todo_orm.add_function(
        model regclass, name text, operation text, relationship text,
        arguments text[] DEFAULT '{}', settings jsonb DEFAULT '{}')
    RETURNS SETOF text
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_add_function';
COMMENT ON FUNCTION todo_orm.add_function(regclass, text, text, text, text[], jsonb) IS
    'Adds a function that a model does not have by its options: append, append_many, with_children or context along a relationship; extend, step or step_many, with an empty relationship.';

CREATE FUNCTION todo_orm.unregister_model(model regclass) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_unregister_model';
COMMENT ON FUNCTION todo_orm.unregister_model(regclass) IS
    'Drops the functions, trigger and policy that registering made; the table and its rows stay.';

CREATE FUNCTION todo_orm.inline_function_ddl(model regclass, relationship text, name text) RETURNS text
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_inline_function_ddl';
COMMENT ON FUNCTION todo_orm.inline_function_ddl(regclass, text, text) IS
    'The DDL of a function of the row that the planner inlines: for reading along a relationship from many rows, with rights on the tables.';

CREATE FUNCTION todo_orm.refuse_owner(setting text) RETURNS boolean
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'todo_orm_refuse_owner';
COMMENT ON FUNCTION todo_orm.refuse_owner(text) IS
    'Internal: raises 42501, in functions that inline_function_ddl has written.';

CREATE FUNCTION todo_orm.describe(model regclass) RETURNS json
    LANGUAGE c STABLE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_describe';
COMMENT ON FUNCTION todo_orm.describe(regclass) IS
    'What the engine knows of a model: names, special columns, scopes, sort, relationships, options.';

----------------------------------------------------------------------
-- updated_at and version for rows that are written with plain SQL
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.lifecycle() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'todo_orm_lifecycle';
COMMENT ON FUNCTION todo_orm.lifecycle() IS
    'BEFORE UPDATE trigger: sets updated_at and version where the statement itself has not. Arguments: the two column names, empty for none.';
