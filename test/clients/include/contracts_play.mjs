// Plays contracts.ts, compiled, against the server; prints one JSON value for each check.
import { Client } from './pg_client.mjs';
import { play } from './contracts.js';

const db = new Client();
await db.connect();
await play(db, (name, got, expected) => console.log(JSON.stringify([name, got ?? null, expected])));
db.end();
