/**
 * Connections of applications to Lakebase: passwords that renew themselves, settings for pools, and patience while a
 * compute wakes up. It needs nothing of Pulumi, and signs in with what the environment says.
 * @packageDocumentation
 */
import "../node";

export { ApiError, ConfigurationError, ConnectionError } from "../api/errors";
export { type CredentialProviderOptions, credentialProvider } from "./credential-provider";
export { type PoolOptions, type PoolRequest, poolOptions } from "./pool";
export { connectWithRetry, type Pool, type RetryOptions } from "./wake";
