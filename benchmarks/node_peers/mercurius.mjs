// mercurius with its just-in-time compiler, over SQL by hand: one statement a root field.
import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const sql = JSON.parse(readFileSync(process.env.PEER_SQL, "utf8"));
const options = Object.entries(sql.server_settings).map(([name, value]) => `-c ${name}=${value}`).join(" ");
const pool = new pg.Pool({ connectionString: sql.dsn, max: sql.pool, options });

const schema = `
  type Organisation { id: ID! nameZh: String! }
  type Place { id: ID! nameZh: String! }
  type Resource { id: ID! titleZh: String! }
  type Match { score: Int! resource: Resource! }
  type Need {
    id: ID!
    number: String!
    titleZh: String!
    status: String!
    urgency: String!
    visibility: String
    concerns: Organisation
    community: Place
    matches: [Match!]!
  }
  type Query {
    needs: [Need!]!
    need(id: ID!): Need
    page(before: ID!): [Need!]!
  }
`;

async function rows(name, values) {
  const text = sql[name];
  return (await pool.query({ name, text, values: [...sql.values, ...values], rowMode: "array" })).rows;
}

function nested(row) {
  const [id, number, titleZh, status, urgency, unit, unitName, place, placeName, matches] = row;
  return {
    id, number, titleZh, status, urgency,
    concerns: unit === null ? null : { id: unit, nameZh: unitName },
    community: place === null ? null : { id: place, nameZh: placeName },
    matches: (matches ?? []).map(([score, key, title]) => ({ score, resource: { id: key, titleZh: title } })),
  };
}

function flat([id, number, titleZh, status, urgency, visibility]) {
  return { id, number, titleZh, status, urgency, visibility };
}

const resolvers = {
  Query: {
    needs: async () => (await rows("nested_json", [])).map(nested),
    need: async (_, { id }) => (await rows("single_json", [id])).map(nested)[0] ?? null,
    page: async (_, { before }) => (await rows("flat", [before])).map(flat),
  },
};

const app = Fastify();
app.register(mercurius, { schema, resolvers, jit: 1 });
await app.listen({ port: Number(process.env.PEER_PORT), host: "127.0.0.1" });
