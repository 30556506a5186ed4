/**
 * What a database is made of, from Postgres's catalogs alone, which everybody may read: no right on a table is needed, and
 * no row is read. One statement, so that it is one way there and back. Its only parameter is the schemas that count, or null.
 *
 * Left out is what Postgres has by itself, the ledger of scripts, what belongs to an extension, and what follows from
 * something else: indexes of constraints, sequences of identity columns, what partitions have from their parent. Settings
 * of databases, servers and subscriptions are left out since they may hold passwords.
 */
import { ledgerSchema } from "../scripts/ledger";

/**
 * Definitions are written by the settings of the session. As pg_dump does: qualified names, and one way to write values.
 * Postgres takes a lock to write a view's definition.
 */
export const settings = `
  set local search_path to pg_catalog;
  set local quote_all_identifiers to off;
  set local datestyle to iso;
  set local intervalstyle to postgres;
  set local timezone to 'UTC';
  set local bytea_output to hex;
  set local extra_float_digits to 3;
  set local lc_monetary to 'C';
  set local lock_timeout to '10s'`;

/**
 * What the pieces below share. `member`: of an extension, or, as the functions of a range type, of something else.
 * `relation`: all that is in pg_class, under its name in SQL.
 */
const sources = `
  member as (
    select classid, objid from pg_depend where deptype = 'e' and refclassid = 'pg_extension'::regclass
    union all
    select classid, objid from pg_depend where deptype = 'i' and classid = 'pg_proc'::regclass
  ),
  space as (
    select oid, nspname as schema, nspowner, nspacl from pg_namespace
    where nspname !~ '^pg_' and nspname not in ('information_schema', '${ledgerSchema}') and ($1::text[] is null or nspname = any ($1))
  ),
  relation as (
    select c.*, format('%I.%I', schema, relname) as name,
      case relkind when 'r' then 'table' when 'p' then 'table' when 'f' then 'foreign table' when 'v' then 'view'
        when 'm' then 'materialized view' when 'S' then 'sequence' when 'c' then 'composite type' end as kind
    from pg_class c join space on space.oid = relnamespace
    where relkind in ('r', 'p', 'f', 'v', 'm', 'S', 'c')
      and not exists (select from member where classid = 'pg_class'::regclass and objid = c.oid)
      and not exists (select from member
        where relkind = 'c' and classid = 'pg_type'::regclass and objid = reltype)
      and not (relkind = 'S' and exists (
        select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and deptype = 'i'))
  ),
  type as (
    select t.*, format('%I.%I', schema, typname) as name,
      case typtype when 'e' then 'enum' when 'd' then 'domain' when 'r' then 'range type' end as kind
    from pg_type t join space on space.oid = typnamespace
    where typtype in ('e', 'd', 'r')
      and not exists (select from member where classid = 'pg_type'::regclass and objid = t.oid)
  ),
  routine as (
    select p.*, format('%I.%I(%s)', schema, proname, oidvectortypes(proargtypes)) as name,
      case prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind
    from pg_proc p join space on space.oid = pronamespace
    where not exists (select from member where classid = 'pg_proc'::regclass and objid = p.oid)
  )`;

/** What differs from what a sequence of its type has by itself. A sequence that goes down is written out. */
const sequenceOptions = `
  concat_ws(' ',
    case when seqstart <> 1 then 'start ' || seqstart end,
    case when seqincrement <> 1 then 'increment ' || seqincrement end,
    case when seqmin <> 1 then 'minimum ' || seqmin end,
    case when seqmax <> (case seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
      else 9223372036854775807 end) then 'maximum ' || seqmax end,
    case when seqcache <> 1 then 'cache ' || seqcache end,
    case when seqcycle then 'cycle' end)`;

/** The state of a trigger: O is as it comes. */
const firing = (column: string) =>
  `case ${column} when 'D' then 'disabled' when 'R' then 'on replicas only' when 'A' then 'always' end`;

/** A definition without the words that repeat what and where it is. */
const without = (prefix: string, definition: string) =>
  `case when starts_with(${definition}, ${prefix}) then substr(${definition}, length(${prefix}) + 1) else ${definition} end`;

/** Each fact's name and its SQL. What is null is not so. */
function facts(all: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(all).map(([fact, sql]) => `'${fact}', ${sql}`);
  return `json_strip_nulls(json_build_object(${pairs.join(", ")}))`;
}

interface Piece {
  readonly kind: string;
  readonly name: string;
  readonly owner?: string;
  readonly part?: string;
  readonly partName?: string;
  readonly grantee?: string;
  readonly position?: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly from: string;
}

