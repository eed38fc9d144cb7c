"use strict";

const EXAMPLE = `# 五家：资源、需求、项目三张清单；规则把它们配成对，并说明理由。
# Wujia: lists of resources, needs and projects; rules match them and say why.
# 按 Ctrl-Enter 执行；左上角的书列出全部字段。 Run with Ctrl-Enter; the book, top left, lists all fields.
query OpenNeeds {
  needs(first: 5) {
    totalCount
    nodes {
      id
      title
      status
      matches(first: 3) {
        nodes {
          score
          resource { title }
          reason { ruleTitle because }
        }
      }
    }
  }
}
`;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: window.location.pathname, enableIncrementalDelivery: false }),
    defaultQuery: EXAMPLE,
    defaultEditorToolsVisibility: "headers",
    // A key must not stay behind in the browser.
    shouldPersistHeaders: false,
  }),
);
