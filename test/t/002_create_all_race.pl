# Eight workers that start together and each make sure that their tables are
# there: all succeed, and there is one of everything.

use strict;
use warnings;

use PostgreSQL::Test::BackgroundPsql;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $workers = 8;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE regress_race LOGIN; CREATE DATABASE race OWNER regress_race');
$node->safe_psql('race', 'CREATE EXTENSION todo_orm; CREATE SCHEMA app AUTHORIZATION regress_race');

my @sessions =
  map { $node->background_psql('race', extra_params => [ '-U', 'regress_race' ], on_error_stop => 0) } 1 .. $workers;

# All are held back by one lock, so that they do start together. $prepare is
# what each does first. Answers how many functions each made, and the ids of the
# rows that they wrote then.
sub race
{
	my ($prepare, $name) = @_;
	my $gate = $node->background_psql('race');
	my $output = '';

	$gate->query_safe('SELECT pg_advisory_lock(1)');
	foreach my $session (@sessions)
	{
		$session->query_safe($prepare) if $prepare;
		# the shared lock is given to all of them at once
		$session->query_until(qr/waiting/, "\\echo waiting\nSELECT pg_advisory_xact_lock_shared(1);\n"
			  . "SELECT 'made ' || count(*) FROM todo_orm.create_all('app');\n"
			  . ($prepare ? "COMMIT;\n" : '')
			  . "SELECT 'wrote ' || id FROM app.create_task('ann', 'by a worker');\n");
	}
	$node->poll_query_until('race',
		"SELECT count(*) = $workers FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND NOT granted")
	  or die 'the workers do not wait';
	$gate->query_safe('SELECT pg_advisory_unlock(1)');
	$gate->quit;
	foreach my $session (@sessions)
	{
		my $text = $session->query("SELECT 'done'");
		is($session->{stderr}, '', "$name: no error");
		$output .= "$text\n";
	}
	my @made = sort { $a <=> $b } $output =~ /^made (\d+)$/mg;
	my @wrote = sort { $a <=> $b } $output =~ /^wrote (\d+)$/mg;
	return (\@made, \@wrote);
}

# one function of each signature, and three tables that are the role's
sub check_result
{
	my ($name) = @_;
	is($node->safe_psql('race', q(SELECT string_agg(relname || ' ' || relowner::regrole, ',' ORDER BY relname)
		FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind = 'r')),
		'conversation regress_race,message regress_race,task regress_race', "$name: three tables");
	is($node->safe_psql('race', q(SELECT count(*), count(DISTINCT proname || ' ' || proargtypes::text)
		FROM pg_proc WHERE pronamespace = 'app'::regnamespace)), '80|80', "$name: one function of each signature");
	is($node->safe_psql('race', q(SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)), '2', "$name: a trigger where there is updated_at");
	is($node->safe_psql('race', q(SELECT count(*) FROM pg_policies)), '3', "$name: one policy per table");
	is($node->safe_psql('race', q(SELECT count(*) FROM todo_orm.models)), '3', "$name: three models");
	return;
}

foreach my $level ('', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	my $name = $level || 'single statements';
	# a snapshot from before, at the levels that keep it
	my $prepare = $level ? "BEGIN ISOLATION LEVEL $level; SELECT 1" : '';
	my ($made, $wrote) = race($prepare, $name);
	is_deeply($made, [ (0) x ($workers - 1), 80 ], "$name: one of them made it all");
	is_deeply($wrote, [ 1 .. $workers ], "$name: and all of them work with it");
	check_result($name);
	# to be made again
	$node->safe_psql('race', 'SET client_min_messages = warning; DROP TABLE app.conversation, app.message, app.task CASCADE');
}

# tables of before are left alone: nobody makes anything
$node->safe_psql('race', q(SET ROLE regress_race; SELECT todo_orm.create_all('app'); SELECT app.create_task('ann', 'kept')));
my ($made, $wrote) = race('', 'there already');
is_deeply($made, [ (0) x $workers ], 'there already: nothing is made');
is_deeply($wrote, [ 2 .. $workers + 1 ], 'there already: the rows go on');
check_result('there already');

$_->quit foreach @sessions;
$node->stop;
done_testing();
