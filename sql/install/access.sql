
----------------------------------------------------------------------
-- Privileges
----------------------------------------------------------------------

CREATE FUNCTION todo_orm.grant_access(model regclass, grantee regrole) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_grant_access';
COMMENT ON FUNCTION todo_orm.grant_access(regclass, regrole) IS
    'Lets a role execute the functions of a model; it gets no right on the table.';

CREATE FUNCTION todo_orm.revoke_access(model regclass, grantee regrole) RETURNS void
    LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'todo_orm_revoke_access';
COMMENT ON FUNCTION todo_orm.revoke_access(regclass, regrole) IS
    'Takes back what grant_access gave.';
