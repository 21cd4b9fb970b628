# pg_upgrade with models in use: from the server whose pg_config is in
# TODO_ORM_OLD_PG_CONFIG (test/setup.sh sets it), else from one of the same version.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use State qw(state_of same_state sqlstate works);
use Test::More;

my $data = "$FindBin::RealBin/../data";
my $dir = PostgreSQL::Test::Utils::tempdir;

sub config { my ($program, $what) = @_; my ($answer) = run_command([ $program, $what ]); return $answer; }
my $new_config = $ENV{PG_CONFIG} || 'pg_config';
my $old_config = $ENV{TODO_ORM_OLD_PG_CONFIG} || $new_config;
my $new_bin = config($new_config, '--bindir');
my $old_bin = config($old_config, '--bindir');
my ($new_major) = config($new_config, '--version') =~ /(\d+)/;

# Both the same in everything that pg_upgrade compares.
my @initdb = ('--encoding=UTF8', '--locale=C');
my $old = PostgreSQL::Test::Cluster->new('old', install_path => $old_bin =~ s{/bin$}{}r);
$old->init(extra => \@initdb);
my $new = PostgreSQL::Test::Cluster->new('new');
$new->init(extra => [ @initdb, $new_major >= 18 ? '--no-data-checksums' : () ]);

# a database of this version, and one of the first version
$old->start;
diag('from ' . $old->safe_psql('postgres', 'SHOW server_version') . ' to ' . config($new_config, '--version'));
$old->safe_psql('postgres', 'CREATE ROLE regress_plain LOGIN; CREATE ROLE regress_app LOGIN; CREATE ROLE regress_reader LOGIN');
foreach my $db ('app', 'first')
{
	$old->safe_psql('postgres', "CREATE DATABASE $db OWNER regress_plain");
	$old->safe_psql($db, 'ALTER SCHEMA public OWNER TO regress_plain');
}
$old->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-U', 'regress_plain', '-d', $$_[0], '-f', "$data/$$_[1]" ], "$$_[0] is made")
  foreach [ 'app', 'models_in_use.sql' ], [ 'first', '1.0/dump.sql' ];
my %before = map { $_ => state_of($old, $_) } 'app', 'first';
works($old, $_, "$_ before") foreach 'app', 'first';
# those calls drew ids
%before = map { $_ => state_of($old, $_) } 'app', 'first';

# Some minor versions note a version on every column there is, as an attribute
# option that only servers take that do so too: 17.12 does, 18.6 refuses it,
# whatever tables there are. Where pg_upgrade could not work at all for it, it
# is taken away.
my $noted = q(attoptions::text LIKE '%pg_attver=%');
$new->start;
my $new_notes = $new->safe_psql('postgres', "SELECT count(*) FROM pg_attribute WHERE $noted");
$new->stop;
if ($new_notes == 0)
{
	$old->safe_psql($_, "UPDATE pg_attribute SET attoptions = (SELECT array_agg(o) FROM unnest(attoptions) o WHERE o NOT LIKE 'pg_attver=%') WHERE $noted")
	  foreach 'template1', 'postgres', 'app', 'first';
}
$old->stop;

chdir $dir or die $!;
command_ok([ 'pg_upgrade', '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir, '-b', $old_bin, '-B', $new_bin,
		'-s', $new->host, '-p', $old->port, '-P', $new->port ], 'pg_upgrade');
$new->start;

foreach my $db ('app', 'first')
{
	same_state(state_of($new, $db), $before{$db}, "$db upgraded");
	works($new, $db, "$db upgraded");
	is($new->safe_psql($db, "SELECT id FROM create_conversation('ann')", extra_params => [ '-U', 'regress_app' ]), '1000',
		"$db: the next id");
	is($new->safe_psql($db, "SELECT id FROM create_label('ann', 'next') WHERE id > 3", extra_params => [ '-U', 'regress_app' ]) > 3, 1, "$db: no id twice");
}

# The extension, and then the functions, are brought to the new version. What
# pg_upgrade has made belongs to the superuser, as all extensions do then.
my $super = $new->safe_psql('first', 'ALTER EXTENSION todo_orm UPDATE; SELECT current_user');
is($new->safe_psql('first', 'SELECT count(*) > 0 FROM todo_orm.migrate()', extra_params => [ '-U', 'regress_plain' ]), 't', 'first: migrated');
is($new->safe_psql('app', 'SELECT count(*) FROM todo_orm.migrate()', extra_params => [ '-U', 'regress_plain' ]), '0', 'app: nothing to do');
foreach my $db ('app', 'first')
{
	works($new, $db, "$db in the end");
	is(sqlstate($new, $db, 'regress_plain', 'DROP TABLE other.note'), '2BP01', "$db: functions depend on their tables");
	is(sqlstate($new, $db, $super, 'DROP EXTENSION todo_orm'), '2BP01', "$db: and on the extension");
	is($new->safe_psql($db, "SELECT count(*) FROM todo_orm.create_all('public')", extra_params => [ '-U', 'regress_plain' ]), '0', "$db: create_all finds all done");
}
my ($app, $first) = map { state_of($new, $_) } 'app', 'first';
is($first->{$_}, $app->{$_}, "both have the same $_") foreach qw(functions privileges dependencies models relationships extension);

# what was upgraded can be dumped and restored
$new->command_ok([ 'pg_dump', '-U', 'regress_plain', '-Fc', '-f', "$dir/app.dump", 'app' ], 'dumped');
$new->safe_psql('postgres', 'CREATE DATABASE again OWNER regress_plain TEMPLATE template0');
$new->safe_psql('again', 'ALTER SCHEMA public OWNER TO regress_plain');
$new->command_ok([ 'pg_restore', '--exit-on-error', '-U', 'regress_plain', '-d', 'again', "$dir/app.dump" ], 'restored');
same_state(state_of($new, 'again'), $app, 'restored');

$new->stop;
done_testing();
