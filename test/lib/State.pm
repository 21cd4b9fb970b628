# Everything in a database that belongs to the user, as text: what tests of
# dump, upgrade and drop compare before and after. Names, never OIDs; the same
# from PostgreSQL 15 to 18.

package State;

use strict;
use warnings;

use Exporter qw(import);
use Test::More;

our @EXPORT_OK = qw(state_of same_state sqlstate works);

# schemas that are the user's
my $ours = "IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'todo_orm'))";

# an ACL without grantors, in a fixed order; its owner's entries are left out
sub acl { my ($column, $owner) = @_;
	return "(SELECT string_agg(regexp_replace(a::text, '/.*', ''), ',' ORDER BY a::text COLLATE \"C\") FROM unnest($column) a
		WHERE split_part(a::text, '=', 1) <> ${owner}::regrole::text)"; }

# Queries by part.
sub parts
{
	my ($without_owner) = @_;
	my $owner = sub { $without_owner ? "''" : "$_[0]::regrole" };
	return (
		relations => "SELECT oid::regclass, relkind, relrowsecurity, relforcerowsecurity, relispartition, reloptions, relreplident, "
			. $owner->('relowner') . ', ' . acl('relacl', 'relowner')
			. ", obj_description(oid, 'pg_class') FROM pg_class WHERE relnamespace $ours AND relkind NOT IN ('i', 'I') ORDER BY oid::regclass::text",
		# PostgreSQL 16 and later leave out names of tables that are not needed
		views => "SELECT oid::regclass, regexp_replace(pg_get_viewdef(oid), '\\m\\w+\\.', '', 'g')
			FROM pg_class WHERE relnamespace $ours AND relkind = 'v' ORDER BY oid::regclass::text",
		columns => "SELECT attrelid::regclass, attnum, attname, format_type(atttypid, atttypmod), attcollation::regcollation, attnotnull,
				attidentity, attgenerated, pg_get_expr(adbin, adrelid), col_description(attrelid, attnum), " . acl('attacl', 'relowner') . "
			FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
			LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
			WHERE relnamespace $ours AND relkind IN ('r', 'p', 'v') AND attnum > 0 AND NOT attisdropped ORDER BY attrelid::regclass::text, attnum",
		indexes => "SELECT pg_get_indexdef(indexrelid), indisprimary, indisvalid, indisreplident, obj_description(indexrelid, 'pg_class')
			FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE relnamespace $ours ORDER BY 1",
		# PostgreSQL 18 has a constraint for every NOT NULL: those are columns above
		constraints => "SELECT conrelid::regclass, contypid::regtype, conname, pg_get_constraintdef(oid), convalidated, obj_description(oid, 'pg_constraint')
			FROM pg_constraint WHERE connamespace $ours AND contype <> 'n' ORDER BY conrelid::regclass::text, contypid::regtype::text, conname",
		types => "SELECT t.oid::regtype, typtype, " . $owner->('typowner') . ", (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
			FROM pg_type t WHERE typnamespace $ours AND typtype IN ('d', 'e') ORDER BY t.oid::regtype::text",
		triggers => "SELECT tgrelid::regclass, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgrelid::regclass::text, 2",
		policies => "SELECT schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2, 3",
		functions => "SELECT pg_get_functiondef(p.oid), " . $owner->('proowner') . ", obj_description(p.oid, 'pg_proc')
			FROM pg_proc p WHERE pronamespace $ours ORDER BY p.oid::regprocedure::text",
		privileges => "SELECT p.oid::regprocedure, " . acl('proacl', 'proowner') . "
			FROM pg_proc p WHERE pronamespace $ours ORDER BY p.oid::regprocedure::text",
		schemas => "SELECT nspname, CASE WHEN nspname <> 'public' THEN " . $owner->('nspowner') . "::text END, " . acl('nspacl', 'nspowner') . "
			FROM pg_namespace WHERE oid $ours ORDER BY 1",
		dependencies => "SELECT p.oid::regprocedure, pg_describe_object(refclassid, refobjid, refobjsubid), deptype
			FROM pg_proc p JOIN pg_depend d ON classid = 'pg_proc'::regclass AND objid = p.oid
			WHERE pronamespace $ours AND refclassid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_language'::regclass, 'pg_extension'::regclass)
			ORDER BY p.oid::regprocedure::text, 2, 3",
		models => 'SELECT * FROM todo_orm.models ORDER BY model::text',
		function_view => 'SELECT model, operation, signature, returns, comment, example FROM todo_orm.functions ORDER BY signature, model::text',
		relationships => 'SELECT * FROM todo_orm.relationships ORDER BY model::text, relationship',
		extension => 'SELECT extname, extversion, extnamespace::regnamespace FROM pg_extension ORDER BY 1');
}

