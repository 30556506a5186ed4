/** The version of this package, by its own name, since the compiled file lies deeper than this one. */
export const { version } = require("pulumi-lakebase/package.json") as { readonly version: string };
