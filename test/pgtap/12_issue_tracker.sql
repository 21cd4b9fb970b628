-- An issue tracker: workspaces own everything, issues belong to projects and to
-- issues, are versioned and soft-deleted, have labels through a link table with
-- a column of its own, and helpers through one that is no model (SPEC 5, 6, 9).
-- Keys are composite, with text and integer columns beside the owner, a uuid.
BEGIN;
SELECT * FROM no_plan();
SET LOCAL timezone = 'UTC';
CREATE SCHEMA regress_tracker;
SET LOCAL search_path = regress_tracker, tap;

CREATE TYPE priority AS ENUM ('low', 'normal', 'urgent');

CREATE TABLE workspace (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE member (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    email        text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, email)
);
CREATE TABLE project (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    code         text NOT NULL CHECK (code ~ '^[A-Z]+$'),
    name         text NOT NULL,
    lead_id      uuid,
    updated_at   timestamptz,
    PRIMARY KEY (workspace_id, code),
    FOREIGN KEY (workspace_id, lead_id) REFERENCES member ON DELETE SET NULL (lead_id)
);
CREATE TABLE issue (
    workspace_id uuid NOT NULL,
    project_code text NOT NULL,
    number       integer NOT NULL CHECK (number > 0),
    title        text NOT NULL,
    priority     priority NOT NULL DEFAULT 'normal',
    closed       boolean NOT NULL DEFAULT false,
    due          daterange,
    estimate     interval,
    parent       integer,
    reporter_id  uuid NOT NULL,
    assignee_id  uuid,
    LIKE todo_orm.timestamps INCLUDING ALL,
    LIKE todo_orm.soft_delete INCLUDING ALL,
    LIKE todo_orm.versioned INCLUDING ALL,
    PRIMARY KEY (workspace_id, project_code, number),
    FOREIGN KEY (workspace_id, project_code) REFERENCES project ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, project_code, parent) REFERENCES issue (workspace_id, project_code, number),
    FOREIGN KEY (workspace_id, reporter_id) REFERENCES member,
    FOREIGN KEY (workspace_id, assignee_id) REFERENCES member ON DELETE SET NULL (assignee_id)
);
CREATE TABLE label (
    workspace_id uuid NOT NULL REFERENCES workspace ON DELETE CASCADE,
    id           smallint NOT NULL,
    name         text NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name)
);
CREATE TABLE issue_label (
    workspace_id uuid NOT NULL,
    project_code text NOT NULL,
    number       integer NOT NULL,
    label_id     smallint NOT NULL,
    note         text,
    PRIMARY KEY (workspace_id, project_code, number, label_id),
    FOREIGN KEY (workspace_id, project_code, number) REFERENCES issue ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, label_id) REFERENCES label
);
-- who helps; no model, and its key holds the owner last
CREATE TABLE issue_helper (
    workspace_id uuid NOT NULL,
    project_code text NOT NULL,
    number       integer NOT NULL,
    member_id    uuid NOT NULL,
    since        timestamptz NOT NULL DEFAULT now(),
    deleted_at   timestamptz,
    PRIMARY KEY (project_code, number, member_id, workspace_id),
    FOREIGN KEY (workspace_id, project_code, number) REFERENCES issue ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, member_id) REFERENCES member ON DELETE CASCADE
);

\ir include/every_function.psql

----------------------------------------------------------------------
-- registered in an awkward order: children first
----------------------------------------------------------------------

SELECT count(*) FROM (VALUES ('issue_label', '{}'), ('issue', '{"sort": "project_code, number", "scopes": {"open": {"closed": false}, "urgent": {"closed": false, "priority": "urgent"}}}'),
                             ('label', '{"sort": "name"}'), ('member', '{}'), ('project', '{}')) AS v(t, o),
                      todo_orm.register_model(t::regclass, o::jsonb || '{"owner": "workspace_id", "owner_setting": "app.workspace"}') \g /dev/null
