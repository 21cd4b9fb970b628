#!/usr/bin/env node
// The steps of ../README.md with pg (node-postgres).
import assert from 'node:assert/strict'
import pg from 'pg'
import { done, refused, status, step } from './common.js'

const { Pool, types } = pg
// a bigint comes as a string, unless it is said otherwise: a number would lose digits
types.setTypeParser(types.builtins.INT8, BigInt)
// a date comes as midnight of the local time zone, unless it is said otherwise
types.setTypeParser(types.builtins.DATE, (text) => text)

const pool = new Pool({ max: 10, options: '-c todo_orm.json_bigint=string' })

const rows = async (sql, ...params) => (await pool.query(sql, params)).rows
const row = async (sql, ...params) => (await rows(sql, ...params))[0]
const value = async (sql, ...params) => Object.values(await row(sql, ...params))[0]
// pg writes an object as JSON, but an array as an array of PostgreSQL: for jsonb, always say it
const json = JSON.stringify

await step('create', async () => {
  let task = await row('SELECT * FROM create_task($1, $2, description => $3)', 'ann', 'Buy milk', 'two litres')
  assert.deepEqual([task.id, task.title, task.completed, task.conversation_id], [1n, 'Buy milk', false, null])
  assert(task.created_at instanceof Date)
  task = await row('SELECT * FROM create_task($1, $2, description => $3)', 'ann', 'Call the dentist', undefined)
  assert.equal(task.description, null)
})

await step('create many', async () => {
  const items = [{ title: 'Pay rent' }, { title: 'Go for a run', completed: true }]
  const made = await rows('SELECT * FROM create_tasks($1, $2)', 'ann', json(items))
  assert.deepEqual(made.map((t) => [t.id, t.title, t.completed]), [[3n, 'Pay rent', false], [4n, 'Go for a run', true]])
})

await step('get', async () => {
  assert.equal((await row('SELECT * FROM get_task($1, $2)', 'ann', 1)).title, 'Buy milk')
  assert.equal(await row('SELECT * FROM get_task($1, $2)', 'bob', 1), undefined)
  const found = await rows('SELECT * FROM find_tasks($1, $2)', 'ann', [4, 99, 1])
  assert.deepEqual(found.map((t) => t.id), [4n, 1n])
})

await step('list', async () => {
  let found = await rows('SELECT * FROM list_tasks($1, $2, match => $3, sort => $4, take => $5)',
    'ann', 'pending', json({ title: { contains: 'MILK' } }), '-created_at', 10)
  assert.deepEqual(found.map((t) => t.id), [1n])
  found = await rows('SELECT * FROM list_tasks($1, sort => $2, take => $3)', 'ann', 'title', 2)
  assert.deepEqual(found.map((t) => t.title), ['Buy milk', 'Call the dentist'])
})

await step('page', async () => {
  const page = await value('SELECT page_tasks($1, take => $2, with_total => true)', 'ann', 3)
  assert.deepEqual([page.total, page.items.map((t) => t.id), page.prev_cursor], [4, ['4', '3', '2'], null])
  const rest = await rows('SELECT * FROM list_tasks($1, take => $2, cursor => $3)', 'ann', 3, page.next_cursor)
  assert.deepEqual(rest.map((t) => t.id), [1n])
})

await step('update', async () => {
  const task = await row('SELECT * FROM update_task($1, $2, $3)', 'ann', 1, json({ completed: true, description: null }))
  assert.deepEqual([task.title, task.completed, task.description], ['Buy milk', true, null])
  assert.equal(await row('SELECT * FROM update_task($1, $2, $3)', 'ann', 99, json({ completed: true })), undefined)
})

await step('soft delete', async () => {
  assert.equal(await value('SELECT soft_delete_task($1, $2)', 'ann', 2), true)
  assert.equal(await value('SELECT soft_delete_task($1, $2)', 'ann', 2), false)
  assert.equal(await row('SELECT * FROM get_task($1, $2)', 'ann', 2), undefined)
  assert.equal((await row('SELECT * FROM restore_task($1, $2)', 'ann', 2)).id, 2n)
})

await step('nested load', async () => {
  const message = await row('SELECT * FROM append_message($1, $2, $3, $4)', 'ann', null, 'user', 'Add milk')
  assert.equal(message.conversation_id, 1n)
  await row('SELECT * FROM append_message($1, $2, $3, $4, data => $5)', 'ann', 1, 'assistant', 'Done.',
    json({ usage: { tokens: 12 } }))
  const chat = await value('SELECT load_conversation($1, $2, $3)', 'ann', 1, json(['messages:-20']))
  assert.deepEqual(chat.messages.map((m) => m.role), ['user', 'assistant'])
  assert.equal(chat.messages[1].data.usage.tokens, 12)
  assert.equal(await value('SELECT load_conversation($1, $2, $3)', 'ann', 99, json(['messages'])), null)
})