function piece({ kind, name, owner, part, partName, grantee, position, ...rest }: Piece): string {
  return `select ${kind}::text as kind, ${name} as name,
    ${owner === undefined ? "null" : `quote_ident(pg_get_userbyid(${owner}))`} as owner,
    ${part ?? "null"}::text as part, ${partName ?? "null"}::text as "partName", ${grantee ?? "null"}::text as grantee,
    ${position ?? "0"}::int as position, ${facts(rest.facts)} as facts
    from ${rest.from}`;
}

const comment = (oid: string, catalog: string) => `obj_description(${oid}, '${catalog}')`;

const things: readonly Piece[] = [
  {
    kind: "'database'",
    name: "quote_ident(datname)",
    owner: "datdba",
    facts: {
      encoding: "nullif(pg_encoding_to_char(encoding), 'UTF8')",
      collation: "datcollate",
      "character type": "nullif(datctype, datcollate)",
      comment: "shobj_description(oid, 'pg_database')",
    },
    from: "pg_database where datname = current_database() and $1::text[] is null",
  },
  {
    kind: "'extension'",
    name: "quote_ident(extname)",
    facts: { version: "extversion", schema: "quote_ident(nspname)" },
    from: "pg_extension e join pg_namespace n on n.oid = extnamespace where $1::text[] is null",
  },
  {
    kind: "'schema'",
    name: "quote_ident(schema)",
    owner: "nspowner",
    facts: { comment: comment("oid", "pg_namespace") },
    from: "space where not exists (select from member where classid = 'pg_namespace'::regclass and objid = space.oid)",
  },
  {
    kind: "kind",
    name: "name",
    owner: "typowner",
    facts: {
      labels: `(select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid)`,
      type: "case typtype when 'd' then format_type(typbasetype, typtypmod) end",
      collation: `(select format('%I.%I', nspname, collname) from pg_collation c join pg_namespace n on n.oid = collnamespace
        join pg_type base on base.oid = t.typbasetype where c.oid = t.typcollation and t.typcollation <> base.typcollation)`,
      "not null": "case when typnotnull then 'not null' end",
      default: "coalesce(pg_get_expr(typdefaultbin, 0, true), typdefault)",
      subtype: "(select format_type(rngsubtype, null) from pg_range where rngtypid = t.oid)",
      comment: comment("oid", "pg_type"),
    },
    from: "type t",
  },
  {
    kind: "kind",
    name: "name",
    owner: "relowner",
    facts: {
      type: "(select format_type(seqtypid, null) from pg_sequence where seqrelid = r.oid)",
      options: `(select nullif(${sequenceOptions}, '') from pg_sequence where seqrelid = r.oid)`,
      "owned by": `(select format('%I.%I.%I', nspname, relname, attname) from pg_depend d
        join pg_class c on c.oid = refobjid join pg_namespace n on n.oid = relnamespace
        join pg_attribute on attrelid = refobjid and attnum = refobjsubid
        where d.classid = 'pg_class'::regclass and d.objid = r.oid and deptype = 'a'
          and refclassid = 'pg_class'::regclass and r.relkind = 'S')`,
      persistence: "case relpersistence when 'u' then 'unlogged' end",
      "partitioned by": "case relkind when 'p' then pg_get_partkeydef(oid) end",
      "partition of": `case when relispartition then (
        select format('%I.%I %s', nspname, p.relname, pg_get_expr(r.relpartbound, r.oid)) from pg_inherits
        join pg_class p on p.oid = inhparent join pg_namespace n on n.oid = p.relnamespace where inhrelid = r.oid) end`,
      inherits: `case when not relispartition then (
        select string_agg(format('%I.%I', nspname, p.relname), ', ' order by inhseqno) from pg_inherits
        join pg_class p on p.oid = inhparent join pg_namespace n on n.oid = p.relnamespace where inhrelid = r.oid) end`,
      with: "nullif(array_to_string(array(select unnest(reloptions) order by 1), ', '), '')",
      "row security":
        "case when relrowsecurity or relforcerowsecurity then case when not relforcerowsecurity then 'enabled' when relrowsecurity then 'enabled, forced' else 'forced' end end",
      "replica identity": `case relreplident when 'f' then 'full' when 'n' then case when relkind in ('r', 'p') then 'nothing' end
        when 'i' then 'index ' || (select quote_ident(i.relname) from pg_index x join pg_class i on i.oid = indexrelid
          where indrelid = r.oid and indisreplident) end`,
      definition: "case when relkind in ('v', 'm') then btrim(pg_get_viewdef(oid, true)) end",
      comment: `case relkind when 'c' then ${comment("reltype", "pg_type")} else ${comment("oid", "pg_class")} end`,
    },
    from: "relation r",
  },
  {
    kind: "kind",
    name: "name",
    owner: "proowner",
    facts: {
      definition: "case when prokind <> 'a' then rtrim(pg_get_functiondef(oid), chr(10)) end",
      returns: "case prokind when 'a' then pg_get_function_result(oid) end",
      aggregate: `(select concat_ws(', ', 'sfunc ' || aggtransfn::oid::regprocedure, 'stype ' || format_type(aggtranstype, null),
        'finalfunc ' || nullif(aggfinalfn, 0::oid::regproc)::oid::regprocedure, 'initcond ' || quote_literal(agginitval))
        from pg_aggregate where aggfnoid = r.oid)`,
      comment: comment("oid", "pg_proc"),
    },
    from: "routine r",
  },
];

