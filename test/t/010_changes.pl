# Eight writers and a reader who keeps asking: in the end the reader knows exactly
# what there is. And what becomes of tokens when a database is dumped and restored,
# or a cluster put back to an earlier state.

use strict;
use warnings;

use Cwd;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $writers = 8;
my $writes = 200;    # of each
my $dir = PostgreSQL::Test::Utils::tempdir;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1);
$node->start;
# the client that the pgTAP tests use, too
$node->safe_psql('postgres', 'CREATE EXTENSION todo_orm; SELECT todo_orm.create_all();
	SELECT todo_orm.register_model(\'task\', \'{"changes": true}\');' . slurp_file(getcwd() . '/test/pgtap/include/changes.psql'));

sub poll { return $_[0]->safe_psql('postgres', "SELECT poll('$_[1]', 'ann')"); }
sub knows { return $_[0]->safe_psql('postgres', "SELECT knows('$_[1]', 'ann')"); }

# ---------------------------------------------------------------- many writers

# each transaction writes to two places, with a pause in between, so that
# numbers are drawn, transactions begun and ended in all orders
append_to_file("$dir/write.sql", q(
\set id random(1, 40)
\set way random(1, 6)
\set pause random(0, 3000)
\if :way <= 2
	BEGIN;
	SELECT pg_current_xact_id();
	\sleep :pause us
	SELECT create_task('ann', 'created');
	COMMIT;
\elif :way = 3
	BEGIN;
	SELECT update_task('ann', :id, jsonb_build_object('title', 'updated ' || :pause));
	\sleep :pause us
	SELECT create_task('ann', 'with an update');
	COMMIT;
\elif :way = 4
	SELECT soft_delete_task('ann', :id);
\elif :way = 5
	DELETE FROM task WHERE user_id = 'ann' AND id % 41 = :id;
\else
	BEGIN;
	SELECT create_task('ann', 'undone');
	\sleep :pause us
	ROLLBACK;
\endif
));
$node->safe_psql('postgres', q(SELECT create_tasks('ann', (SELECT jsonb_agg('{"title": "first"}'::jsonb) FROM generate_series(1, 40)))));

# every answer changes what the reader knows, also one that is not complete yet
$node->safe_psql('postgres', q(
	CREATE TABLE told (n int, op text, id bigint, at timestamptz);
	CREATE FUNCTION read_once(n int) RETURNS boolean LANGUAGE plpgsql AS $$
	DECLARE
		c client; answer jsonb; change jsonb;
	BEGIN
		SELECT * INTO c FROM client WHERE name = 'reader';
		answer := changes_since_tasks('ann', c.token, 50);
		IF (answer ->> 'reset')::boolean THEN c.known := '{}'; END IF;
		FOR change IN SELECT value FROM jsonb_array_elements(answer -> 'changes') LOOP
			INSERT INTO told VALUES (n, change ->> 'op', (change #>> '{key,id}')::bigint, (change ->> 'at')::timestamptz);
			IF change ->> 'op' = 'delete' THEN
				c.known := c.known - (change ->> 'key');
			ELSE
				c.known := c.known || jsonb_build_object(change ->> 'key', change -> 'row');
			END IF;
		END LOOP;
		UPDATE client SET token = answer ->> 'next_token', known = c.known WHERE name = 'reader';
		RETURN (answer ->> 'more')::boolean OR (answer ->> 'lag')::float8 > 0;
	END $$;
	INSERT INTO client (name) VALUES ('reader');
));
# asks as fast as it can until the writers have ended and nothing is left
$node->safe_psql('postgres', q(
	CREATE TABLE ended (n int);
	CREATE PROCEDURE read_on() LANGUAGE plpgsql AS $$
	DECLARE
		reads int := 0; over boolean;
	BEGIN
		LOOP
			over := EXISTS (SELECT FROM ended);
			COMMIT;
			CONTINUE WHEN read_once(reads) AND reads < 100000;
			reads := reads + 1;
			COMMIT;
			EXIT WHEN over;
		END LOOP;
		UPDATE ended SET n = reads;
	END $$;
));
my ($out, $err) = ('', '');
my @connection = ('-h', $node->host, '-p', $node->port);
my $reader = IPC::Run::start([ 'psql', '-X', '-q', @connection, '-d', 'postgres', '-c', 'CALL read_on()' ], '<', \undef, '>', \$out, '2>', \$err);
$node->command_ok([ 'pgbench', '-n', '-c', $writers, '-j', '2', '-t', $writes, @connection, '-f', "$dir/write.sql", 'postgres' ],
	'all transactions of all writers succeed');
$node->safe_psql('postgres', 'INSERT INTO ended VALUES (0)');
ok($reader->finish, 'and so does the reader') or diag($err);
cmp_ok($node->safe_psql('postgres', 'SELECT n FROM ended'), '>', 0, 'who has asked meanwhile');
is($node->safe_psql('postgres', q(SELECT knows('reader', 'ann'))), 't', 'the reader knows exactly what there is');
cmp_ok($node->safe_psql('postgres', q(SELECT count(*) FROM task WHERE user_id = 'ann')), '>', 0, 'which is something');
# every change that was recorded was given out once, unless a later one of the row was
is($node->safe_psql('postgres', q(
	SELECT count(*) FROM task_changes c WHERE xid >= (SELECT min(xid) FROM task_changes c JOIN told t ON t.at = c.at AND t.id = c.key1)
		AND NOT EXISTS (SELECT FROM told WHERE id = key1 AND told.at >= c.at))), '0', 'no change was passed over');
is($node->safe_psql('postgres', q(SELECT count(*) FROM (SELECT id, at FROM told WHERE at IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1) t)), '0',
	'none was given out twice');
like(poll($node, 'late'), qr/^reset upsert/, 'who comes late reads all');
is(knows($node, 'late'), 't', 'and knows the same');

# ------------------------------------------------------------- dump and restore

$node->safe_psql('postgres', q(SELECT create_task('ann', 'before the dump')));
poll($node, 'late');
$node->safe_psql('postgres', "INSERT INTO client (name, token, known) SELECT 'kept', token, known FROM client WHERE name = 'late'");
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/dump", $node->connstr('postgres') ], 'pg_dump');
# a change that the dump has not got, and that a reader has seen
$node->safe_psql('postgres', q(SELECT update_task('ann', (SELECT max(id) FROM task), '{"title": "after the dump"}')));
poll($node, 'kept');
my $seen = $node->safe_psql('postgres', q(SELECT token FROM client WHERE name = 'kept'));
my $known = $node->safe_psql('postgres', q(SELECT known FROM client WHERE name = 'kept'));
my $last_xid = $node->safe_psql('postgres', 'SELECT max(xid) FROM task_changes');

# into a new cluster, whose transactions have smaller numbers
my $other = PostgreSQL::Test::Cluster->new('other');
$other->init;
$other->start;
$other->command_ok([ 'pg_restore', '-d', $other->connstr('postgres'), "$dir/dump" ], 'pg_restore into another cluster');
cmp_ok($other->safe_psql('postgres', 'SELECT pg_current_xact_id()'), '<', $last_xid, 'where transactions have smaller numbers');
$other->safe_psql('postgres', "UPDATE client SET token = '$seen', known = \$k\$$known\$k\$ WHERE name = 'kept'");
$other->safe_psql('postgres', q(SELECT create_task('ann', 'after the restore')));
like(poll($other, 'kept'), qr/^reset upsert/, 'a token of the old one: begin anew');
is(knows($other, 'kept'), 't', 'and what there is is known, not what there was');
$other->safe_psql('postgres', q(SELECT create_task('ann', 'more'); SELECT delete_task('ann', (SELECT max(id) - 1 FROM task))));
like(poll($other, 'kept'), qr/upsert\d+ .*delete\d+$/, 'it goes on from there; a change that was dumped may come again when its number is due');
is(knows($other, 'kept'), 't', 'without a gap');

# into another database of the same cluster, in the place of the first
$node->safe_psql('template1', 'ALTER DATABASE postgres RENAME TO old');
$node->safe_psql('template1', 'CREATE DATABASE postgres');
$node->command_ok([ 'pg_restore', '-d', $node->connstr('postgres'), "$dir/dump" ], 'pg_restore into the same cluster');
$node->safe_psql('postgres', "UPDATE client SET token = '$seen', known = \$k\$$known\$k\$ WHERE name = 'kept'");
like(poll($node, 'kept'), qr/^reset upsert/, 'a token of what was there: begin anew');
is(knows($node, 'kept'), 't', 'what the dump has not got is not believed any more');

# ------------------------------------------------------------ point in time, standby

$node->backup('base');
my $restored = PostgreSQL::Test::Cluster->new('restored');
$restored->init_from_backup($node, 'base', has_streaming => 1);
$restored->start;
$node->safe_psql('postgres', q(SELECT create_task('ann', 'on the primary')));
poll($node, 'kept');
$node->wait_for_catchup('restored', 'replay', $node->lsn('write'));
is($restored->safe_psql('postgres', q(SELECT (changes_since_tasks('ann', (SELECT token FROM client WHERE name = 'kept'))::jsonb - 'next_token')::text)),
	'{"lag": 0.000, "more": false, "reset": false, "changes": []}', 'a standby understands the token of its primary');
$node->safe_psql('postgres', q(SELECT create_task('ann', 'one more')));
$node->wait_for_catchup('restored', 'replay', $node->lsn('write'));
is($restored->safe_psql('postgres', q(SELECT changes_since_tasks('ann', (SELECT token FROM client WHERE name = 'kept')) #>> '{changes,0,row,title}')), 'one more', 'and gives out changes');
# the primary goes on after the standby was cut off, and is lost
$seen = $node->safe_psql('postgres', q(SELECT token FROM client WHERE name = 'kept'));
$restored->promote;
$restored->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()') or die 'not promoted';
like(poll($restored, 'kept'), qr/^reset upsert/, 'after a promotion readers begin anew: what the primary did last may be lost');
is(knows($restored, 'kept'), 't', 'and know what there is');

done_testing();
