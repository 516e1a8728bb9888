// The resolve hook of node_worker.mjs: what an ES module imports by name and does not find in its own
// node_modules is looked for in the folders of NODE_PATH. Node itself does that for CommonJS only; on AWS
// both find the SDK.
import path from "node:path";
import { pathToFileURL } from "node:url";

// A module in the parent of each node_modules folder, as whose import a name is resolved again.
const parents = (process.env.NODE_PATH || "").split(":").filter((folder) => folder !== "")
  .map((folder) => pathToFileURL(path.join(path.dirname(path.resolve(folder)), "_.mjs")).href);

const isName = (specifier) => !/^(\.{0,2}\/|\.{1,2}$|#|[a-z][a-z0-9+.-]*:)/i.test(specifier);

export async function resolve(specifier, context, next) {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || !isName(specifier)) throw error;
    for (const parentURL of parents) {
      try {
        return await next(specifier, { ...context, parentURL });
      } catch (again) {
        if (again.code !== "ERR_MODULE_NOT_FOUND") throw again;
      }
    }
    throw error;
  }
}
