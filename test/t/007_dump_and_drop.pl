# Ways to dump and restore a database in use, beside those of
# 001_dump_restore.pl; and dropping the extension, which takes functions and
# nothing else.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use State qw(state_of same_state sqlstate works);
use Test::More;

my $data = "$FindBin::RealBin/../data/models_in_use.sql";
my $dir = PostgreSQL::Test::Utils::tempdir;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE regress_plain LOGIN; CREATE ROLE regress_app LOGIN; CREATE ROLE regress_reader LOGIN;
	CREATE ROLE regress_other LOGIN');

sub as_plain { return $node->safe_psql($_[0], $_[1], extra_params => [ '-U', 'regress_plain' ]); }

# An empty database. Arguments: its name, its owner.
sub make_database
{
	my ($db, $owner) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db OWNER $owner TEMPLATE template0");
	$node->safe_psql($db, "ALTER SCHEMA public OWNER TO $owner");
	return $db;
}

sub dumps { my ($role, @arguments) = @_; return $node->command_ok([ 'pg_dump', '-U', $role, @arguments, 'source' ], "pg_dump @arguments"); }
sub restores { my ($role, $db, @arguments) = @_;
	return $node->command_ok([ 'pg_restore', '--exit-on-error', '-U', $role, '-d', $db, @arguments ], "pg_restore @arguments"); }

make_database('source', 'regress_plain');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-U', 'regress_plain', '-d', 'source', '-f', $data ], 'a database in use');
works($node, 'source', 'the first one');
my $before = state_of($node, 'source');

