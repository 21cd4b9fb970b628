# PgBouncer in transaction mode, with one connection of the server for each
# database unless the settings say otherwise; reached by a socket beside the
# server's, as if it were a server of its own.
package Pooler;

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

my @running;
my $started = 0;
END { local $?; $_->kill_kill foreach @running; }

# Starts one. Arguments: a line for its [databases], lines for its settings. Has
# host, port and background_psql like the nodes of PostgreSQL::Test::Cluster.
sub start
{
	my ($class, $databases, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new('pooler' . ++$started);
	my $dir = PostgreSQL::Test::Utils::tempdir;
	append_to_file("$dir/pgbouncer.ini", join("\n",
		'[databases]', $databases,
		'[pgbouncer]',
		'listen_addr =',
		'listen_port = ' . $node->port,
		'unix_socket_dir = ' . $node->host,
		'pool_mode = transaction',
		'default_pool_size = 1',
		@settings,
		"logfile = $dir/pgbouncer.log",
		"pidfile = $dir/pgbouncer.pid",
		''));
	my $process = IPC::Run::start([ 'pgbouncer', '-q', "$dir/pgbouncer.ini" ], '<', \undef, '>&', "$dir/pgbouncer.out");
	push @running, $process;
	my $tries = 0;
	until (-S $node->host . '/.s.PGSQL.' . $node->port)
	{
		die slurp_file("$dir/pgbouncer.out") if $tries++ > 200 || !$process->pumpable;
		select undef, undef, undef, 0.1;
	}
	return bless { node => $node, process => $process }, $class;
}

sub host { return $_[0]->{node}->host; }

sub port { return $_[0]->{node}->port; }

# Runs a program as a client of the pooler: whether it ended well, what it wrote to
# standard output and to standard error. Arguments: environment, the program.
sub run
{
	my ($self, $environment, @program) = @_;
	local %ENV = (%ENV, PGHOST => $self->host, PGPORT => $self->port, %$environment);
	my ($out, $err) = ('', '');
	my $passed = IPC::Run::run(\@program, '<', \undef, '>', \$out, '2>', \$err);
	return ($passed, $out, $err);
}

sub background_psql
{
	my ($self, @arguments) = @_;
	return $self->{node}->background_psql(@arguments);
}

# Can it be told to follow prepared statements from one connection to another?
sub follows_statements
{
	my ($major, $minor) = (`pgbouncer --version` =~ /PgBouncer (\d+)\.(\d+)/) or die 'which version of pgbouncer?';
	return $major > 1 || $minor >= 21;
}

sub stop
{
	my ($self) = @_;
	$self->{process}->signal('INT');
	$self->{process}->finish;
	@running = grep { $_ != $self->{process} } @running;
	return;
}

1;
