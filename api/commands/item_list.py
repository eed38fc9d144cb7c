"""Lists (清单) as documents: draft, publish, supersede, withdraw."""
