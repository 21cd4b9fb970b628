# Attacks that need logins, clusters or a time before CREATE EXTENSION: hostile
# objects made first, real roles on connections of their own, what a session
# shows of its statements.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('attack');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 20\n");
$node->start;

# Runs SQL as a role on a connection of its own; dies where it fails.
sub sql
{
	my ($role, $database, $sql) = @_;
	return $node->safe_psql($database, $sql, extra_params => [ '-U', $role ]);
}

# SQLSTATE and everything that the client sees of a failing statement; "" if it does not fail.
sub answer
{
	my ($role, $database, $sql) = @_;
	my ($out, $err) = ('', '');
	$node->psql($database, "\\set VERBOSITY verbose\n\\set SHOW_CONTEXT always\n$sql",
		extra_params => [ '-U', $role ], stdout => \$out, stderr => \$err, on_error_stop => 0);
	return ($out, $err);
}

$node->safe_psql('postgres', q{
	CREATE ROLE mallory LOGIN; CREATE ROLE owner LOGIN; CREATE ROLE app LOGIN; CREATE ROLE stranger LOGIN;
	CREATE DATABASE shop OWNER owner});

# ---------------------------------------------------------- before CREATE EXTENSION

# Mallory owns the database, no more: the extension is trusted, so that she may
# install it.  A schema todo_orm that she has made first holds better matches for
# every operator and function that the views could use.
# Every version that there is, brought up to date.
for my $version (split /\n/, $node->safe_psql('postgres', q{SELECT version FROM pg_available_extension_versions WHERE name = 'todo_orm'}))
{
	my $before = "before_$version";
	$node->safe_psql('postgres', qq{CREATE DATABASE "$before" OWNER mallory});
	sql('mallory', $before, q{
		CREATE SCHEMA todo_orm;
		CREATE TABLE public.caught (who text);
		GRANT ALL ON public.caught TO PUBLIC;
		CREATE FUNCTION todo_orm.spring() RETURNS boolean LANGUAGE plpgsql AS $$
		BEGIN INSERT INTO public.caught VALUES (current_user); RETURN true; END $$;
		CREATE FUNCTION todo_orm.format(text, name, name, text) RETURNS text LANGUAGE sql AS 'SELECT todo_orm.spring()::text';
		CREATE FUNCTION todo_orm.obj_description(oid, text) RETURNS text LANGUAGE sql AS 'SELECT todo_orm.spring()::text';
		CREATE FUNCTION todo_orm.describe(oid) RETURNS json LANGUAGE sql AS 'SELECT to_json(todo_orm.spring())';
		CREATE FUNCTION todo_orm.example_call(regprocedure) RETURNS text LANGUAGE sql AS 'SELECT todo_orm.spring()::text';
		CREATE FUNCTION todo_orm.column_list(name[]) RETURNS text LANGUAGE sql AS 'SELECT todo_orm.spring()::text';
		CREATE FUNCTION todo_orm.index_columns(regclass) RETURNS text[] LANGUAGE sql AS 'SELECT ARRAY[todo_orm.spring()::text]';
		CREATE FUNCTION todo_orm.adoption_differences(name, regclass) RETURNS text[] LANGUAGE sql AS 'SELECT ARRAY[todo_orm.spring()::text]';
		CREATE DOMAIN todo_orm.text AS pg_catalog.text CHECK (todo_orm.spring());
		CREATE DOMAIN todo_orm.regclass AS pg_catalog.regclass CHECK (todo_orm.spring());
		CREATE DOMAIN todo_orm.json AS pg_catalog.json CHECK (todo_orm.spring());
		CREATE VIEW todo_orm.pg_proc AS SELECT * FROM pg_catalog.pg_proc WHERE todo_orm.spring();
		CREATE VIEW todo_orm.pg_class AS SELECT * FROM pg_catalog.pg_class WHERE todo_orm.spring()});
	for my $pair ('oid,regclass', 'regclass,oid', 'oid,text', 'name,text', 'name,name', 'text,name', 'oid,int8', 'int4,int8', 'char,text')
	{
		my ($left, $right) = map { $_ eq 'char' ? '"char"' : "pg_catalog.$_" } split(/,/, $pair);
		my $name = $pair =~ s/,/_/r;
		sql('mallory', $before, qq{CREATE FUNCTION todo_orm."eq_$name"($left, $right) RETURNS boolean LANGUAGE sql AS 'SELECT todo_orm.spring()';
			CREATE OPERATOR todo_orm.= (FUNCTION = todo_orm."eq_$name", LEFTARG = $left, RIGHTARG = $right)});
	}
	sql('mallory', $before, "CREATE EXTENSION todo_orm VERSION '$version'");
	sql('mallory', $before, 'ALTER EXTENSION todo_orm UPDATE');
	is($node->safe_psql($before, 'SELECT count(*) FROM caught'), 0,
		"hostile objects made before CREATE EXTENSION must not be run by its script, version $version");
	sql('mallory', $before, 'SELECT count(*) FROM todo_orm.create_all()');
	# what a superuser looks at, or pg_dump, must not run Mallory's code
	for my $statement ('SELECT * FROM todo_orm.functions', 'SELECT * FROM todo_orm.models',
		'SELECT * FROM todo_orm.relationships', "SELECT * FROM todo_orm.check_model('task'::regclass)",
		"SELECT todo_orm.describe('task'::regclass)", "SELECT todo_orm.outdated_functions('task'::regclass)",
		"SELECT todo_orm.example_call('get_task'::regproc::oid)", 'SELECT * FROM todo_orm.create_all()',
		"SELECT * FROM todo_orm.register_model('task'::regclass, '{}'::jsonb)", "SELECT * FROM create_task('ann', 'x')")
	{
		$node->safe_psql($before, 'TRUNCATE caught');
		$node->safe_psql($before, $statement);
		is($node->safe_psql($before, 'SELECT string_agg(DISTINCT who, $$,$$) FROM caught'), '',
			"a superuser's $statement must not run what was put into schema todo_orm, version $version");
	}
	# the schema is Mallory's: what she adds to it later is no better
	sql('mallory', $before, q{
		CREATE FUNCTION todo_orm.register_model(model pg_catalog.text, options jsonb) RETURNS SETOF pg_catalog.text LANGUAGE sql AS 'SELECT todo_orm.spring()::pg_catalog.text';
		CREATE FUNCTION todo_orm.check_options(oid) RETURNS TABLE (finding pg_catalog.text, ddl pg_catalog.text) LANGUAGE sql AS 'SELECT todo_orm.spring()::pg_catalog.text, NULL::pg_catalog.text';
		CREATE FUNCTION todo_orm.check_table(regclass, jsonb) RETURNS TABLE (finding pg_catalog.text, ddl pg_catalog.text) LANGUAGE sql AS 'SELECT todo_orm.spring()::pg_catalog.text, NULL::pg_catalog.text';
		CREATE FUNCTION todo_orm.create_tables(pg_catalog.text) RETURNS pg_catalog.text[] LANGUAGE sql AS 'SELECT ARRAY[todo_orm.spring()::pg_catalog.text]';
		CREATE FUNCTION todo_orm.statements(pg_catalog.varchar) RETURNS SETOF pg_catalog.text LANGUAGE sql AS 'SELECT todo_orm.spring()::pg_catalog.text'});
	for my $statement ("SELECT * FROM todo_orm.check_model('task'::pg_catalog.regclass)", 'SELECT * FROM todo_orm.create_all()',
		"CREATE SCHEMA shop; SELECT * FROM todo_orm.create_all('shop'); SELECT * FROM todo_orm.check_model('shop.task'::pg_catalog.regclass)")
	{
		$node->safe_psql($before, 'TRUNCATE caught');
		$node->safe_psql($before, $statement);
		is($node->safe_psql($before, 'SELECT string_agg(DISTINCT who, $$,$$) FROM caught'), '',
			"a superuser's $statement must not run what was added to schema todo_orm, version $version");
	}
	is($node->safe_psql($before, q{SELECT count(*) FROM pg_roles WHERE rolname = 'mallory' AND rolsuper}), 0, 'Mallory is no superuser');
	for my $name (qw(functions models relationships owned))
	{
		my ($out, $err) = answer('mallory', $before, "CREATE OR REPLACE VIEW todo_orm.$name AS SELECT 1 AS x; DROP TABLE IF EXISTS todo_orm.$name; DROP VIEW IF EXISTS todo_orm.$name");
		like($err, qr/42501|42809/, "todo_orm.$name must not be replaced by the schema's owner");
	}
}