const parts: readonly Piece[] = [
  {
    kind: "kind",
    name: "name",
    part: "case relkind when 'c' then 'attribute' else 'column' end",
    partName: "quote_ident(attname)",
    position: "attnum",
    facts: {
      type: "format_type(atttypid, atttypmod)",
      collation: `(select format('%I.%I', nspname, collname) from pg_collation c join pg_namespace n on n.oid = collnamespace
        join pg_type t on t.oid = atttypid where c.oid = attcollation and attcollation <> typcollation)`,
      "not null": "case when attnotnull then 'not null' end",
      default: "case when attgenerated = '' then pg_get_expr(adbin, adrelid, true) end",
      generated:
        "case when attgenerated <> '' then format('always as (%s) %s', pg_get_expr(adbin, adrelid, true), case attgenerated when 's' then 'stored' else 'virtual' end) end",
      identity: `case when attidentity <> '' then concat_ws(' ', case attidentity when 'a' then 'always' else 'by default' end,
        (select nullif(${sequenceOptions}, '') from pg_sequence join pg_depend d on d.objid = seqrelid
          where d.classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and refobjid = attrelid
            and refobjsubid = attnum and deptype = 'i')) end`,
      comment: "col_description(attrelid, attnum)",
    },
    from: `relation r join pg_attribute on attrelid = r.oid and attnum > 0 and not attisdropped
      and not (attinhcount > 0 and not attislocal)
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
      where relkind in ('r', 'p', 'f', 'c')`,
  },
  {
    kind: "coalesce(r.kind, t.kind)",
    name: "coalesce(r.name, t.name)",
    part: "'constraint'",
    partName: "quote_ident(conname)",
    facts: { definition: "pg_get_constraintdef(c.oid, true)", comment: comment("c.oid", "pg_constraint") },
    from: `pg_constraint c left join relation r on r.oid = conrelid left join type t on t.oid = contypid
      where coalesce(r.oid, t.oid) is not null and contype in ('c', 'f', 'p', 'u', 'x')
        and conparentid = 0 and (conislocal or coninhcount = 0)`,
  },
  {
    kind: "kind",
    name: "name",
    part: "'index'",
    partName: "quote_ident(i.relname)",
    facts: {
      unique: "case when indisunique then 'unique' end",
      definition: without(
        `format('CREATE %sINDEX %I ON %s%s USING ', case when indisunique then 'UNIQUE ' end, i.relname, case r.relkind when 'p' then 'ONLY ' end, name)`,
        "pg_get_indexdef(i.oid)",
      ),
      state: "case when not indisvalid and r.relkind <> 'p' then 'invalid' end",
      comment: comment("i.oid", "pg_class"),
    },
    from: `relation r join pg_index on indrelid = r.oid join pg_class i on i.oid = indexrelid
      where not exists (select from pg_constraint where conindid = i.oid and contype in ('p', 'u', 'x'))
        and not exists (select from pg_inherits where inhrelid = i.oid)
        and not exists (select from member where classid = 'pg_class'::regclass and objid = i.oid)`,
  },
  {
    kind: "kind",
    name: "name",
    part: "'statistics'",
    partName: "format('%I.%I', nspname, stxname)",
    facts: {
      definition: without("format('CREATE STATISTICS %I.%I ', nspname, stxname)", "pg_get_statisticsobjdef(s.oid)"),
    },
    from: "relation r join pg_statistic_ext s on stxrelid = r.oid join pg_namespace n on n.oid = stxnamespace",
  },
  {
    kind: "kind",
    name: "name",
    part: "'trigger'",
    partName: "quote_ident(tgname)",
    facts: {
      definition: without("format('CREATE TRIGGER %I ', tgname)", "pg_get_triggerdef(t.oid, true)"),
      state: firing("tgenabled"),
      comment: comment("t.oid", "pg_trigger"),
    },
    from: `relation r join pg_trigger t on tgrelid = r.oid where not tgisinternal and tgparentid = 0
      and not exists (select from member where classid = 'pg_trigger'::regclass and objid = t.oid)`,
  },
  {
    kind: "kind",
    name: "name",
    part: "'rule'",
    partName: "quote_ident(rulename)",
    facts: {
      definition: `ltrim(${without("format('CREATE RULE %I AS', rulename)", "pg_get_ruledef(w.oid, true)")}, E' \\n')`,
      state: firing("ev_enabled"),
    },
    from: "relation r join pg_rewrite w on ev_class = r.oid where rulename <> '_RETURN'",
  },
  {
    kind: "kind",
    name: "name",
    part: "'policy'",
    partName: "quote_ident(polname)",
    facts: {
      restrictive: "case when not polpermissive then 'restrictive' end",
      for: "case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end",
      to: `(select string_agg(case role when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(role)) end, ', '
        order by role <> 0, pg_get_userbyid(role)::text collate "C") from unnest(polroles) role)`,
      using: "'(' || pg_get_expr(polqual, polrelid, true) || ')'",
      "with check": "'(' || pg_get_expr(polwithcheck, polrelid, true) || ')'",
      comment: comment("p.oid", "pg_policy"),
    },
    from: "relation r join pg_policy p on polrelid = r.oid",
  },
];

