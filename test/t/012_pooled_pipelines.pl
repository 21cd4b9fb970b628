# Python's drivers behind PgBouncer in transaction mode: two users' pipelines on
# one connection of the server, with prepared statements where the pooler follows them.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use Pooler;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $examples = "$ENV{TESTDIR}/examples/drivers";
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
# whatever initdb has chosen: psycopg gives bytes for texts of SQL_ASCII
$node->safe_psql('postgres', q(CREATE DATABASE template_app TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'));
$node->safe_psql('template_app', 'CREATE EXTENSION todo_orm; ' . slurp_file("$examples/database.sql"));

my $follows = Pooler::follows_statements();
my $users = PostgreSQL::Test::Utils::tempdir . '/users';
append_to_file($users, qq("todo_app" ""\n));
my $pooler = Pooler->start('* = host=' . $node->host . ' port=' . $node->port,
	'auth_type = trust', "auth_file = $users", $follows ? 'max_prepared_statements = 20' : ());

# Runs the program behind the pooler in a fresh database. Each of its steps counts
# one here.
sub run_pipelines
{
	my ($prepare) = @_;
	my $database = "app_$prepare";
	my $label = $prepare eq 'no' ? 'nothing prepared' : 'prepared statements';
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template_app");
	my ($passed, $out, $err) = $pooler->run({ PGUSER => 'todo_app', PGDATABASE => $database, PREPARE => $prepare },
		'python3', "$ENV{TESTDIR}/test/t/pooled_pipelines.py");
	foreach my $line (split /\n/, $out)
	{
		$line =~ /^(not )?ok \d+ - (.*)/ ? ok(!$1, "$label: $2") : note($line);
	}
	ok($passed, "$label: all of it") or diag($out, $err);
	is($node->safe_psql($database, q(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
			AND backend_type = 'client backend' AND pid <> pg_backend_pid())),
		'1', "$label: by one connection of the server");
	return;
}

run_pipelines('no');
run_pipelines('yes') if $follows;

$pooler->stop;
$node->stop;
done_testing();
