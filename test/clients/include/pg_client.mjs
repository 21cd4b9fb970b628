// The smallest client of the shape that node-postgres has: query(text, params).
// Parameters and results are text, as they come over the wire.
import net from 'node:net';

const message = (type, ...parts) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? int(part, 4) : typeof part === 'string' ? Buffer.from(part + '\0') : part)));
  return Buffer.concat([Buffer.from(type), int(body.length + 4, 4), body]);
};
const int = (value, bytes) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
};

export class Client {
  #socket;
  #buffer = Buffer.alloc(0);
  #wake = () => {};

  async connect() {
    const { PGHOST, PGPORT, PGUSER, PGDATABASE, USER } = process.env;
    this.#socket = net.connect(`${PGHOST}/.s.PGSQL.${PGPORT}`);
    this.#socket.on('data', (data) => { this.#buffer = Buffer.concat([this.#buffer, data]); this.#wake(); });
    this.#socket.write(message('', int(196608, 4), 'user', PGUSER ?? USER, 'database', PGDATABASE, Buffer.from([0])));
    await this.#result();
  }

  end() { this.#socket.end(); }

  async query(text, params) {
    const values = params.map((value) => (value === null ? int(-1, 4) : Buffer.concat([int(Buffer.byteLength(value), 4), Buffer.from(value)])));
    this.#socket.write(Buffer.concat([
      message('P', '', text, int(0, 2)),
      message('B', '', '', int(0, 2), int(values.length, 2), ...values, int(0, 2)),
      message('D', Buffer.from('P'), ''),
      message('E', '', 0),
      message('S')]));
    return this.#result();
  }

  async #message() {
    while (this.#buffer.length < 5 || this.#buffer.length < this.#buffer.readInt32BE(1) + 1) {
      await new Promise((resolve) => { this.#wake = resolve; });
    }
    const length = this.#buffer.readInt32BE(1) + 1;
    const found = { type: String.fromCharCode(this.#buffer[0]), body: this.#buffer.subarray(5, length) };
    this.#buffer = this.#buffer.subarray(length);
    return found;
  }

  // reads until the server is ready again
  async #result() {
    const rows = [];
    let columns = [];
    let error = null;
    for (;;) {
      const { type, body } = await this.#message();
      if (type === 'T') columns = names(body);
      else if (type === 'D') rows.push(row(columns, body));
      else if (type === 'E') error = Object.assign(new Error(), fields(body));
      else if (type === 'Z') break;
    }
    if (error) throw error;
    return { rows };
  }
}

function names(body) {
  const result = [];
  for (let at = 2; result.length < body.readInt16BE(0); at += 19) {
    const end = body.indexOf(0, at);
    result.push(body.toString('utf8', at, end));
    at = end;
  }
  return result;
}

function row(columns, body) {
  const result = {};
  let at = 2;
  for (const name of columns) {
    const length = body.readInt32BE(at);
    at += 4;
    result[name] = length < 0 ? null : body.toString('utf8', at, at + length);
    at += Math.max(length, 0);
  }
  return result;
}

function fields(body) {
  const names = { C: 'code', M: 'message', D: 'detail' };
  const result = {};
  for (const part of body.toString('utf8').split('\0')) {
    if (names[part[0]]) result[names[part[0]]] = part.slice(1);
  }
  return result;
}
