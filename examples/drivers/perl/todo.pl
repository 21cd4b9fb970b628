#!/usr/bin/perl
# The steps of ../README.md with DBI and DBD::Pg.
use strict;
use warnings;
use utf8;

use DBI;
use JSON::PP;
use POSIX ();
use Test::More;

# JSON as text, not as bytes: DBD::Pg encodes what it sends, and decodes what comes
my $json = JSON::PP->new->canonical;

sub connection
{
	# behind a PgBouncer before 1.21: no statements that stay prepared
	my @unprepared = ($ENV{PREPARE} // '') eq 'no' ? (pg_server_prepare => 0) : ();
	# the rest is read from PGHOST, PGUSER, ...
	return DBI->connect('dbi:Pg:', undef, undef, { RaiseError => 1, PrintError => 0, AutoCommit => 1, @unprepared });
}

my $dbh = connection();

sub rows { my ($sql, @params) = @_; return $dbh->selectall_arrayref($sql, { Slice => {} }, @params); }
sub row { my ($sql, @params) = @_; return $dbh->selectrow_hashref($sql, undef, @params); }
sub value { my ($sql, @params) = @_; return scalar $dbh->selectrow_array($sql, undef, @params); }

# A JSON result, decoded
sub document
{
	my $text = value(@_);
	return defined $text ? $json->decode($text) : undef;
}

my %status = (
	22004 => 401,    # no owner: nobody is logged in
	42501 => 403,
	P0002 => 404,
	(map { $_ => 409 } qw(P0003 TO409 23503 23505 23P01)),
	(map { $_ => 422 } qw(22023 22P02 22003 22007 22008 23514)),
	(map { $_ => 503 } qw(40001 40P01 55P03 57014)),    # try again
);

# What a web application answers when a call raises this SQLSTATE
sub http_status { my ($sqlstate) = @_; return $status{$sqlstate} // 500; }

# The HTTP status and the body that a web application answers with
sub refused
{
	my ($sql, @params) = @_;
	eval { rows($sql, @params); 1 } and die "not refused: $sql";
	my $faults = $dbh->state eq '22023' && $dbh->pg_error_field('detail');
	return http_status($dbh->state), $faults ? $json->decode($faults) : $dbh->errstr;
}

sub status { return (refused(@_))[0]; }

# One line of output for each step
sub step
{
	my ($name, $work) = @_;
	return subtest $name => sub { eval { $work->(); 1 } or fail($@); };
}

sub column { my ($name, $rows) = @_; return [ map { $_->{$name} } @$rows ]; }

step 'create' => sub {
	my $task = row('SELECT * FROM create_task(?, ?, description => ?)', 'ann', 'Buy milk', 'two litres');
	is_deeply([ @$task{qw(id title completed conversation_id)} ], [ 1, 'Buy milk', 0, undef ], 'the row');
	like($task->{created_at}, qr/^\d{4}-\d\d-\d\d /, 'times are texts');
	$task = row('SELECT * FROM create_task(?, ?, description => ?)', 'ann', 'Call the dentist', undef);
	is($task->{description}, undef, 'undef is not given');
};

step 'create many' => sub {
	my @items = ({ title => 'Pay rent' }, { title => 'Go for a run', completed => JSON::PP::true });
	my $made = rows('SELECT * FROM create_tasks(?, ?)', 'ann', $json->encode(\@items));
	is_deeply(column(id => $made), [ 3, 4 ], 'in order');
	is_deeply(column(completed => $made), [ 0, 1 ], 'as said');
};

step 'get' => sub {
	is(row('SELECT * FROM get_task(?, ?)', 'ann', 1)->{title}, 'Buy milk', 'hers');
	is(row('SELECT * FROM get_task(?, ?)', 'bob', 1), undef, 'not his');
	# an array reference is an array of PostgreSQL
	is_deeply(column(id => rows('SELECT * FROM find_tasks(?, ?)', 'ann', [ 4, 99, 1 ])), [ 4, 1 ], 'several');
};

step 'list' => sub {
	my $found = rows('SELECT * FROM list_tasks(?, ?, match => ?, sort => ?, take => ?)',
		'ann', 'pending', $json->encode({ title => { contains => 'MILK' } }), '-created_at', 10);
	is_deeply(column(id => $found), [1], 'those that match');
	$found = rows('SELECT * FROM list_tasks(?, sort => ?, take => ?)', 'ann', 'title', 2);
	is_deeply(column(title => $found), [ 'Buy milk', 'Call the dentist' ], 'sorted');
};

step 'page' => sub {
	my $page = document('SELECT page_tasks(?, take => ?, with_total => true)', 'ann', 3);
	is($page->{total}, 4, 'of all');
	is_deeply(column(id => $page->{items}), [ 4, 3, 2 ], 'the first page');
	is($page->{prev_cursor}, undef, 'none before');
	my $rest = rows('SELECT * FROM list_tasks(?, take => ?, cursor => ?)', 'ann', 3, $page->{next_cursor});
	is_deeply(column(id => $rest), [1], 'the next one');
};

step 'update' => sub {
	my $patch = $json->encode({ completed => JSON::PP::true, description => undef });
	my $task = row('SELECT * FROM update_task(?, ?, ?)', 'ann', 1, $patch);
	is_deeply([ @$task{qw(title completed description)} ], [ 'Buy milk', 1, undef ], 'absent, value, null');
	is(row('SELECT * FROM update_task(?, ?, ?)', 'ann', 99, $patch), undef, 'missing');
};

step 'soft delete' => sub {
	ok(value('SELECT soft_delete_task(?, ?)', 'ann', 2), 'deleted');
	ok(!value('SELECT soft_delete_task(?, ?)', 'ann', 2), 'once only');
	is(row('SELECT * FROM get_task(?, ?)', 'ann', 2), undef, 'gone');
	is(row('SELECT * FROM restore_task(?, ?)', 'ann', 2)->{id}, 2, 'and back');
};

step 'nested load' => sub {
	my $message = row('SELECT * FROM append_message(?, ?, ?, ?)', 'ann', undef, 'user', 'Add milk');
	is($message->{conversation_id}, 1, 'starts a conversation');
	row('SELECT * FROM append_message(?, ?, ?, ?, data => ?)', 'ann', 1, 'assistant', 'Done.',
		$json->encode({ usage => { tokens => 12 } }));
	my $chat = document('SELECT load_conversation(?, ?, ?)', 'ann', 1, '["messages:-20"]');
	is_deeply(column(role => $chat->{messages}), [ 'user', 'assistant' ], 'with its messages');
	is($chat->{messages}[1]{data}{usage}{tokens}, 12, 'and their data');
	is(document('SELECT load_conversation(?, ?, ?)', 'ann', 99, '["messages"]'), undef, 'missing');
};

step 'types' => sub {
	my $labels = [ 'garden', 'two words, "quoted"', "h\x{e9}llo \x{1f600}" ];
	my $ticket = row(
		'SELECT * FROM create_ticket(?, ?, priority => ?, labels => ?, estimate => ?, due => ?, data => ?)',
		'ann', 'Paint the fence', 'high', $labels, '12.50', '2026-12-24', $json->encode([ 1, { a => undef } ]));
	is_deeply([ @$ticket{qw(id priority labels)} ], [ 9007199254740993, 'high', $labels ], 'integer, enum, array');
	is_deeply([ @$ticket{qw(estimate due)} ], [ '12.50', '2026-12-24' ], 'numeric and date are texts');
	is_deeply($json->decode($ticket->{data}), [ 1, { a => undef } ], 'jsonb is a text');
};

step 'big ids' => sub {
	is(row('SELECT * FROM get_ticket(?, ?)', 'ann', 9007199254740993)->{title}, 'Paint the fence', 'as a parameter');
	is(document('SELECT page_tickets(?)', 'ann')->{items}[0]{id}, '9007199254740993', 'in JSON');
};

step 'rows' => sub {
	my $said = rows('SELECT m.role FROM get_conversation(?, ?) c, messages(c) m', 'ann', 1);
	is_deeply(column(role => $said), [ 'user', 'assistant' ], 'a function of the row');
	# a row that is one value is a text: put the function into FROM, or ask for JSON
	like(value('SELECT t FROM get_task(?, ?) t', 'ann', 1), qr/^\(1,ann,/, 'a text');
	ok(document('SELECT to_json(t) FROM get_task(?, ?) t', 'ann', 1)->{completed}, 'JSON');
};

step 'errors' => sub {
	my ($code, $faults) = refused('SELECT * FROM create_task(?, ?)', 'ann', '');
	is_deeply([ $code, @{ $faults->[0] }{qw(loc type)} ], [ 422, ['title'], 'check' ], 'a check');
	($code, $faults) = refused('SELECT * FROM create_tasks(?, ?)', 'ann', '[{"title": "fine"}, {"titel": "a slip"}]');
	is_deeply([ $code, @{ column(loc => $faults) } ], [ 422, [ 1, 'titel' ], [ 1, 'title' ] ], 'all faults');
	is(status('SELECT * FROM create_ticket(?, ?, priority => ?)', 'ann', 'Urgent', 'urgent'), 422, 'no such value');
	is(status('SELECT * FROM create_task(?, ?)', undef, 'Whose?'), 401, 'no owner');
	is(status('SELECT * FROM task'), 403, 'the table');
	is(status('SELECT * FROM one_task(?, ?)', 'ann', '{"title": "nothing"}'), 404, 'none');
	is(status('SELECT * FROM one_task(?, ?)', 'ann', '{"completed": false}'), 409, 'several');
	is(status('SELECT * FROM create_ticket(?, ?)', 'ann', 'Paint the fence'), 409, 'taken');
	is(status('SELECT * FROM create_task(?, ?, conversation_id => ?)', 'ann', 'Reply', 99), 409, 'of no conversation');
	is(status('SELECT no_such_function(?::text)', 'ann'), 500, 'a mistake of the program');
};

step 'identity' => sub {
	$dbh->begin_work;
	$dbh->do(q{SELECT set_config('todo_orm.user_id', ?, true)}, undef, 'ann');
	is(value('SELECT count_tasks(?)', 'ann'), 4, 'hers');
	is(status('SELECT count_tasks(?)', 'bob'), 403, 'not his');
	$dbh->rollback;
	is(value('SELECT count_tasks(?)', 'bob'), 0, 'the transaction is over');
};

# What one process does, with a connection of its own, opened after the fork; DBI has no pool
sub worker
{
	my ($worker) = @_;
	my $own = connection();
	foreach my $n (0 .. 99)
	{
		print $own->selectrow_array('SELECT id FROM create_task(?, ?)', undef, 'joe', "task $worker $n"), "\n";
	}
	$own->disconnect;
	return close STDOUT;
}

step '1,000 concurrent calls through a pool of 10' => sub {
	my @pipes;
	foreach my $worker (0 .. 9)
	{
		my $pid = open(my $pipe, '-|') // die "fork: $!";
		# not by exit: the parent's connection, and its tests, are not ours to end
		POSIX::_exit(eval { worker($worker) } ? 0 : 1) if !$pid;
		push @pipes, $pipe;
	}
	my %ids;
	foreach my $pipe (@pipes)
	{
		$ids{$_} = 1 while <$pipe>;
		ok(close $pipe, 'a process ends well');
	}
	is(keys %ids, 1000, 'every id');
	is(value('SELECT count_tasks(?)', 'joe'), 1000, 'every row');
};

$dbh->disconnect;
done_testing();
