"""The private PostgreSQL server the tests of several rooms use."""

import psycopg

from tests.postgres import PostgresServer


def test_the_server_answers_on_its_socket_only_and_hands_out_empty_data_bases(postgres: PostgresServer) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    assert first != second
    name = second.partition("@/")[2].partition("?")[0]
    with psycopg.connect(postgres.conninfo(name)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
