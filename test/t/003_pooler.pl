# Many clients on one server connection: PgBouncer in transaction mode. Who is
# acting is said anew in each transaction and stays there.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use Pooler;
use PostgreSQL::Test::BackgroundPsql;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE regress_app LOGIN; CREATE DATABASE app');
$node->safe_psql('app', q(
	CREATE EXTENSION todo_orm;
	SELECT todo_orm.create_all();
	SELECT todo_orm.grant_access(m, 'regress_app') FROM unnest('{task,conversation,message}'::regclass[]) m;
	SELECT create_task('ann', 'of ann'), create_task('bob', 'of bob');
));

my $pooler = Pooler->start('app = host=' . $node->host . ' port=' . $node->port . ' dbname=app user=regress_app', 'auth_type = any');

my %client = map { $_ => $pooler->background_psql('app', on_error_stop => 0) } 'ann', 'bob';

# One statement or several of a client: its output, or the SQLSTATE
sub ask
{
	my ($who, $sql) = @_;
	$client{$who}->{stderr} = '';
	my $output = $client{$who}->query("\\set VERBOSITY sqlstate\n$sql");
	return $client{$who}->{stderr} =~ /ERROR:\s+(\w{5})/ ? $1 : $output;
}

# SQL in a transaction of its own, with the client's identity
sub ask_as
{
	my ($who, $sql) = @_;
	return ask($who, "BEGIN; SELECT FROM set_config('todo_orm.user_id', '$who', true); $sql; COMMIT;") =~ s/^\n+//r;
}

is(ask('ann', 'SELECT pg_backend_pid()'), ask('bob', 'SELECT pg_backend_pid()'), 'two clients, one server connection');
is(ask('ann', 'SELECT current_user'), 'regress_app', 'as the application role');

# ---- interleaved, the identity is each client's own

foreach my $round (1 .. 5)
{
	is(ask_as('ann', "SELECT title FROM list_tasks('ann', take => 1)"), 'of ann', "round $round: ann reads hers");
	is(ask_as('bob', "SELECT title FROM list_tasks('bob', take => 1)"), 'of bob', "round $round: bob reads his");
	is(ask_as('bob', "SELECT title FROM list_tasks('ann')"), '42501', "round $round: and not hers");
	is(ask_as('ann', "SELECT id FROM create_task('bob', 'by ann')"), '42501', "round $round: nor does she write his");
	is(ask('bob', "SELECT current_setting('todo_orm.user_id', true)"), '', "round $round: nothing is left for the next one");
	is(ask('bob', "SELECT title FROM list_tasks('bob', take => 1)"), 'of bob', "round $round: who sets nothing is nobody");
}
is($node->safe_psql('app', 'SELECT count(*) FROM task'), '2', 'nothing was written for another');

# an open transaction keeps the connection; the next one begins without identity
ask('ann', "BEGIN; SELECT FROM set_config('todo_orm.user_id', 'ann', true); SELECT FROM create_task('ann', 'in between');");
$client{bob}->query_until(qr/asked/, "\\echo asked\nSELECT title FROM list_tasks('bob');\nSELECT 'is [' || current_setting('todo_orm.user_id', true) || ']';\n");
is(ask('ann', 'SELECT count(*) FROM list_tasks(\'ann\'); COMMIT;'), '2', 'ann goes on');
is(ask('bob', ''), "of bob\nis []", 'bob comes after, as himself');

# also after a rollback, and after an error
ask('ann', "BEGIN; SELECT FROM set_config('todo_orm.user_id', 'ann', true); ROLLBACK;");
is(ask('bob', "SELECT count(*) FROM list_tasks('bob')"), '1', 'a rollback leaves no identity');
is(ask('ann', "BEGIN; SELECT FROM set_config('todo_orm.user_id', 'ann', true); SELECT create_task('ann', '');"), '22023', 'an error');
ask('ann', 'ROLLBACK;');
is(ask('bob', "SELECT count(*) FROM list_tasks('bob')"), '1', 'leaves none either');

# one set for the session would be the next one's, too: what these tests would see
ask('ann', "SELECT set_config('todo_orm.user_id', 'ann', false)");
is(ask('bob', "SELECT count(*) FROM list_tasks('bob')"), '42501', 'a leak is noticed');
ask('ann', 'RESET todo_orm.user_id');
is(ask('bob', "SELECT count(*) FROM list_tasks('bob')"), '1', 'and gone');

# ---- where an identity is required, one of before is not taken for it

$node->safe_psql('app', 'ALTER ROLE regress_app SET todo_orm.require_user_id = on');
$node->safe_psql('app', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = \'regress_app\'');
$node->poll_query_until('app', 'SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = \'regress_app\')');
$_->quit foreach values %client;
%client = map { $_ => $pooler->background_psql('app', on_error_stop => 0) } 'ann', 'bob';
is(ask('ann', 'SHOW todo_orm.require_user_id'), 'on', 'an identity is required');
is(ask_as('ann', "SELECT count(*) FROM list_tasks('ann')"), '2', 'ann has one');
is(ask('bob', "SELECT count(*) FROM list_tasks('bob')"), '42501', 'bob has none');
is(ask('bob', "SELECT count(*) FROM list_tasks('ann')"), '42501', 'least of all hers');
is(ask_as('bob', "SELECT count(*) FROM list_tasks('bob')"), '1', 'until he says who he is');

# ---- row level security on the way past the functions

$node->safe_psql('app', 'GRANT SELECT ON task TO regress_app');
is(ask_as('ann', 'SELECT count(*) FROM task'), '2', 'row level security: ann');
is(ask_as('bob', 'SELECT count(*) FROM task'), '1', 'row level security: bob');
is(ask('bob', 'SELECT count(*) FROM task'), '0', 'row level security: nobody');

# ---- DDL of another session under the warm connection

$node->safe_psql('app', 'ALTER TABLE task ADD COLUMN priority integer DEFAULT 3');
is(ask_as('ann', "SELECT priority FROM list_tasks('ann', take => 1)"), '3', 'a column that was added');
$node->safe_psql('app', 'ALTER TABLE task DROP COLUMN priority');
is(ask_as('bob', "SELECT title FROM list_tasks('bob')"), 'of bob', 'and dropped');

$_->quit foreach values %client;
$pooler->stop;
$node->stop;
done_testing();
