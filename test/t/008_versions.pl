# A database that version 1.0 has made: its functions work with the library of
# this version, ALTER EXTENSION UPDATE changes nothing of the user's, and
# migrate() makes of them what this version would have made.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../lib";

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use State qw(state_of same_state sqlstate works);
use Test::More;

my $data = "$FindBin::RealBin/../data";
my $node = PostgreSQL::Test::Cluster->new('versions');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', "CREATE ROLE regress_plain LOGIN; CREATE ROLE regress_app LOGIN; CREATE ROLE regress_reader LOGIN");

sub as_plain { return $node->safe_psql($_[0], $_[1], extra_params => [ '-U', 'regress_plain' ]); }

# the error of SQL that is refused, with its fields
sub failure
{
	my ($db, $role, $sql) = @_;
	my ($status, $out, $err) = $node->psql($db, "\\set VERBOSITY verbose\n$sql", extra_params => [ '-U', $role ]);
	return $err;
}

# A database of the plain role's, filled from a file.
sub make_database
{
	my ($db, $file) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $db OWNER regress_plain");
	$node->safe_psql($db, 'ALTER SCHEMA public OWNER TO regress_plain');
	$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-U', 'regress_plain', '-d', $db, '-f', $file ], "$db is made");
	return;
}

my $version = $node->safe_psql('postgres', "SELECT default_version FROM pg_available_extensions WHERE name = 'todo_orm'");
make_database('fresh', "$data/models_in_use.sql");
foreach my $old (map { m{/([\d.]+)/dump\.sql$} } glob "$data/*/dump.sql")
{
	my $db = "from_$old" =~ s/\./_/gr;
	make_database($db, "$data/$old/dump.sql");
	is(as_plain($db, "SELECT extversion FROM pg_extension WHERE extname = 'todo_orm'"), $old, "a database of version $old");

	# ---- the library is new, everything else is as it was
	works($node, $db, "$old with the new library");
	my $before = state_of($node, $db);
	is(as_plain($db, "SELECT count(*) FROM pg_proc WHERE proname = 'migrate' AND pronamespace = 'todo_orm'::regnamespace"),
		'0', 'not updated yet');

	# ---- the extension is updated: in a session that has the functions in its caches
	is(as_plain($db, "SELECT title FROM get_task('ann', 1); ALTER EXTENSION todo_orm UPDATE; SELECT title FROM get_task('ann', 1);
			SELECT completed FROM update_task('ann', 1, '{\"completed\": false}')"),
		"Buy milk\nBuy milk\nf", 'calls before and after the update of the extension');
	my $updated = state_of($node, $db);
	same_state($updated, $before, "$old updated", 'extension');
	is($updated->{extension}, $before->{extension} =~ s/^todo_orm\|\Q$old\E/todo_orm|$version/mr, 'the extension has the new version');
	works($node, $db, "$old updated");

	# ---- which functions are of the older version
	like(as_plain($db, "SELECT finding FROM todo_orm.check_model('other.note')"),
		qr/of an older version.*delete_note.*soft_delete_note/, 'check_model tells');
	like(failure($db, 'regress_app', "SELECT other.delete_note('ann', 1, if_version => 2)"), qr/ERROR:  42883/,
		'they have not the new arguments');

	# ---- who may, and what is in the way
	is($node->safe_psql($db, 'SELECT count(*) FROM todo_orm.migrate()', extra_params => [ '-U', 'regress_app' ]), '0',
		'a role that owns no model migrates none');
	as_plain($db, 'CREATE VIEW other.wipe AS SELECT other.delete_note(user_id, id) AS deleted FROM other.note;
		CREATE FUNCTION other.wipe_all() RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT other.soft_delete_note(\'ann\', 1); END');
	$before = state_of($node, $db);
	my $error = failure($db, 'regress_plain', 'SELECT todo_orm.migrate()');
	like($error, qr/ERROR:  2BP01: .*delete_note/, 'refused where a user\'s object depends on what would change');
	like($error, qr/DETAIL: .*(view other\.wipe|function other\.wipe_all\(\)) depends on function other\.(soft_)?delete_note/, 'it is named');
	like($error, qr/HINT: .*register_model/, 'with a hint');
	like($error, qr/CONTEXT: .*migration of the functions of table other\.note/s, 'and the table too');
	same_state(state_of($node, $db), $before, 'refused');
	as_plain($db, 'DROP VIEW other.wipe; DROP FUNCTION other.wipe_all()');
	$before = state_of($node, $db);

	# ---- one schema, all, and once more
	is(as_plain($db, "SELECT count(*) FROM todo_orm.migrate('public') s WHERE s LIKE 'other.delete%'"), '0', 'one schema only');
	my @made = split /\n/, as_plain($db, 'SELECT todo_orm.migrate()');
	is(scalar(grep { $_ eq 'other.delete_note(user_id text, id bigint, if_version bigint)' } @made), 1, 'migrate() tells what it has made');
	is(as_plain($db, 'SELECT count(*) FROM todo_orm.migrate()'), '0', 'once is enough');
	is(as_plain($db, "SELECT count(*) FROM todo_orm.models m, todo_orm.check_model(m.model) c WHERE finding LIKE 'functions are of an older%'"), '0',
		'check_model has nothing of it any more');
	my $after = state_of($node, $db);
	same_state($after, $before, 'migrated', qw(functions privileges dependencies function_view));
	unlike($after->{functions}, qr/FUNCTION other\.delete_note\(user_id text, id bigint\)/, 'what was replaced is gone');

	# privileges and comments of those that were made again
	is(as_plain($db, "SELECT proacl FROM pg_proc WHERE proname = 'delete_note'"),
		'{regress_plain=X/regress_plain,regress_app=X/regress_plain,regress_reader=X*/regress_plain}', 'privileges are carried over');
	is(as_plain($db, "SELECT obj_description(oid, 'pg_proc') FROM pg_proc WHERE proname = 'delete_note'"), 'gone for good', 'comments too');
	works($node, $db, 'migrated');
	like(failure($db, 'regress_app', "SELECT other.delete_note('ann', 1, if_version => 1)"), qr/ERROR:  TO409/, 'the new arguments are there');

	# ---- the same as if this version had made all of it
	my $fresh = state_of($node, 'fresh');
	same_state($after, { map { $_ => $fresh->{$_} } grep { !/^(rows|next_ids)$/ } keys %$fresh }, 'as if it were new');
}

# ---- a superuser migrates models of others, who go on owning them

make_database('others', "$data/1.0/dump.sql");
as_plain('others', 'ALTER EXTENSION todo_orm UPDATE');
is($node->safe_psql('others', "SELECT count(*) > 0 FROM todo_orm.migrate()"), 't', 'a superuser migrates the models of all');
is($node->safe_psql('others', "SELECT DISTINCT proowner::regrole FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE lanname = 'todo_orm'"),
	'regress_plain', 'whose functions stay theirs');

# a model that does not fit its table any more stops the whole
as_plain('others', "DROP FUNCTION other.delete_note; DROP FUNCTION get_label; ALTER TABLE other.note DROP COLUMN secret");
like(failure('others', 'regress_plain', 'SELECT todo_orm.migrate()'),
	qr/ERROR:  22023: .*secret.*CONTEXT: .*migration of the functions of table other\.note/s, 'options that do not fit are an error that says where');
is(as_plain('others', "SELECT count(*) FROM pg_proc WHERE proname = 'get_label'"), '0', 'and nothing is done');
as_plain('others', "SELECT todo_orm.register_model('other.note', '{\"hidden\": null}')");
is(as_plain('others', "SELECT todo_orm.migrate()"), 'public.get_label(user_id text, id bigint)', 'one function that is missing is one that is made');

# functions of a former owner serve nobody: migrate() of the new one takes them over
$node->safe_psql('others', 'CREATE ROLE regress_heir; GRANT regress_heir TO regress_plain; GRANT CREATE, USAGE ON SCHEMA public TO regress_heir;
	GRANT USAGE ON SCHEMA todo_orm TO regress_heir; ALTER TABLE plain OWNER TO regress_heir');
is(sqlstate($node, 'others', 'regress_app', "SELECT get_plain('ann', 1)"), '42501', 'after a change of owner functions serve nobody');
is(as_plain('others', 'SELECT count(*) > 10 FROM todo_orm.migrate()'), 't', 'migrate() takes them over');
is($node->safe_psql('others', "SELECT said FROM get_plain('ann', 1)", extra_params => [ '-U', 'regress_app' ]), 'plain', 'for whom they were granted to, too');

# ---- a library that is newer than the extension, and how it tells

is($node->safe_psql('others', 'SELECT todo_orm.version()'), $version, 'the version of the library');
is($node->safe_psql('others', "BEGIN; UPDATE pg_extension SET extversion = '0.9' WHERE extname = 'todo_orm';
		SELECT finding, ddl FROM todo_orm.check_model('task') WHERE finding LIKE 'the extension%'; ROLLBACK"),
	"the extension is of version 0.9, its library of version $version|ALTER EXTENSION todo_orm UPDATE;", 'check_model tells');

$node->stop;
done_testing();
