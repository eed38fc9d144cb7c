// Runs the audits of "GraphQL over HTTP" against a server; prints each as one line of JSON.
import { createRequire } from "node:module";

const [tools, url] = process.argv.slice(2);
const { serverAudits } = createRequire(`${tools}/`)("graphql-http");

for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const { id, name, status, reason } = await audit.fn();
  console.log(JSON.stringify({ id, name, status, reason }));
}
