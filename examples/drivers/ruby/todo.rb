#!/usr/bin/env ruby
# The steps of ../README.md with pg and connection_pool.
require "bigdecimal"
require "connection_pool"
require "date"
require "json"
require "pg"

# Texts become Integer, Time, true ... where the type is known; an enum, being one of ours, is not
def connection
  conn = PG.connect # reads PGHOST, PGUSER, ...
  types = PG::BasicTypeMapForResults.new(conn)
  types.default_type_map = PG::TypeMapAllStrings.new
  conn.type_map_for_results = types
  conn
end

POOL = ConnectionPool.new(size: 10, timeout: 60) { connection }

def rows(sql, *params)
  POOL.with { |conn| conn.exec_params(sql, params).to_a }
end

def row(sql, *params)
  rows(sql, *params).first
end

def value(sql, *params)
  row(sql, *params).values.first
end

ARRAY = PG::TextEncoder::Array.new

STATUS = {
  "22004" => 401, # no owner: nobody is logged in
  "42501" => 403,
  "P0002" => 404,
  **%w[P0003 TO409 23503 23505 23P01].to_h { |code| [code, 409] },
  **%w[22023 22P02 22003 22007 22008 23514].to_h { |code| [code, 422] },
  **%w[40001 40P01 55P03 57014].to_h { |code| [code, 503] } # try again
}

# What a web application answers when a call raises this SQLSTATE.
def http_status(sqlstate)
  STATUS.fetch(sqlstate, 500)
end

# The HTTP status and the body that a web application answers with.
def refused
  yield
rescue PG::Error => e
  field = ->(name) { e.result&.error_field(name) }
  sqlstate = field[PG::PG_DIAG_SQLSTATE]
  faults = sqlstate == "22023" && field[PG::PG_DIAG_MESSAGE_DETAIL]
  [http_status(sqlstate), faults ? JSON.parse(faults) : field[PG::PG_DIAG_MESSAGE_PRIMARY]]
else
  raise "not refused"
end

def status(sql, *params)
  refused { rows(sql, *params) }.first
end

$count = $failed = 0

# One line of output for each step.
def step(name)
  yield
rescue StandardError => e
  $failed += 1
  puts "not ok #{$count += 1} - #{name}", e.full_message(highlight: false).gsub(/^/, "# ")
else
  puts "ok #{$count += 1} - #{name}"
end

def same(got, wanted)
  raise "got #{got.inspect}, wanted #{wanted.inspect}" unless got == wanted
end

def column(name, rows)
  rows.map { |r| r[name] }
end

step "create" do
  task = row("SELECT * FROM create_task($1, $2, description => $3)", "ann", "Buy milk", "two litres")
  same task.values_at("id", "title", "completed", "conversation_id"), [1, "Buy milk", false, nil]
  same task["created_at"].class, Time
  task = row("SELECT * FROM create_task($1, $2, description => $3)", "ann", "Call the dentist", nil)
  same task["description"], nil
end

step "create many" do
  items = [{ title: "Pay rent" }, { title: "Go for a run", completed: true }]
  made = rows("SELECT * FROM create_tasks($1, $2)", "ann", items.to_json)
  same made.map { |t| t.values_at("id", "title", "completed") }, [[3, "Pay rent", false], [4, "Go for a run", true]]
end

step "get" do
  same row("SELECT * FROM get_task($1, $2)", "ann", 1)["title"], "Buy milk"
  same row("SELECT * FROM get_task($1, $2)", "bob", 1), nil
  same column("id", rows("SELECT * FROM find_tasks($1, $2)", "ann", ARRAY.encode([4, 99, 1]))), [4, 1]
end

step "list" do
  match = { title: { contains: "MILK" } }.to_json
  found = rows("SELECT * FROM list_tasks($1, $2, match => $3, sort => $4, take => $5)", "ann", "pending", match, "-created_at", 10)
  same column("id", found), [1]
  found = rows("SELECT * FROM list_tasks($1, sort => $2, take => $3)", "ann", "title", 2)
  same column("title", found), ["Buy milk", "Call the dentist"]
end

step "page" do
  page = value("SELECT page_tasks($1, take => $2, with_total => true)", "ann", 3)
  same [page["total"], column("id", page["items"]), page["prev_cursor"]], [4, [4, 3, 2], nil]
  rest = rows("SELECT * FROM list_tasks($1, take => $2, cursor => $3)", "ann", 3, page["next_cursor"])
  same column("id", rest), [1]
end

step "update" do
  patch = { completed: true, description: nil }.to_json
  task = row("SELECT * FROM update_task($1, $2, $3)", "ann", 1, patch)
  same task.values_at("title", "completed", "description"), ["Buy milk", true, nil]
  same row("SELECT * FROM update_task($1, $2, $3)", "ann", 99, patch), nil
end

