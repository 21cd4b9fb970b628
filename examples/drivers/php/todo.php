<?php
// The steps of ../README.md with PDO, and the concurrent ones with ext-pgsql.
declare(strict_types=1);

// libpq reads PGHOST, PGUSER, ...; PDO wants something in the string
$db = new PDO('pgsql:dbname=' . getenv('PGDATABASE'), getenv('PGUSER'), getenv('PGPASSWORD') ?: null, [
    PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
    PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
    // behind PgBouncer: nothing is prepared, values are still sent apart from the text
    PDO::PGSQL_ATTR_DISABLE_PREPARES => getenv('PREPARE') === 'no',
]);

/** The rows of a call. PDO would send false as an empty string, so booleans are bound as what they are. */
function rows(string $sql, mixed ...$params): array
{
    global $db;
    $statement = $db->prepare($sql);
    foreach ($params as $i => $param) {
        $statement->bindValue($i + 1, $param, is_bool($param) ? PDO::PARAM_BOOL : (is_int($param) ? PDO::PARAM_INT : PDO::PARAM_STR));
    }
    $statement->execute();
    return $statement->fetchAll();
}

function row(string $sql, mixed ...$params): ?array
{
    return rows($sql, ...$params)[0] ?? null;
}

function value(string $sql, mixed ...$params): mixed
{
    return current(row($sql, ...$params));
}

/** A JSON result, decoded: what is an object becomes an array with keys. */
function document(string $sql, mixed ...$params): mixed
{
    $text = value($sql, ...$params);
    return $text === null ? null : json_decode($text, true, flags: JSON_THROW_ON_ERROR);
}

/** A payload. An empty array is [] to PHP: give an empty object as new stdClass. */
function json(mixed $payload): string
{
    return json_encode($payload, JSON_THROW_ON_ERROR);
}

/** What a web application answers when a call raises this SQLSTATE. */
function http_status(string $sqlstate): int
{
    return match ($sqlstate) {
        '22004' => 401, // no owner: nobody is logged in
        '42501' => 403,
        'P0002' => 404,
        'P0003', 'TO409', '23503', '23505', '23P01' => 409,
        '22023', '22P02', '22003', '22007', '22008', '23514' => 422,
        '40001', '40P01', '55P03', '57014' => 503, // try again
        default => 500,
    };
}

/** The HTTP status and the body that a web application answers with. */
function refused(string $sql, mixed ...$params): array
{
    try {
        rows($sql, ...$params);
    } catch (PDOException $error) {
        [$sqlstate, , $text] = $error->errorInfo;
        // PDO has no field for DETAIL: it is a line of the text
        $faults = $sqlstate === '22023' && preg_match('/^DETAIL:\s+(\[.*\])$/m', $text, $found) ? json_decode($found[1], true) : $text;
        return [http_status($sqlstate), $faults];
    }
    throw new Exception("not refused: $sql");
}

function status(string $sql, mixed ...$params): int
{
    return refused($sql, ...$params)[0];
}

$count = $failed = 0;

/** One line of output for each step. */
function step(string $name, callable $work): void
{
    global $count, $failed;
    $count++;
    try {
        $work();
        echo "ok $count - $name\n";
    } catch (Throwable $problem) {
        $failed++;
        echo "not ok $count - $name\n# ", str_replace("\n", "\n# ", (string) $problem), "\n";
    }
}

function same(mixed $got, mixed $wanted): void
{
    if ($got !== $wanted) {
        throw new Exception('got ' . var_export($got, true) . ', wanted ' . var_export($wanted, true));
    }
}

step('create', function () {
    $task = row('SELECT * FROM create_task(?, ?, description => ?, completed => ?)', 'ann', 'Buy milk', 'two litres', false);
    same([$task['id'], $task['title'], $task['completed'], $task['conversation_id']], [1, 'Buy milk', false, null]);
    same((new DateTimeImmutable($task['created_at']))->getOffset(), 0);
    $task = row('SELECT * FROM create_task(?, ?, description => ?)', 'ann', 'Call the dentist', null);
    same($task['description'], null);
});

