# Eight writers to one conversation, as fast as they can: the order of ids is
# the order of times and of commits.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $clients = 8;
my $transactions = 50;    # of each client

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'track_commit_timestamp = on');
$node->start;
$node->safe_psql('postgres', q(
	CREATE EXTENSION todo_orm;
	SELECT todo_orm.create_all();
	SELECT create_conversation('ann', title => 'busy');
	SELECT create_conversation('ann', title => 'quiet');
	CREATE VIEW committed AS
		SELECT m.*, m.xmin::text AS xid, pg_xact_commit_timestamp(m.xmin) AS committed_at FROM message m;
));
my $dir = PostgreSQL::Test::Utils::tempdir;

# A number of transactions of each client, through pgbench
sub bench
{
	my ($name, $script, $count) = @_;
	append_to_file("$dir/$name.sql", $script);
	$node->command_ok([ 'pgbench', '-n', '-M', 'prepared', '-c', $clients, '-j', '2', '-t', $count, '-D', 'i=0',
			'-f', "$dir/$name.sql", 'postgres' ], "$name: all transactions of all clients succeed");
	return;
}

# each client has its own way to write, and two clients the same one
bench('appends', q(
\set way :client_id % 4
\if :way = 0
	SELECT append_message('ann', 1, 'user', 'one');
\elif :way = 1
	BEGIN;
	SELECT append_message('ann', 1, 'user', 'first of two');
	SELECT append_message('ann', 1, 'assistant', 'second of two');
	COMMIT;
\elif :way = 2
	SELECT create_message('ann', 1, 'user', 'created');
\else
	SELECT append_messages('ann', 1, '[{"role": "user", "content": "first of three"},
		{"role": "assistant", "content": "second of three"}, {"role": "user", "content": "third of three"}]');
\endif
), $transactions);

my $per_way = $clients / 4 * $transactions;
is($node->safe_psql('postgres', 'SELECT content, count(*) FROM message GROUP BY 1 ORDER BY 1'),
	join("\n", map { "$_|$per_way" } 'created', 'first of three', 'first of two', 'one', 'second of three',
		'second of two', 'third of three'), 'every message is there, once');

# the neighbours in the order of ids that stand in the wrong order otherwise
sub misplaced
{
	my ($condition) = @_;
	return $node->safe_psql('postgres', "SELECT count(*) FROM committed a JOIN committed b ON b.id =
		(SELECT min(id) FROM committed c WHERE c.id > a.id AND c.conversation_id = a.conversation_id)
		WHERE a.conversation_id = 1 AND ($condition)");
}
is(misplaced('true'), 7 * $per_way - 1, 'neighbours are found');
isnt(misplaced('a.xid <> b.xid'), '0', 'of different writers, too');
is(misplaced('b.created_at < a.created_at'), '0', 'ids are in the order of created_at');
is(misplaced('b.committed_at < a.committed_at'), '0', 'and in the order of commits');
is(misplaced('b.xid <> a.xid AND b.created_at < a.committed_at'), '0', 'each was written after the one before was committed');
is($node->safe_psql('postgres', 'SELECT count(*) FROM (SELECT xid, min(id), max(id) FROM committed GROUP BY xid) t
	JOIN committed c ON c.id BETWEEN t.min AND t.max AND c.xid <> t.xid'), '0', 'the messages of one transaction stand together');
is($node->safe_psql('postgres', 'SELECT count(*) FROM committed WHERE committed_at IS NULL'), '0', 'all commit times are known');
is($node->safe_psql('postgres', 'SELECT c.updated_at = max(m.created_at) FROM conversation c JOIN message m ON m.conversation_id = c.id
	WHERE c.id = 1 GROUP BY c.updated_at'), 't', 'the last activity is the last message');
is($node->safe_psql('postgres', 'SELECT updated_at IS NULL FROM conversation WHERE id = 2'), 't', 'of this conversation only');
# as the functions show it
is($node->safe_psql('postgres', q(SELECT count(*), count(DISTINCT id), array_agg(id) = array_agg(id ORDER BY created_at, id) FROM (
	SELECT (j ->> 'id')::bigint AS id, (j ->> 'created_at')::timestamptz AS created_at
	  FROM json_array_elements(get_conversation_with_messages('ann', 1) -> 'messages') WITH ORDINALITY AS t(j, n) ORDER BY n) m)),
	join('|', 7 * $per_way, 7 * $per_way, 't'), 'the conversation has them in that order');

# all clients send the same messages again and again: each is there once, and
# each starts one conversation
bench('repeats', q(
\set i :i + 1
SELECT append_message('bob', NULL, 'user', 'repeated', client_key => 'key ' || :i);
), 25);
is($node->safe_psql('postgres', q(SELECT count(*), count(DISTINCT client_key), count(DISTINCT conversation_id),
	(SELECT count(*) FROM conversation WHERE user_id = 'bob') FROM message WHERE user_id = 'bob')), '25|25|25|25',
	'a repeated client_key writes once');

$node->stop;
done_testing();
