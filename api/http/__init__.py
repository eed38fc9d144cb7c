"""GraphQL over HTTP, sign-in and health: what stands between a socket and the schema."""
