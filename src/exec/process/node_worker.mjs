// The Node side of exec/process: loads the handler and speaks the Lambda Runtime API over one connection.
// Runs as `node node_worker.mjs`; everything it needs stands in its environment.
import { createRequire, register } from "node:module";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { format } from "node:util";
import { fileURLToPath, pathToFileURL } from "node:url";

const API = "/2018-06-01/runtime";
const ROOT = process.env.LAMBDA_TASK_ROOT;
const PACKAGES = (process.env.NODE_PATH || "").split(":").filter((folder) => folder !== "");
const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

let requestId = "undefined"; // of the invocation under way; what AWS prints before the first one

// ---- the log

function write(text) {
  // Synchronous, so that what a handler printed stands in the pipe before its answer leaves.
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (error) {
      if (error.code !== "EAGAIN") return;
    }
  }
}

function patchConsole() {
  const asJson = process.env.AWS_LAMBDA_LOG_FORMAT === "JSON";
  const least = Math.max(0, LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL || "TRACE"));
  const print = (level) => (...values) => {
    if (LEVELS.indexOf(level) < least) return;
    const time = new Date().toISOString();
    if (!asJson) {
      write(`${time}\t${requestId}\t${level}\t${format(...values)}\n`);
      return;
    }
    const entry = { timestamp: time, level, requestId };
    const error = values.find((value) => value instanceof Error);
    if (error) {
      entry.errorType = error.name;
      entry.errorMessage = error.message;
      entry.stackTrace = traceOf(error);
    }
    entry.message = values.length === 1 && typeof values[0] !== "string" ? values[0] : format(...values);
    try {
      write(JSON.stringify(entry) + "\n");
    } catch {
      write(JSON.stringify({ ...entry, message: format(...values) }) + "\n");
    }
  };
  Object.assign(console, {
    log: print("INFO"), info: print("INFO"), warn: print("WARN"), error: print("ERROR"),
    debug: print("DEBUG"), trace: print("TRACE"), fatal: print("FATAL"),
  });
}

// ---- errors, as AWS formats them

class RuntimeFault extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

// Throwing nothing is still a failure.
const thrown = (error) => (error === undefined || error === null ? new Error(String(error)) : error);

// Files under the names that they have on AWS, whatever folders they stand in here.
const PLACES = [[`${ROOT}/`, "/var/task/"], [fileURLToPath(import.meta.url), "/var/runtime/index.mjs"],
  ...PACKAGES.map((folder) => [`${folder}/`, "/var/runtime/node_modules/"])];
const onLambda = (text) => PLACES.reduce((at, [here, there]) => at.replaceAll(here, there), text);
const traceOf = (error) => onLambda(String(error.stack || "")).split("\n");

