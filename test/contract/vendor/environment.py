"""A program that is told where to connect by libpq's environment, and then by a uri alone."""

import json
import os

import psycopg


def ask(conninfo):
    with psycopg.connect(conninfo) as connection:
        row = connection.execute("select current_user, current_database(), 6 * 7").fetchone()
        return {"row": row, "encrypted": connection.pgconn.ssl_in_use}


environment = ask("")
uri = os.environ["URI"]
for name in [name for name in os.environ if name.startswith("PG") and name != "PGPASSWORD"]:
    del os.environ[name]
print(json.dumps({"environment": environment, "uri": ask(uri)}))
