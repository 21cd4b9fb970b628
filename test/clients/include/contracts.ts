// What an application writes against the module. Every line is checked by
// "tsc --strict"; those behind @ts-expect-error must be refused by it.
import * as m from './models.js';

type Check = (name: string, got: unknown, expected: unknown) => void;

export async function play(db: m.Db, check: Check) {
  const milk: m.Task = await m.create_task(db, { user_id: 'tess', title: 'Buy milk', description: 'two litres' });
  check('create', [milk.title, milk.completed, typeof milk.id], ['Buy milk', false, 'number']);
  const title: string | undefined = (await m.get_task(db, { user_id: 'tess', id: milk.id }))?.title;
  check('get', title, 'Buy milk');
  check('get, none', await m.get_task(db, { user_id: 'bob', id: milk.id }), null);
  const made = await m.create_tasks(db, { user_id: 'tess', items: [{ title: 'Run', completed: true }, { title: 'Read' }] });
  check('create many', made.map((task) => task.title), ['Run', 'Read']);
  check('list', (await m.list_tasks(db, { user_id: 'tess', scope: 'pending', match: { title: { ilike: '%milk%' }, or: [{ id: milk.id }, { completed: true }] } })).length, 1);
  check('list, all arguments left out', (await m.list_tasks(db, { user_id: 'tess' })).length, 3);
  check('list, none', await m.list_tasks(db, { user_id: 'bob' }), []);
  check('count', await m.count_tasks(db, { user_id: 'tess' }), 3);
  const changed = await m.update_task(db, { user_id: 'tess', id: milk.id, patch: { completed: true, description: null } });
  check('update', [changed?.completed, changed?.description, changed?.title], [true, null, 'Buy milk']);
  const page: m.Page<m.Task> = await m.page_tasks(db, { user_id: 'tess', take: 2, with_total: true, sort: 'id' });
  check('page', [page.items.length, page.total, typeof page.items[0].id, typeof page.next_cursor], [2, 3, 'number', 'string']);
  check('find', (await m.find_tasks(db, { user_id: 'tess', ids: [made[1].id, milk.id] })).map((task) => task.title), ['Read', 'Buy milk']);
  check('delete', [await m.delete_task(db, { user_id: 'tess', id: milk.id }), await m.delete_task(db, { user_id: 'tess', id: milk.id })], [true, false]);
  const first = await m.append_message(db, { user_id: 'tess', conversation_id: null, role: 'user', content: 'Hi' });
  const chat = await m.get_conversation_with_messages(db, { user_id: 'tess', conversation_id: first.conversation_id });
  check('with children', chat?.messages?.map((message) => message.content), ['Hi']);
  const loaded = await m.load_conversations(db, { user_id: 'tess', include: ['messages'] });
  check('load', loaded.items[0].messages?.[0].role, 'user');
  check('load, none', await m.load_task(db, { user_id: 'tess', id: 0, include: [] }), null);
  check('upsert', (await m.upsert_label(db, { user_id: 'tess', item: { name: 'home' }, on_key: ['name'] })).name, 'home');
  check('changes', (await m.changes_since_labels(db, { user_id: 'tess' })).changes.map((change) => [change.op, change.row?.name]), [['upsert', 'home']]);
  check('link', await m.link_task_labels(db, { user_id: 'tess', id: made[0].id, ids: [1] }), 1);
  check('validate', (await m.validate_task(db, { user_id: 'tess', item: { titel: 'x' } })).map((error) => error.type), ['unexpected', 'missing']);
  check('patch many', (await m.patch_tasks(db, { user_id: 'tess', items: [{ id: made[0].id, title: 'Run far' }] }))[0].title, 'Run far');
  check('composite key', (await m.create_seat(db, { user_id: 'tess', hall: 'A', number: 1 })).free, true);
  check('composite keys', (await m.find_seats(db, { user_id: 'tess', ids: [{ hall: 'A', number: 1 }] })).length, 1);
  check('without owner', (await m.create_country(db, { code: 'DE', name: 'Germany' })).code, 'DE');
  check('reserved word', (await m.create_return(db, { user_id: 'tess', id: 1, class: 'x' })).class, 'x');
  check('120 columns', (await m.create_wide(db, { user_id: 'tess', item: { c1: 1, c120: 120 } })).c120, 120);

  const kind = await m.create_kind(db, {
    user_id: 'tess', m: 'it\'s "ok"', ms: ['*/ \\ ${x} \n"""', null], p: { x: 1, 'the name': 'abc', tags: ['t'], big: '5' }, ps: [{ x: 2 }], s: 'short', g: 3, gs: [1],
    i2: 7, b: 9007199254740991n, bs: [1, '2'], n: '1234567890123.0000000001', f: 0.5, r: '[1,5)', iv: '1 day', by: '\\x00ff', ip: '10.0.0.1', jb: { a: [1, null] }, d: '2026-01-02',
    tz: '2026-01-02T03:04:05Z', u: '123e4567-e89b-12d3-a456-426614174000', grid: [[1, 2], [3, 4]], code: 'AB', lvl: 2, choice: 'a' });
  check('types of all kinds', [kind.m, kind.ms, kind.p, kind.ps?.[0]?.x, kind.b, kind.bs, kind.f, kind.r, kind.iv, kind.by, kind.jb, kind.d, kind.grid],
    ['it\'s "ok"', ['*/ \\ ${x} \n"""', null], { x: 1, 'the name': 'abc', tags: ['t'], big: 5, at: null }, 2, 9007199254740991, [1, 2], 0.5, '[1,5)', '1 day', '\\x00ff', { a: [1, null] }, '2026-01-02', [[1, 2], [3, 4]]]);

  await refuses('a bigint that JavaScript cannot hold', m.create_kind(db, { user_id: 'eve', b: '9007199254740993' }), 'RangeError');
  await refuses('in a list', m.list_kinds(db, { user_id: 'eve' }), 'RangeError');
  await refuses('in JSON, too', m.page_kinds(db, { user_id: 'eve' }), 'RangeError');
  await refuses('in an array, too', m.create_kind(db, { user_id: 'tess', bs: ['9007199254740993'] }), 'RangeError');
  await refuses('and one that is sent', m.create_kind(db, { user_id: 'eve', b: 2 ** 53 }), 'RangeError');
  await refuses('an error of the database', m.create_task(db, { user_id: 'tess', title: '' }), '22023');

  async function refuses(name: string, promise: Promise<unknown>, code: string) {
    check(name, await promise.then(() => 'no error', (error) => error.code ?? error.name), code);
  }
}

