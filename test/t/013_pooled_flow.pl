# Everything once more behind PgBouncer in transaction mode: the psql transcripts,
# the tests of behaviour, each driver's program, and the application over HTTP with
# its page. With nothing prepared; and where the pooler follows prepared statements,
# with what each driver prepares by itself.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;

use Pooler;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

chdir $ENV{TESTDIR} or die "$ENV{TESTDIR}: $!";

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', q(CREATE DATABASE with_extension TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'));
$node->safe_psql('with_extension', 'CREATE EXTENSION todo_orm');
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE with_extension") foreach qw(with_pgtap with_examples);
$node->safe_psql('with_pgtap', 'CREATE SCHEMA tap; GRANT USAGE ON SCHEMA tap TO PUBLIC; CREATE EXTENSION pgtap SCHEMA tap');
$node->safe_psql('with_examples', slurp_file('examples/drivers/database.sql'));

my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
my $password = join '', map { chr(97 + int rand 26) } 1 .. 24;
my $users = PostgreSQL::Test::Utils::tempdir . '/users';
append_to_file($users, qq("todo_app" "$password"\n"$superuser" "$password"\n));
chmod 0600, $users;
local $ENV{PGPASSWORD} = $password;

my $follows = Pooler::follows_statements();

# Loopback for JDBC; whom the pooler lets in has the password. What drivers say when
# they connect and a pooler cannot hold for them is left out, as PgBouncer's manual has it.
sub start_pooler
{
	my (@settings) = @_;
	return Pooler->start('* = host=' . $node->host . ' port=' . $node->port,
		'listen_addr = 127.0.0.1', 'auth_type = scram-sha-256', "auth_file = $users",
		'ignore_startup_parameters = extra_float_digits, options, todo_orm.json_bigint', @settings);
}

# A database for one program. Settings belong to it: a session of the pooler's is nobody's.
my $databases = 0;

sub database
{
	my ($template, @settings) = @_;
	my $database = 'flow_' . ++$databases;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE $template");
	$node->safe_psql('postgres', "ALTER DATABASE $database SET $_") foreach @settings;
	return $database;
}

# A program that prints TAP: one case here for all of its own.
sub run_tap
{
	my ($label, $pooler, $database, $user, $prepare, @program) = @_;
	my ($passed, $out, $err) = $pooler->run({ PGUSER => $user, PGDATABASE => $database, PREPARE => $prepare }, @program);
	my $cases = () = $out =~ /^ok \d+/mg;
	my @failed = $out =~ /^(not ok .*)/mg;
	ok($passed && $cases && !@failed, "$label: all of its cases") or diag(join("\n", @failed) || $out, $err);
	note("$cases cases");
	return;
}

# ---- psql: one connection of the server, which keeps what the transcripts SET

my $pooler = start_pooler();

foreach my $transcript (glob 'sql/{session,register,ddl,errors,identifiers}.sql')
{
	my ($name) = $transcript =~ m{/(\w+)\.sql};
	# what pg_regress sets
	my $database = database('with_extension', q(timezone = 'PST8PDT'), q(datestyle = 'Postgres, MDY'), 'intervalstyle = postgres_verbose', 'bytea_output = hex');
	my ($passed, $out, $err) = $pooler->run({ PGUSER => $superuser, PGDATABASE => $database }, 'sh', '-c', "psql -X -a -q <$transcript 2>&1");
	is($out, slurp_file("expected/$name.out"), "psql, $transcript");
}

foreach my $file (glob 'test/pgtap/0*.sql')
{
	my $database = database('with_pgtap', q(search_path = "$user", public, tap), q(timezone = 'UTC'));
	run_tap($file, $pooler, $database, $superuser, 'no', 'psql', '-X', '-A', '-q', '-t', '-v', 'ON_ERROR_STOP=1', '-f', $file);
}

$pooler->stop;

# ---- drivers: two connections of the server in turns, so that each transaction of a
# client finds another one than the last; ten connections of the client at a time

$pooler = start_pooler('default_pool_size = 2', 'min_pool_size = 2', 'server_round_robin = 1', $follows ? 'max_prepared_statements = 100' : ());

# lib/pq sends the text of a statement, awaits the answer, and then the values, to
# whatever connection comes next: no pooler can follow that.
my %unprepared = ('todo.go' => 1);

foreach my $program (sort glob 'examples/drivers/*/{todo,Todo,with_}*')
{
	my ($name) = $program =~ m{([^/]+)$};
	foreach my $prepare ('no', $follows && !$unprepared{$name} ? 'yes' : ())
	{
		# which the programs for Node.js otherwise say when they connect
		my $database = database('with_examples', $name =~ /\.js$/ ? 'todo_orm.json_bigint = string' : ());
		run_tap("$name, " . ($prepare eq 'no' ? 'nothing prepared' : 'prepared statements'),
			$pooler, $database, 'todo_app', $prepare, 'sh', 'examples/drivers/run', $program);
		is($node->safe_psql($database, q(SELECT count(*) <= 2 FROM pg_stat_activity WHERE datname = current_database()
				AND backend_type = 'client backend' AND pid <> pg_backend_pid())),
			't', "$name: by two connections of the server");
	}
}

# ---- the application over HTTP, and its page in a browser

foreach my $prepare ('no', $follows ? 'yes' : ())
{
	run_tap('fastapi, ' . ($prepare eq 'no' ? 'nothing prepared' : 'prepared statements'),
		$pooler, database('with_extension'), $superuser, $prepare, 'python3', 'test/clients/fastapi_test.py');
}

$pooler->stop;
$node->stop;
done_testing();
