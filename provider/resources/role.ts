import { z } from "zod";
import * as limits from "../rules/limits";
import { atMost, uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks, type Wire } from "../schema/marks";
import { branchOf, slug } from "../schema/name";
import { valueAt } from "../schema/unknown";
import { flag, id, message, reference } from "../schema/values";
import { postgresName } from "./shared";

/**
 * A Postgres role of a branch: a person, a service principal, a group, or a plain role. The role of whoever made the
 * project, and those that a branch has from its source, exist already: declaring one takes it over.
 *
 * @example
 * ```ts
 * const owner = new lakebase.Role("app", {
 *   parent: "projects/shop/branches/production",
 *   postgresRole: "8dc75b14-0000-4000-8000-000000000000", // a service principal's application id
 *   identityType: "SERVICE_PRINCIPAL",
 *   attributes: { createdb: true },
 * });
 * ```
 */
export const role = define({
  type: "Role",
  collection: "roles",
  id: "roleId",
  derivedId: { from: "postgresRole", make: roleIdFor },
  args: {
    /** The branch: a `Branch`, or its full name. A change replaces the role. */
    parent: reference("Branch").register(marks, { immutable: true, place: "local" }),
    /**
     * The last part of the role's name. Default: made from `postgresRole` as the service does it, the part of an e-mail
     * address before the `@`, `sp-` before an application id, other characters as hyphens. A change replaces the role.
     */
    roleId: id(limits.resourceId).optional().register(marks, { immutable: true, place: "local" }),
    /** The name in Postgres: an e-mail address, a service principal's application id, a group's name, or any other for a plain role. A change replaces the role. */
    postgresRole: postgresName("the role's name", limits.reservedRoles).register(marks, { immutable: true }),
    /** What the role stands for. Leave it out for a plain role. A change replaces the role. */
    identityType: z
      .enum(["USER", "SERVICE_PRINCIPAL", "GROUP"], 'must be "USER", "SERVICE_PRINCIPAL" or "GROUP"')
      .optional()
      .register(marks, { immutable: true, fromService: identity }),
    /** How the role signs in. The service's default is OAuth for identities and a password for plain roles. A change replaces the role. */
    authMethod: z
      .enum(
        ["LAKEBASE_OAUTH_V1", "PG_PASSWORD_SCRAM_SHA_256", "NO_LOGIN"],
        'must be "LAKEBASE_OAUTH_V1", "PG_PASSWORD_SCRAM_SHA_256" or "NO_LOGIN"',
      )
      .optional()
      .register(marks, { immutable: true }),
    /** What the role may do beyond its grants. */
    attributes: message({
      /** Whether it may make databases. Default `false`. */
      createdb: flag().optional().register(marks, { resetTo: false }),
      /** Whether it may make roles. Default `false`. */
      createrole: flag().optional().register(marks, { resetTo: false }),
      /** Whether row-level security does not apply to it. Default `false`. */
      bypassrls: flag().optional().register(marks, { resetTo: false }),
    }).optional(),
    /** Roles that it is a member of. The service offers `DATABRICKS_SUPERUSER`. Default: none. */
    membershipRoles: z
      .array(z.enum(["DATABRICKS_SUPERUSER"], 'must be "DATABRICKS_SUPERUSER"'), "must be a list of roles")
      .optional()
      .register(marks, { resetTo: [] }),
    /** Who gets what the role owns when it is deleted: a `Role` of the same branch, or its full name. Without it, a role that owns something is not deleted. */
    reassignOwnedTo: reference("Role").optional().register(marks, { onDelete: "reassign_owned_to" }),
  },
  status: {},
  rules: [
    /** `reassignOwnedTo` is a role of the same branch. */
    ({ parent, reassignOwnedTo }) =>
      reassignOwnedTo === undefined || branchOf(reassignOwnedTo) === parent
        ? undefined
        : {
            property: "reassignOwnedTo",
            message: `is ${reassignOwnedTo}, which is not in ${parent}; give a role of the same branch`,
          },
    /** `reassignOwnedTo` is another role. */
    ({ parent, roleId, reassignOwnedTo }) =>
      reassignOwnedTo !== undefined && reassignOwnedTo === `${parent}/roles/${roleId}`
        ? { property: "reassignOwnedTo", message: "is the role itself; give the one that is to own what it owned" }
        : undefined,
  ],
  stackRules: [uniqueName("roleId"), atMost(limits.rolesPerBranch, "parent", "roles")],
  /** The role of whoever made the project, and those that a branch has from its source, are taken over when they are declared. */
  comesWithParent: { first: (resource, owner) => valueAt(resource, ["status", "postgres_role"]) === owner },
  /** A role that owns something is deleted only with `reassignOwnedTo`. */
  blockers: {
    among: (name) => `${branchOf(name)}/databases`,
    explain(name, _, databases) {
      const owned = databases.filter((database) => valueAt(database, ["status", "role"]) === name);
      const which = owned.map((database) => database["name"]).join(", ") || "objects in a database";
      return `where ${name} owns something (${which}), write reassignOwnedTo: another role, run 'pulumi up', then delete again`;
    },
  },
});

/** A plain role has no identity, and the service a word for that (databricks/cli, goldens of postgres_roles, 2026-08). */
function identity(resource: Wire): unknown {
  const type = valueAt(resource, ["status", "identity_type"]);
  return type === "IDENTITY_TYPE_UNSPECIFIED" ? undefined : type;
}

/** The service's own way, seen for the role of whoever made a project. */
function roleIdFor(postgresRole: string): string {
  const isApplication = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(postgresRole);
  return slug(isApplication ? `sp-${postgresRole}` : (postgresRole.split("@")[0] ?? ""), "r");
}