step "soft delete" do
  same value("SELECT soft_delete_task($1, $2)", "ann", 2), true
  same value("SELECT soft_delete_task($1, $2)", "ann", 2), false
  same row("SELECT * FROM get_task($1, $2)", "ann", 2), nil
  same row("SELECT * FROM restore_task($1, $2)", "ann", 2)["id"], 2
end

step "nested load" do
  message = row("SELECT * FROM append_message($1, $2, $3, $4)", "ann", nil, "user", "Add milk")
  same message["conversation_id"], 1
  row("SELECT * FROM append_message($1, $2, $3, $4, data => $5)", "ann", 1, "assistant", "Done.", { usage: { tokens: 12 } }.to_json)
  chat = value("SELECT load_conversation($1, $2, $3)", "ann", 1, ["messages:-20"].to_json)
  same column("role", chat["messages"]), %w[user assistant]
  same chat["messages"][1]["data"]["usage"]["tokens"], 12
  same value("SELECT load_conversation($1, $2, $3)", "ann", 99, ["messages"].to_json), nil
end

step "types" do
  labels = ["garden", 'two words, "quoted"', "h\u00e9llo \u{1f600}"]
  ticket = row("SELECT * FROM create_ticket($1, $2, priority => $3, labels => $4, estimate => $5, due => $6, data => $7)",
               "ann", "Paint the fence", "high", ARRAY.encode(labels), BigDecimal("12.50").to_s("F"), Date.new(2026, 12, 24),
               [1, { a: nil }].to_json)
  same ticket.values_at("id", "priority", "labels"), [2**53 + 1, "high", labels]
  same ticket.values_at("estimate", "due"), [BigDecimal("12.50"), Date.new(2026, 12, 24)]
  same JSON.parse(ticket["data"].then { |d| d.is_a?(String) ? d : d.to_json }), [1, { "a" => nil }]
end

step "big ids" do
  same row("SELECT * FROM get_ticket($1, $2)", "ann", 2**53 + 1)["title"], "Paint the fence"
  same value("SELECT page_tickets($1)", "ann")["items"][0]["id"], 2**53 + 1
end

step "rows" do
  said = rows("SELECT m.role FROM get_conversation($1, $2) c, messages(c) m", "ann", 1)
  same column("role", said), %w[user assistant]
  # a row that is one value is a text: put the function into FROM, or ask for JSON
  same value("SELECT t FROM get_task($1, $2) t", "ann", 1).start_with?("(1,ann,"), true
  same value("SELECT to_json(t) FROM get_task($1, $2) t", "ann", 1)["completed"], true
end

step "errors" do
  code, faults = refused { row("SELECT * FROM create_task($1, $2)", "ann", "") }
  same [code, faults[0]["loc"], faults[0]["type"]], [422, ["title"], "check"]
  code, faults = refused { rows("SELECT * FROM create_tasks($1, $2)", "ann", [{ title: "fine" }, { titel: "a slip" }].to_json) }
  same [code, column("loc", faults)], [422, [[1, "titel"], [1, "title"]]]
  same status("SELECT * FROM create_ticket($1, $2, priority => $3)", "ann", "Urgent", "urgent"), 422
  same status("SELECT * FROM create_task($1, $2)", nil, "Whose?"), 401
  same status("SELECT * FROM task"), 403
  same status("SELECT * FROM one_task($1, $2)", "ann", { title: "nothing" }.to_json), 404
  same status("SELECT * FROM one_task($1, $2)", "ann", { completed: false }.to_json), 409
  same status("SELECT * FROM create_ticket($1, $2)", "ann", "Paint the fence"), 409
  same status("SELECT * FROM create_task($1, $2, conversation_id => $3)", "ann", "Reply", 99), 409
  # a Hash as it is becomes {:completed=>true} or {completed: true}, which is no JSON
  same status("SELECT * FROM update_task($1, $2, $3)", "ann", 1, { completed: true }), 422
  same status("SELECT no_such_function($1::text)", "ann"), 500
end

step "identity" do
  POOL.with do |conn| # a transaction is of one connection; those inside the block are the same one
    conn.transaction do
      value("SELECT set_config('todo_orm.user_id', $1, true)", "ann")
      same value("SELECT count_tasks($1)", "ann"), 4
      same status("SELECT count_tasks($1)", "bob"), 403 # and so the end of this transaction is a rollback
    end
  end
  same value("SELECT count_tasks($1)", "bob"), 0
end

step "1,000 concurrent calls through a pool of 10" do
  titles = (0...1000).map { |n| "task #{n}" }
  threads = titles.each_slice(20).map do |some|
    Thread.new { some.map { |title| row("SELECT * FROM create_task($1, $2)", "joe", title) } }
  end
  made = threads.flat_map(&:value)
  same column("title", made), titles
  same column("id", made).uniq.size, 1000
  same value("SELECT count_tasks($1)", "joe"), 1000
end

POOL.shutdown(&:close)
puts "1..#{$count}"
exit $failed.zero?
