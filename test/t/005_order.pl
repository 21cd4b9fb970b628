# Sixteen writers to few conversations, and a reader that pages while they
# write: in each conversation the order of ids is the order of commits, so who
# has read up to an id never finds an older message afterwards.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $clients = 16;
my $transactions = 40;    # of each client
my $conversations = 3;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'track_commit_timestamp = on');
$node->start;
$node->safe_psql('postgres', qq(
	CREATE EXTENSION todo_orm;
	SELECT todo_orm.create_all();
	SELECT create_conversation('ann') FROM generate_series(1, $conversations);
	CREATE TABLE seen (id bigint PRIMARY KEY);
	CREATE VIEW committed AS
		SELECT m.*, m.xmin::text::bigint AS xid, pg_xact_commit_timestamp(m.xmin) AS committed_at,
		       lag(m.created_at) OVER w AS created_before, lag(m.xmin::text::bigint) OVER w AS xid_before,
		       lag(pg_xact_commit_timestamp(m.xmin)) OVER w AS committed_before
		  FROM message m WINDOW w AS (PARTITION BY conversation_id ORDER BY id);
));
my $dir = PostgreSQL::Test::Utils::tempdir;

# every client writes in each of the ways, to conversations at random
append_to_file("$dir/write.sql", qq(
\\set talk random(1, $conversations)
\\set way random(0, 4)
\\if :way = 0
	SELECT append_message('ann', :talk, 'user', 'one');
\\elif :way = 1
	SELECT create_message('ann', :talk, 'user', 'created');
\\elif :way = 2
	SELECT append_messages('ann', :talk, '[{"role": "user", "content": "first"}, {"role": "assistant", "content": "second"},
		{"role": "user", "content": "third"}]');
\\elif :way = 3
	SELECT create_messages('ann', jsonb_build_array(jsonb_build_object('conversation_id', :talk::int, 'role', 'user', 'content', 'a'),
		jsonb_build_object('conversation_id', :talk::int % $conversations + 1, 'role', 'user', 'content', 'b')));
\\else
	BEGIN;
	SELECT id FROM begin_message('ann', :talk, 'assistant') \\gset
	SELECT continue_message('ann', :id, 'piece');
	SELECT finish_message('ann', :id);
	COMMIT;
\\endif
));

# Pages to the end of each conversation, again and again, until all is written.
# What lies before a cursor is never looked at again.
my $reader_sql = q(
	DO $$
	DECLARE
		cursors text[] := array_fill(NULL::text, ARRAY[CONVERSATIONS]);
		page    json;
		written boolean;
	BEGIN
		LOOP
			written := EXISTS (SELECT FROM pg_class WHERE relname = 'all_is_written');
			FOR talk IN 1 .. CONVERSATIONS LOOP
				LOOP
					page := page_messages('ann', match => jsonb_build_object('conversation_id', talk), take => 1, cursor => cursors[talk]);
					INSERT INTO seen SELECT (i ->> 'id')::bigint FROM json_array_elements(page -> 'items') i ON CONFLICT DO NOTHING;
					EXIT WHEN page ->> 'next_cursor' IS NULL;
					cursors[talk] := page ->> 'next_cursor';
				END LOOP;
			END LOOP;
			COMMIT;
			EXIT WHEN written;
		END LOOP;
	END
	$$;
);
$reader_sql =~ s/CONVERSATIONS/$conversations/g;
append_to_file("$dir/read.sql", $reader_sql);
my $reader_err = '';
my $reader = IPC::Run::start([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'),
		'-f', "$dir/read.sql" ], '<', \undef, '2>', \$reader_err);
$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query ~ 'all_is_written' AND pid <> pg_backend_pid())");

$node->command_ok([ 'pgbench', '-n', '-M', 'prepared', '-c', $clients, '-j', '2', '-t', $transactions,
		'-f', "$dir/write.sql", 'postgres' ], 'all transactions of all clients succeed');
$node->safe_psql('postgres', 'CREATE TABLE all_is_written ()');
ok($reader->finish, 'the reader comes to the end') or diag($reader_err);

sub count_of { return $node->safe_psql('postgres', "SELECT count(*) FROM $_[0]"); }

is($node->safe_psql('postgres', "SELECT count(DISTINCT xid) FROM committed"), $clients * $transactions, 'every transaction has written');
is(count_of('committed WHERE committed_at IS NULL'), '0', 'all commit times are known');
cmp_ok(count_of('committed WHERE xid <> xid_before'), '>', $clients * $transactions / 2, 'different writers stand side by side');
is(count_of('committed WHERE committed_at < committed_before'), '0', 'the order of ids is the order of commits');
is(count_of('committed WHERE created_at < created_before'), '0', 'and created_at never goes back');
is(count_of('committed WHERE xid <> xid_before AND created_at < committed_before'), '0', 'each was written after the one before was committed');
is(count_of("message WHERE status <> 'complete'"), '0', 'what was begun is finished');
is(count_of('message WHERE id NOT IN (SELECT id FROM seen)'), '0', 'the reader has missed nothing');
is(count_of('seen'), count_of('message'), 'and seen nothing that is not there');

$node->stop;
done_testing();