# ---------------------------------------------------------------- real connections

sql('owner', 'shop', q{
	CREATE EXTENSION todo_orm;
	CREATE SCHEMA chat;
	SELECT count(*) FROM todo_orm.create_all('chat');
	-- numbers that stand nowhere else
	ALTER TABLE chat.task ALTER id RESTART 471; ALTER TABLE chat.conversation ALTER id RESTART 471; ALTER TABLE chat.message ALTER id RESTART 471;
	SELECT todo_orm.grant_access(m, 'app') FROM unnest('{chat.task,chat.conversation,chat.message}'::regclass[]) m;
	SELECT chat.create_conversation('ann', 's3cret talk');
	SELECT chat.append_message('ann', 471, 'user', 's3cret message');
	SELECT chat.create_task('ann', 's3cret task', conversation_id => 471);
	SELECT chat.create_task('bob', 'task')});
is(sql('app', 'shop', q{SELECT title FROM chat.get_task('ann', 471)}), 's3cret task', 'the application reads');
for my $statement ('TABLE chat.task', 'SELECT count(*) FROM chat.message', 'COPY chat.task TO STDOUT', 'DELETE FROM chat.task',
	q{SELECT nextval('chat.task_id_seq')}, 'CREATE TABLE chat.x ()', 'CREATE FUNCTION chat.f() RETURNS int LANGUAGE sql AS $$SELECT 1$$', 'BEGIN; LOCK TABLE chat.task IN SHARE MODE',
	q{SELECT * FROM pg_stats WHERE schemaname = 'chat' AND 1 / (SELECT count(*) FROM pg_stats WHERE schemaname = 'chat') > 0}, 'CREATE EXTENSION citext', 'SET ROLE owner', 'SET SESSION AUTHORIZATION owner')
{
	my ($out, $err) = answer('app', 'shop', $statement);
	unlike($out, qr/s3cret/, "the application must not read: $statement");
	like($err, qr/42501|22012/, "and is refused: $statement");
}
for my $call (q{chat.get_task('ann', 471)}, q{chat.list_tasks('ann')}, q{todo_orm.apply('ann', '[{"op": "get", "model": "chat.task", "key": 471}]')})
{
	my ($out, $err) = answer('stranger', 'shop', "SELECT $call");
	like($err, qr/42501/, "a stranger must not reach $call");
	unlike($out . $err, qr/s3cret/, "nor be told anything by it");
}
# an identity that the connection was given
{
	local $ENV{PGOPTIONS} = '-c todo_orm.user_id=bob';
	my ($out, $err) = answer('app', 'shop', q{SELECT chat.get_task('ann', 471)});
	like($err, qr/42501/, 'a connection for bob must not read for ann');
	is(sql('app', 'shop', q{SELECT count(*) FROM chat.list_tasks('bob')}), 1, 'it reads for bob');
	# reset goes back to bob, not to nobody
	($out, $err) = answer('app', 'shop', q{SET todo_orm.user_id = 'ann'; RESET todo_orm.user_id; SELECT chat.get_task('ann', 471)});
	like($err, qr/42501/, 'and still not after RESET');
	($out, $err) = answer('app', 'shop', q{DISCARD ALL; SELECT chat.get_task('ann', 471)});
	like($err, qr/42501/, 'nor after DISCARD ALL');
}
$node->safe_psql('shop', q{ALTER DATABASE shop SET todo_orm.require_user_id = on});
for my $prelude ('', q{SET todo_orm.user_id = '';}, 'RESET ALL;', 'DISCARD ALL;', 'BEGIN; SET LOCAL todo_orm.user_id = $$ann$$; COMMIT;', q{SELECT set_config('todo_orm.user_id', 'ann', true);}, q{BEGIN; SET todo_orm.user_id = 'ann'; ROLLBACK;})
{
	my ($out, $err) = answer('app', 'shop', "$prelude SELECT chat.get_task('ann', 471)");
	# the one statement of "answer" is one transaction where nothing ends it
	next if $prelude =~ /true/;
	like($err, qr/42501/, "where an identity is required, none must be left over: $prelude");
}
{
	local $ENV{PGOPTIONS} = '-c todo_orm.require_user_id=off';
	my ($out, $err) = answer('app', 'shop', q{SELECT chat.get_task('ann', 471)});
	unlike($out, qr/s3cret/, 'the requirement must not be lifted by the connection\'s options');
	($out, $err) = answer('app', 'shop', q{RESET todo_orm.require_user_id; SELECT chat.get_task('ann', 471)});
	unlike($out, qr/s3cret/, 'nor by RESET after them');
	is(sql('app', 'shop', q{SET todo_orm.user_id = 'ann'; SELECT title FROM chat.get_task('ann', 471)}), 's3cret task', 'with an identity it is served');
	is($node->safe_psql('shop', q{SELECT title FROM chat.get_task('ann', 471)}), 's3cret task', 'a superuser lifts it');
}
# what a session sets before the library is loaded
for my $prelude ('SET todo_orm.require_user_id = off;', 'BEGIN; SET LOCAL todo_orm.require_user_id = off;', q{SELECT set_config('todo_orm.require_user_id', 'off', false);})
{
	my ($out, $err) = answer('app', 'shop', "$prelude SELECT chat.get_task('ann', 471)");
	unlike($out, qr/s3cret/, "the requirement must not be lifted before the library is loaded: $prelude");
}
$node->safe_psql('shop', q{ALTER DATABASE shop RESET todo_orm.require_user_id});