# the state is worth something: it has what it is held against
like($before->{rows}, qr/public\.task\|.*"title":"Buy milk"/, 'the state has rows');
like($before->{rows}, qr/other\.note\|.*"deleted_at":"20/, 'soft-deleted ones');
like($before->{next_ids}, qr/public\.conversation_id_seq\|1000\|f\n/, 'next ids beyond those in use');
like($before->{next_ids}, qr/public\.label_id_seq\|3\|t\n/, 'and of rows that are gone');
like($before->{functions}, qr/"options": .*"hidden": \["secret"\]/, 'options');
like($before->{privileges}, qr/^other\.delete_note\(.*\|regress_app=X,regress_reader=X\*$/m, 'privileges');
like($before->{policies}, qr/todo_orm_owner/, 'policies');
like($before->{columns}, qr/^task\|\d+\|title\|.*regress_reader=r$/m, 'privileges on columns');
like($before->{dependencies}, qr/messages_inline\(conversation\)\|extension todo_orm\|x/, 'dependencies');

# ---- several jobs; schema and rows apart; section by section

dumps('regress_plain', '-Fd', '-j2', '-f', "$dir/directory");
restores('regress_plain', make_database('jobs', 'regress_plain'), '-j2', "$dir/directory");
same_state(state_of($node, 'jobs'), $before, 'jobs');

dumps('regress_plain', '--schema-only', '-f', "$dir/schema.sql");
dumps('regress_plain', '--data-only', '-Fc', '-f', "$dir/data.dump");
make_database('apart', 'regress_plain');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-U', 'regress_plain', '-d', 'apart', '-f', "$dir/schema.sql" ], 'the schema alone');
restores('regress_plain', 'apart', "$dir/data.dump");
same_state(state_of($node, 'apart'), $before, 'apart');

dumps('regress_plain', '-Fc', '-f', "$dir/plain.dump");
make_database('sections', 'regress_plain');
restores('regress_plain', 'sections', "--section=$_", "$dir/plain.dump") foreach qw(pre-data data post-data);
same_state(state_of($node, 'sections'), $before, 'sections');
works($node, 'sections', 'sections');

# ---- as another role: all is its own, and nobody has been given anything

make_database('other_role', 'regress_other');
restores('regress_other', 'other_role', '--no-owner', '--no-privileges', "$dir/plain.dump");
my $other = state_of($node, 'other_role', without_owner => 1);
my $without_owner = state_of($node, 'source', without_owner => 1);
same_state($other, $without_owner, 'other role', qw(privileges relations columns schemas));
is($other->{privileges} =~ s/\|.*//gr, $without_owner->{privileges} =~ s/\|.*//gr, 'other role: the same functions');
is(join(',', $other->{privileges} =~ /\|(.+)$/mg), '', 'other role: granted to nobody');
is($node->safe_psql('other_role', "SELECT DISTINCT proowner::regrole FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE lanname = 'todo_orm'"),
	'regress_other', 'other role: all functions are its own');
is($node->safe_psql('other_role', "SELECT title FROM create_task('ann', 'mine')", extra_params => [ '-U', 'regress_other' ]), 'mine', 'other role: and work');
is(sqlstate($node, 'other_role', 'regress_app', "SELECT get_task('ann', 1)"), '42501', 'other role: for itself alone');

# ---- some schemas: they come without the extension, which must be there

dumps('regress_plain', '-Fc', '-n', 'public', '-n', 'other', '-f', "$dir/schemas.dump");
make_database('schemas', 'regress_plain');
as_plain('schemas', 'DROP SCHEMA public; CREATE EXTENSION todo_orm');
restores('regress_plain', 'schemas', "$dir/schemas.dump");
same_state(state_of($node, 'schemas'), $before, 'schemas', 'schemas');

# ---- a list that a person has edited: rows first of all that can come first, functions last

my ($listed) = run_command([ 'pg_restore', '-l', "$dir/plain.dump" ]);
my @entries = grep { !/^;/ } split /\n/, $listed;
my $is_function = qr/^\d+; \d+ \d+ (ACL|COMMENT)? ?\S* ?(FUNCTION|TRIGGER|POLICY)\b/;
open(my $out, '>', "$dir/list") or die $!;
print $out map { "$_\n" } ((grep { !/$is_function/ } @entries), (grep { /$is_function/ } @entries));
close($out);
cmp_ok(scalar(grep { /$is_function/ } @entries), '>', 300, 'functions are listed');
restores('regress_plain', make_database('listed', 'regress_plain'), '-L', "$dir/list", "$dir/plain.dump");
same_state(state_of($node, 'listed'), $before, 'listed');

# ---- the whole cluster, roles too, as superuser

$node->command_ok([ 'pg_dumpall', '-f', "$dir/all.sql" ], 'pg_dumpall');
my $second = PostgreSQL::Test::Cluster->new('second');
$second->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$second->start;
# the role of whoever runs this is there already, and that is the only error
my ($output, $errors) = run_command([ 'psql', '-X', '-q', '-d', $second->connstr('postgres'), '-f', "$dir/all.sql" ]);
is(join("\n", grep { /ERROR/ && !/role ".*" already exists/ } split /\n/, $errors), '', 'it is restored');
same_state(state_of($second, 'source'), $before, 'cluster');
works($second, 'source', 'cluster');
$second->stop;

# ---- DROP EXTENSION

is(sqlstate($node, 'source', 'regress_plain', 'DROP EXTENSION todo_orm'), '2BP01', 'DROP EXTENSION is refused');
same_state(state_of($node, 'source'), $before, 'refused');
my $bare = state_of($node, 'source', bare => 1);
as_plain('source', 'SET client_min_messages = warning; DROP EXTENSION todo_orm CASCADE');
my $dropped = state_of($node, 'source', bare => 1);
same_state($dropped, $bare, 'dropped', qw(functions privileges dependencies triggers extension));
like($dropped->{functions}, qr/FUNCTION public\.trim_title\(\)/, 'dropped: functions that are not of the language stay');
is(() = $dropped->{functions} =~ /CREATE OR REPLACE/g, 1, 'dropped: all others go');
is($dropped->{triggers}, join("\n", grep { !/todo_orm\.lifecycle/ } split(/\n/, $bare->{triggers}), '') =~ s/\n*\z/\n/r,
	'dropped: triggers of the extension go, those of users stay');
is(as_plain('source', "INSERT INTO task (user_id, title) VALUES ('ann', ' by hand ') RETURNING title; DELETE FROM task WHERE title = 'by hand' RETURNING 1"),
	"by hand\n1", 'dropped: the tables go on');
my ($last_id) = $before->{next_ids} =~ /^public\.task_id_seq\|(\d+)/m;
as_plain('source', "SELECT setval('task_id_seq', $last_id)");

# ---- and back: the calls that have made the models make them again

sub statements_of
{
	my ($pattern) = @_;
	return grep { /$pattern/ } split /(?<=;)\n|(?<=\\gexec)\n/, slurp_file($data) =~ s/^--.*\n//gmr;
}
my @calls = statements_of(qr/todo_orm\.(create_all|register_model|adopt_model|add_function|grant_access|inline_function_ddl)|^\s*(GRANT EXECUTE|COMMENT ON FUNCTION)/);
as_plain('source', join("\n", 'SET client_min_messages = warning; CREATE EXTENSION todo_orm;', @calls,
	# tables that are there are adopted: what they had besides is asked for
	map { "SELECT todo_orm.register_model('$_', '{\"rls\": true}');" } qw(conversation message task)));
same_state(state_of($node, 'source'), $before, 'back');
works($node, 'source', 'back');

# ---- without CASCADE, when all models are unregistered

$bare = state_of($node, 'source', bare => 1);
as_plain('source', 'SELECT todo_orm.unregister_model(model) FROM todo_orm.models; DROP EXTENSION todo_orm');
$dropped = state_of($node, 'source', bare => 1);
# what registering has made goes with it: row level security too, where nobody else has a policy
same_state($dropped, $bare, 'unregistered and dropped', qw(functions privileges dependencies triggers extension policies relations));
is(() = $dropped->{functions} =~ /CREATE OR REPLACE/g, 1, 'unregistered and dropped: all functions go but the user\'s');
is(as_plain('source', "SELECT string_agg(policyname, ',') FROM pg_policies"), 'reviewers', 'unregistered and dropped: the user\'s policy stays');

$node->stop;
done_testing();