function describe(error) {
  if (error && error instanceof Object && "name" in error && "message" in error && "stack" in error) {
    return { errorType: error.name, errorMessage: error.message, trace: traceOf(error) };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function logError(title, error) {
  const described = describe(error);
  const extra = error instanceof Error ? { ...error } : {};
  delete extra.name;
  const body = { errorType: described.errorType, errorMessage: described.errorMessage, ...extra };
  let text;
  try {
    text = JSON.stringify({ ...body, stack: described.trace });
  } catch {
    text = JSON.stringify({ ...described });
  }
  write(`${new Date().toISOString()}\t${requestId}\tERROR\t${title}\t${text}\n`);
}

// ---- the handler

function nodePackageType(folder) {
  for (let at = folder; at.startsWith(ROOT); at = path.dirname(at)) {
    try {
      return JSON.parse(fs.readFileSync(path.join(at, "package.json"), "utf8")).type;
    } catch {
      // none here: the next folder up decides
    }
  }
  return undefined;
}

// Node starts a thread for the hook: only what needs it pays for it.
function importModule(file) {
  if (PACKAGES.length > 0) register("./node_packages.mjs", import.meta.url);
  return import(pathToFileURL(file).href);
}

async function loadModule(folder, name) {
  const base = path.resolve(ROOT, folder, name);
  const require = createRequire(path.join(ROOT, "_.js"));
  if (fs.existsSync(base) && fs.statSync(base).isFile()) return require(base);
  if (fs.existsSync(base + ".js")) {
    const file = base + ".js";
    if (nodePackageType(path.dirname(file)) === "module") return importModule(file);
    return require(file);
  }
  if (fs.existsSync(base + ".mjs")) return importModule(base + ".mjs");
  if (fs.existsSync(base + ".cjs")) return require(base + ".cjs");
  return require(require.resolve(name, { paths: [path.join(ROOT, folder)] }));
}

async function loadHandler(text) {
  if (text.includes("..")) {
    throw new RuntimeFault("Runtime.MalformedHandlerName", `'${text}' is not a valid handler name. ` +
      "Use absolute paths when specifying root directories in handler names.");
  }
  const last = path.basename(text);
  const folder = text.slice(0, text.length - last.length);
  const match = last.match(/^([^.]*)\.(.*)$/);
  if (!match) throw new RuntimeFault("Runtime.MalformedHandlerName", "Bad handler");
  let module;
  try {
    module = await loadModule(folder, match[1]);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeFault("Runtime.UserCodeSyntaxError", onLambda(String(error)));
    }
    if (error && (error.code === "MODULE_NOT_FOUND" || error.code === "ERR_MODULE_NOT_FOUND")) {
      throw new RuntimeFault("Runtime.ImportModuleError", onLambda(String(error)));
    }
    throw error;
  }
  const pick = (from) => match[2].split(".").reduce((at, key) => at && at[key], from);
  let handler = pick(module);
  if (handler === undefined && module && module.default) handler = pick(module.default);
  if (handler === undefined || handler === null) {
    throw new RuntimeFault("Runtime.HandlerNotFound", `${text} is undefined or not exported`);
  }
  if (typeof handler !== "function") {
    throw new RuntimeFault("Runtime.HandlerNotFound", `${text} is not a function`);
  }
  return handler;
}

// ---- the Runtime API

class RuntimeApi {
  constructor(address) {
    const [host, port] = address.split(":");
    this.address = address;
    this.rest = Buffer.alloc(0);
    this.waiting = [];
    this.socket = net.connect({ host, port: Number(port), noDelay: true });
    this.socket.on("data", (bytes) => this.take(bytes));
    this.socket.on("close", () => process.exit(0)); // the daemon closed: this sandbox is over
    this.socket.on("error", () => process.exit(0));
    this.next = `GET ${API}/invocation/next HTTP/1.1\r\nHost: ${address}\r\n\r\n`;
  }

  take(bytes) {
    this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    for (;;) {
      const end = this.rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const lines = this.rest.latin1Slice(0, end).split("\r\n");
      const headers = {};
      for (const line of lines.slice(1)) {
        const colon = line.indexOf(":");
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      const stop = end + 4 + Number(headers["content-length"] || 0);
      if (this.rest.length < stop) return;
      const body = this.rest.subarray(end + 4, stop);
      this.rest = this.rest.subarray(stop);
      this.waiting.shift()({ status: Number(lines[0].split(" ")[1]), headers, body });
    }
  }

  response() {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  post(where, body, extra = "") {
    return `POST ${API}${where} HTTP/1.1\r\nHost: ${this.address}\r\n${extra}` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  async event() {
    const event = await this.response();
    if (event.status !== 200) process.exit(0);
    return event;
  }

  first() {
    this.socket.write(this.next);
    return this.event();
  }

  // The answer and the question for the next event leave in one piece; the daemon answers both in order.
  async finish(where, body, extra) {
    this.socket.ref();
    this.socket.write(this.post(where, body, extra) + this.next);
    const done = this.response(); // both may come in one piece: both are waited for from here on
    const event = this.event();
    await done;
    return event;
  }

  answer(id, body) {
    return this.finish(`/invocation/${id}/response`, body);
  }

  fail(id, described) {
    const type = String(described.errorType).replace(/[^\x20-\x7e]/g, "");
    return this.finish(`/invocation/${id}/error`, JSON.stringify(described),
      `Lambda-Runtime-Function-Error-Type: ${type}\r\n`);
  }

  async failInit(described) {
    const type = String(described.errorType).replace(/[^\x20-\x7e]/g, "");
    this.socket.ref();
    this.socket.write(this.post("/init/error", JSON.stringify(described),
      `Lambda-Runtime-Function-Error-Type: ${type}\r\n`));
    await this.response();
  }
}

function makeContext(headers, settle) {
  const environment = process.env;
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  const parse = (name) => (headers[name] ? JSON.parse(headers[name]) : undefined);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse("lambda-runtime-client-context"),
    identity: parse("lambda-runtime-cognito-identity"),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    tenantId: headers["lambda-runtime-aws-tenant-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: (error, result) => settle(error, result, false),
    fail: (error) => settle(error === undefined || error === null ? "handled" : error, undefined, false),
    succeed: (result) => settle(null, result, false),
  };
}

// Runs one event to its outcome: [error, result]. A callback's outcome waits for the event loop to run empty,
// as the context says; the connection to the daemon does not hold the loop meanwhile.
function runHandler(handler, event) {
  return new Promise((resolve) => {
    let settled = false;
    const end = (error, result) => {
      process.removeListener("beforeExit", onEmpty);
      resolve([error, result]);
    };
    let onEmpty = () => end(null, null); // the loop ran empty and nobody answered
    process.on("beforeExit", onEmpty);
    const settle = (error, result, waits) => {
      if (settled) return;
      settled = true;
      const failed = error !== null && error !== undefined;
      if (failed || !waits) {
        end(failed ? error : null, result);
        return;
      }
      process.removeListener("beforeExit", onEmpty);
      onEmpty = () => end(null, result);
      process.on("beforeExit", onEmpty);
    };
    const context = makeContext(event.headers, settle);
    const callback = (error, result) => settle(error, result, context.callbackWaitsForEmptyEventLoop);
    try {
      const returned = handler(JSON.parse(event.body.toString("utf8")), context, callback);
      if (returned && typeof returned.then === "function") {
        returned.then((result) => settle(null, result, false),
          (error) => settle(thrown(error), undefined, false));
      }
    } catch (error) {
      settle(thrown(error), undefined, false);
    }
  });
}

async function main() {
  patchConsole();
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
  api.socket.unref();
  let handler;
  try {
    handler = await loadHandler(process.env._HANDLER);
  } catch (error) {
    logError("Uncaught Exception ", error);
    await api.failInit(describe(error));
    process.exit(1);
  }
  const die = (title, named) => (error) => {
    const fault = named ? new RuntimeFault(named, String(error)) : error;
    if (named) fault.reason = describe(error);
    logError(title, fault);
    const described = describe(fault);
    const id = api.current;
    if (id === undefined) process.exit(128);
    api.socket.ref();
    const type = String(described.errorType).replace(/[^\x20-\x7e]/g, "");
    api.socket.write(api.post(`/invocation/${id}/error`, JSON.stringify(described),
      `Lambda-Runtime-Function-Error-Type: ${type}\r\n`));
    api.response().then(() => process.exit(128));
  };
  process.on("uncaughtException", die("Uncaught Exception ", null));
  process.on("unhandledRejection", die("Unhandled Promise Rejection ", "Runtime.UnhandledPromiseRejection"));
  api.socket.ref();
  let event = await api.first();
  for (;;) {
    requestId = event.headers["lambda-runtime-aws-request-id"];
    api.current = requestId;
    const trace = event.headers["lambda-runtime-trace-id"];
    if (trace) process.env._X_AMZN_TRACE_ID = trace;
    else delete process.env._X_AMZN_TRACE_ID;
    api.socket.unref();
    let [error, result] = await runHandler(handler, event);
    let body;
    if (error === null) {
      try {
        body = JSON.stringify(result === undefined ? null : result);
        if (body === undefined) body = "null";
      } catch (failure) {
        error = new RuntimeFault("Runtime.MarshalError",
          `Unable to stringify response body: ${failure.message}`);
      }
    }
    api.current = undefined;
    if (error === null) {
      event = await api.answer(requestId, body);
    } else {
      logError("Invoke Error ", error);
      event = await api.fail(requestId, describe(error));
    }
  }
}

main();
