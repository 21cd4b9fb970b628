# Python's drivers behind PgBouncer in transaction mode: the whole application
# with ten client connections on one of the server, prepared statements where
# the pooler follows them, and two users' pipelines on one connection.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $examples = "$ENV{TESTDIR}/examples/drivers";
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE template_app');
$node->safe_psql('template_app', 'CREATE EXTENSION todo_orm; ' . slurp_file("$examples/database.sql"));

my ($version) = (`pgbouncer --version` =~ /PgBouncer (\d+\.\d+)/);
my ($minor) = ($version =~ /\.(\d+)/);
note("PgBouncer $version");
my $follows = $minor >= 21;    # max_prepared_statements

# ---- the pooler: one server connection for each database

my $pooler = PostgreSQL::Test::Cluster->new('pooler');
my $dir = PostgreSQL::Test::Utils::tempdir;
append_to_file("$dir/pgbouncer.ini", join("\n",
	'[databases]',
	'* = host=' . $node->host . ' port=' . $node->port,
	'[pgbouncer]',
	'listen_addr =',
	'listen_port = ' . $pooler->port,
	'unix_socket_dir = ' . $pooler->host,
	'auth_type = trust',
	"auth_file = $dir/users",
	'pool_mode = transaction',
	'default_pool_size = 1',
	($follows ? 'max_prepared_statements = 20' : ()),
	"logfile = $dir/pgbouncer.log",
	"pidfile = $dir/pgbouncer.pid",
	''));
append_to_file("$dir/users", qq("todo_app" ""\n));
my $bouncer = IPC::Run::start([ 'pgbouncer', '-q', "$dir/pgbouncer.ini" ], '<', \undef, '>&', "$dir/pgbouncer.out");
END { local $?; $bouncer->kill_kill if $bouncer; }
my $tries = 0;
until (-S $pooler->host . '/.s.PGSQL.' . $pooler->port)
{
	die slurp_file("$dir/pgbouncer.out") if $tries++ > 200 || !$bouncer->pumpable;
	select undef, undef, undef, 0.1;
}

# Runs a Python program behind the pooler in a fresh database. Each of its steps
# counts one here.
sub run_program
{
	my ($program, $prepare) = @_;
	my ($name) = ($program =~ m{([^/]+)\.py$});
	my $database = "app_${name}_$prepare";
	my $label = "$name, " . ($prepare eq 'no' ? 'nothing prepared' : 'prepared statements');
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template_app");
	local %ENV = (%ENV, PGHOST => $pooler->host, PGPORT => $pooler->port, PGUSER => 'todo_app',
		PGDATABASE => $database, PREPARE => $prepare);
	my ($out, $err);
	my $passed = IPC::Run::run([ 'python3', $program ], '<', \undef, '>', \$out, '2>', \$err);
	foreach my $line (split /\n/, $out)
	{
		$line =~ /^(not )?ok \d+ - (.*)/ ? ok(!$1, "$label: $2") : note($line);
	}
	ok($passed, "$label: all of it") or diag($out, $err);
	is($node->safe_psql($database, q(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())),
		'1', "$label: by one connection of the server");
	return;
}

foreach my $prepare ('no', $follows ? 'yes' : ())
{
	run_program("$examples/python/with_psycopg.py", $prepare);
	run_program("$examples/python/with_asyncpg.py", $prepare);
	run_program("$ENV{TESTDIR}/test/t/pooled_pipelines.py", $prepare);
}

$bouncer->signal('INT');
$bouncer->finish;
undef $bouncer;
$node->stop;
done_testing();
