"""The house on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.unit.store.accounts.house import House, opened


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    with opened(database_url) as found:
        yield found
