// Copies what the pages need from node_modules into static/vendor; run by `npm run vendor`.
import { cp, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "static", "vendor");
const files = ["leaflet.js", "leaflet.css", "images"];

await rm(target, { recursive: true, force: true });
await mkdir(join(target, "leaflet"), { recursive: true });
for (const file of files) {
  await cp(join(here, "node_modules", "leaflet", "dist", file), join(target, "leaflet", file), { recursive: true });
}
await cp(join(here, "node_modules", "leaflet", "LICENSE"), join(target, "leaflet", "LICENSE"));
console.log(`Copied leaflet into ${target}`);
