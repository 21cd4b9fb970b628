// What PostGraphile has to be told about the functions of todo_orm. Its preset goes into "extends".

import { sqlFromArgDigests } from 'postgraphile/@dataplan/pg'
import { sql } from 'postgraphile/pg-sql2'

// The one argument of a function of the row: messages(conversation), conversation(message)
const rowOf = (pgProc) => {
  const [argument, ...others] = pgProc.getArguments()
  return others.length ? undefined : argument?.type.getClass()
}

// Written in LANGUAGE todo_orm, or one of the inlinable ones, which go with the extension
const isOurs = (pgProc, { languages, extensions, depends }) => {
  const ours = extensions.find((extension) => extension.extname === 'todo_orm')
  return languages.some((l) => l._id === pgProc.prolang && l.lanname === 'todo_orm') ||
    depends.some((d) => d.objid === pgProc._id && d.deptype === 'x' && d.refobjid === ours?._id)
}

const TodoOrmPlugin = {
  name: 'TodoOrmPlugin',
  version: '1.1.0',

  inflection: {
    replace: {
      // project(task) and project(message) are two, and neither is the table "project". This is the name inside
      // of PostGraphile; the field is called "project" all the same.
      functionResourceName(previous, options, details) {
        const name = previous(details)
        const row = rowOf(details.pgProc)
        return row ? `${row.relname}_${name}` : name
      },
      // "listTasks", not "listTasksList"
      customQueryListField(previous, options, details) {
        return details.resource.extensions?.tags?.todoOrm ? this.customQueryField(details) : previous(details)
      },
      computedAttributeListField(previous, options, details) {
        return details.resource.extensions?.tags?.todoOrm ? this.computedAttributeField(details) : previous(details)
      },
    },
  },

  gather: {
    hooks: {
      // PostGraphile leaves out functions whose name exists twice; functions of the row are told apart by their row
      async pgIntrospection_proc({ helpers }, { entity: pgProc, serviceName }) {
        if (rowOf(pgProc)) await helpers.pgProcedures.getResourceOptions(serviceName, pgProc)
      },
      async pgProcedures_functionResourceOptions({ helpers }, { pgProc, serviceName, functionResourceOptions: options }) {
        const all = await helpers.pgIntrospection.getIntrospection()
        if (!isOurs(pgProc, all.find((one) => one.pgService.name === serviceName).introspection)) return
        const row = rowOf(pgProc)
        if (row) {
          // a row that a mutation has returned comes as a record: of which table, tells one function from the other
          const called = sql.identifier(pgProc.getNamespace().nspname, pgProc.proname)
          const type = sql.identifier(row.getNamespace().nspname, row.relname)
          options.from = (...args) => sql`${called}((${sqlFromArgDigests(args)})::${type})`
        }
        // ROWS 1: a row or null, not a list
        if (pgProc.prorows === 1) Object.assign(options, { returnsSetof: false, hasImplicitOrder: false })
        // A list, not a connection: take and cursor are arguments, and a connection's totalCount would count a page
        options.extensions = {
          ...options.extensions,
          tags: { ...options.extensions?.tags, todoOrm: true, behavior: ['-connection', 'list'] },
        }
      },
    },
  },
}

export const TodoOrmPreset = {
  plugins: [TodoOrmPlugin],
  // Rows are written by the functions. PostGraphile's own mutations for tables have the same names: createTask, ...
  schema: { defaultBehavior: '-resource:insert -resource:update -resource:delete' },
}

// What a web application answers when a call raises this SQLSTATE
const STATUS = {
  '22004': 401, 42501: 403, P0002: 404,
  P0003: 409, TO409: 409, 23503: 409, 23505: 409, '23P01': 409,
  22023: 422, '22P02': 422, '22003': 422, '22007': 422, '22008': 422, 23514: 422,
  40001: 503, '40P01': 503, '55P03': 503, 57014: 503,
}

// The extensions of a GraphQL error; nothing for one that is not PostgreSQL's, or that callers must not read
export function explain({ code, detail }) {
  const status = STATUS[code]
  return status && { code, status, ...(code === '22023' && detail && { detail: JSON.parse(detail) }) }
}