SELECT is((SELECT count(*) FROM todo_orm.relationships WHERE target = 'workspace'::regclass), 0::bigint, 'nothing leads to a table that is no model yet');
SELECT count(*) FROM todo_orm.register_model('workspace', '{"owner": "id", "owner_setting": "app.workspace"}') \g /dev/null
-- what is touched can be named when both ends are there
SELECT throws_ok($$ SELECT todo_orm.register_model('issue', '{"touch": ["nothing"]}') $$, '22023', NULL, 'touch: no such relationship');
SELECT count(*) FROM todo_orm.register_model('issue', '{"touch": ["project_code_project_code"]}') \g /dev/null
SELECT set_eq($$ SELECT format('%s.%s -> %s', model, relationship, target) FROM todo_orm.relationships WHERE kind = 'many_to_one' $$,
    ARRAY['member.workspace -> workspace', 'project.workspace -> workspace', 'label.workspace -> workspace', 'project.lead -> member', 'issue.project_code_project_code -> project',
          'issue.parent_parent -> issue', 'issue.reporter -> member', 'issue.assignee -> member', 'issue_label.label -> label', 'issue_label.number_number -> issue'], 'to-one relationships');
SELECT set_eq($$ SELECT format('%s.%s -> %s', model, relationship, target) FROM todo_orm.relationships WHERE kind = 'one_to_many' $$,
    ARRAY['workspace.members -> member', 'workspace.projects -> project', 'workspace.labels -> label', 'member.projects -> project', 'project.issues -> issue',
          'issue.issues -> issue', 'member.issues -> issue', 'member.issues_reporter -> issue', 'label.issue_labels -> issue_label', 'issue.issue_labels -> issue_label'],
    'to-many: each foreign key the other way round');
SELECT set_eq($$ SELECT format('%s.%s -> %s through %s', model, relationship, target, through) FROM todo_orm.relationships WHERE kind = 'many_to_many' $$,
    ARRAY['issue.labels -> label through issue_label', 'label.issues -> issue through issue_label', 'issue.members -> member through issue_helper', 'member.issues_issue_helper -> issue through issue_helper'],
    'many-to-many: through a model, and through a table that is none');

----------------------------------------------------------------------
-- rows, made by the functions
----------------------------------------------------------------------

\set acme 'a0000000-0000-4000-8000-00000000000a'
\set bolt 'b0000000-0000-4000-8000-00000000000b'
\set eve '0e000000-0000-4000-8000-00000000000e'
SELECT is((SELECT name FROM create_workspace(:'acme', 'Acme')), 'Acme', 'the owner is the key');
SELECT count(*) FROM create_workspaces(:'bolt', '{"name": "Bolt"}') \g /dev/null
SELECT id AS ada FROM create_member(:'acme', 'ada@acme.example') \gset
SELECT id AS alan FROM create_members(:'acme', '[{"email": "alan@acme.example"}]') \gset
SELECT throws_ok(format('SELECT create_member(%L, ''ada@acme.example'')', :'acme'), '23505', NULL, 'the same address in a workspace');
SELECT lives_ok(format('SELECT create_member(%L, ''ada@acme.example'')', :'bolt'), 'in another one it will do');
INSERT INTO member (workspace_id, id, email) VALUES (:'bolt', :'eve', 'eve@bolt.example');
SELECT throws_ok(format('SELECT create_members(%L, ''{"id": "0e000000-0000-4000-8000-00000000000f", "email": "x"}'')', :'bolt'), '22023', NULL, 'a key that has a default is read-only');
SELECT count(*) FROM create_project(:'acme', 'WEB', 'Website', lead_id => :'ada'), create_projects(:'acme', '[{"code": "APP", "name": "App"}]'),
                     create_project(:'bolt', 'WEB', 'Web', lead_id => :'eve') AS theirs \g /dev/null
