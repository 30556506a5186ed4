import type { Activities } from "./activity";
import type { Clock } from "./clock";
import { badRequest, invalid } from "./errors";
import { flagAt, type Json, textAt } from "./json";
import type { Service } from "./service";
import type { Stored } from "./stored";

/** What starts and stops the computes of endpoints. */
export interface Computes {
  wake(endpoint: Stored): Promise<void>;
  suspend(endpoint: Stored): Promise<void>;
}

/** Where no Postgres runs, waking and suspending is only a matter of what reads show. */
export class NotedComputes implements Computes {
  constructor(
    private readonly activities: Activities,
    private readonly clock: Clock,
  ) {}

  async wake(endpoint: Stored): Promise<void> {
    this.activities.wake(endpoint.uid, this.clock.now());
  }

  async suspend(endpoint: Stored): Promise<void> {
    this.activities.suspend(endpoint.uid, this.clock.now());
  }
}

/** Carries out the body of a `POST /_emulator/computes`. */
export async function steerCompute(wanted: Json, service: Service, computes: Computes): Promise<void> {
  const name = textAt(wanted, "endpoint") ?? "";
  const action = textAt(wanted, "action");
  if (!/^projects\/[^/]+\/branches\/[^/]+\/endpoints\/[^/]+$/.test(name)) {
    throw invalid(`'endpoint' must be a name such as projects/p/branches/production/endpoints/primary, got '${name}'`);
  }
  if (action !== "wake" && action !== "suspend") throw invalid('\'action\' must be "wake" or "suspend"');
  const endpoint = service.demand("Endpoint", name);
  if (flagAt(endpoint.inputs, "spec.disabled")) {
    throw badRequest(`The compute of '${name}' is disabled; set spec.disabled to false first`);
  }
  await computes[action](endpoint);
}
