/** The verbs of a `SqlScript`: not the service's object, but something that is done to a database. */

import { endpoint } from "../resources/endpoint";
import { sqlScript } from "../resources/sql-script";
import { defaultDatabase } from "../rules/limits";
import { type Checked, check, type Failure } from "../schema/check";
import type { AnyDefinition } from "../schema/definition";
import { branchOf } from "../schema/name";
import { type Plan, plan } from "../schema/plan";
import { isRecord, unknownValue } from "../schema/unknown";
import type { ScriptToRun } from "../scripts/run";
import { fingerprint, type Script, scriptsIn } from "../scripts/script";
import { asExpired, isExpired } from "./expiry";
import { Created, explained } from "./failures";
import type { Verbs } from "./handlers";
import { Remote } from "./remote";
import type { Session } from "./session";

type Values = Readonly<Record<string, unknown>>;
type Bag = Record<string, unknown>;

const definition = sqlScript as unknown as AnyDefinition;

const identities = ["endpointUid", "databaseMade"] as const;

export class ScriptHandlers implements Verbs {
  constructor(
    readonly logicalName: string,
    readonly session: Session,
    /** How long each of its waits may take, in milliseconds. Default: what the configuration says, and their own limits. */
    readonly waitTimeoutMs?: number,
  ) {}

  /** The texts are kept for the rest of the run; what goes on from here, and into the state, are their hashes. */
  async check(_olds: Values, news: Values): Promise<Checked> {
    const { hashes: _, ...given } = news;
    const { inputs, failures } = check({
      definition,
      logicalName: this.logicalName,
      olds: undefined,
      news: given,
      settings: this.session.config.rules,
      stack: this.session.stack,
    });
    const { name, sql, folder, ...kept } = inputs;
    const read = readScripts(sql, folder);
    for (const { text } of read.scripts) this.session.scripts.set(fingerprint(text), text);
    const hashes = Object.fromEntries(read.scripts.map((script) => [script.name, fingerprint(script.text)]));
    const problems = await this.session.problems();
    return {
      inputs: {
        ...kept,
        ...(sql !== undefined && { sql: typeof sql === "string" && hashes["sql"] ? hashes["sql"] : sql }),
        ...(folder !== undefined && { folder }),
        ...(read.scripts.length > 0 && { hashes }),
      },
      failures: [
        ...failures.map(withoutValue),
        ...read.failures,
        ...problems.map((reason) => ({ property: "", reason })),
      ],
    };
  }

  /**
   * What did not run is still to be run, also when a refresh has made Pulumi forget that it failed. A database that was
   * renamed has all of it already.
   */
  diff(olds: Values, news: Values): Plan {
    const { databaseMade } = news;
    const isSame = databaseMade !== undefined && databaseMade === olds["databaseMade"];
    const planned = plan(definition, isSame ? { ...olds, database: news["database"] } : olds, news);
    if (isExpired(olds)) {
      // What went with its branch comes back with it, and is left alone until then.
      const comesBack = this.session.revived.has(branchOf(String(news["endpoint"])) ?? "");
      return { ...planned, changed: comesBack ? ["endpoint"] : [], replaces: [] };
    }
    const ran = texts(olds["ran"]);
    const isLeft = Object.entries(texts(news["hashes"])).some(([name, hash]) => ran[name] !== hash);
    // Where a text stood before, it is no other object that is given now: the state only learns which one it is.
    const learnt = identities.filter((key) => olds[key] === undefined && news[key] !== undefined);
    return {
      ...planned,
      changed: [...new Set([...planned.changed, ...learnt, ...(isLeft ? ["hashes"] : [])])],
      replaces: planned.replaces.filter((key) => !learnt.some((one) => one === key)),
    };
  }