SELECT throws_ok(format('SELECT create_project(%L, ''web'', ''x'')', :'acme'), '22023', NULL, 'a CHECK on a key');
SELECT throws_ok(format('SELECT create_project(%L, ''X'', ''x'', lead_id => %L)', :'acme', :'eve'), '23503', NULL, 'a lead of another workspace');
SELECT is((SELECT (version, priority, closed, updated_at)::text FROM create_issue(:'acme', 'WEB', 1, 'Login broken', :'ada', priority => 'urgent', due => '[2024-05-01,2024-05-08)', estimate => '3 hours')),
          '(1,urgent,f,)', 'a new issue has version 1');
SELECT is((SELECT array_agg(number) FROM create_issues(:'acme', jsonb_build_array(
    jsonb_build_object('project_code', 'WEB', 'number', 2, 'title', 'Session', 'reporter_id', :'ada', 'parent', 1, 'closed', true),
    jsonb_build_object('project_code', 'WEB', 'number', 3, 'title', 'Reset mail', 'reporter_id', :'alan', 'assignee_id', :'ada', 'parent', 1, 'estimate', '90 minutes'),
    jsonb_build_object('project_code', 'APP', 'number', 1, 'title', 'Icon', 'reporter_id', :'ada', 'assignee_id', :'alan')))), '{2,3,1}', 'create many: in the order of the items');
SELECT count(*) FROM create_issue(:'acme', 'APP', 2, 'Gone', :'ada', parent => 1) \g /dev/null
SELECT throws_ok(format('SELECT create_issues(%L, %L)', :'acme', jsonb_build_object('project_code', 'WEB', 'number', 9, 'title', 'x', 'reporter_id', :'ada') || item::jsonb), state, NULL, 'refused: ' || item)
  FROM (VALUES ('{"number": 0}', '22023'), ('{"number": null}', '22023'), ('{"version": 5}', '22023'), ('{"priority": "high"}', '22023'), ('{"due": "soon"}', '22023'), ('{"nope": 1}', '22023'),
               ('{"number": 1}', '23505'), ('{"project_code": "NO"}', '23503'), ('{"parent": 77}', '23503'), ('{"project_code": "APP", "parent": 3}', '23503'),
               ('{"reporter_id": "0e000000-0000-4000-8000-00000000000e"}', '23503'), ('{"assignee_id": "0e000000-0000-4000-8000-00000000000e"}', '23503')) AS v(item, state);
SELECT count(*) FROM create_issue(:'bolt', 'WEB', 1, 'Theirs', :'eve', assignee_id => :'eve'), create_issue(:'bolt', 'WEB', 2, 'Gone', :'eve') AS gone \g /dev/null
SELECT count(*) FROM create_issue(:'bolt', 'WEB', 3, 'Part', :'eve', parent => 1) \g /dev/null
SELECT soft_delete_issue(:'acme', 'APP', 2), soft_delete_issue(:'bolt', 'WEB', 2) \g /dev/null
SELECT throws_ok(format('SELECT create_issue(%L, ''APP'', 9, ''x'', %L, parent => 2)', :'acme', :'ada'), '23503', NULL, 'a part of a deleted issue');
SELECT count(*) FROM create_labels(:'acme', '[{"id": 1, "name": "bug"}, {"id": 2, "name": "design"}, {"id": 3, "name": "unused"}]'), create_label(:'bolt', 1, 'bug') \g /dev/null
SELECT count(*) FROM create_issue_labels(:'acme', '[{"project_code": "WEB", "number": 1, "label_id": 1, "note": "sure"}, {"project_code": "WEB", "number": 1, "label_id": 2}, {"project_code": "APP", "number": 1, "label_id": 2}]'),
                     create_issue_label(:'bolt', 'WEB', 1, 1) \g /dev/null
