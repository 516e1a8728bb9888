// Control paths over HTTP/2 without TLS, as Node's own client speaks it.
const assert = require("node:assert");
const http2 = require("node:http2");
const { after, before, test } = require("node:test");
const { Daemon } = require("./support");

let daemon;
let session;

before(async () => {
  daemon = await new Daemon().start();
  session = http2.connect(`http://127.0.0.1:${daemon.port}`);
});

after(async () => {
  session.close();
  assert.strictEqual(await daemon.stop(), 0);
});

function ask(method, path, headers = {}, body = "") {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":method": method, ":path": path, ...headers }, { endStream: !body });
    const answer = { body: "" };
    stream.on("response", (got) => (answer.headers = got));
    stream.setEncoding("utf8");
    stream.on("data", (piece) => (answer.body += piece));
    stream.on("end", () => resolve(answer));
    stream.on("error", reject);
    if (body) stream.end(body);
  });
}

test("the control paths answer over HTTP/2", async () => {
  const health = await ask("GET", "/_localstack/health");
  assert.strictEqual(health.headers[":status"], 200);
  assert.strictEqual(health.headers["content-type"], "application/json");
  assert.strictEqual(health.headers["x-localstack"], "true");
  assert.strictEqual(JSON.parse(health.body).services.s3, "available");
  const head = await ask("HEAD", "/_localstack/health");
  assert.deepStrictEqual([head.headers[":status"], head.body], [200, ""]);
  const put = await ask("PUT", "/_localstack/health", {}, JSON.stringify({ mine: 1 }));
  assert.strictEqual(put.headers[":status"], 200);
  assert.strictEqual(JSON.parse((await ask("GET", "/_localstack/health")).body).mine, 1);
  assert.strictEqual(JSON.parse((await ask("GET", "/_localstack/info")).body).edition, "community");
  const clock = await ask("POST", "/_fogbank/clock?action=advance&by=1h");
  assert.strictEqual(JSON.parse(clock.body).ahead_s, 3600);
  assert.strictEqual(JSON.parse((await ask("GET", "/_fogbank/await")).body).idle, true);
  assert.strictEqual((await ask("GET", "/_fogbank/nothing")).headers[":status"], 404);
});

test("headers above the limit are refused in AWS's form, and the connection goes on", async () => {
  const large = { "x-1": "x".repeat(33_000), "x-2": "x".repeat(33_000) };
  const target = {
    "x-amz-target": "DynamoDB_20120810.ListTables",
    "content-type": "application/x-amz-json-1.0",
  };
  const own = http2.connect(`http://127.0.0.1:${daemon.port}`, { maxSendHeaderBlockLength: 200_000 });
  const status = await new Promise((resolve, reject) => {
    const stream = own.request({ ":method": "POST", ":path": "/", ...target, ...large });
    stream.on("response", (got) => resolve(got[":status"]));
    stream.on("error", reject);
    stream.resume();
    stream.end("{}");
  });
  own.close();
  assert.strictEqual(status, 400);
  assert.strictEqual((await ask("GET", "/_localstack/health")).headers[":status"], 200);
});
