"""A service principal that finds its sign-in in the environment, as in a job. Prints what it saw."""

import json

from connection import ask
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.postgres import Project

w = WorkspaceClient()
# Whoever makes a project has a role in it.
project = w.postgres.create_project(Project(), project_id="shop").wait()
endpoint = next(w.postgres.list_endpoints(project.status.default_branch))
me = w.current_user.me().user_name
credential = w.postgres.generate_database_credential(endpoint.name)
answer = ask(endpoint.status.hosts.host, me, credential.token, sslmode="require")
print(json.dumps({"auth": w.config.auth_type, "me": me, "owner": project.status.owner, "answer": answer}))
