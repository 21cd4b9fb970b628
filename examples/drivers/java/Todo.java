// The steps of ../README.md with pgjdbc and HikariCP. No build: java -cp ... Todo.java
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.math.BigDecimal;
import java.sql.*;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import org.postgresql.util.PSQLException;

public class Todo {
    static HikariDataSource pool;

    /** The pool. stringtype=unspecified lets the server give each string its type: jsonb, an enum, ... */
    static HikariDataSource openPool() {
        var config = new HikariConfig();
        // behind a PgBouncer before 1.21: no statements that stay prepared
        var unprepared = "no".equals(System.getenv("PREPARE")) ? "&prepareThreshold=0" : "";
        config.setJdbcUrl("jdbc:postgresql://%s:%s/%s?stringtype=unspecified%s"
            .formatted(System.getenv("PGHOST"), System.getenv("PGPORT"), System.getenv("PGDATABASE"), unprepared));
        config.setUsername(System.getenv("PGUSER"));
        config.setPassword(System.getenv("PGPASSWORD"));
        config.setMaximumPoolSize(10);
        return new HikariDataSource(config);
    }

    /** The rows of a call: column names and values. */
    static List<Map<String, Object>> rows(Connection connection, String sql, Object... params) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < params.length; i++)
                statement.setObject(i + 1, params[i]);
            var found = new ArrayList<Map<String, Object>>();
            try (var result = statement.executeQuery()) {
                var columns = result.getMetaData();
                while (result.next()) {
                    var row = new LinkedHashMap<String, Object>();
                    for (int i = 1; i <= columns.getColumnCount(); i++)
                        row.put(columns.getColumnLabel(i), result.getObject(i));
                    found.add(row);
                }
            }
            return found;
        }
    }

    static List<Map<String, Object>> rows(String sql, Object... params) throws SQLException {
        try (var connection = pool.getConnection()) {
            return rows(connection, sql, params);
        }
    }

    /** The only row, or null. */
    static Map<String, Object> row(String sql, Object... params) throws SQLException {
        var found = rows(sql, params);
        return found.isEmpty() ? null : found.get(0);
    }

    static Object value(String sql, Object... params) throws SQLException {
        return row(sql, params).values().iterator().next();
    }

    /** The text of a JSON value, which JDBC wraps; for the JSON library of your choice. */
    static String json(String sql, Object... params) throws SQLException {
        var json = value(sql, params);
        return json == null ? null : json.toString();
    }

    /** What a web application answers when a call raises this SQLSTATE. */
    static int httpStatus(String sqlstate) {
        return switch (sqlstate) {
            case "22004" -> 401; // no owner: nobody is logged in
            case "42501" -> 403;
            case "P0002" -> 404;
            case "P0003", "TO409", "23503", "23505", "23P01" -> 409;
            case "22023", "22P02", "22003", "22007", "22008", "23514" -> 422;
            case "40001", "40P01", "55P03", "57014" -> 503; // try again
            default -> 500;
        };
    }

    /** The HTTP status, and for a payload that is refused the JSON of all its faults. */
    record Refusal(int status, String body) {}

    static Refusal refused(Connection connection, String sql, Object... params) throws SQLException {
        try {
            rows(connection, sql, params);
        } catch (PSQLException error) {
            var faults = "22023".equals(error.getSQLState()) ? error.getServerErrorMessage().getDetail() : null;
            return new Refusal(httpStatus(error.getSQLState()), faults != null ? faults : error.getMessage());
        }
        throw new AssertionError("not refused: " + sql);
    }

    static int status(String sql, Object... params) throws SQLException {
        try (var connection = pool.getConnection()) {
            return refused(connection, sql, params).status();
        }
    }

    static void create() throws SQLException {
        var task = row("SELECT * FROM create_task(?, ?, description => ?)", "ann", "Buy milk", "two litres");
        same(task.get("id"), 1L);
        same(task.get("title"), "Buy milk");
        same(task.get("completed"), false);
        same(task.get("conversation_id"), null);
        check(task.get("created_at") instanceof Timestamp);
        task = row("SELECT * FROM create_task(?, ?, description => ?)", "ann", "Call the dentist", null);
        same(task.get("description"), null);
        // a time with its zone is to be asked for
        try (var connection = pool.getConnection();
             var result = connection.createStatement().executeQuery("SELECT created_at FROM get_task('ann', 1)")) {
            check(result.next() && result.getObject(1, OffsetDateTime.class) != null);
        }
    }

    static void createMany() throws SQLException {
        var items = "[{\"title\": \"Pay rent\"}, {\"title\": \"Go for a run\", \"completed\": true}]";
        var made = rows("SELECT * FROM create_tasks(?, ?)", "ann", items);
        same(all(made, "id"), List.of(3L, 4L));
        same(all(made, "title"), List.of("Pay rent", "Go for a run"));
        same(all(made, "completed"), List.of(false, true));
    }

    static void get() throws SQLException {
        same(row("SELECT * FROM get_task(?, ?)", "ann", 1).get("title"), "Buy milk");
        same(row("SELECT * FROM get_task(?, ?)", "bob", 1), null);
        try (var connection = pool.getConnection()) {
            var ids = connection.createArrayOf("bigint", new Long[] {4L, 99L, 1L});
            same(all(rows(connection, "SELECT * FROM find_tasks(?, ?)", "ann", ids), "id"), List.of(4L, 1L));
        }
    }

    static void list() throws SQLException {
        var found = rows("SELECT * FROM list_tasks(?, ?, match => ?, sort => ?, take => ?)",
            "ann", "pending", "{\"title\": {\"contains\": \"MILK\"}}", "-created_at", 10);
        same(all(found, "id"), List.of(1L));
        found = rows("SELECT * FROM list_tasks(?, sort => ?, take => ?)", "ann", "title", 2);
        same(all(found, "title"), List.of("Buy milk", "Call the dentist"));
    }

    static void page() throws SQLException {
        // taken apart by the server here, where there is no JSON library
        var page = row("SELECT p ->> 'total' AS total, p -> 'items' -> 0 ->> 'id' AS first, p ->> 'next_cursor' AS next"
            + " FROM page_tasks(?, take => ?, with_total => true) p", "ann", 3);
        same(page.get("total"), "4");
        same(page.get("first"), "4");
        var rest = rows("SELECT * FROM list_tasks(?, take => ?, cursor => ?)", "ann", 3, page.get("next"));
        same(all(rest, "id"), List.of(1L));
    }

    static void update() throws SQLException {
        var patch = "{\"completed\": true, \"description\": null}";
        var task = row("SELECT * FROM update_task(?, ?, ?)", "ann", 1, patch);
        same(task.get("title"), "Buy milk");
        same(task.get("completed"), true);
        same(task.get("description"), null);
        same(row("SELECT * FROM update_task(?, ?, ?)", "ann", 99, patch), null);
    }

    static void softDelete() throws SQLException {
        same(value("SELECT soft_delete_task(?, ?)", "ann", 2), true);
        same(value("SELECT soft_delete_task(?, ?)", "ann", 2), false);
        same(row("SELECT * FROM get_task(?, ?)", "ann", 2), null);
        same(row("SELECT * FROM restore_task(?, ?)", "ann", 2).get("id"), 2L);
    }

    static void nestedLoad() throws SQLException {
        var message = row("SELECT * FROM append_message(?, ?, ?, ?)", "ann", null, "user", "Add milk");
        same(message.get("conversation_id"), 1L);
        row("SELECT * FROM append_message(?, ?, ?, ?, data => ?)", "ann", 1, "assistant", "Done.",
            "{\"usage\": {\"tokens\": 12}}");
        var chat = json("SELECT load_conversation(?, ?, ?)", "ann", 1, "[\"messages:-20\"]");
        check(chat.matches("\\{\"id\":1,.*\"messages\":\\[\\{.*\"role\":\"user\".*\\},\\{.*\"role\":\"assistant\".*\\}\\]\\}"));
        check(chat.contains("\"tokens\": 12"));
        same(json("SELECT load_conversation(?, ?, ?)", "ann", 99, "[\"messages\"]"), null);
    }

    static void types() throws SQLException {
        var labels = new String[] {"garden", "two words, \"quoted\"", "h\u00e9llo \ud83d\ude00"};
        var ticket = row("SELECT * FROM create_ticket(?, ?, priority => ?, labels => ?, estimate => ?, due => ?, data => ?)",
            "ann", "Paint the fence", "high", labels, new BigDecimal("12.50"), LocalDate.of(2026, 12, 24), "[1, {\"a\": null}]");
        same(ticket.get("id"), 9007199254740993L);
        same(ticket.get("priority"), "high");
        same(List.of((Object[]) ((java.sql.Array) ticket.get("labels")).getArray()), List.of(labels));
        same(ticket.get("estimate"), new BigDecimal("12.50"));
        same(ticket.get("due").toString(), "2026-12-24");
        same(ticket.get("data").toString(), "[1, {\"a\": null}]");
    }

    static void bigIds() throws SQLException {
        same(row("SELECT * FROM get_ticket(?, ?)", "ann", 9007199254740993L).get("title"), "Paint the fence");
        check(json("SELECT page_tickets(?)", "ann").contains("\"id\":9007199254740993,"));
    }

    static void rowsAsValues() throws SQLException {
        var said = rows("SELECT m.role FROM get_conversation(?, ?) c, messages(c) m", "ann", 1);
        same(all(said, "role"), List.of("user", "assistant"));
        // a row that is one value is a text: put the function into FROM, or ask for JSON
        check(value("SELECT t FROM get_task(?, ?) t", "ann", 1).toString().startsWith("(1,ann,"));
        check(json("SELECT to_json(t) FROM get_task(?, ?) t", "ann", 1).contains("\"completed\":true"));
    }

    static void errors() throws SQLException {
        try (var connection = pool.getConnection()) {
            var refusal = refused(connection, "SELECT * FROM create_task(?, ?)", "ann", "");
            same(refusal.status(), 422);
            check(refusal.body().startsWith("[{\"loc\": [\"title\"], \"type\": \"check\""));
            refusal = refused(connection, "SELECT * FROM create_tasks(?, ?)", "ann", "[{\"title\": \"fine\"}, {\"titel\": \"a slip\"}]");
            same(refusal.status(), 422);
            check(refusal.body().contains("[1, \"titel\"]") && refusal.body().contains("[1, \"title\"]"));
        }
        same(status("SELECT * FROM create_ticket(?, ?, priority => ?)", "ann", "Urgent", "urgent"), 422);
        same(status("SELECT * FROM create_task(?, ?)", null, "Whose?"), 401);
        same(status("SELECT * FROM task"), 403);
        same(status("SELECT * FROM one_task(?, ?)", "ann", "{\"title\": \"nothing\"}"), 404);
        same(status("SELECT * FROM one_task(?, ?)", "ann", "{\"completed\": false}"), 409);
        same(status("SELECT * FROM create_ticket(?, ?)", "ann", "Paint the fence"), 409);
        same(status("SELECT * FROM create_task(?, ?, conversation_id => ?)", "ann", "Reply", 99), 409);
        // "function does not exist": of a parameter's type, most often
        same(status("SELECT * FROM list_tasks(?, take => ?)", "ann", 10L), 500); // take is an integer, and this is a bigint
    }

    static void identity() throws SQLException {
        try (var connection = pool.getConnection()) {
            connection.setAutoCommit(false); // the pool turns it on again
            rows(connection, "SELECT set_config('todo_orm.user_id', ?, true)", "ann");
            same(rows(connection, "SELECT count_tasks(?) AS n", "ann").get(0).get("n"), 4L);
            same(refused(connection, "SELECT count_tasks(?)", "bob").status(), 403);
            connection.rollback();
        }
        same(value("SELECT count_tasks(?)", "bob"), 0L);
    }

    static void concurrent() throws Exception {
        var titles = IntStream.range(0, 1000).mapToObj(n -> "task " + n).toList();
        var threads = Executors.newFixedThreadPool(50);
        try {
            var calls = titles.stream().<Callable<Map<String, Object>>>map(
                title -> () -> row("SELECT * FROM create_task(?, ?)", "joe", title)).toList();
            var made = new ArrayList<Map<String, Object>>();
            for (var future : threads.invokeAll(calls))
                made.add(future.get());
            same(all(made, "title"), titles);
            same(new HashSet<>(all(made, "id")).size(), 1000);
        } finally {
            threads.shutdown();
        }
        same(value("SELECT count_tasks(?)", "joe"), 1000L);
    }

    // ------------------------------------------------------------ one line of output for each step

    interface Work { void run() throws Exception; }

    static int count, failed;

    static void step(String name, Work work) {
        try {
            work.run();
            System.out.printf("ok %d - %s%n", ++count, name);
        } catch (Exception | AssertionError problem) {
            failed++;
            System.out.printf("not ok %d - %s%n", ++count, name);
            System.out.println("# " + problem);
            for (var line : problem.getStackTrace())
                System.out.println("#   " + line);
        }
    }

    static void check(boolean right) {
        if (!right)
            throw new AssertionError("not so");
    }

    static void same(Object got, Object wanted) {
        if (!Objects.equals(got, wanted))
            throw new AssertionError("got %s, wanted %s".formatted(got, wanted));
    }

    static List<Object> all(List<Map<String, Object>> rows, String column) {
        return rows.stream().map(row -> row.get(column)).toList();
    }

    public static void main(String[] arguments) {
        pool = openPool();
        step("create", Todo::create);
        step("create many", Todo::createMany);
        step("get", Todo::get);
        step("list", Todo::list);
        step("page", Todo::page);
        step("update", Todo::update);
        step("soft delete", Todo::softDelete);
        step("nested load", Todo::nestedLoad);
        step("types", Todo::types);
        step("big ids", Todo::bigIds);
        step("rows", Todo::rowsAsValues);
        step("errors", Todo::errors);
        step("identity", Todo::identity);
        step("1,000 concurrent calls through a pool of 10", Todo::concurrent);
        pool.close();
        System.out.println("1.." + count);
        System.exit(failed == 0 ? 0 : 1);
    }
}
