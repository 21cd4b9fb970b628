import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { grafserv } from 'postgraphile/grafserv/node'
import preset from './graphile.config.js'

const pgl = postgraphile(preset)
const server = createServer()
await pgl.createServ(grafserv).addTo(server)
server.listen(process.env.PORT ?? 5678, '127.0.0.1', () =>
  console.log(`http://127.0.0.1:${server.address().port}/graphql`))
