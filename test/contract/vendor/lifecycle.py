"""An application on Databricks' SDK for Python and psycopg. Prints what it saw; the test reads that."""

import json
import os

from connection import ask, refusal
from databricks.sdk import WorkspaceClient
from databricks.sdk.common.types.fieldmask import FieldMask
from databricks.sdk.errors import NotFound
from databricks.sdk.service.postgres import (
    Branch,
    BranchSpec,
    Duration,
    Endpoint,
    EndpointSpec,
    EndpointType,
    Project,
    ProjectSpec,
)

w = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], token=os.environ["DATABRICKS_TOKEN"])
ca = os.environ["LAKEBASE_CA"]


def both(resource):
    """As the SDK understood it, and as it was sent: a field that the SDK does not know would be missing."""
    return {"understood": resource.as_dict(), "sent": w.api_client.do("GET", f"/api/2.0/postgres/{resource.name}")}


def is_gone(name):
    try:
        w.postgres.get_branch(name)
    except NotFound:
        return True
    return False


project = w.postgres.create_project(
    Project(spec=ProjectSpec(display_name="Shop", pg_version=17)), project_id="shop"
).wait()
branch = w.postgres.create_branch(
    project.name, Branch(spec=BranchSpec(ttl=Duration(seconds=86400))), branch_id="dev"
).wait()
wanted = EndpointSpec(
    # The SDK demands a type, and the mask keeps it out, as it does the time until the compute is suspended.
    endpoint_type=EndpointType.ENDPOINT_TYPE_READ_WRITE,
    autoscaling_limit_max_cu=4,
    suspend_timeout_duration=Duration(seconds=600),
)
made = next(w.postgres.list_endpoints(branch.name))
mask = FieldMask(["spec.autoscaling_limit_max_cu"])
endpoint = w.postgres.update_endpoint(made.name, Endpoint(spec=wanted), mask).wait()
seen = {"project": both(project), "branch": both(branch), "endpoint": both(endpoint)}

credential = w.postgres.generate_database_credential(endpoint.name, ttl=Duration(seconds=300))
door = (endpoint.status.hosts.host, w.current_user.me().user_name)
connections = {
    "required": ask(*door, credential.token, sslmode="require"),
    "verified": ask(*door, credential.token, sslmode="verify-full", sslrootcert=ca),
    "forged": refusal(*door, f"{credential.token}x", sslmode="require"),
    "no token": refusal(*door, "a password", sslmode="require"),
    "not encrypted": refusal(*door, credential.token, sslmode="disable"),
    "not trusted": refusal(*door, credential.token, sslmode="verify-full", sslrootcert="system"),
}

w.postgres.delete_branch(branch.name).wait()
print(json.dumps({**seen, "connections": connections, "gone": is_gone(branch.name)}))