# Queries for what stands in tables and sequences, which differ by database.
sub contents
{
	my ($node, $db) = @_;
	my $names = sub { split /\n/, $node->safe_psql($db,
		"SELECT format('%I.%I', nspname, relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		WHERE relnamespace $ours AND $_[0] ORDER BY 1") };
	return (
		rows => join('; ', map { "SELECT '$_', to_json(t) FROM $_ t ORDER BY t::text COLLATE \"C\"" }
			$names->("relkind IN ('r', 'p') AND NOT relispartition")),
		next_ids => join('; ', map { "SELECT '$_', last_value, is_called FROM $_" } $names->("relkind = 'S'")));
}

# The state, as text by part. without_owner: names of owners are left out.
# bare: without the extension's own views.
sub state_of
{
	my ($node, $db, %options) = @_;
	my %queries = (parts($options{without_owner}), contents($node, $db));
	delete @queries{qw(models function_view relationships)} if $options{bare};
	my @parts = sort keys %queries;
	my $text = $node->safe_psql($db, join("\n", "SET search_path = public; SET timezone = 'UTC';",
		map { "\\echo \x{1}\n$queries{$_};" } @parts));
	my (undef, @answers) = split /\x{1}\n?/, $text, -1;
	my %state;
	@state{@parts} = @answers;
	return \%state;
}

# One test for each part.
sub same_state
{
	my ($after, $before, $name, @except) = @_;
	foreach my $part (sort keys %$before)
	{
		is($after->{$part}, $before->{$part}, "$name: same $part") unless grep { $_ eq $part } @except;
	}
	return;
}

# the SQLSTATE of SQL that is refused, empty where it is not
sub sqlstate
{
	my ($node, $db, $role, $sql) = @_;
	my ($status, $out, $err) = $node->psql($db, "\\set VERBOSITY sqlstate\n$sql", extra_params => [ '-U', $role ]);
	return $err =~ /ERROR:\s+(\w{5})/ ? $1 : '';
}

# Calls of the application role on the database of test/data/models_in_use.sql:
# every kind of model, reads and writes. Leaves nothing behind.
my $calls = q(
	BEGIN;
	SELECT title, priority FROM get_task('ann', 1);
	SELECT title, completed FROM create_task('ann', ' new ', priority => 5);
	SELECT id FROM list_tasks('bob', 'completed');
	SELECT title FROM update_task('bob', 2, '{"title": "ONE"}');
	SELECT title FROM restore_task('bob', 3);
	SELECT count(*) FROM get_task('bob', 1);
	SELECT name FROM get_task('ann', 1) t, labels(t) l ORDER BY name;
	SELECT set_task_labels('ann', 1, '{2}');
	SELECT l.name FROM get_task('ann', 1) t, labels(t) l;
	SELECT count(*) FROM append_message('ann', 1, 'user', 'go on');
	SELECT id FROM append_message('ann', 1, 'user', 'other text', client_key => 'key 1');
	SELECT status, content FROM finish_message('bob', 5, 'so far');
	SELECT json_array_length(get_conversation_with_messages('ann', 1) -> 'messages');
	SELECT role FROM chat_context('ann', 1);
	SELECT user_id, words, colours, pinned FROM other.get_note('ann', 1);
	SELECT version FROM other.update_note('ann', 1, '{"body": "x"}', if_version => 2);
	SELECT body FROM other.restore_note('bob', 2);
	SELECT other.delete_note('ann', 1);
	SELECT upsert_label('ann', '{"name": "shop"}', '{name}') IS NOT NULL;
	SELECT title FROM list_urgent_tasks('ann', match => '{"title": {"ilike": "%MILK%"}}');
	SELECT what FROM list_events('ann', sort => 'what');
	SELECT said FROM first_plain('ann');
	ROLLBACK;
);
my $answers = 'Buy milk|3
new|f
2
ONE
two
0
home
shop
1
home
1
1
complete|so far
4
user
assistant
user
ann|13|{red,green}|t
3
second, changed
t
t
Buy milk
x
y
plain';

# Do the functions work, all of them, and who may not call them is refused?
sub works
{
	my ($node, $db, $name) = @_;
	is($node->safe_psql($db, $calls, extra_params => [ '-U', 'regress_app' ]), $answers, "$name: the functions work");
	is($node->safe_psql($db, 'SELECT string_agg(function::text, \', \') FROM todo_orm.functions
		WHERE todo_orm.function_problem(function) IS NOT NULL'), '', "$name: all of them fit");
	is(sqlstate($node, $db, 'regress_app', 'SELECT * FROM task'), '42501', "$name: but not the table");
	is(sqlstate($node, $db, 'regress_reader', "SELECT title FROM get_task('ann', 1)"), '', "$name: what was granted is granted");
	is(sqlstate($node, $db, 'regress_reader', "SELECT purge_tasks('ann')"), '42501', "$name: and nothing else");
	is(sqlstate($node, $db, 'regress_app', "SELECT create_task('ann', '')"), '22023', "$name: CHECKs hold");
	return;
}

1;