const sameRight = ["kind", "name", "at", "grantee", "privilege_type"]
  .map((column) => `given.${column} = implied.${column}`)
  .join(" and ");

/**
 * Who may do what. `at` is a column. What Postgres grants by itself (functions to PUBLIC) is not told, but when it was
 * revoked. What owners have by themselves is not told either.
 */
const access = `
  acl as (
    select 'database' as kind, quote_ident(datname) as name, '' as at, datdba as owner, datacl as acl, 'd'::"char" as type
    from pg_database where datname = current_database() and $1::text[] is null
    union all
    select 'schema', quote_ident(schema), '', nspowner, nspacl, 'n' from space
      where not exists (select from member where classid = 'pg_namespace'::regclass and objid = space.oid)
    union all
    select kind, name, '', relowner, relacl, case relkind when 'S' then 's'::"char" else 'r' end from relation where relkind <> 'c'
    union all
    select kind, name, quote_ident(attname), relowner, attacl, 'c' from relation r
    join pg_attribute on attrelid = r.oid and attnum > 0 and not attisdropped where attacl is not null
    union all
    select kind, name, '', typowner, typacl, 'T' from type
    union all
    select kind, name, '', proowner, proacl, 'f' from routine
    union all
    select 'composite type', r.name, '', typowner, typacl, 'T' from relation r join pg_type on pg_type.oid = reltype
    where relkind = 'c'
    union all
    select 'default privileges', privileges, '', defaclrole, defaclacl, case when global then type else 'c' end
    from defaults
  ),
  given as (
    select kind, name, at, grantee, privilege_type, bool_or(is_grantable) as grantable
    from acl, aclexplode(coalesce(acl, acldefault(type, owner))) where grantee <> owner group by 1, 2, 3, 4, 5
  ),
  implied as (
    select kind, name, at, grantee, privilege_type from acl, aclexplode(acldefault(type, owner)) where grantee <> owner
  ),
  told as (
    select 'grant' as part, * from given where not exists (select from implied where ${sameRight})
    union all
    select 'revocation', *, false from implied where not exists (select from given where ${sameRight})
  )`;

/** What is granted on all that a role will make. In a schema it adds to what Postgres grants, elsewhere it stands for it. */
const defaults = `
  defaults as (
    select defaclrole, defaclacl, defaclnamespace = 0 as global,
      (case defaclobjtype when 'S' then 's' else defaclobjtype end)::"char" as type,
      format('of %I%s on %s', pg_get_userbyid(defaclrole), ' in schema ' || quote_ident(schema), case defaclobjtype
        when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types'
        when 'n' then 'schemas' else 'large objects' end) as privileges
    from pg_default_acl left join space on space.oid = defaclnamespace
    where (defaclnamespace = 0 and $1::text[] is null) or schema is not null
  )`;

const privileges: readonly Piece[] = [
  { kind: "'default privileges'", name: "privileges", facts: {}, from: "defaults" },
  {
    kind: "kind",
    name: "name",
    part: "part",
    partName: "concat(role, ' on column ' || nullif(at, ''))",
    grantee: "role",
    facts: {
      privileges: `string_agg(privilege_type || case when grantable then ' with grant option' else '' end, ', ' order by privilege_type collate "C")`,
    },
    from: `(select *, case grantee when 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end as role from told) told
      group by kind, name, part, role, at`,
  },
];

export const catalogQuery = `with ${[sources, defaults, access].join(",")}
  ${[...things, ...parts, ...privileges].map(piece).join("\n  union all ")}`;