// What the editor underlines. Never called.
export async function wrong(db: m.Db) {
  // @ts-expect-error: the owner is missing
  await m.create_task(db, { title: 'x' });
  // @ts-expect-error: no such argument
  await m.create_task(db, { user_id: 'tess', title: 'x', titel: 'y' });
  // @ts-expect-error: a string is no boolean
  await m.create_task(db, { user_id: 'tess', title: 'x', completed: 'yes' });
  // @ts-expect-error: readonly
  await m.update_task(db, { user_id: 'tess', id: 1, patch: { created_at: 'now' } });
  // @ts-expect-error: not null
  await m.update_task(db, { user_id: 'tess', id: 1, patch: { title: null } });
  // @ts-expect-error: immutable
  await m.update_message(db, { user_id: 'tess', id: 1, patch: { role: 'user' } });
  // @ts-expect-error: no role of that CHECK
  await m.append_message(db, { user_id: 'tess', conversation_id: 1, role: 'robot', content: 'x' });
  // @ts-expect-error: no label of that enum
  await m.create_kind(db, { user_id: 'tess', m: 'furious' });
  // @ts-expect-error: no such scope
  await m.list_tasks(db, { user_id: 'tess', scope: 'done' });
  // @ts-expect-error: no such column
  await m.list_tasks(db, { user_id: 'tess', match: { titel: 'x' } });
  // @ts-expect-error: it may be null
  (await m.get_task(db, { user_id: 'tess', id: 1 })).title;
  // @ts-expect-error: hidden
  (await m.create_seat(db, { user_id: 'tess', hall: 'A', number: 1 })).secret;
}
