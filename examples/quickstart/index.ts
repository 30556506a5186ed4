import * as pulumi from "@pulumi/pulumi";
import * as lakebase from "pulumi-lakebase";

const config = new pulumi.Config();

/** The service makes the root branch `production` with it. */
const project = new lakebase.Project("project", {
  projectId: config.require("projectId"),
  displayName: "Quickstart",
  pgVersion: 17,
});

/** A copy of `production` at no cost until it changes. The service deletes it after the ttl. */
const dev = new lakebase.Branch("dev", {
  parent: project,
  branchId: "dev",
  ttl: config.require("ttl"),
});

/** The service made it with the branch: declaring it takes it over. */
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

export const projectName = project.name;
export const branchName = dev.name;
export const branchExpires = dev.status.expireTime;
export const host = primary.host;
export const pooledHost = primary.pooledHost;
export const readOnlyHost = reader.readOnlyHost;
