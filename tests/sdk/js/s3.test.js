// Objects through the S3 client: checksums on by default, streams both ways, TLS by the daemon's authority.
const assert = require("node:assert");
const https = require("node:https");
const { Readable } = require("node:stream");
const { after, before, test } = require("node:test");
const {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} = require("@aws-sdk/client-s3");
const { Daemon } = require("./support");

let daemon;
before(async () => {
  daemon = await new Daemon().start();
});
after(async () => {
  assert.strictEqual(await daemon.stop(), 0);
});

async function bucket(name, options = {}) {
  const client = new S3Client({ ...daemon.options(), forcePathStyle: true, ...options });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  return client;
}

test("an object comes back with its metadata and checksum", async () => {
  const client = await bucket("js-object");
  const where = { Bucket: "js-object", Key: "folder/key with space+plus" };
  await client.send(
    new PutObjectCommand({ ...where, Body: "hello", Metadata: { who: "js" }, ContentType: "text/x" }),
  );
  const got = await client.send(new GetObjectCommand({ ...where, ChecksumMode: "ENABLED" }));
  assert.strictEqual(await got.Body.transformToString(), "hello");
  assert.deepStrictEqual(got.Metadata, { who: "js" });
  assert.strictEqual(got.ContentType, "text/x");
  assert.strictEqual(got.ChecksumCRC32, "NhCmhg==");
  const part = await client.send(new GetObjectCommand({ ...where, Range: "bytes=1-3" }));
  assert.strictEqual(await part.Body.transformToString(), "ell");
  client.destroy();
});

test("a stream of unknown length goes up in chunks with its checksum behind", async () => {
  const client = await bucket("js-stream");
  const where = { Bucket: "js-stream", Key: "k" };
  const piece = Buffer.alloc(100_000, "z");
  const body = Readable.from(Array.from({ length: 30 }, () => piece));
  await client.send(new PutObjectCommand({ ...where, Body: body, ContentLength: 3_000_000 }));
  assert.strictEqual((await client.send(new HeadObjectCommand(where))).ContentLength, 3_000_000);
  const got = await (await client.send(new GetObjectCommand(where))).Body.transformToByteArray();
  assert.ok(Buffer.from(got).equals(Buffer.alloc(3_000_000, "z")));
  client.destroy();
});

test("keys are listed, deleted together and gone", async () => {
  const client = await bucket("js-list");
  for (const key of ["a/1", "a/2", "b/1"]) {
    await client.send(new PutObjectCommand({ Bucket: "js-list", Key: key, Body: key }));
  }
  const list = await client.send(new ListObjectsV2Command({ Bucket: "js-list", Delimiter: "/" }));
  assert.deepStrictEqual(
    list.CommonPrefixes.map((entry) => entry.Prefix),
    ["a/", "b/"],
  );
  await client.send(
    new DeleteObjectsCommand({ Bucket: "js-list", Delete: { Objects: [{ Key: "a/1" }, { Key: "a/2" }] } }),
  );
  const rest = await client.send(new ListObjectsV2Command({ Bucket: "js-list" }));
  assert.deepStrictEqual(
    rest.Contents.map((entry) => entry.Key),
    ["b/1"],
  );
  const gone = client.send(new GetObjectCommand({ Bucket: "js-list", Key: "a/1" }));
  await assert.rejects(gone, { name: "NoSuchKey" });
  client.destroy();
});

// No test leans on a name server.
function lookup(name, options, done) {
  if (options.all) return done(null, [{ address: "127.0.0.1", family: 4 }]);
  return done(null, "127.0.0.1", 4);
}

test("a bucket in the host name works over verified TLS", async () => {
  const client = await bucket("js-tls", {
    endpoint: `https://s3.localhost.localstack.cloud:${daemon.port}`,
    forcePathStyle: false,
    requestHandler: { httpsAgent: new https.Agent({ ca: await daemon.authority(), lookup }) },
  });
  await client.send(new PutObjectCommand({ Bucket: "js-tls", Key: "k", Body: "secret" }));
  const got = await client.send(new GetObjectCommand({ Bucket: "js-tls", Key: "k" }));
  assert.strictEqual(await got.Body.transformToString(), "secret");
  client.destroy();
});
