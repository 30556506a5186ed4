"""A query over a connection that a credential opens, and what that connection was."""

import psycopg


def ask(host, user, password, **options):
    with psycopg.connect(
        host=host, dbname="databricks_postgres", user=user, password=password, **options
    ) as connection:
        row = connection.execute("select current_user, current_database(), 6 * 7").fetchone()
        return {"row": row, "encrypted": connection.pgconn.ssl_in_use}


def refusal(*args, **options):
    """What the driver says when it must not get in."""
    try:
        ask(*args, **options)
    except psycopg.OperationalError as error:
        return str(error)
    return None
