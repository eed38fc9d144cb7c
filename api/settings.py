"""Configuration from the environment (prefix WUJIA_) or a .env file, typed and read once."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """How careful the server is: production hides introspection, suggestions and GraphiQL."""

    DEMO = "demo"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """All settings; every one has a default that suits one process on one machine."""

    model_config = SettingsConfigDict(env_prefix="WUJIA_", env_file=".env", extra="ignore")

    environment: Environment = Environment.DEVELOPMENT
    data_directory: Path = Path("wujia-data")
    database_url: str | None = Field(
        default=None, description="sqlite://path or postgres://user:password@host:port/name"
    )
    database_pool: int = Field(default=4, ge=1, le=64, description="PostgreSQL connections of a process")
    secret_key: SecretStr | None = Field(
        default=None, description="32 or more characters; seals personal data and look-up hashes"
    )
    host: str = "127.0.0.1"
    port: int = 8000
    rule_workers: int = Field(default=1, ge=1, le=16)
    rule_seconds: float = Field(default=2.0, gt=0)
    rule_memory_mb: int = Field(default=512, ge=128)
    graphql_seconds: float = Field(default=10.0, gt=0)
    body_bytes: int = Field(default=256_000, gt=0)
    idempotency_days: int = Field(default=7, ge=1, le=365)
    connections_of_address: int = Field(
        default=20, ge=1, description="open subscriptions' connections of one address without a key, in a process"
    )
    connections_of_strangers: int = Field(default=200, ge=0, description="those of all without a key, in a process")
    connections_of_account: int = Field(default=50, ge=1, description="those of one person or organisation")
    event_days: int = Field(
        default=400, ge=35, description="how long events are kept, and with them the cursors of the change feed"
    )
    key_points: int = Field(default=20_000, ge=0, description="points a minute of a key; 0 counts none")
    person_points: int = Field(default=20_000, ge=0, description="points a minute of a person")
    address_points: int = Field(default=10_000, ge=0, description="points a minute of callers without credentials")
    redis_url: str | None = Field(
        default=None, pattern=r"^rediss?://", description="where all processes count points together"
    )
    statement_seconds: float = Field(default=5.0, gt=0)
    webhook_allow_private: bool = Field(
        default=False, description="webhooks may call http and private addresses; for development and tests"
    )

    @property
    def production(self) -> bool:
        """Tell whether this is a production server."""
        return self.environment is Environment.PRODUCTION

    @property
    def resolved_database_url(self) -> str:
        """Return the database URL, by default a SQLite file in the data directory."""
        return self.database_url or f"sqlite://{self.data_directory / 'wujia.sqlite3'}"

    @property
    def sqlite(self) -> bool:
        """Tell whether the database is the embedded one."""
        return self.resolved_database_url.startswith("sqlite")
