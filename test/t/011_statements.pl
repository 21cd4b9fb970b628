# pg_stat_statements shows each statement of the engine under a name: the model,
# and what the statement is for.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements'\npg_stat_statements.track = all");
$node->start;
$node->safe_psql('postgres', q(
	CREATE EXTENSION pg_stat_statements;
	CREATE EXTENSION todo_orm;
	SELECT todo_orm.create_all();
	CREATE TABLE "we */ird" (LIKE todo_orm.owned INCLUDING ALL, PRIMARY KEY (user_id, id));
	SELECT todo_orm.register_model('"we */ird"', '{"name": "we */ird", "plural": "we */irds"}');
	SELECT pg_stat_statements_reset();
));
$node->safe_psql('postgres', q(
	SELECT create_task('ann', 'Buy milk');
	SELECT get_task('ann', 1);
	SELECT get_task('bob', 1);
	SELECT list_tasks('ann', match => '{"title": "Buy milk"}');
	SELECT append_message('ann', NULL, 'user', 'hi');
	SELECT append_message('ann', 1, 'user', 'hi');
	SELECT "get_we */ird"('ann', 1);
));

my $names = q(
	SELECT substring(query FROM '/\* (todo_orm .*?) \*/') AS name, sum(calls) FROM pg_stat_statements
	 WHERE query LIKE '%/* todo_orm %' AND query NOT LIKE '%pg_stat_statements%' GROUP BY 1 ORDER BY 1);
is($node->safe_psql('postgres', $names), join("\n",
		'todo_orm conversation: create|1',
		'todo_orm conversation: touch|2',
		'todo_orm message: create|2',
		'todo_orm task: create|1',
		'todo_orm task: get|2',
		'todo_orm task: list|1',
		'todo_orm we___ird: get|1'), 'statements by model and purpose, with their calls');
is($node->safe_psql('postgres', q(SELECT count(*) FROM pg_stat_statements WHERE query LIKE '%Buy milk%')), '0',
	'a value is in none of them');
is($node->safe_psql('postgres', q(SELECT calls FROM pg_stat_statements WHERE query = 'SELECT get_task($1, $2)')), '2',
	'the calls themselves are there too');

done_testing();
