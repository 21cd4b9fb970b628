-- What the programs of this directory find: the shipped models, one of the
-- application's own with the types that drivers differ in, and the role that
-- the application runs as. Run by a superuser in a database with the extension.

SELECT * FROM todo_orm.create_all();

CREATE TYPE priority AS ENUM ('low', 'normal', 'high');

CREATE TABLE ticket (
    LIKE todo_orm.owned INCLUDING ALL,
    LIKE todo_orm.timestamps INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    title    text NOT NULL CHECK (title <> ''),
    priority priority NOT NULL DEFAULT 'normal',
    labels   text[] NOT NULL DEFAULT '{}',
    estimate numeric(8,2),
    due      date,
    data     jsonb,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, title)
);
-- ids that a double cannot hold: 2^53 + 1 is the first one
ALTER TABLE ticket ALTER id RESTART WITH 9007199254740993;
SELECT * FROM todo_orm.register_model('ticket');

-- The application has the functions, and no right on any table.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'todo_app') THEN
        CREATE ROLE todo_app LOGIN;
    END IF;
END $$;
SELECT todo_orm.grant_access(model, 'todo_app')
  FROM unnest('{task, conversation, message, ticket}'::regclass[]) model;
