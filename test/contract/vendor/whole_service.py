"""Every other kind of resource by Databricks' SDK for Python: made, changed and deleted. Prints what it saw."""

import json
import os

from databricks.sdk import WorkspaceClient
from databricks.sdk.common.types.fieldmask import FieldMask
from databricks.sdk.errors import NotFound
from databricks.sdk.service.iam import AccessControlRequest, PermissionLevel
from databricks.sdk.service.postgres import (
    Branch,
    BranchSpec,
    Catalog,
    CatalogCatalogSpec,
    CdfConfig,
    DailySchedule,
    DataApi,
    DataApiDataApiSpec,
    Database,
    DatabaseDatabaseSpec,
    Duration,
    Project,
    Role,
    RoleAttributes,
    RoleIdentityType,
    RoleMembershipRole,
    RoleRoleSpec,
    ScheduleCadence,
    Snapshot,
    SnapshotSchedule,
    SnapshotSpec,
    SyncedTable,
    SyncedTableSyncedTableSpec,
    SyncedTableSyncedTableSpecSyncedTableSchedulingPolicy as Policy,
)

w = WorkspaceClient(host=os.environ["DATABRICKS_HOST"], token=os.environ["DATABRICKS_TOKEN"])
pg = w.postgres
seen = {}


def see(key, resource):
    """As the SDK understood it, and as it was sent: a field that the SDK does not know would be missing."""
    sent = w.api_client.do("GET", f"/api/2.0/postgres/{resource.name}")
    seen[key] = {"understood": resource.as_dict(), "sent": sent}
    return resource


def is_gone(get, name):
    try:
        get(name)
    except NotFound:
        return True
    return False


project = pg.create_project(Project(), project_id="shop").wait()
branch = project.status.default_branch

# The SDK has no word for what the service says of a role without an identity.
wanted = RoleRoleSpec(
    postgres_role="app",
    identity_type=RoleIdentityType.GROUP,
    membership_roles=[RoleMembershipRole.DATABRICKS_SUPERUSER],
)
role = pg.create_role(branch, Role(spec=wanted), role_id="app").wait()
changed = RoleRoleSpec(attributes=RoleAttributes(createdb=True))
role = see("role", pg.update_role(role.name, Role(spec=changed), FieldMask(["spec.attributes.createdb"])).wait())
unnamed = pg.create_role(branch, Role(spec=RoleRoleSpec(postgres_role="other"))).wait()

spec = DatabaseDatabaseSpec(postgres_database="stock", role=role.name)
database = pg.create_database(branch, Database(spec=spec), database_id="stock").wait()
renamed = DatabaseDatabaseSpec(postgres_database="goods", role=role.name)
database = pg.update_database(database.name, Database(spec=renamed), FieldMask(["spec.postgres_database"])).wait()
see("database", database)

api_spec = DataApiDataApiSpec(db_max_rows=100, jwt_cache_max_lifetime=Duration(seconds=60))
api = pg.create_data_api(database.name, DataApi(spec=api_spec)).wait()
more = DataApiDataApiSpec(server_timing_enabled=True)
api = see("data api", pg.update_data_api(api.name, DataApi(spec=more), FieldMask(["spec.server_timing_enabled"])).wait())

feed = see(
    "feed",
    pg.create_cdf_config(database.name, CdfConfig(catalog="main", schema="shop", postgres_schema="public")).wait(),
)

catalog_spec = CatalogCatalogSpec(postgres_database="goods", branch=branch)
catalog = see("catalog", pg.create_catalog(Catalog(spec=catalog_spec), catalog_id="shop_catalog").wait())

table_spec = SyncedTableSyncedTableSpec(
    source_table_full_name="main.shop.orders", primary_key_columns=["id"], scheduling_policy=Policy.TRIGGERED
)
table = pg.create_synced_table(SyncedTable(spec=table_spec), synced_table_id="shop_catalog.public.orders").wait()
see("synced table", table)

snapshot_spec = SnapshotSpec(source_branch=branch, ttl=Duration(seconds=86400))
snapshot = see("snapshot", pg.create_snapshot(project.name, Snapshot(spec=snapshot_spec), "nightly").wait())
restored = pg.create_branch(
    project.name, Branch(spec=BranchSpec(source_snapshot=snapshot.name, no_expiry=True)), branch_id="restored"
).wait()

schedule_name = f"{branch}/snapshot-schedule"
cadence = ScheduleCadence(retention=Duration(seconds=86400), daily_schedule=DailySchedule(hour=3))
schedule = SnapshotSchedule(name=schedule_name, schedule=[cadence])
see("schedule", pg.update_snapshot_schedule(schedule_name, schedule, FieldMask(["schedule"])).wait())

# The names of projects are not object ids of the permissions service, their ids are.
w.permissions.set(
    "database-projects",
    "shop",
    access_control_list=[AccessControlRequest(group_name="developers", permission_level=PermissionLevel.CAN_USE)],
)
granted = w.permissions.get("database-projects", "shop").as_dict()

lists = {
    "roles": [each.role_id for each in pg.list_roles(restored.name, page_size=1)],
    "databases": [each.database_id for each in pg.list_databases(restored.name)],
    "feeds": [each.cdf_config_id for each in pg.list_cdf_configs(database.name)],
    "tables": [each.name for each in pg.list_cdf_statuses(feed.name)],
    "snapshots": [each.snapshot_id for each in pg.list_snapshots(project.name)],
}

pg.delete_synced_table(table.name).wait()
pg.delete_catalog(catalog.name).wait()
pg.delete_cdf_config(feed.name, force=True).wait()
pg.delete_data_api(api.name).wait()
pg.delete_snapshot(snapshot.name).wait()
pg.delete_role(role.name, reassign_owned_to=unnamed.name).wait()
heir = pg.get_database(database.name).status.role == unnamed.name
pg.delete_database(database.name).wait()

gone = {
    "synced table": is_gone(pg.get_synced_table, table.name),
    "catalog": is_gone(pg.get_catalog, catalog.name),
    "feed": is_gone(pg.get_cdf_config, feed.name),
    "data api": is_gone(pg.get_data_api, api.name),
    "snapshot": is_gone(pg.get_snapshot, snapshot.name),
    "role": is_gone(pg.get_role, role.name),
    "database": is_gone(pg.get_database, database.name),
}
unnamed_id = unnamed.role_id
print(json.dumps({"seen": seen, "granted": granted, "lists": lists, "heir": heir, "gone": gone, "unnamed": unnamed_id}))