# ------------------------------------------- what statements show that are run

# The SQL that a call runs, without its values: for a row of somebody else's and
# for none it must be the same.
sub shown
{
	my ($call, $key) = @_;
	my ($out, $err) = answer('app', 'shop', "SET todo_orm.echo = on; SET client_min_messages = notice; SELECT $call");
	$err =~ s/(?<!\$)\b\Q$key\E\b/KEY/g;
	$err =~ s/LINE \d+.*//g;
	$err =~ s/\b\d+(\.\d+)? ms\b/TIME/g;
	$err =~ s/psql:<stdin>:\d+: //g;
	# the times that are bound
	$err =~ s/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.0-9]*[+-]\d\d/TIME/g;
	return "$out\n$err";
}
for my $call (q{chat.get_task('bob', %s)}, q{chat.update_task('bob', %s, '{"title": "x"}')}, q{chat.delete_task('bob', %s)}, q{chat.soft_delete_task('bob', %s)}, q{chat.restore_task('bob', %s)},
	q{chat.load_task('bob', %s, '["conversation"]')}, q{chat.find_tasks('bob', '{%s}')}, q{chat.create_task('bob', 'x', conversation_id => %s)}, q{chat.append_message('bob', %s, 'user', 'x')},
	q{chat.get_conversation_with_messages('bob', %s)}, q{chat.chat_context('bob', %s)}, q{chat.patch_tasks('bob', '[{"id": %s, "title": "x"}]')}, q{chat.finish_message('bob', %s, 'x')})
{
	is(shown(sprintf($call, 471), 471), shown(sprintf($call, 4711), 4711), "statements, messages and codes must not tell ann's row from none: $call");
}
# what a SECURITY DEFINER function of somebody's passes on stays his: echo shows it to nobody who may not call
sql('owner', 'shop', q{CREATE FUNCTION public.helper() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$ SELECT count(*) FROM chat.list_tasks('ann', match => '{"title": "passw0rd"}') $$});
{
	my ($out, $err) = answer('stranger', 'shop', 'SET todo_orm.echo = on; SET client_min_messages = notice; SELECT public.helper()');
	unlike($err, qr/passw0rd/, 'echo must not show a stranger the values of a call inside a SECURITY DEFINER function');
}

