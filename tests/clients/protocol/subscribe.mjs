// Subscribes with npm's graphql-ws ("ws") or graphql-sse ("sse"), and prints as one line of JSON each what happens.
// A line on its input ends the subscription, as a program does that has heard enough.
import { createRequire } from "node:module";

const [tools, kind, url, told] = process.argv.slice(2);
const { query, variables, headers = {}, keepAlive = 0 } = JSON.parse(told);
const load = createRequire(`${tools}/`);
const say = (line) => console.log(JSON.stringify(line));

function overWebSocket() {
  const { WebSocket } = load("ws");
  class Watched extends WebSocket {
    constructor(...given) {
      super(...given);
      this.on("message", (_, binary) => binary && say({ binary }));
    }
  }
  return load("graphql-ws").createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: Watched,
    connectionParams: headers,
    retryAttempts: 0,
    lazyCloseTimeout: 0,
    keepAlive,
    on: {
      connected: () => say({ connected: true }),
      ping: (received) => received && say({ ping: true }),
      pong: (received) => received && say({ pong: true }),
      closed: ({ code, reason }) => say({ closed: code, reason }),
    },
  });
}

function overEvents() {
  return load("graphql-sse").createClient({
    url,
    headers,
    retryAttempts: 0,
    on: { connected: () => say({ connected: true }) },
  });
}

const client = kind === "ws" ? overWebSocket() : overEvents();
const end = client.subscribe(
  { query, variables },
  {
    next: (next) => say({ next }),
    // A list of GraphQL errors, a closed connection, or an answer that is no stream.
    error: (fault) => say({ error: Array.isArray(fault) ? fault : { code: fault.code, status: fault.response?.status } }),
    complete: () => {
      say({ complete: true });
      process.stdin.destroy();
    },
  },
);
process.stdin.once("data", end);
