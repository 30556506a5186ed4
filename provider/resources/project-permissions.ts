import { z } from "zod";
import { uniqueName } from "../rules/stack";
import { define } from "../schema/definition";
import { marks, type Wire } from "../schema/marks";
import { isRecord } from "../schema/unknown";
import { inAnyOrder, listOf, reference, text } from "../schema/values";

/** The argument that names a principal, by its key on the wire. */
const principals = ["user_name", "group_name", "service_principal_name"] as const;

/**
 * Who may use and manage a project: all direct permissions on it. Inherited ones are not touched, and the identity that
 * Pulumi runs as and the project's owner keep managing it, declared or not. Deleting it takes all other direct permissions away.
 *
 * @example
 * ```ts
 * new lakebase.ProjectPermissions("shop", {
 *   parent: "projects/shop",
 *   accessControlList: [
 *     { groupName: "developers", permissionLevel: "CAN_USE" },
 *     { userName: "dba@example.com", permissionLevel: "CAN_MANAGE" },
 *   ],
 * });
 * ```
 */
export const projectPermissions = define({
  type: "ProjectPermissions",
  collection: "permissions",
  args: {
    /** The project: a `Project`, or its full name. A change replaces the permissions. */
    parent: reference("Project").register(marks, { immutable: true, place: "local" }),
    /** Who may do what, in any order. Each entry names one principal. */
    accessControlList: listOf({
      /** A user's e-mail address. */
      userName: text().optional(),
      /** A group's name. */
      groupName: text().optional(),
      /** A service principal's application id. */
      servicePrincipalName: text().optional(),
      /** What the principal may do: connect, list branches, make roles and databases; everything; or make projects. */
      permissionLevel: z.enum(
        ["CAN_USE", "CAN_MANAGE", "CAN_CREATE"],
        'must be "CAN_USE", "CAN_MANAGE" or "CAN_CREATE"',
      ),
    })
      .transform(inAnyOrder)
      .register(marks, { place: "top", fromService: declaredEntries }),
  },
  status: {},
  rules: [
    /** Each entry of `accessControlList` names exactly one principal. */
    ({ accessControlList }) =>
      accessControlList.every(
        ({ permissionLevel: _, ...names }) => Object.values(names).filter((name) => name !== undefined).length === 1,
      )
        ? undefined
        : {
            property: "accessControlList",
            message:
              "has an entry without exactly one of userName, groupName and servicePrincipalName; give each entry one of them",
          },
    /** No principal has two entries: the greater permission has the smaller one in it. */
    ({ accessControlList }) => {
      const names = accessControlList.map(({ permissionLevel: _, ...principal }) => JSON.stringify(principal));
      const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
      const [principal] = Object.values(accessControlList[twice] ?? {});
      return twice < 0
        ? undefined
        : { property: "accessControlList", message: `has two entries for ${principal}; leave the smaller one out` };
    },
  ],
  stackRules: [uniqueName("parent")],
  /** Deleting it takes all direct permissions away, except those that keep the project managed. */
  permanent: { cleared: { access_control_list: [] } },
  foreign: {
    path: (name) => `/api/2.0/permissions/database-projects/${name.split("/")[1]}`,
    read: (answer, managers) => ({
      access_control_list: entriesOf(answer).flatMap((entry) => {
        const level = directLevel(entry);
        return level === undefined
          ? []
          : [{ ...principal(entry), permission_level: level, ...kept(entry, level, managers) }];
      }),
    }),
    write: (body, managers) => {
      const entries = entriesOf(body);
      const named = new Set(entries.flatMap((entry) => Object.values(principal(entry))));
      const missing = managers.filter((manager) => !named.has(manager));
      return { access_control_list: [...entries, ...missing.map(managing)] };
    },
  },
});

function entriesOf(answer: Wire): readonly Wire[] {
  const entries = answer["access_control_list"];
  return Array.isArray(entries) ? entries.filter(isRecord) : [];
}

function principal(entry: Wire): Record<string, unknown> {
  return Object.fromEntries(principals.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));
}

/** What was granted on the project itself. */
function directLevel(entry: Wire): unknown {
  const all = Array.isArray(entry["all_permissions"]) ? entry["all_permissions"].filter(isRecord) : [];
  return all.find((permission) => permission["inherited"] !== true)?.["permission_level"];
}

/** Marks what is kept without being declared. */
function kept(entry: Wire, level: unknown, managers: readonly string[]): Wire {
  const isManager = Object.values(principal(entry)).some((name) => managers.some((manager) => manager === name));
  return isManager && level === "CAN_MANAGE" ? { kept: true } : {};
}

function managing(manager: string): Wire {
  const key = manager.includes("@") ? "user_name" : "service_principal_name";
  return { [key]: manager, permission_level: "CAN_MANAGE" };
}

/** What the service has, without those that keep managing the project and are not declared. */
function declaredEntries(resource: Wire, declared: unknown): readonly Record<string, unknown>[] {
  const names = new Set(
    (Array.isArray(declared) ? declared : [])
      .filter(isRecord)
      .flatMap(({ permissionLevel: _, ...rest }) => Object.values(rest)),
  );
  return entriesOf(resource).flatMap(
    ({ kept: isKept, user_name, group_name, service_principal_name, permission_level }) => {
      if (isKept && ![user_name, group_name, service_principal_name].some((name) => names.has(name))) return [];
      return [
        {
          ...(user_name !== undefined && { userName: user_name }),
          ...(group_name !== undefined && { groupName: group_name }),
          ...(service_principal_name !== undefined && { servicePrincipalName: service_principal_name }),
          permissionLevel: permission_level,
        },
      ];
    },
  );
}
