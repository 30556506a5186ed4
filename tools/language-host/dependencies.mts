/** What `pulumi about` lists: the packages that the program's manifest names, with their installed versions. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import language from "@pulumi/pulumi/proto/language_pb.js";

type Request = InstanceType<typeof language.GetProgramDependenciesRequest>;
type Response = InstanceType<typeof language.GetProgramDependenciesResponse>;

export function dependencies(request: Request): Response {
  const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  const { dependencies = {}, devDependencies = {} } = manifest(folder);
  const response = new language.GetProgramDependenciesResponse();
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const { version } = manifest(join(folder, "node_modules", name));
    if (version !== undefined) {
      const entry = new language.DependencyInfo();
      entry.setName(name);
      entry.setVersion(version);
      response.addDependencies(entry);
    }
  }
  return response;
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  const file = join(folder, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}