SELECT throws_ok(format('SELECT create_issue_label(%L, ''WEB'', 1, 2)', :'bolt'), '23503', NULL, 'a label of another workspace');
SELECT throws_ok(format('SELECT create_issue_label(%L, ''APP'', 1, 1)', :'bolt'), '23503', NULL, 'an issue of another workspace');
SELECT is(link_issue_members(:'acme', 'WEB', 1, ARRAY[:'alan', :'ada']::uuid[]) + link_issue_members(:'acme', 'APP', 1, ARRAY[:'ada']::uuid[]) + link_issue_members(:'bolt', 'WEB', 1, ARRAY[:'eve']::uuid[]), 4::bigint, 'who helps: link');
SELECT is(unlink_issue_members(:'acme', 'WEB', 1, ARRAY[:'alan', :'eve']::uuid[]), 1::bigint, 'who helps: unlink');
SELECT throws_ok(format('SELECT link_issue_members(%L, ''WEB'', 1, ARRAY[%L]::uuid[])', :'acme', :'eve'), '23503', NULL, 'a helper of another workspace');

----------------------------------------------------------------------
-- every function of every model
----------------------------------------------------------------------

SELECT pg_temp.every_function(m, quote_literal(:'acme'), quote_literal(:'bolt')) FROM unnest('{issue_label,label,issue,project,member,workspace}'::regclass[]) m;
SELECT set_eq('SELECT * FROM ran', 'SELECT function FROM todo_orm.functions', 'no function was left out');

----------------------------------------------------------------------
-- some by hand
----------------------------------------------------------------------

SELECT is((SELECT array_agg(project_code || number) FROM list_issues(:'acme')), '{APP1,WEB1,WEB2,WEB3}', 'list: project and number');
SELECT is((SELECT array_agg(project_code || number) FROM list_issues(:'acme', take => -3)), '{WEB1,WEB2,WEB3}', 'list: the last three, still in that order');
SELECT is((SELECT array_agg(project_code || number) FROM list_issues(:'acme', 'open')), '{APP1,WEB1,WEB3}', 'list: open');
SELECT is(count_issues(:'acme', 'urgent'), 1::bigint, 'count: a scope of two conditions, one of an enum');
SELECT is((SELECT array_agg(title) FROM list_issues(:'bolt')), '{Theirs,Part}', 'list: the other workspace');
SELECT is(page_issues(:'acme', 'deleted', with_total => true)::jsonb #- '{items,0,deleted_at}' #- '{items,0,created_at}' #- '{items,0,updated_at}' #- '{items,0,version}',
          jsonb_build_object('total', 1, 'next_cursor', NULL, 'prev_cursor', NULL, 'items', jsonb_build_array(jsonb_build_object('workspace_id', :'acme', 'project_code', 'APP', 'number', 2, 'title', 'Gone', 'priority', 'normal',
              'closed', false, 'due', NULL, 'estimate', NULL, 'parent', 1, 'reporter_id', :'ada', 'assignee_id', NULL))), 'page: the deleted one');
SELECT is((SELECT array_agg(title) FROM find_issues(:'acme', '[{"number": 3, "project_code": "WEB"}, {"project_code": "APP", "number": 2}, {"project_code": "APP", "number": 1}, {"project_code": "WEB", "number": 3}]')),
          '{"Reset mail",Icon}', 'find: by objects, in their order');
SELECT throws_ok(format('SELECT find_issues(%L, %L)', :'acme', ids), '22023', NULL, 'find: refused ' || ids) FROM unnest('{"[{\"number\": 3}]","[\"WEB\"]","[{\"number\": \"x\", \"project_code\": \"WEB\"}]"}'::text[]) ids;

