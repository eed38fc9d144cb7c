// A partner's program in TypeScript on documents typed from schema.graphql; takes one order a line, answers one.
// Run: node built/partner.js https://wujia.example/graphql TOKEN
import { createInterface } from "node:readline";
import {
  FollowDocument,
  JudgeAskerDocument,
  OpenNeedsDocument,
  OurClaimsDocument,
  ReportDoneDocument,
  SignOursDocument,
  TakePartDocument,
} from "./generated/graphql";
import type {
  FollowQuery,
  JudgeAskerMutationVariables,
  OpenNeedsQuery,
  OpenNeedsQueryVariables,
  OurClaimsQueryVariables,
  ReportDoneMutationVariables,
  SignOursMutationVariables,
  TakePartMutationVariables,
  TypedDocumentString,
} from "./generated/graphql";

const [url = "", token = ""] = process.argv.slice(2);

async function ask<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  headers: Record<string, string> = {},
): Promise<Result> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${token}`,
      "Accept-Language": "zh",
      ...headers,
    },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const body = (await answer.json()) as { data?: Result; errors?: unknown };
  if (body.errors !== undefined || !body.data) throw new Error(JSON.stringify(body.errors));
  return body.data;
}

type Kept = NonNullable<FollowQuery["changes"]["nodes"][number]["node"]>;
const copy = new Map<string, Kept>();
let cursor: string | null | undefined = null;

async function follow() {
  const dropped: string[] = [];
  for (;;) {
    const page: FollowQuery["changes"] = (await ask(FollowDocument, { after: cursor })).changes;
    for (const change of page.nodes) {
      if (change.deleted) {
        dropped.push(change.id);
        copy.delete(change.id);
      } else if (change.node) {
        copy.set(change.id, change.node);
      }
    }
    cursor = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage) return { copy: Object.fromEntries(copy), dropped };
  }
}

async function open(given: OpenNeedsQueryVariables) {
  const found: OpenNeedsQuery["needs"]["nodes"][number][] = [];
  let after: string | null | undefined = null;
  for (;;) {
    const page: OpenNeedsQuery["needs"] = (await ask(OpenNeedsDocument, { ...given, after })).needs;
    found.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return found;
    after = page.pageInfo.endCursor;
  }
}

const acts = {
  open,
  follow,
  sign: async (given: SignOursMutationVariables) => (await ask(SignOursDocument, given)).agreementSign,
  claim: async ({ key, ...given }: TakePartMutationVariables & { key: string }) =>
    (await ask(TakePartDocument, given, { "Idempotency-Key": key })).needClaim,
  complete: async (given: ReportDoneMutationVariables) => (await ask(ReportDoneDocument, given)).claimComplete,
  evaluate: async (given: JudgeAskerMutationVariables) => (await ask(JudgeAskerDocument, given)).claimEvaluate,
  claims: async (given: OurClaimsQueryVariables) => (await ask(OurClaimsDocument, given)).claims.nodes,
};

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const { order, given } = JSON.parse(line) as { order: keyof typeof acts; given: never };
    console.log(JSON.stringify(await acts[order](given)));
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
