// The document client: plain JavaScript values in and out.
const assert = require("node:assert");
const { after, before, test } = require("node:test");
const { CreateTableCommand, DynamoDBClient, waitUntilTableExists } = require("@aws-sdk/client-dynamodb");
const {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} = require("@aws-sdk/lib-dynamodb");
const { Daemon } = require("./support");

let daemon;
before(async () => {
  daemon = await new Daemon().start();
});
after(async () => {
  assert.strictEqual(await daemon.stop(), 0);
});

async function table() {
  const client = new DynamoDBClient(daemon.options());
  await client.send(
    new CreateTableCommand({
      TableName: "things",
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
  const pace = { client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.1 };
  await waitUntilTableExists(pace, { TableName: "things" });
  return DynamoDBDocumentClient.from(client);
}

test("values of every kind come back as they were put", async () => {
  const documents = await table();
  const item = {
    pk: "a",
    sk: 1.5,
    flag: true,
    nothing: null,
    list: [1, "two", { three: 3 }],
    names: new Set(["x", "y"]),
    bytes: new Uint8Array([0, 255]),
    text: "Grüße \u{1f30d}",
  };
  await documents.send(new PutCommand({ TableName: "things", Item: item }));
  const { Item } = await documents.send(new GetCommand({ TableName: "things", Key: { pk: "a", sk: 1.5 } }));
  assert.deepStrictEqual({ ...Item, bytes: new Uint8Array(Item.bytes) }, item);
  documents.destroy();
});

test("an update with a condition changes the item once", async () => {
  const documents = await table();
  await documents.send(new PutCommand({ TableName: "things", Item: { pk: "a", sk: 1, n: 1 } }));
  const update = new UpdateCommand({
    TableName: "things",
    Key: { pk: "a", sk: 1 },
    UpdateExpression: "SET n = n + :one",
    ConditionExpression: "n = :one",
    ExpressionAttributeValues: { ":one": 1 },
    ReturnValues: "ALL_NEW",
  });
  assert.deepStrictEqual((await documents.send(update)).Attributes, { pk: "a", sk: 1, n: 2 });
  await assert.rejects(documents.send(update), { name: "ConditionalCheckFailedException" });
  documents.destroy();
});

test("a query pages through what a batch wrote", async () => {
  const documents = await table();
  const requests = Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { pk: "a", sk: i } } }));
  await documents.send(new BatchWriteCommand({ RequestItems: { things: requests } }));
  const found = [];
  let start;
  do {
    const page = await documents.send(
      new QueryCommand({
        TableName: "things",
        KeyConditionExpression: "pk = :a",
        ExpressionAttributeValues: { ":a": "a" },
        Limit: 10,
        ExclusiveStartKey: start,
      }),
    );
    found.push(...page.Items.map((item) => item.sk));
    start = page.LastEvaluatedKey;
  } while (start);
  assert.deepStrictEqual(
    found,
    Array.from({ length: 25 }, (_, i) => i),
  );
  documents.destroy();
});