-- versions
SELECT is((SELECT (version, title, estimate)::text FROM update_issue(:'acme', 'WEB', 1, '{"title": "Login fails", "estimate": null}')), '(2,"Login fails",)', 'update: null, value, absent; the version is raised');
SELECT is((SELECT (version, due)::text FROM update_issue(:'acme', 'WEB', 1, '{"due": "[2024-05-02,2024-05-09)"}', if_version => 2)), '(3,"[2024-05-02,2024-05-09)")', 'if_version: the right one');
SELECT throws_ok(format('SELECT update_issue(%L, ''WEB'', 1, ''{"title": "late"}'', if_version => 2)', :'acme'), 'TO409', NULL, 'if_version: a stale one');
SELECT is((SELECT version FROM update_issue(:'acme', 'WEB', 1, '{"title": "Login fails"}', if_version => 3)), 3::bigint, 'if_version: a change that is none raises nothing');
SELECT is_empty(format('SELECT * FROM update_issue(%L, ''WEB'', 9, ''{"title": "x"}'', if_version => 1)', :'acme'), 'if_version: no such row');
SELECT is_empty(format('SELECT * FROM update_issue(%L, ''APP'', 1, ''{"title": "x"}'', if_version => 9)', :'bolt'), 'if_version: not for another owner, not even that it is stale');
SELECT throws_ok(format('SELECT update_issue(%L, ''WEB'', 1, %L)', :'acme', patch), state, NULL, 'update: refused ' || patch)
  FROM (VALUES ('{"version": 1}', '22023'), ('{"number": 7}', '22023'), ('{"project_code": "APP"}', '22023'), ('{"title": null}', '22023'), ('{"priority": "x"}', '22023'), ('{"parent": 77}', '23503'),
               ('{"assignee_id": "0e000000-0000-4000-8000-00000000000e"}', '23503')) AS v(patch, state);
SELECT is((SELECT (version, title)::text FROM get_issue(:'acme', 'WEB', 1)), '(3,"Login fails")', 'nothing of it was done');
UPDATE issue SET title = 'by plain SQL' WHERE workspace_id = :'acme' AND project_code = 'WEB' AND number = 1;
SELECT is((SELECT version FROM get_issue(:'acme', 'WEB', 1)), 4::bigint, 'plain SQL raises the version too');

-- touch
UPDATE project SET updated_at = '2020-01-01 00:00:00+00';
SELECT count(*) FROM update_issue(:'acme', 'WEB', 2, '{"closed": false}') \g /dev/null
SELECT results_eq('SELECT workspace_id, code FROM project WHERE updated_at > ''2020-01-01 00:00:00+00''', format('VALUES (%L::uuid, ''WEB'')', :'acme'), 'touch: the project of the issue, and no other');

-- relationships
SELECT is((SELECT array_agg(c.number) FROM get_issue(:'acme', 'WEB', 1) i, issues(i) c), '{2,3}', 'parts of an issue: in their order');
SELECT is((SELECT p.number FROM get_issue(:'acme', 'WEB', 3) i, parent_parent(i) p), 1, 'the issue of a part');
SELECT is((SELECT count(*) FROM get_issue(:'acme', 'APP', 1) i, issues(i) c), 0::bigint, 'a deleted part is none');
SELECT is((SELECT array_agg(i.project_code || i.number) FROM get_member(:'acme', :'ada') m, issues_reporter(m) i), '{APP1,WEB1,WEB2}', 'reported by');
SELECT is((SELECT array_agg(i.project_code || i.number) FROM get_member(:'acme', :'ada') m, issues(m) i), '{WEB3}', 'assigned to');
SELECT is((SELECT m.email FROM get_issue(:'acme', 'APP', 1) i, assignee(i) m), 'alan@acme.example', 'the assignee');
SELECT is((SELECT array_agg(l.name || coalesce(': ' || il.note, '') ORDER BY l.name) FROM get_issue(:'acme', 'WEB', 1) i, issue_labels(i) il, label(il) l), '{"bug: sure",design}', 'labels, with the link''s own column');
SELECT is((SELECT array_agg(l.name) FROM get_issue(:'acme', 'WEB', 1) i, labels(i) l), '{bug,design}', 'labels in one step');
SELECT is(set_label_issues(:'acme', 2, '[{"project_code": "APP", "number": 1}, {"project_code": "WEB", "number": 3}]'), 2::bigint, 'set: ids are objects');
SELECT is((SELECT array_agg(i.project_code || i.number) FROM get_label(:'acme', 2) l, issues(l) i), '{APP1,WEB3}', 'issues of a label, in their order');
SELECT is((SELECT note FROM issue_label WHERE label_id = 1 AND workspace_id = :'acme'), 'sure', 'set: a link that stays keeps its column');
SELECT is(unlink_issue_labels(:'acme', 'WEB', 1, '{1}') + link_issue_labels(:'acme', 'WEB', 1, '{1}'), 2::bigint, 'unlink and link');
SELECT is((SELECT note FROM issue_label WHERE label_id = 1 AND workspace_id = :'acme'), NULL, 'a link that is made anew has none');
SELECT throws_ok(format('SELECT link_label_issues(%L, 1, %L)', :'acme', ids), state, NULL, 'link: refused ' || ids)
  FROM (VALUES ('[{"project_code": "APP", "number": 2}]', '23503'), ('[{"project_code": "APP", "number": 77}]', '23503'), ('[{"number": 1}]', '22023'), ('{"project_code": "APP", "number": 1}', '22023')) AS v(ids, state);
