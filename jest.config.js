/** The e2e and contract suites share built artefacts made once by tools/test.mts. */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  transform: {
    "^.+\\.m?[jt]s$": [
      "@swc/jest",
      { jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "commonjs" } },
    ],
  },
  // jose and its like ship ES modules only, which jest cannot load untransformed.
  transformIgnorePatterns: ["/node_modules/(?!(jose|hyparquet|hyparquet-writer)/)"],
};
