"""Where a desk keeps what it knows."""

from pathlib import Path

from daemon.config import Config


def database_url(config: Config) -> str:
    """Where the rows are."""
    return config.store.url or f"sqlite:///{config.desk.data_dir / 'postroom.db'}"


def blobs_folder(config: Config) -> Path:
    """Where raw mail and outgoing bytes are."""
    return config.desk.data_dir / "blobs"
