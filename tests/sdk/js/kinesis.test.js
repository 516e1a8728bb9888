// The Kinesis client speaks HTTP/2 unless told otherwise.
const assert = require("node:assert");
const http2 = require("node:http2");
const { after, before, test } = require("node:test");
const {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
  waitUntilStreamExists,
} = require("@aws-sdk/client-kinesis");
const { Daemon } = require("./support");

let daemon;
before(async () => {
  daemon = await new Daemon().start();
});
after(async () => {
  assert.strictEqual(await daemon.stop(), 0);
});

async function streamOf(client, name) {
  await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: 1 }));
  const pace = { client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.1 };
  await waitUntilStreamExists(pace, { StreamName: name });
}

async function allOf(client, name, count) {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: name,
      ShardId: "shardId-000000000000",
      ShardIteratorType: "TRIM_HORIZON",
    }),
  );
  const records = [];
  let iterator = ShardIterator;
  while (records.length < count) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    records.push(...page.Records);
    iterator = page.NextShardIterator;
  }
  return records.map((record) => [record.PartitionKey, Buffer.from(record.Data).toString()]);
}

test("records put with the default handler, over HTTP/2, come back in order", async () => {
  const client = new KinesisClient(daemon.options());
  assert.strictEqual(client.config.requestHandler.metadata.handlerProtocol, "h2");
  await streamOf(client, "s");
  for (const text of ["one", "two"]) {
    const put = await client.send(
      new PutRecordCommand({ StreamName: "s", PartitionKey: text, Data: Buffer.from(text) }),
    );
    assert.strictEqual(put.ShardId, "shardId-000000000000");
  }
  assert.deepStrictEqual(await allOf(client, "s", 2), [
    ["one", "one"],
    ["two", "two"],
  ]);
  client.destroy();
});

test("many requests at once share a connection, large ones among them", async () => {
  const client = new KinesisClient(daemon.options());
  await streamOf(client, "s");
  const large = "x".repeat(500_000);
  const puts = Array.from({ length: 50 }, (_, i) =>
    client.send(new PutRecordCommand({ StreamName: "s", PartitionKey: `${i}`, Data: Buffer.from(`${i}`) })),
  );
  puts.push(
    client.send(
      new PutRecordsCommand({
        StreamName: "s",
        Records: ["a", "b"].map((key) => ({ PartitionKey: key, Data: Buffer.from(large) })),
      }),
    ),
  );
  await Promise.all(puts);
  const records = new Map(await allOf(client, "s", 52));
  assert.strictEqual(records.size, 52);
  assert.strictEqual(records.get("49"), "49");
  assert.strictEqual(records.get("b"), large);
  client.destroy();
});

test("an error over HTTP/2 is the SDK's exception", async () => {
  const client = new KinesisClient(daemon.options());
  await assert.rejects(client.send(new DescribeStreamSummaryCommand({ StreamName: "none" })), (error) => {
    assert.strictEqual(error.name, "ResourceNotFoundException");
    assert.strictEqual(error.$metadata.httpStatusCode, 400);
    return true;
  });
  client.destroy();
});

test("TLS agrees on h2 where the client offers it", async () => {
  const session = http2.connect(`https://localhost:${daemon.port}`, { ca: await daemon.authority() });
  const request = session.request({ ":path": "/_localstack/info" });
  const status = await new Promise((resolve, reject) => {
    request.once("response", (headers) => resolve(headers[":status"]));
    request.once("error", reject);
    session.once("error", reject);
  });
  assert.strictEqual(session.alpnProtocol, "h2");
  assert.strictEqual(status, 200);
  request.resume();
  await new Promise((resolve) => request.once("end", resolve));
  session.close();
});
