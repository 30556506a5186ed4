import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

/** The service makes the root branch `production` with it, and that branch's endpoint `primary`. */
const project = new lakebase.Project("project", {
  projectId: config.require("projectId"),
  displayName: "Quickstart",
  pgVersion: 17,
});

/** What the service made is declared like anything else: `pulumi up` takes it over and sets what is written here. */
const production = new lakebase.Endpoint("production", {
  parent: pulumi.interpolate`${project.name}/branches/production`,
  endpointId: "primary",
  endpointType: "ENDPOINT_TYPE_READ_WRITE",
  autoscalingLimitMinCu: 0.5,
  autoscalingLimitMaxCu: 2,
  suspendTimeoutDuration: "5m",
});

/** A copy of `production` at no cost until it changes. The service deletes it after the ttl. */
const dev = new lakebase.Branch("dev", {
  parent: project,
  branchId: "dev",
  ttl: config.require("ttl"),
});

/** Every branch comes with a `primary` too. */
const primary = new lakebase.Endpoint("primary", {
  parent: dev,
  endpointId: "primary",
  endpointType: "ENDPOINT_TYPE_READ_WRITE",
  autoscalingLimitMinCu: 0.5,
  autoscalingLimitMaxCu: config.requireNumber("maxCu"),
  suspendTimeoutDuration: "5m",
});

const reader = new lakebase.Endpoint("reader", {
  parent: dev,
  endpointId: "reader",
  endpointType: "ENDPOINT_TYPE_READ_ONLY",
  autoscalingLimitMinCu: 0.5,
  autoscalingLimitMaxCu: 2,
  suspendTimeoutDuration: "5m",
});

/** More copies, one for each name in `copies`. Each has all rows that `production` has at that moment, then its own. */
const copies = config.requireObject<string[]>("copies").map((name) => {
  const branch = new lakebase.Branch(name, {
    parent: project,
    branchId: name,
    ttl: config.require("ttl"),
  });
  const endpoint = new lakebase.Endpoint(`${name}-primary`, {
    parent: branch,
    endpointId: "primary",
    endpointType: "ENDPOINT_TYPE_READ_WRITE",
    autoscalingLimitMinCu: 0.5,
    autoscalingLimitMaxCu: 2,
    suspendTimeoutDuration: "5m",
  });
  return [name, endpoint.host] as const;
});

export const projectName = project.name;
export const branchName = dev.name;
export const branchExpires = dev.status.expireTime;

// Where to connect, with TLS and a short-lived token as the password.
export const database = "databricks_postgres";
export const host = primary.host;
export const pooledHost = primary.pooledHost;
export const readOnlyHost = reader.readOnlyHost;
export const productionHost = production.host;
export const copyHosts = Object.fromEntries(copies);
