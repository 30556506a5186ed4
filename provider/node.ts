/** Told before anything newer is needed, in a sentence instead of a stack. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  const message = `pulumi-lakebase needs Node 22.12 or newer, and this is ${process.versions.node}; put a newer one on PATH`;
  throw Object.assign(new Error(message), { stack: message });
}
