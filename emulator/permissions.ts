import { invalid, required } from "./errors";
import { isObject, type Json, type JsonObject, textAt } from "./json";
import { body, list, message, oneOf, text } from "./shape";
import type { Stored } from "./stored";

const PRINCIPALS = ["user_name", "group_name", "service_principal_name"] as const;
/** They manage every project of their workspace. */
const ADMINS = { group_name: "admins" };

const entry = message(
  {
    ...Object.fromEntries(PRINCIPALS.map((kind) => [kind, text(1)])),
    permission_level: oneOf("CAN_USE", "CAN_MANAGE", "CAN_CREATE"),
  },
  { principal: PRINCIPALS },
);
const input = body({ access_control_list: list(whole) });

/** The texts are inventions; Databricks' permissions service tells of none for projects. */
function whole(value: Json, path: string): Json {
  const read = entry(value, path);
  if (principalOf(read) === undefined) throw invalid(`Field '${path}' must have one of ${PRINCIPALS.join(", ")}`);
  if (textAt(read, "permission_level") === undefined) throw required(`${path}.permission_level`);
  return read;
}

/** What `GET /api/2.0/permissions/database-projects/{project_id}` answers. The shape of `object_id` is an assumption. */
export function showPermissions(project: Stored): JsonObject {
  const direct = directEntries(project).map((each) => shown(each, permission(each["permission_level"], false)));
  const inherited = shown(ADMINS, permission("CAN_MANAGE", true));
  const admins = direct.find(({ group_name }) => group_name === ADMINS.group_name);
  const merged = admins === undefined ? inherited : together(admins, inherited);
  return {
    object_id: project.id,
    object_type: "database-projects",
    access_control_list: [...direct.filter((each) => each !== admins), merged],
  };
}

/** A PUT's list in place of the direct entries; whether it may take the creator's away is unknown: assumed. */
export function replacePermissions(project: Stored, sent: JsonObject): Stored {
  return withEntries(project, read(sent));
}

/** A PATCH adds entries, and changes those of the same principal. */
export function changePermissions(project: Stored, sent: JsonObject): Stored {
  return withEntries(project, [...directEntries(project), ...read(sent)]);
}

/** The last entry of a principal holds. */
function withEntries(project: Stored, entries: readonly JsonObject[]): Stored {
  const byPrincipal = new Map(entries.map((each) => [principalOf(each), each]));
  return { ...project, facts: { ...project.facts, permissions: [...byPrincipal.values()] } };
}

function read(sent: JsonObject): readonly JsonObject[] {
  const { access_control_list: entries = [] } = input(sent);
  return objects(entries);
}

/** Whoever makes a project can manage it. */
function directEntries({ facts }: Stored): readonly JsonObject[] {
  const owner = textAt(facts, "owner") ?? "";
  const key = owner.includes("@") ? "user_name" : "service_principal_name";
  return objects(facts["permissions"] ?? [{ [key]: owner, permission_level: "CAN_MANAGE" }]);
}

function objects(value: Json): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function principalOf(each: Json): string | undefined {
  const kind = PRINCIPALS.find((key) => textAt(each, key) !== undefined);
  return kind && `${kind} ${textAt(each, kind)}`;
}

function permission(level: Json | undefined, inherited: boolean): JsonObject {
  return { permission_level: level, inherited };
}

function shown({ permission_level: _level, ...principal }: JsonObject, only: JsonObject): JsonObject {
  return { ...principal, all_permissions: [only] };
}

function together(left: JsonObject, right: JsonObject): JsonObject {
  const both = [left, right].flatMap(({ all_permissions }) => objects(all_permissions ?? []));
  return { ...left, all_permissions: both };
}