  async create(args: Values): Promise<{ readonly id: string; readonly outs: Bag }> {
    const id = `${args["endpoint"]}/${definition.collection}/${this.logicalName}`;
    return { id, outs: await this.#run(id, args, {}) };
  }

  /** Gone with its endpoint, so that what is made anew gets it again. */
  async read(id: string, props: Values): Promise<{ readonly id: string; readonly outs: Bag }> {
    if (isExpired(props)) return { id, outs: { ...props } };
    const name = String(props["endpoint"]);
    const remote = new Remote(endpoint as unknown as AnyDefinition, await this.session.client(), name);
    const found = await remote.look().catch((failure: unknown) => {
      throw explained(failure, "refresh");
    });
    const remembered = found ? undefined : await asExpired(remote, this.session, props);
    if (remembered) return { id, outs: { ...remembered } };
    const isSame = found && (props["uid"] === undefined || props["uid"] === found["uid"]);
    return isSame ? { id, outs: { ...props } } : { id: "", outs: {} };
  }

  async update(id: string, olds: Values, news: Values): Promise<Bag> {
    return this.#run(id, news, isExpired(olds) ? {} : olds);
  }

  async delete(): Promise<void> {}

  /** Runs what has not been run, and remembers how far that went. */
  async #run(id: string, args: Values, olds: Values): Promise<Bag> {
    const wanted = texts(args["hashes"]);
    const ran = texts(olds["ran"]);
    const ledger = typeof args["ledger"] === "string" ? args["ledger"] : undefined;
    const isNoted = ledger === undefined || ledger === olds["ledger"];
    const todo: ScriptToRun[] = [];
    for (const [name, hash] of Object.entries(wanted)) {
      const text = this.session.scripts.get(hash);
      if (ran[name] === hash && isNoted) continue;
      if (text === undefined) throw new Error(`${name} is not at hand in this run; run 'pulumi up' with the program`);
      todo.push({ name, text, ran: ran[name] === hash });
    }
    const outs = () => ({ ...args, uid: olds["uid"], ran: { ...ran } });
    try {
      const { session, waitTimeoutMs: limitMs } = this;
      const client = limitMs === undefined ? await session.client() : (await session.client()).within(limitMs);
      const endpoint = String(args["endpoint"]);
      const found = await client.get(endpoint);
      const done = ({ name, text }: Script) => {
        ran[name] = fingerprint(text);
      };
      // A compute is not woken for nothing.
      if (todo.length > 0) {
        // What only a run of SQL needs is not loaded for a check.
        const { runScripts }: typeof import("../scripts/run") = require("../scripts/run");
        const patience = { clock: session.clock, limitMs };
        await client.changing(endpoint, () => runScripts(client, placeOf(args), todo, done, ledger, patience));
      }
      return { ...outs(), uid: found["uid"] };
    } catch (failure) {
      const error = explained(failure, "update");
      // Nothing of it has been done, and so there is nothing to keep.
      if (Object.keys(ran).length === 0) throw error;
      throw new Created(id, outs(), error);
    }
  }
}

/** Pulumi prints the value of the argument that a failure is about, and this one is the SQL. */
function withoutValue(failure: Failure): Failure {
  return failure.property === "sql" ? { ...failure, property: "" } : failure;
}

function placeOf(args: Values) {
  const text = (key: string) => (typeof args[key] === "string" ? args[key] : undefined);
  return {
    endpoint: String(args["endpoint"]),
    database: text("database") ?? defaultDatabase,
    role: text("role"),
    sslrootcert: text("sslrootcert") ?? process.env["PGSSLROOTCERT"],
  };
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(isRecord(value) ? value : {}).map(([key, inner]) => [key, String(inner)]));
}

/** What is not known yet has nothing to read. */
function readScripts(
  sql: unknown,
  folder: unknown,
): { readonly scripts: readonly Script[]; readonly failures: readonly Failure[] } {
  if (typeof sql === "string" && sql !== unknownValue) return { scripts: [{ name: "sql", text: sql }], failures: [] };
  if (typeof folder !== "string" || folder === unknownValue) return { scripts: [], failures: [] };
  const wrong = (reason: string) => ({ scripts: [], failures: [{ property: "folder", reason: `folder ${reason}` }] });
  try {
    const scripts = scriptsIn(folder);
    return scripts.length > 0 ? { scripts, failures: [] } : wrong(`${folder} has no .sql files; check the path`);
  } catch (failure) {
    const code = typeof failure === "object" && failure !== null && "code" in failure ? failure.code : failure;
    return wrong(`${folder} cannot be read (${code}); give a folder from the program's directory`);
  }
}
