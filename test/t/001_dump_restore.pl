# A database of a role that is no superuser, dumped and restored: what the user
# had is there again, and works.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
# the rows below are not all ASCII, whatever the locale of who runs this
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
my $dir = PostgreSQL::Test::Utils::tempdir;
my $super = $node->safe_psql('postgres', 'SELECT current_user');

# SQL as one of the roles; dies where there is an error
sub as_plain { return $node->safe_psql($_[0], $_[1], extra_params => [ '-U', 'regress_plain' ]); }
sub as_app { return $node->safe_psql($_[0], $_[1], extra_params => [ '-U', 'regress_app' ]); }

# the SQLSTATE of SQL that is refused, empty where it is not
sub sqlstate
{
	my ($db, $role, $sql) = @_;
	my ($status, $out, $err) = $node->psql($db, "\\set VERBOSITY sqlstate\n$sql",
		extra_params => [ '-U', $role ]);
	return $err =~ /ERROR:\s+(\w{5})/ ? $1 : '';
}

# One text for everything that belongs to the user. Names of owners are left
# out where they are not to stay.
sub state_of
{
	my ($db, $without_owner) = @_;
	my $owner = $without_owner ? "''" : "relowner::regrole";
	my $function_owner = $without_owner ? "''" : "proowner::regrole";
	my $in_ours = "IN ('public'::regnamespace, 'other'::regnamespace)";
	my %parts = (
		rows => "SELECT 'conversation', to_json(t) FROM conversation t ORDER BY id;
			SELECT 'message', to_json(t) FROM message t ORDER BY id;
			SELECT 'task', to_json(t) FROM task t ORDER BY id;
			SELECT 'note', to_json(t) FROM other.note t ORDER BY id",
		relations => "SELECT relname, relkind, relrowsecurity, reloptions, $owner, obj_description(oid, 'pg_class'),
				(SELECT string_agg(regexp_replace(a::text, '/.*', ''), ',' ORDER BY a::text COLLATE \"C\") FROM unnest(relacl) a
				  WHERE NOT a::text ~ '^(regress_plain|$super)=')
			FROM pg_class WHERE relnamespace $in_ours ORDER BY relname",
		columns => "SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
				pg_get_expr(adbin, adrelid), col_description(attrelid, attnum)
			FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
			LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
			WHERE relnamespace $in_ours AND relkind = 'r' AND attnum > 0 AND NOT attisdropped ORDER BY attrelid::regclass::text, attname",
		indexes => "SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid
			WHERE relnamespace $in_ours ORDER BY 1",
		constraints => "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint')
			FROM pg_constraint WHERE connamespace $in_ours ORDER BY conrelid::regclass::text, conname",
		triggers => "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
		policies => "SELECT * FROM pg_policies ORDER BY schemaname, tablename, policyname",
		functions => "SELECT pg_get_functiondef(p.oid), $function_owner, obj_description(p.oid, 'pg_proc')
			FROM pg_proc p WHERE pronamespace $in_ours ORDER BY p.oid::regprocedure::text",
		privileges => "SELECT p.oid::regprocedure,
				(SELECT string_agg(regexp_replace(a::text, '/.*', ''), ',' ORDER BY a::text COLLATE \"C\") FROM unnest(proacl) a
				  WHERE NOT a::text ~ '^(regress_plain|$super)=')
			FROM pg_proc p WHERE pronamespace $in_ours ORDER BY p.oid::regprocedure::text",
		dependencies => "SELECT p.oid::regprocedure, refobjid::regclass, deptype
			FROM pg_proc p JOIN pg_depend d ON classid = 'pg_proc'::regclass AND objid = p.oid AND refclassid = 'pg_class'::regclass
			WHERE pronamespace $in_ours ORDER BY p.oid::regprocedure::text, refobjid::regclass::text",
		fingerprints => "SELECT model, todo_orm.fingerprint(model) FROM todo_orm.models ORDER BY model::text",
		models => "SELECT * FROM todo_orm.models ORDER BY model::text",
		function_view => "SELECT * FROM todo_orm.functions ORDER BY signature",
		relationships => "SELECT * FROM todo_orm.relationships ORDER BY model::text, relationship",
		next_ids => "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2",
		extension => "SELECT extname, extversion, extnamespace::regnamespace FROM pg_extension ORDER BY 1");
	return { map { $_ => $node->safe_psql($db, "SET search_path = public; SET timezone = 'UTC'; $parts{$_}") } keys %parts };
}

# Holds a restored database against the state of the first one, and uses it.
# Arguments: a label, the database, the state, who owns the tables and who the
# extension.
sub check_restored
{
	my ($name, $db, $before, $owner, $installer) = @_;
	my $without_owner = $owner ne 'regress_plain';
	my $after = state_of($db, $without_owner);
	is($after->{$_}, $before->{$_}, "$name: same $_") foreach sort keys %$before;

	# the application role gets on with it
	is(as_app($db, "SELECT title, priority FROM get_task('ann', 1)"), 'Buy milk|3', "$name: a row is read");
	is(as_app($db, "SELECT id FROM create_task('ann', 'new', priority => 5)"), '4', "$name: the next id of a task");
	is(as_app($db, "SELECT id, conversation_id FROM append_message('ann', 1, 'user', 'go on')"), '5|1',
		"$name: the next id of a message");
	is(as_app($db, "SELECT id FROM append_message('ann', 1, 'user', 'other text', client_key => 'key 1')"), '1',
		"$name: a client_key is known");
	is(as_app($db, "SELECT id, body FROM other.create_note('ann', 'third', task_id => 1)"), '3|third',
		"$name: the own model");
	is(as_app($db, "SELECT count(*) FROM get_task('bob', 1)"), '0', "$name: not another's row");
	is(sqlstate($db, 'regress_app', 'SELECT * FROM task'), '42501', "$name: and not the table");
	is(sqlstate($db, 'regress_app', "SELECT purge_tasks('ann')"), '', "$name: all functions are granted");
	is(sqlstate($db, 'regress_stranger', "SELECT list_tasks('ann')"), '42501', "$name: to nobody else");
	is(sqlstate($db, 'regress_plain', "SELECT create_task('ann', '')"), '22023', "$name: CHECKs hold")
	  unless $without_owner;

	# it can be registered again, and there is nothing to do
	is($node->safe_psql($db, "SELECT count(*) FROM todo_orm.create_all('public')", extra_params => [ '-U', $owner ]),
		'0', "$name: create_all finds all done");
	is($node->safe_psql($db, "SELECT count(*) FROM todo_orm.register_model('other.note')", extra_params => [ '-U', $owner ]),
		'0', "$name: register_model finds all done");

	# functions depend on their table, and on the extension
	is(sqlstate($db, $owner, 'DROP TABLE other.note'), '2BP01', "$name: DROP TABLE is refused");
	is(sqlstate($db, $installer, 'DROP EXTENSION todo_orm'), '2BP01', "$name: DROP EXTENSION is refused");
	is($node->safe_psql($db, 'BEGIN; SET client_min_messages = warning; DROP TABLE other.note CASCADE;
		SELECT count(*) FROM pg_proc WHERE pronamespace = \'other\'::regnamespace; ROLLBACK', extra_params => [ '-U', $owner ]),
		'0', "$name: with CASCADE the functions go with the table");
	is($node->safe_psql($db, 'BEGIN; SET client_min_messages = warning; DROP EXTENSION todo_orm CASCADE;
		SELECT count(*), (SELECT count(*) FROM message), (SELECT count(*) FROM task), (SELECT count(*) FROM other.note),
			(SELECT count(*) FROM pg_proc WHERE pronamespace = \'public\'::regnamespace) FROM conversation; ROLLBACK',
			extra_params => [ '-U', $installer ]),
		'2|5|4|3|0', "$name: with the extension go the functions, and not one row");
	return;
}

# ---- the first database: everything in it is made by a plain role

$node->safe_psql('postgres', 'CREATE ROLE regress_plain LOGIN; CREATE ROLE regress_app LOGIN;
	CREATE ROLE regress_stranger LOGIN; CREATE DATABASE source OWNER regress_plain');
$node->safe_psql('source', 'ALTER SCHEMA public OWNER TO regress_plain');
is(sqlstate('source', 'regress_stranger', 'CREATE EXTENSION todo_orm'), '42501',
	'who may not create in the database cannot install');
as_plain('source', q(
	CREATE EXTENSION todo_orm;
	SELECT todo_orm.create_all();
	CREATE SCHEMA other;
	CREATE TABLE other.note (
		LIKE todo_orm.owned INCLUDING ALL,
		LIKE todo_orm.timestamps INCLUDING ALL,
		LIKE todo_orm.soft_delete INCLUDING ALL,
		LIKE todo_orm.versioned INCLUDING ALL,
		body text NOT NULL CHECK (body <> ''),
		task_id bigint,
		PRIMARY KEY (user_id, id),
		FOREIGN KEY (user_id, task_id) REFERENCES public.task ON DELETE CASCADE
	);
	SELECT todo_orm.register_model('other.note', '{"scopes": {"loose": {"task_id": null}}, "rls": true}');

	-- what users add to the shipped tables
	ALTER TABLE task ADD COLUMN priority smallint DEFAULT 1;
	ALTER TABLE task ADD CONSTRAINT task_priority_check CHECK (priority BETWEEN 1 AND 9);
	COMMENT ON COLUMN task.priority IS 'one to nine';
	CREATE INDEX task_priority_idx ON task (user_id, priority);
	CREATE POLICY reviewers ON task FOR SELECT TO regress_stranger USING (priority > 5);
	SELECT todo_orm.register_model('task');
	COMMENT ON FUNCTION get_task(text, bigint) IS 'our own words';

	GRANT USAGE ON SCHEMA other TO regress_app;
	SELECT todo_orm.grant_access(m, 'regress_app') FROM unnest('{task,conversation,message,other.note}'::regclass[]) m;

	SELECT create_task('ann', 'Buy milk', priority => 3);
	SELECT create_tasks('bob', '[{"title": "one", "completed": true}, {"title": "two", "description": "zwei \\\\ \"Dinge\""}]');
	SELECT update_task('bob', 2, '{"description": "changed"}');
	SELECT soft_delete_task('bob', 3);
	SELECT append_message('ann', NULL, 'user', 'Add milk', client_key => 'key 1');
	SELECT append_messages('ann', 1, '[{"role": "assistant", "content": "", "data": {"tool_calls": [1, {"a": null}]}},
		{"role": "tool", "content": "done"}]');
	SELECT append_message('bob', NULL, 'user', E'h\u00e9llo\n');
	SELECT other.create_note('ann', 'first', task_id => 1);
	SELECT other.create_note('bob', 'second');
	SELECT other.update_note('bob', 2, '{"body": "second, changed"}');
));
is(as_plain('source', 'SELECT count(*) FROM pg_proc p JOIN pg_language l ON l.oid = prolang
	WHERE lanname = \'todo_orm\' AND proowner <> \'regress_plain\'::regrole'), '0', 'the plain role owns all functions');
is(as_plain('source', 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user'), 'f', 'and is no superuser');

my $before = state_of('source');
my $before_without_owner = state_of('source', 1);

# the state is worth something: it has what it is held against
like($before->{rows}, qr/Buy milk/, 'the state has rows');
like($before->{columns}, qr/task\|priority\|smallint\|f\|\|1\|one to nine/, 'added columns');
like($before->{indexes}, qr/task_priority_idx/, 'added indexes');
like($before->{policies}, qr/reviewers/, 'added policies');
like($before->{policies}, qr/note\|todo_orm_owner/, 'policies of the engine');
like($before->{functions}, qr/our own words/, 'comments');
like($before->{functions}, qr/"operation": "append"/, 'bodies');
like($before->{privileges}, qr/get_task\(text,bigint\)\|regress_app=X\n/, 'privileges');
like($before->{dependencies}, qr/^get_task\(text,bigint\)\|task\|/m, 'dependencies');
like($before->{models}, qr/^other\.note\|/m, 'models');

# ---- as the plain role, plain text and custom format

$node->command_ok([ 'pg_dump', '-U', 'regress_plain', '-f', "$dir/plain.sql", 'source' ], 'the plain role dumps, as text');
$node->command_ok([ 'pg_dump', '-U', 'regress_plain', '-Fc', '-f', "$dir/plain.dump", 'source' ], 'in custom format');
foreach my $db ('plain_text', 'plain_custom')
{
	$node->safe_psql('postgres', "CREATE DATABASE $db OWNER regress_plain");
	$node->safe_psql($db, 'ALTER SCHEMA public OWNER TO regress_plain');
}
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-U', 'regress_plain', '-d', 'plain_text', '-f', "$dir/plain.sql" ],
	'the plain role restores from text');
check_restored('plain text', 'plain_text', $before, 'regress_plain', 'regress_plain');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-U', 'regress_plain', '-d', 'plain_custom', "$dir/plain.dump" ],
	'the plain role restores from custom format');
check_restored('plain custom', 'plain_custom', $before, 'regress_plain', 'regress_plain');

# a database that was restored can be dumped and restored like the first one
$node->safe_psql('postgres', 'CREATE DATABASE again OWNER regress_plain');
$node->safe_psql('again', 'ALTER SCHEMA public OWNER TO regress_plain');
my $restored = state_of('plain_custom');
$node->command_ok([ 'pg_dump', '-U', 'regress_plain', '-Fc', '-f', "$dir/again.dump", 'plain_custom' ], 'dumped once more');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-U', 'regress_plain', '-d', 'again', "$dir/again.dump" ], 'restored once more');
my $twice = state_of('again');
is($twice->{$_}, $restored->{$_}, "twice: same $_") foreach sort keys %$restored;

# over itself: what is there is dropped first
$node->command_ok([ 'pg_restore', '--exit-on-error', '--clean', '--if-exists', '-U', 'regress_plain', '-d', 'again', "$dir/plain.dump" ],
	'the plain role restores over what is there');
check_restored('over itself', 'again', $before, 'regress_plain', 'regress_plain');

# ---- as superuser

$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/super.dump", 'source' ], 'a superuser dumps');
$node->safe_psql('postgres', 'CREATE DATABASE super OWNER regress_plain; CREATE DATABASE super_no_owner');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', 'super', "$dir/super.dump" ], 'a superuser restores');
check_restored('superuser', 'super', $before, 'regress_plain', $super);
$node->command_ok([ 'pg_restore', '--exit-on-error', '--no-owner', '-d', 'super_no_owner', "$dir/super.dump" ],
	'a superuser restores without owners');
is($node->safe_psql('super_no_owner', 'SELECT DISTINCT proowner::regrole FROM pg_proc p JOIN pg_language l ON l.oid = prolang
	WHERE lanname = \'todo_orm\''), $super, 'and owns it');
check_restored('without owners', 'super_no_owner', $before_without_owner, $super, $super);

# ---- the extension itself goes only with the functions, and takes no row

is(sqlstate('source', 'regress_plain', 'DROP EXTENSION todo_orm'), '2BP01', 'DROP EXTENSION is refused');
is(sqlstate('source', 'regress_plain', 'DROP SCHEMA todo_orm'), '2BP01', 'so is DROP SCHEMA');
as_plain('source', 'SET client_min_messages = warning; DROP EXTENSION todo_orm CASCADE');
is($node->safe_psql('source', "SET timezone = 'UTC'; SELECT 'conversation', to_json(t) FROM conversation t ORDER BY id;
	SELECT 'message', to_json(t) FROM message t ORDER BY id; SELECT 'task', to_json(t) FROM task t ORDER BY id;
	SELECT 'note', to_json(t) FROM other.note t ORDER BY id"), $before->{rows}, 'CASCADE keeps all rows');
is(as_plain('source', 'SELECT count(*) FROM pg_proc WHERE pronamespace IN (\'public\'::regnamespace, \'other\'::regnamespace)'),
	'0', 'and takes all functions');
# installed again, the tables are models again
as_plain('source', 'CREATE EXTENSION todo_orm; SELECT todo_orm.create_all(); SELECT todo_orm.register_model(\'other.note\')');
is(as_plain('source', "SELECT title, priority FROM get_task('ann', 1)"), 'Buy milk|3', 'the extension comes back');

$node->stop;
done_testing();
