// The steps of ../README.md with database/sql and lib/pq.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
)

// Task has the columns that this program reads. Name them in the call:
// database/sql scans by position, and a column may be added to the table.
type Task struct {
	ID             int64     `json:"id"`
	Title          string    `json:"title"`
	Description    *string   `json:"description"` // a pointer where null is possible
	Completed      bool      `json:"completed"`
	ConversationID *int64    `json:"conversation_id"`
	CreatedAt      time.Time `json:"created_at"`
}

const taskColumns = "id, title, description, completed, conversation_id, created_at"

// caller is a *sql.DB, a *sql.Tx or a *sql.Conn.
type caller interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

var ctx = context.Background()

// tasks are those that a call returns, as in tasks(db, "list_tasks($1, $2)", ...).
func tasks(db caller, call string, args ...any) ([]Task, error) {
	rows, err := db.QueryContext(ctx, "SELECT "+taskColumns+" FROM "+call, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Task
	for rows.Next() {
		var t Task
		if err := rows.Scan(&t.ID, &t.Title, &t.Description, &t.Completed, &t.ConversationID, &t.CreatedAt); err != nil {
			return nil, err
		}
		found = append(found, t)
	}
	return found, rows.Err()
}

// task is the only one, or nil.
func task(db caller, call string, args ...any) (*Task, error) {
	found, err := tasks(db, call, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// value scans one value of one row; none is sql.ErrNoRows.
func value[T any](db caller, query string, args ...any) (result T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return result, err
	}
	defer rows.Close()
	if !rows.Next() {
		if rows.Err() != nil {
			return result, rows.Err()
		}
		return result, sql.ErrNoRows
	}
	err = rows.Scan(&result)
	return result, err
}

// JSON is a payload: a string, which lib/pq leaves to the server to type.
func JSON(payload any) string {
	text, err := json.Marshal(payload)
	if err != nil {
		log.Fatal(err)
	}
	return string(text)
}

// read decodes a JSON result; null leaves into as it is.
func read(db caller, into any, query string, args ...any) error {
	text, err := value[[]byte](db, query, args...)
	if err != nil || text == nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// httpStatus is what a web application answers when a call raises this SQLSTATE.
func httpStatus(sqlstate string) int {
	switch sqlstate {
	case "22004": // no owner: nobody is logged in
		return 401
	case "42501":
		return 403
	case "P0002":
		return 404
	case "P0003", "TO409", "23503", "23505", "23P01":
		return 409
	case "22023", "22P02", "22003", "22007", "22008", "23514":
		return 422
	case "40001", "40P01", "55P03", "57014": // try again
		return 503
	}
	return 500
}

// Fault is one of those that DETAIL lists when a payload is refused.
type Fault struct {
	Loc  []any  `json:"loc"`
	Type string `json:"type"`
	Msg  string `json:"msg"`
}

// refused is the HTTP status, and the faults of the payload.
func refused(err error) (int, []Fault) {
	var refusal *pq.Error
	if !errors.As(err, &refusal) {
		return 0, nil
	}
	var faults []Fault
	if refusal.Code == "22023" {
		json.Unmarshal([]byte(refusal.Detail), &faults)
	}
	return httpStatus(string(refusal.Code)), faults
}

// status of a call that is refused.
func status(db caller, query string, args ...any) int {
	rows, err := db.QueryContext(ctx, query, args...)
	if err == nil {
		for rows.Next() {
		}
		err = rows.Err()
		rows.Close()
	}
	code, _ := refused(err)
	return code
}

type object = map[string]any

func create(db *sql.DB) {
	t := must(task(db, "create_task($1, $2, description => $3)", "ann", "Buy milk", "two litres"))
	same(t.ID, int64(1))
	same(t.Title, "Buy milk")
	same(t.Completed, false)
	check(t.ConversationID == nil)
	check(!t.CreatedAt.IsZero())
	t = must(task(db, "create_task($1, $2, description => $3)", "ann", "Call the dentist", nil))
	check(t.Description == nil)
}

func createMany(db *sql.DB) {
	items := []object{{"title": "Pay rent"}, {"title": "Go for a run", "completed": true}}
	made := must(tasks(db, "create_tasks($1, $2)", "ann", JSON(items)))
	same(len(made), 2)
	same(made[0].ID, int64(3))
	same(made[0].Completed, false)
	same(made[1].ID, int64(4))
	same(made[1].Completed, true)
}

func get(db *sql.DB) {
	same(must(task(db, "get_task($1, $2)", "ann", 1)).Title, "Buy milk")
	check(must(task(db, "get_task($1, $2)", "bob", 1)) == nil)
	same(ids(must(tasks(db, "find_tasks($1, $2)", "ann", pq.Array([]int64{4, 99, 1})))), []int64{4, 1})
}

func list(db *sql.DB) {
	match := JSON(object{"title": object{"contains": "MILK"}})
	found := must(tasks(db, "list_tasks($1, $2, match => $3, sort => $4, take => $5)", "ann", "pending", match, "-created_at", 10))
	same(ids(found), []int64{1})
	same(ids(must(tasks(db, "list_tasks($1, sort => $2, take => $3)", "ann", "title", 2))), []int64{1, 2})
}

func page(db *sql.DB) {
	var page struct {
		Items      []Task  `json:"items"`
		Total      int     `json:"total"`
		NextCursor *string `json:"next_cursor"`
		PrevCursor *string `json:"prev_cursor"`
	}
	must(0, read(db, &page, "SELECT page_tasks($1, take => $2, with_total => true)", "ann", 3))
	same(page.Total, 4)
	same(ids(page.Items), []int64{4, 3, 2})
	check(page.PrevCursor == nil)
	same(ids(must(tasks(db, "list_tasks($1, take => $2, cursor => $3)", "ann", 3, page.NextCursor))), []int64{1})
}

func update(db *sql.DB) {
	patch := JSON(object{"completed": true, "description": nil})
	t := must(task(db, "update_task($1, $2, $3)", "ann", 1, patch))
	same(t.Title, "Buy milk")
	same(t.Completed, true)
	check(t.Description == nil)
	check(must(task(db, "update_task($1, $2, $3)", "ann", 99, patch)) == nil)
}

func softDelete(db *sql.DB) {
	same(must(value[bool](db, "SELECT soft_delete_task($1, $2)", "ann", 2)), true)
	same(must(value[bool](db, "SELECT soft_delete_task($1, $2)", "ann", 2)), false)
	check(must(task(db, "get_task($1, $2)", "ann", 2)) == nil)
	same(must(task(db, "restore_task($1, $2)", "ann", 2)).ID, int64(2))
}

func nestedLoad(db *sql.DB) {
	conversation := must(value[int64](db, "SELECT conversation_id FROM append_message($1, $2, $3, $4)", "ann", nil, "user", "Add milk"))
	same(conversation, int64(1))
	must(value[int64](db, "SELECT id FROM append_message($1, $2, $3, $4, data => $5)", "ann", conversation, "assistant", "Done.",
		JSON(object{"usage": object{"tokens": 12}})))
	var chat *struct {
		ID       int64
		Messages []struct {
			Role string
			Data struct{ Usage struct{ Tokens int } }
		}
	}
	must(0, read(db, &chat, "SELECT load_conversation($1, $2, $3)", "ann", conversation, JSON([]string{"messages:-20"})))
	same(len(chat.Messages), 2)
	same(chat.Messages[0].Role, "user")
	same(chat.Messages[1].Role, "assistant")
	same(chat.Messages[1].Data.Usage.Tokens, 12)
	chat = nil
	must(0, read(db, &chat, "SELECT load_conversation($1, $2, $3)", "ann", 99, JSON([]string{"messages"})))
	check(chat == nil)
}

const bigID = int64(1)<<53 + 1

func types(db *sql.DB) {
	labels := []string{"garden", `two words, "quoted"`, "h\u00e9llo \U0001f600"}
	due := time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)
	rows := must(db.Query(`SELECT id, priority, labels, estimate, due, data
		FROM create_ticket($1, $2, priority => $3, labels => $4, estimate => $5, due => $6, data => $7)`,
		"ann", "Paint the fence", "high", pq.Array(labels), "12.50", due, JSON([]any{1, object{"a": nil}})))
	defer rows.Close()
	check(rows.Next())
	var id int64
	var priority, estimate, data string
	var gotLabels []string
	var gotDue time.Time
	must(0, rows.Scan(&id, &priority, pq.Array(&gotLabels), &estimate, &gotDue, &data))
	same(id, bigID)
	same(priority, "high")
	same(gotLabels, labels)
	same(estimate, "12.50")
	check(gotDue.Equal(due))
	same(data, `[1, {"a": null}]`)
}

func bigIDs(db *sql.DB) {
	same(must(value[string](db, "SELECT title FROM get_ticket($1, $2)", "ann", bigID)), "Paint the fence")
	// into an int64 the digits stay; into an any a number becomes a float64
	var page struct{ Items []struct{ ID int64 } }
	must(0, read(db, &page, "SELECT page_tickets($1)", "ann"))
	same(page.Items[0].ID, bigID)
}

func rows(db *sql.DB) {
	said := must(value[[]byte](db, "SELECT json_agg(m.role) FROM get_conversation($1, $2) c, messages(c) m", "ann", 1))
	same(string(said), `["user", "assistant"]`)
	// a row that is one value is a text: put the function into FROM, or ask for JSON
	check(strings.HasPrefix(must(value[string](db, "SELECT t FROM get_task($1, $2) t", "ann", 1)), "(1,ann,"))
	var t Task
	must(0, read(db, &t, "SELECT to_json(t) FROM get_task($1, $2) t", "ann", 1))
	same(t.Completed, true)
}

func refusals(db *sql.DB) {
	_, err := task(db, "create_task($1, $2)", "ann", "")
	code, faults := refused(err)
	same(code, 422)
	same(faults[0].Loc, []any{"title"})
	same(faults[0].Type, "check")
	_, err = tasks(db, "create_tasks($1, $2)", "ann", JSON([]object{{"title": "fine"}, {"titel": "a slip"}}))
	code, faults = refused(err)
	same(code, 422)
	same([]any{faults[0].Loc, faults[1].Loc}, []any{[]any{1.0, "titel"}, []any{1.0, "title"}})
	same(status(db, "SELECT * FROM create_ticket($1, $2, priority => $3)", "ann", "Urgent", "urgent"), 422)
	same(status(db, "SELECT * FROM create_task($1, $2)", nil, "Whose?"), 401)
	same(status(db, "SELECT * FROM task"), 403)
	same(status(db, "SELECT * FROM one_task($1, $2)", "ann", JSON(object{"title": "nothing"})), 404)
	same(status(db, "SELECT * FROM one_task($1, $2)", "ann", JSON(object{"completed": false})), 409)
	same(status(db, "SELECT * FROM create_ticket($1, $2)", "ann", "Paint the fence"), 409)
	same(status(db, "SELECT * FROM create_task($1, $2, conversation_id => $3)", "ann", "Reply", 99), 409)
	same(status(db, "SELECT no_such_function($1::text)", "ann"), 500)
}

func identity(db *sql.DB) {
	tx := must(db.Begin())
	must(value[string](tx, "SELECT set_config('todo_orm.user_id', $1, true)", "ann"))
	same(must(value[int](tx, "SELECT count_tasks($1)", "ann")), 4)
	same(status(tx, "SELECT count_tasks($1)", "bob"), 403)
	must(0, tx.Rollback())
	same(must(value[int](db, "SELECT count_tasks($1)", "bob")), 0)
}

func concurrent(db *sql.DB) {
	made := make([]*Task, 1000)
	errs := make([]error, 1000)
	var calls sync.WaitGroup
	for n := range made {
		calls.Add(1)
		go func(n int) {
			defer calls.Done()
			made[n], errs[n] = task(db, "create_task($1, $2)", "joe", fmt.Sprint("task ", n))
		}(n)
	}
	calls.Wait()
	different := map[int64]bool{}
	for n, t := range made {
		must(0, errs[n])
		same(t.Title, fmt.Sprint("task ", n))
		different[t.ID] = true
	}
	same(len(different), 1000)
	same(must(value[int](db, "SELECT count_tasks($1)", "joe")), 1000)
}

// ---------------------------------------------------------------- one line of output for each step

var count, failed int

func step(name string, db *sql.DB, work func(*sql.DB)) {
	count++
	defer func() {
		if problem := recover(); problem != nil {
			failed++
			fmt.Printf("not ok %d - %s\n# %s\n", count, name, strings.ReplaceAll(fmt.Sprint(problem), "\n", "\n# "))
			return
		}
		fmt.Printf("ok %d - %s\n", count, name)
	}()
	work(db)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(right bool) {
	if !right {
		panic("not so")
	}
}

func same(got, wanted any) {
	if !reflect.DeepEqual(got, wanted) {
		panic(fmt.Sprintf("got %#v, wanted %#v", got, wanted))
	}
}

func ids(tasks []Task) (ids []int64) {
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	return ids
}

func main() {
	options := "sslmode=disable" // the rest is read from PGHOST, PGUSER, ...
	if os.Getenv("PREPARE") == "no" {
		// behind PgBouncer: a call is sent whole, not its text first and its values after the answer
		options += " binary_parameters=yes"
	}
	db, err := sql.Open("postgres", options)
	if err != nil {
		log.Fatal(err)
	}
	db.SetMaxOpenConns(10)
	db.SetMaxIdleConns(10) // two by default: the others would be closed after each call
	step("create", db, create)
	step("create many", db, createMany)
	step("get", db, get)
	step("list", db, list)
	step("page", db, page)
	step("update", db, update)
	step("soft delete", db, softDelete)
	step("nested load", db, nestedLoad)
	step("types", db, types)
	step("big ids", db, bigIDs)
	step("rows", db, rows)
	step("errors", db, refusals)
	step("identity", db, identity)
	step("1,000 concurrent calls through a pool of 10", db, concurrent)
	db.Close()
	fmt.Printf("1..%d\n", count)
	if failed > 0 {
		os.Exit(1)
	}
}
