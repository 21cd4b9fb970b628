#!/usr/bin/env node
// The steps of ../README.md with postgres (Postgres.js).
import assert from 'node:assert/strict'
import postgres from 'postgres'
import { done, refused, status, step } from './common.js'

const sql = postgres({
  host: process.env.PGHOST, // a directory, too: where the server's socket is
  max: 10,
  prepare: process.env.PREPARE !== 'no', // behind a PgBouncer before 1.21: no statements that stay prepared
  connection: { 'todo_orm.json_bigint': 'string' },
  types: {
    bigint: postgres.BigInt, // not a string
    // a date comes as a Date in UTC, unless it is said otherwise
    date: { to: 1082, from: [1082], serialize: (text) => text, parse: (text) => text },
  },
  transform: { undefined: null }, // undefined is refused, unless it is said otherwise
})

const first = async (query) => (await query)[0]
const value = async (query) => Object.values(await first(query))[0]

await step('create', async () => {
  let task = await first(sql`SELECT * FROM create_task(${'ann'}, ${'Buy milk'}, description => ${'two litres'})`)
  assert.deepEqual([task.id, task.title, task.completed, task.conversation_id], [1n, 'Buy milk', false, null])
  assert(task.created_at instanceof Date)
  task = await first(sql`SELECT * FROM create_task(${'ann'}, ${'Call the dentist'}, description => ${undefined})`)
  assert.equal(task.description, null)
})

await step('create many', async () => {
  const items = [{ title: 'Pay rent' }, { title: 'Go for a run', completed: true }]
  const made = await sql`SELECT * FROM create_tasks(${'ann'}, ${sql.json(items)})`
  assert.deepEqual(made.map((t) => [t.id, t.title, t.completed]), [[3n, 'Pay rent', false], [4n, 'Go for a run', true]])
})

await step('get', async () => {
  assert.equal((await first(sql`SELECT * FROM get_task(${'ann'}, ${1})`)).title, 'Buy milk')
  assert.equal(await first(sql`SELECT * FROM get_task(${'bob'}, ${1})`), undefined)
  const found = await sql`SELECT * FROM find_tasks(${'ann'}, ${[4, 99, 1]})`
  assert.deepEqual(found.map((t) => t.id), [4n, 1n])
})

await step('list', async () => {
  let found = await sql`SELECT * FROM list_tasks(${'ann'}, ${'pending'},
    match => ${sql.json({ title: { contains: 'MILK' } })}, sort => ${'-created_at'}, take => ${10})`
  assert.deepEqual(found.map((t) => t.id), [1n])
  found = await sql`SELECT * FROM list_tasks(${'ann'}, sort => ${'title'}, take => ${2})`
  assert.deepEqual(found.map((t) => t.title), ['Buy milk', 'Call the dentist'])
})

await step('page', async () => {
  const page = await value(sql`SELECT page_tasks(${'ann'}, take => ${3}, with_total => true)`)
  assert.deepEqual([page.total, page.items.map((t) => t.id), page.prev_cursor], [4, ['4', '3', '2'], null])
  const rest = await sql`SELECT * FROM list_tasks(${'ann'}, take => ${3}, cursor => ${page.next_cursor})`
  assert.deepEqual(rest.map((t) => t.id), [1n])
})

await step('update', async () => {
  const patch = sql.json({ completed: true, description: null })
  const task = await first(sql`SELECT * FROM update_task(${'ann'}, ${1}, ${patch})`)
  assert.deepEqual([task.title, task.completed, task.description], ['Buy milk', true, null])
  assert.equal(await first(sql`SELECT * FROM update_task(${'ann'}, ${99}, ${patch})`), undefined)
})

await step('soft delete', async () => {
  assert.equal(await value(sql`SELECT soft_delete_task(${'ann'}, ${2})`), true)
  assert.equal(await value(sql`SELECT soft_delete_task(${'ann'}, ${2})`), false)
  assert.equal(await first(sql`SELECT * FROM get_task(${'ann'}, ${2})`), undefined)
  assert.equal((await first(sql`SELECT * FROM restore_task(${'ann'}, ${2})`)).id, 2n)
})

await step('nested load', async () => {
  const message = await first(sql`SELECT * FROM append_message(${'ann'}, NULL, ${'user'}, ${'Add milk'})`)
  assert.equal(message.conversation_id, 1n)
  await sql`SELECT * FROM append_message(${'ann'}, ${message.conversation_id}, ${'assistant'}, ${'Done.'},
    data => ${sql.json({ usage: { tokens: 12 } })})`
  const chat = await value(sql`SELECT load_conversation(${'ann'}, ${1}, ${sql.json(['messages:-20'])})`)
  assert.deepEqual(chat.messages.map((m) => m.role), ['user', 'assistant'])
  assert.equal(chat.messages[1].data.usage.tokens, 12)
  assert.equal(await value(sql`SELECT load_conversation(${'ann'}, ${99}, ${sql.json(['messages'])})`), null)
})