await step('types', async () => {
  const labels = ['garden', 'two words, "quoted"', 'h\u00e9llo \u{1f600}']
  const ticket = await row(
    'SELECT * FROM create_ticket($1, $2, priority => $3, labels => $4, estimate => $5, due => $6, data => $7)',
    'ann', 'Paint the fence', 'high', labels, '12.50', '2026-12-24', json([1, { a: null }]))
  assert.deepEqual([ticket.id, ticket.priority, ticket.labels], [2n ** 53n + 1n, 'high', labels])
  assert.deepEqual([ticket.estimate, ticket.due, ticket.data], ['12.50', '2026-12-24', [1, { a: null }]])
})

await step('big ids', async () => {
  assert.equal((await row('SELECT * FROM get_ticket($1, $2)', 'ann', 2n ** 53n + 1n)).title, 'Paint the fence')
  assert.equal((await value('SELECT page_tickets($1)', 'ann')).items[0].id, '9007199254740993')
  // as an id in a payload: a string again
  const found = await rows('SELECT * FROM list_tickets($1, match => $2)', 'ann', json({ id: '9007199254740993' }))
  assert.equal(found.length, 1)
})

await step('rows', async () => {
  const said = await rows('SELECT m.role FROM get_conversation($1, $2) c, messages(c) m', 'ann', 1)
  assert.deepEqual(said.map((m) => m.role), ['user', 'assistant'])
  // a row that is one value is a text: put the function into FROM, or ask for JSON
  assert.match(await value('SELECT t FROM get_task($1, $2) t', 'ann', 1), /^\(1,ann,/)
  assert.equal((await value('SELECT to_json(t) FROM get_task($1, $2) t', 'ann', 1)).completed, true)
})

await step('errors', async () => {
  let { status: code, body } = await refused(row('SELECT * FROM create_task($1, $2)', 'ann', ''))
  assert.deepEqual([code, body[0].loc, body[0].type], [422, ['title'], 'check'])
  ;({ status: code, body } = await refused(
    rows('SELECT * FROM create_tasks($1, $2)', 'ann', json([{ title: 'fine' }, { titel: 'a slip' }]))))
  assert.deepEqual([code, body.map((f) => f.loc)], [422, [[1, 'titel'], [1, 'title']]])
  assert.equal(await status(row('SELECT * FROM create_ticket($1, $2, priority => $3)', 'ann', 'Urgent', 'urgent')), 422)
  assert.equal(await status(row('SELECT * FROM create_task($1, $2)', null, 'Whose?')), 401)
  assert.equal(await status(row('SELECT * FROM task')), 403)
  assert.equal(await status(row('SELECT * FROM one_task($1, $2)', 'ann', json({ title: 'nothing' }))), 404)
  assert.equal(await status(row('SELECT * FROM one_task($1, $2)', 'ann', json({ completed: false }))), 409)
  assert.equal(await status(row('SELECT * FROM create_ticket($1, $2)', 'ann', 'Paint the fence')), 409)
  assert.equal(await status(row('SELECT * FROM create_task($1, $2, conversation_id => $3)', 'ann', 'Reply', 99)), 409)
  // an array as it is becomes {"...","..."}, which is no JSON
  assert.equal(await status(row('SELECT * FROM create_tasks($1, $2)', 'ann', [{ title: 'x' }])), 422)
  assert.equal(await status(row('SELECT no_such_function($1::text)', 'ann')), 500)
})

await step('identity', async () => {
  // a transaction is of one connection: not of pool.query
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await client.query("SELECT set_config('todo_orm.user_id', $1, true)", ['ann'])
    assert.equal((await client.query('SELECT count_tasks($1) AS n', ['ann'])).rows[0].n, 4n)
    assert.equal(await status(client.query('SELECT count_tasks($1)', ['bob'])), 403)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
  assert.equal(await value('SELECT count_tasks($1)', 'bob'), 0n)
})

await step('1,000 concurrent calls through a pool of 10', async () => {
  const titles = Array.from({ length: 1000 }, (_, n) => `task ${n}`)
  const made = await Promise.all(titles.map((title) => row('SELECT * FROM create_task($1, $2)', 'joe', title)))
  assert.deepEqual(made.map((t) => t.title), titles)
  assert.equal(new Set(made.map((t) => t.id)).size, 1000)
  assert.equal(await value('SELECT count_tasks($1)', 'joe'), 1000n)
  assert.equal(pool.totalCount, 10)
})

await pool.end()
done()
