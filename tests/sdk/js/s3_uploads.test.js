// On top of the S3 client: lib-storage's uploads, presigned URLs, paginators, checksums of streams.
const assert = require("node:assert");
const { createHash, randomBytes } = require("node:crypto");
const { Readable } = require("node:stream");
const { after, before, test } = require("node:test");
const {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  paginateListParts,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} = require("@aws-sdk/client-s3");
const { Upload } = require("@aws-sdk/lib-storage");
const { getSignedUrl } = require("@aws-sdk/s3-request-presigner");
const { Daemon } = require("./support");

const MIB = 1 << 20;

// Signatures of URLs are checked here.
process.env.S3_SKIP_SIGNATURE_VALIDATION = "0";

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

async function bytesOf(client, where) {
  const got = await client.send(new GetObjectCommand({ ...where, ChecksumMode: "ENABLED" }));
  return Buffer.from(await got.Body.transformToByteArray());
}

test("lib-storage uploads a stream of unknown length in parts, and tells how far it is", async () => {
  const client = await bucket("js-upload");
  const bytes = randomBytes(23 * MIB);
  const where = { Bucket: "js-upload", Key: "big" };
  const params = { ...where, Body: Readable.from([bytes]), ChecksumAlgorithm: "CRC32C" };
  const upload = new Upload({ client, params, partSize: 5 * MIB, queueSize: 4 });
  let loaded = 0;
  upload.on("httpUploadProgress", (progress) => {
    loaded = Math.max(loaded, progress.loaded);
  });
  const done = await upload.done();
  assert.match(done.ETag, /-5"$/);
  assert.strictEqual(loaded, bytes.length);
  assert.ok((await bytesOf(client, where)).equals(bytes));
  client.destroy();
});

test("a small body is one PutObject, and an aborted upload leaves nothing", async () => {
  const client = await bucket("js-abort");
  const params = { Bucket: "js-abort", Key: "small", Body: Buffer.from("small") };
  const done = await new Upload({ client, params }).done();
  assert.ok(!done.ETag.includes("-"));
  const upload = new Upload({ client, params: { ...params, Key: "gone", Body: randomBytes(30 * MIB) } });
  upload.on("httpUploadProgress", () => upload.abort());
  await assert.rejects(upload.done(), { name: "AbortError" });
  const left = await client.send(new ListMultipartUploadsCommand({ Bucket: "js-abort" }));
  for (const { Key, UploadId } of left.Uploads ?? []) {
    await client.send(new AbortMultipartUploadCommand({ Bucket: "js-abort", Key, UploadId }));
  }
  const head = new HeadObjectCommand({ Bucket: "js-abort", Key: "gone" });
  await assert.rejects(client.send(head), { name: "NotFound" });
  client.destroy();
});

test("presigned URLs put and get for whoever has them, and for nothing else", async () => {
  // Else the presigner puts the checksum of no body into the URL, and S3 refuses every other.
  const client = await bucket("js-presigned", { requestChecksumCalculation: "WHEN_REQUIRED" });
  const where = { Bucket: "js-presigned", Key: "dir/a b+ü" };
  const put = await getSignedUrl(client, new PutObjectCommand({ ...where, ContentType: "text/x" }), {
    expiresIn: 60,
  });
  assert.strictEqual((await fetch(put, { method: "PUT", body: "hello" })).status, 200);
  const get = await getSignedUrl(client, new GetObjectCommand({ ...where, ResponseContentType: "text/y" }));
  const answer = await fetch(get);
  assert.strictEqual(await answer.text(), "hello");
  assert.strictEqual(answer.headers.get("content-type"), "text/y");
  assert.strictEqual((await fetch(get, { method: "PUT", body: "x" })).status, 403);
  const tampered = await fetch(get.replace("text%2Fy", "text%2Fz"));
  assert.strictEqual(tampered.status, 403);
  assert.match(await tampered.text(), /<Code>SignatureDoesNotMatch<\/Code>/);
  client.destroy();
});

test("streams go up with each checksum behind them", async () => {
  const client = await bucket("js-sums");
  const bytes = randomBytes(300_000);
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"]) {
    const where = { Bucket: "js-sums", Key: ChecksumAlgorithm };
    const body = Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]);
    const upload = { ...where, Body: body, ContentLength: bytes.length, ChecksumAlgorithm };
    const told = await client.send(new PutObjectCommand(upload));
    assert.ok(told[`Checksum${ChecksumAlgorithm}`]);
    assert.ok((await bytesOf(client, where)).equals(bytes));
  }
  const sum = createHash("sha256").update(bytes).digest("base64");
  const head = await client.send(
    new HeadObjectCommand({ Bucket: "js-sums", Key: "SHA256", ChecksumMode: "ENABLED" }),
  );
  assert.strictEqual(head.ChecksumSHA256, sum);
  client.destroy();
});

test("paginators walk keys and parts", async () => {
  const client = await bucket("js-pages");
  const keys = Array.from({ length: 57 }, (_, n) => `k${String(n).padStart(3, "0")}`);
  const put = (Key) => client.send(new PutObjectCommand({ Bucket: "js-pages", Key, Body: Key }));
  await Promise.all(keys.map(put));
  const seen = [];
  for await (const page of paginateListObjectsV2({ client, pageSize: 10 }, { Bucket: "js-pages" })) {
    seen.push(...page.Contents.map((entry) => entry.Key));
  }
  assert.deepStrictEqual(seen, keys);
  const where = { Bucket: "js-pages", Key: "upload" };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(where));
  for (let PartNumber = 1; PartNumber <= 7; PartNumber++) {
    await client.send(new UploadPartCommand({ ...where, UploadId, PartNumber, Body: "x" }));
  }
  const parts = [];
  for await (const page of paginateListParts({ client, pageSize: 3 }, { ...where, UploadId })) {
    parts.push(...page.Parts.map((part) => part.PartNumber));
    // The paginator goes by NextPartNumberMarker alone, which S3 always sends: it would begin anew.
    if (!page.IsTruncated) break;
  }
  assert.deepStrictEqual(parts, [1, 2, 3, 4, 5, 6, 7]);
  client.destroy();
});
