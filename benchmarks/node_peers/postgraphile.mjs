// PostGraphile 5 with its recommended preset. Who connects is a role whose rows PostgreSQL filters by policies.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const { dsn, pool } = JSON.parse(readFileSync(process.env.PEER_SQL, "utf8"));
const address = new URL(dsn);
address.username = process.env.PEER_ROLE;

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: address.href, schemas: ["public"], poolConfig: { max: pool } })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: { explain: false },
};

const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(process.env.PEER_PORT), "127.0.0.1");
