"""Webhooks below the commands: which address may be called, how a body is made and signed, the outbox."""