# ------------------------------------------------------------------- two sessions

# A session that is warm, and another that takes the right away.
my $warm = $node->background_psql('shop', extra_params => [ '-U', 'app' ], on_error_stop => 0);
like($warm->query(q{SELECT title FROM chat.get_task('ann', 471)}), qr/s3cret/, 'a warm session');
sql('owner', 'shop', q{SELECT todo_orm.revoke_access('chat.task', 'app')});
unlike($warm->query(q{SELECT title FROM chat.get_task('ann', 471)}), qr/s3cret/, 'must not read after another has revoked');
unlike($warm->query(q{SELECT todo_orm.apply('ann', '[{"op": "get", "model": "chat.task", "key": 471}]')}), qr/s3cret/, 'nor through apply');
sql('owner', 'shop', q{SELECT todo_orm.grant_access('chat.task', 'app')});
like($warm->query(q{SELECT title FROM chat.get_task('ann', 471)}), qr/s3cret/, 'granted again');
$node->safe_psql('shop', 'ALTER FUNCTION chat.get_task OWNER TO stranger');
unlike($warm->query(q{SELECT title FROM chat.get_task('ann', 471)}), qr/s3cret/, 'a warm session must not use a function that somebody else owns since');
$node->safe_psql('shop', 'ALTER FUNCTION chat.get_task OWNER TO owner; ALTER TABLE chat.task OWNER TO stranger');
unlike($warm->query(q{SELECT title FROM chat.list_tasks('ann')}), qr/s3cret/, 'nor functions of a table that somebody else owns since');
$node->safe_psql('shop', 'ALTER TABLE chat.task OWNER TO owner');
like($warm->query(q{SELECT title FROM chat.list_tasks('ann')}), qr/s3cret/, 'given back, it serves');
$warm->quit;

$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/was terminated by signal|PANIC:|TRAP: /, 'no attack must crash the server');
done_testing();
