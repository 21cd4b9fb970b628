// What both programs need: the HTTP status of an error, and one line of output for each step.

const STATUS = {
  '22004': 401, // no owner: nobody is logged in
  '42501': 403,
  P0002: 404,
  P0003: 409, TO409: 409, 23503: 409, 23505: 409, '23P01': 409,
  22023: 422, '22P02': 422, '22003': 422, '22007': 422, '22008': 422, 23514: 422,
  40001: 503, '40P01': 503, '55P03': 503, 57014: 503, // try again
}

// What a web application answers when a call raises this SQLSTATE.
export const httpStatus = (sqlstate) => STATUS[sqlstate] ?? 500

// The HTTP status and the body that a web application answers with.
export async function refused(call) {
  try {
    await call
  } catch (error) {
    if (!error.code) throw error
    const faults = error.code === '22023' && error.detail
    return { status: httpStatus(error.code), body: faults ? JSON.parse(faults) : error.message }
  }
  throw new Error('not refused')
}

export const status = async (call) => (await refused(call)).status

let count = 0
let failed = 0

export async function step(name, work) {
  let problem
  await work().catch((error) => { problem = error })
  if (problem) failed++
  console.log(`${problem ? 'not ok' : 'ok'} ${++count} - ${name}`)
  if (problem) console.log('# ' + problem.stack.replaceAll('\n', '\n# '))
}

export function done() {
  console.log(`1..${count}`)
  process.exitCode = failed ? 1 : 0
}