await step('types', async () => {
  const labels = ['garden', 'two words, "quoted"', 'h\u00e9llo \u{1f600}']
  const ticket = await first(sql`SELECT * FROM create_ticket(${'ann'}, ${'Paint the fence'}, priority => ${'high'},
    labels => ${labels}, estimate => ${'12.50'}, due => ${'2026-12-24'}, data => ${sql.json([1, { a: null }])})`)
  assert.deepEqual([ticket.id, ticket.priority, ticket.labels], [2n ** 53n + 1n, 'high', labels])
  assert.deepEqual([ticket.estimate, ticket.due, ticket.data], ['12.50', '2026-12-24', [1, { a: null }]])
})

await step('big ids', async () => {
  assert.equal((await first(sql`SELECT * FROM get_ticket(${'ann'}, ${2n ** 53n + 1n})`)).title, 'Paint the fence')
  assert.equal((await value(sql`SELECT page_tickets(${'ann'})`)).items[0].id, '9007199254740993')
  // as an id in a payload: a string again
  const match = sql.json({ id: '9007199254740993' })
  assert.equal((await sql`SELECT * FROM list_tickets(${'ann'}, match => ${match})`).length, 1)
})

await step('rows', async () => {
  const said = await sql`SELECT m.role FROM get_conversation(${'ann'}, ${1}) c, messages(c) m`
  assert.deepEqual(said.map((m) => m.role), ['user', 'assistant'])
  // a row that is one value is a text: put the function into FROM, or ask for JSON
  assert.match(await value(sql`SELECT t FROM get_task(${'ann'}, ${1}) t`), /^\(1,ann,/)
  assert.equal((await value(sql`SELECT to_json(t) FROM get_task(${'ann'}, ${1}) t`)).completed, true)
})

await step('errors', async () => {
  let { status: code, body } = await refused(sql`SELECT * FROM create_task(${'ann'}, ${''})`)
  assert.deepEqual([code, body[0].loc, body[0].type], [422, ['title'], 'check'])
  ;({ status: code, body } = await refused(
    sql`SELECT * FROM create_tasks(${'ann'}, ${sql.json([{ title: 'fine' }, { titel: 'a slip' }])})`))
  assert.deepEqual([code, body.map((f) => f.loc)], [422, [[1, 'titel'], [1, 'title']]])
  assert.equal(await status(sql`SELECT * FROM create_ticket(${'ann'}, ${'Urgent'}, priority => ${'urgent'})`), 422)
  assert.equal(await status(sql`SELECT * FROM create_task(${null}, ${'Whose?'})`), 401)
  assert.equal(await status(sql`SELECT * FROM task`), 403)
  assert.equal(await status(sql`SELECT * FROM one_task(${'ann'}, ${sql.json({ title: 'nothing' })})`), 404)
  assert.equal(await status(sql`SELECT * FROM one_task(${'ann'}, ${sql.json({ completed: false })})`), 409)
  assert.equal(await status(sql`SELECT * FROM create_ticket(${'ann'}, ${'Paint the fence'})`), 409)
  assert.equal(await status(sql`SELECT * FROM create_task(${'ann'}, ${'Reply'}, conversation_id => ${99})`), 409)
  // what is JSON already is written as JSON once more: a string
  const text = JSON.stringify({ completed: true })
  assert.equal(await status(sql`SELECT * FROM update_task(${'ann'}, ${1}, ${text})`), 422)
  assert.equal(await status(sql`SELECT no_such_function(${'ann'}::text)`), 500)
})

await step('identity', async () => {
  await sql.begin(async (tx) => {
    await tx`SELECT set_config('todo_orm.user_id', ${'ann'}, true)`
    assert.equal(await value(tx`SELECT count_tasks(${'ann'})`), 4n)
    assert.equal(await status(tx.savepoint((sp) => sp`SELECT count_tasks(${'bob'})`)), 403)
  })
  assert.equal(await value(sql`SELECT count_tasks(${'bob'})`), 0n)
})

await step('1,000 concurrent calls through a pool of 10', async () => {
  const titles = Array.from({ length: 1000 }, (_, n) => `task ${n}`)
  const made = await Promise.all(titles.map((title) => first(sql`SELECT * FROM create_task(${'joe'}, ${title})`)))
  assert.deepEqual(made.map((t) => t.title), titles)
  assert.equal(new Set(made.map((t) => t.id)).size, 1000)
  assert.equal(await value(sql`SELECT count_tasks(${'joe'})`), 1000n)
})

await sql.end()
done()