step('create many', function () {
    $items = [['title' => 'Pay rent'], ['title' => 'Go for a run', 'completed' => true]];
    $made = rows('SELECT * FROM create_tasks(?, ?)', 'ann', json($items));
    same(array_column($made, 'id'), [3, 4]);
    same(array_column($made, 'completed'), [false, true]);
});

step('get', function () {
    same(row('SELECT * FROM get_task(?, ?)', 'ann', 1)['title'], 'Buy milk');
    same(row('SELECT * FROM get_task(?, ?)', 'bob', 1), null);
    // an array of numbers is easily written as PostgreSQL reads it
    $ids = '{' . implode(',', [4, 99, 1]) . '}';
    same(array_column(rows('SELECT * FROM find_tasks(?, ?)', 'ann', $ids), 'id'), [4, 1]);
});

step('list', function () {
    $match = json(['title' => ['contains' => 'MILK']]);
    $found = rows('SELECT * FROM list_tasks(?, ?, match => ?, sort => ?, take => ?)', 'ann', 'pending', $match, '-created_at', 10);
    same(array_column($found, 'id'), [1]);
    $found = rows('SELECT * FROM list_tasks(?, sort => ?, take => ?)', 'ann', 'title', 2);
    same(array_column($found, 'title'), ['Buy milk', 'Call the dentist']);
});

step('page', function () {
    $page = document('SELECT page_tasks(?, take => ?, with_total => true)', 'ann', 3);
    same([$page['total'], array_column($page['items'], 'id'), $page['prev_cursor']], [4, [4, 3, 2], null]);
    $rest = rows('SELECT * FROM list_tasks(?, take => ?, cursor => ?)', 'ann', 3, $page['next_cursor']);
    same(array_column($rest, 'id'), [1]);
});

step('update', function () {
    $patch = json(['completed' => true, 'description' => null]);
    $task = row('SELECT * FROM update_task(?, ?, ?)', 'ann', 1, $patch);
    same([$task['title'], $task['completed'], $task['description']], ['Buy milk', true, null]);
    same(row('SELECT * FROM update_task(?, ?, ?)', 'ann', 99, $patch), null);
    same(row('SELECT * FROM update_task(?, ?, ?)', 'ann', 1, json(new stdClass()))['id'], 1);
});

step('soft delete', function () {
    same(value('SELECT soft_delete_task(?, ?)', 'ann', 2), true);
    same(value('SELECT soft_delete_task(?, ?)', 'ann', 2), false);
    same(row('SELECT * FROM get_task(?, ?)', 'ann', 2), null);
    same(row('SELECT * FROM restore_task(?, ?)', 'ann', 2)['id'], 2);
});

step('nested load', function () {
    $message = row('SELECT * FROM append_message(?, ?, ?, ?)', 'ann', null, 'user', 'Add milk');
    same($message['conversation_id'], 1);
    $data = json(['usage' => ['tokens' => 12]]);
    row('SELECT * FROM append_message(?, ?, ?, ?, data => ?)', 'ann', 1, 'assistant', 'Done.', $data);
    $chat = document('SELECT load_conversation(?, ?, ?)', 'ann', 1, json(['messages:-20']));
    same(array_column($chat['messages'], 'role'), ['user', 'assistant']);
    same($chat['messages'][1]['data']['usage']['tokens'], 12);
    same(document('SELECT load_conversation(?, ?, ?)', 'ann', 99, json(['messages'])), null);
});

step('types', function () {
    $labels = ['garden', 'two words, "quoted"', "h\u{e9}llo \u{1f600}"];
    // an array of texts: through JSON, there and back, so that nobody has to quote
    $ticket = row('SELECT *, to_json(labels) AS labels FROM create_ticket(?, ?, priority => ?,
        labels => ARRAY(SELECT jsonb_array_elements_text(?)), estimate => ?, due => ?, data => ?)',
        'ann', 'Paint the fence', 'high', json($labels), '12.50', '2026-12-24', json([1, ['a' => null]]));
    same([$ticket['id'], $ticket['priority'], json_decode($ticket['labels'])], [9007199254740993, 'high', $labels]);
    same([$ticket['estimate'], $ticket['due'], json_decode($ticket['data'], true)], ['12.50', '2026-12-24', [1, ['a' => null]]]);
});

