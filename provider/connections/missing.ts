import { ConfigurationError, isNotFound } from "../api/errors";

/** For a failed request about one object: says so in a sentence when the object is not there. */
export function missing(name: string): (failure: unknown) => never {
  return (failure) => {
    throw isNotFound(failure) ? notThere(name) : failure;
  };
}

export function notThere(name: string): ConfigurationError {
  return new ConfigurationError(`${name} does not exist; check the name, and that the workspace is the right one`);
}
