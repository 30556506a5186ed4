/** What the stack's configuration says on requests. */
import { readConfig } from "../../../provider/pulumi/config";

test.each([
  { given: undefined, want: 16, problems: [] },
  { given: "", want: 16, problems: [] },
  { given: "1", want: 1, problems: [] },
  { given: " 64\n", want: 64, problems: [] },
  ...["0", "-1", "2.5", "many"].map((given) => ({
    given,
    want: 16,
    problems: ["lakebase:maxRequestsInFlight must be a whole number from 1"],
  })),
])("lakebase:maxRequestsInFlight of $given", ({ given, want, problems }) => {
  const config = readConfig((key) => (key === "lakebase:maxRequestsInFlight" ? given : undefined));
  expect(config).toMatchObject({ requestsInFlight: want, problems });
});