step('big ids', function () {
    same(row('SELECT * FROM get_ticket(?, ?)', 'ann', 9007199254740993)['title'], 'Paint the fence');
    same(document('SELECT page_tickets(?)', 'ann')['items'][0]['id'], 9007199254740993);
});

step('rows', function () {
    $said = rows('SELECT m.role FROM get_conversation(?, ?) c, messages(c) m', 'ann', 1);
    same(array_column($said, 'role'), ['user', 'assistant']);
    // a row that is one value is a text: put the function into FROM, or ask for JSON
    same(str_starts_with(value('SELECT t FROM get_task(?, ?) t', 'ann', 1), '(1,ann,'), true);
    same(document('SELECT to_json(t) FROM get_task(?, ?) t', 'ann', 1)['completed'], true);
});

step('errors', function () {
    [$code, $faults] = refused('SELECT * FROM create_task(?, ?)', 'ann', '');
    same([$code, $faults[0]['loc'], $faults[0]['type']], [422, ['title'], 'check']);
    [$code, $faults] = refused('SELECT * FROM create_tasks(?, ?)', 'ann', json([['title' => 'fine'], ['titel' => 'a slip']]));
    same([$code, array_column($faults, 'loc')], [422, [[1, 'titel'], [1, 'title']]]);
    same(status('SELECT * FROM create_ticket(?, ?, priority => ?)', 'ann', 'Urgent', 'urgent'), 422);
    same(status('SELECT * FROM create_task(?, ?)', null, 'Whose?'), 401);
    same(status('SELECT * FROM task'), 403);
    same(status('SELECT * FROM one_task(?, ?)', 'ann', json(['title' => 'nothing'])), 404);
    same(status('SELECT * FROM one_task(?, ?)', 'ann', json(['completed' => false])), 409);
    same(status('SELECT * FROM create_ticket(?, ?)', 'ann', 'Paint the fence'), 409);
    same(status('SELECT * FROM create_task(?, ?, conversation_id => ?)', 'ann', 'Reply', 99), 409);
    // an empty array is a JSON array, and a patch is an object
    same(status('SELECT * FROM update_task(?, ?, ?)', 'ann', 1, json([])), 422);
    same(status('SELECT no_such_function(?::text)', 'ann'), 500);
});

step('identity', function () {
    global $db;
    $db->beginTransaction();
    row("SELECT set_config('todo_orm.user_id', ?, true)", 'ann');
    same(value('SELECT count_tasks(?)', 'ann'), 4);
    same(status('SELECT count_tasks(?)', 'bob'), 403);
    $db->rollBack();
    same(value('SELECT count_tasks(?)', 'bob'), 0);
});

// PDO waits for each answer; ext-pgsql can have one call under way on each of several connections
step('1,000 concurrent calls through a pool of 10', function () {
    $todo = array_map(fn ($n) => "task $n", range(0, 999));
    $ids = [];
    $send = function ($connection) use (&$todo) {
        return $todo && pg_send_query_params($connection, 'SELECT id FROM create_task($1, $2)', ['joe', array_pop($todo)]);
    };
    $connect = fn () => pg_connect('dbname=' . getenv('PGDATABASE'), PGSQL_CONNECT_FORCE_NEW);
    $busy = array_filter(array_map(fn () => $connect(), range(1, 10)), $send);
    while ($busy) {
        $readable = array_map('pg_socket', $busy);
        $none = [];
        stream_select($readable, $none, $none, 60);
        foreach (array_keys($readable) as $i) {
            pg_consume_input($busy[$i]);
            if (pg_connection_busy($busy[$i])) {
                continue;
            }
            while ($result = pg_get_result($busy[$i])) {
                $ids[] = pg_fetch_result($result, 0, 0);
            }
            if (!$send($busy[$i])) {
                unset($busy[$i]);
            }
        }
    }
    same(count(array_unique($ids)), 1000);
    same(value('SELECT count_tasks(?)', 'joe'), 1000);
});

echo "1..$count\n";
exit($failed ? 1 : 0);
