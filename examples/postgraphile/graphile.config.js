import { GraphQLError } from 'graphql'
import { makePgService } from 'postgraphile/adaptors/pg'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { explain, TodoOrmPreset } from './todo-orm.js'

export default {
  extends: [PostGraphileAmberPreset, TodoOrmPreset],
  // The application's role, which has todo_orm.grant_access and no more: PGHOST, PGDATABASE, PGUSER ... say where
  pgServices: [makePgService({ poolConfig: { max: 10 }, schemas: ['public'], pubsub: false })],
  grafast: {
    // For whom the request acts, set for its transactions: take it from a token that you have checked, not from a header
    context: ({ node }) => ({ pgSettings: { 'todo_orm.user_id': node?.req.headers['x-user'] ?? '' } }),
  },
  grafserv: {
    graphiql: false,
    maskError(error) {
      const cause = error.originalError
      const extensions = cause && explain(cause)
      if (!cause || cause instanceof GraphQLError) return error
      if (!extensions) console.error(error)
      return new GraphQLError(extensions ? cause.message : 'internal error',
        { nodes: error.nodes, source: error.source, positions: error.positions, path: error.path, extensions })
    },
  },
}