SELECT throws_ok(format('SELECT link_issue_labels(%L, ''WEB'', 1, ''{2}'')', :'bolt'), '23503', NULL, 'link: a label of another workspace');
SELECT is((SELECT array_agg(m.email) FROM get_issue(:'acme', 'WEB', 1) i, members(i) m), '{ada@acme.example}', 'helpers: without the one who was taken off');
SELECT is((SELECT array_agg(i.project_code || i.number) FROM get_member(:'acme', :'ada') m, issues_issue_helper(m) i), '{APP1,WEB1}', 'what somebody helps with, under the link table''s name');
SELECT is(set_issue_members(:'acme', 'WEB', 1, ARRAY[:'alan']::uuid[]), 2::bigint, 'helpers: one brought back, one marked');
SELECT is((SELECT string_agg(m.email || (h.deleted_at IS NULL), ' ' ORDER BY m.email) FROM issue_helper h JOIN member m ON m.id = h.member_id WHERE h.workspace_id = :'acme' AND h.number = 1 AND h.project_code = 'WEB'),
          'ada@acme.examplefalse alan@acme.exampletrue', 'both rows are there');
SELECT is((SELECT array_agg(i.title) FROM get_label(:'acme', 2::smallint) l, issue_labels(l) il, number_number(il) i WHERE i.project_code = 'APP'), '{Icon}', 'issues of a label');
SELECT is((SELECT array_agg(p.code ORDER BY p.code) FROM get_workspace(:'acme') w, projects(w) p), '{APP,WEB}', 'projects of a workspace');
SELECT is((SELECT w.name FROM get_project(:'bolt', 'WEB') p, workspace(p) w), 'Bolt', 'workspace of a project');

-- identity
SELECT set_config('app.workspace', upper(:'acme'), true) \g /dev/null
SELECT is(count_issues(:'acme'), 4::bigint, 'owner_setting: compared as uuids');
SELECT throws_ok(format(call, :'bolt'), '42501', NULL, 'owner_setting: ' || call)
  FROM unnest(ARRAY['SELECT count_issues(%L)', 'SELECT get_workspace(%L)', 'SELECT create_label(%L, 9, ''x'')', 'SELECT delete_project(%L, ''WEB'')', 'SELECT update_issue(%L, ''WEB'', 1, ''{}'')']) call;
SELECT set_config('app.workspace', '', true) \g /dev/null

-- deleting
SELECT throws_ok(format('SELECT delete_label(%L, 1)', :'acme'), '23503', NULL, 'delete: a label in use');
SELECT is(delete_label(:'acme', 3), true, 'delete: one that is not');
SELECT throws_ok(format('SELECT delete_issue(%L, ''WEB'', 1)', :'acme'), '23503', NULL, 'delete: an issue with parts');
SELECT throws_ok(format('SELECT delete_member(%L, %L)', :'acme', :'ada'), '23503', NULL, 'delete: a member who reported something');
SELECT is(purge_issues(:'acme'), 1::bigint, 'purge');
SELECT is((SELECT array_agg(title) FROM list_issues(:'bolt', 'deleted')), '{Gone}', 'purge: only one''s own');
SELECT is((SELECT count(*) FROM issue WHERE workspace_id = :'acme'), 4::bigint, 'purge: live ones stay');

SELECT * FROM finish();
ROLLBACK;
