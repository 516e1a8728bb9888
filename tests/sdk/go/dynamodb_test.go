package sdk

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streams "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/smithy-go"
)

// Song is an item with a value of most kinds.
type Song struct {
	Artist     string            `dynamodbav:"artist"`
	Track      int               `dynamodbav:"track"`
	Title      string            `dynamodbav:"title"`
	Length     float64           `dynamodbav:"length"`
	Live       bool              `dynamodbav:"live"`
	Cover      []byte            `dynamodbav:"cover"`
	Genres     []string          `dynamodbav:"genres,stringset"`
	Takes      []int             `dynamodbav:"takes"`
	Credits    map[string]string `dynamodbav:"credits"`
	Remastered *string           `dynamodbav:"remastered"`
}

// songs makes a table "songs" with a partition and a sort key, an index by title and a stream.
func songs(t *testing.T) (*dynamodb.Client, aws.Config) {
	t.Helper()
	config := configuration()
	client := dynamodb.NewFromConfig(config)
	must[*dynamodb.CreateTableOutput](t)(client.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName:   aws.String("songs"),
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("artist"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("track"), AttributeType: types.ScalarAttributeTypeN},
			{AttributeName: aws.String("title"), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("artist"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("track"), KeyType: types.KeyTypeRange},
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName:  aws.String("by-title"),
			KeySchema:  []types.KeySchemaElement{{AttributeName: aws.String("title"), KeyType: types.KeyTypeHash}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
		}},
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	}))
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay = 50 * time.Millisecond
	})
	if err := waiter.Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("songs")}, time.Minute); err != nil {
		t.Fatal(err)
	}
	return client, config
}

func put(t *testing.T, client *dynamodb.Client, song Song) {
	t.Helper()
	item := must[map[string]types.AttributeValue](t)(attributevalue.MarshalMap(song))
	input := &dynamodb.PutItemInput{TableName: aws.String("songs"), Item: item}
	must[*dynamodb.PutItemOutput](t)(client.PutItem(ctx, input))
}

func key(artist string, track int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"artist": &types.AttributeValueMemberS{Value: artist},
		"track":  &types.AttributeValueMemberN{Value: fmt.Sprint(track)},
	}
}

func TestAStructComesBackAsItWasPut(t *testing.T) {
	client, _ := songs(t)
	song := Song{
		Artist: "Ada", Track: 1, Title: "Grüße", Length: 61.25, Live: true, Cover: []byte{0, 255},
		Genres: []string{"jazz", "soul"}, Takes: []int{3, 1, 2}, Credits: map[string]string{"bass": "Bo"},
	}
	put(t, client, song)
	answer := must[*dynamodb.GetItemOutput](t)(client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("songs"), Key: key("Ada", 1), ConsistentRead: aws.Bool(true),
	}))
	var got Song
	if err := attributevalue.UnmarshalMap(answer.Item, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, song) {
		t.Fatalf("got %+v, put %+v", got, song)
	}
}

func TestAQueryBuiltWithExpressionsPagesInOrder(t *testing.T) {
	client, _ := songs(t)
	for track := 1; track <= 9; track++ {
		put(t, client, Song{Artist: "Ada", Track: track, Title: fmt.Sprint("title ", track), Length: float64(track)})
	}
	built := must[expression.Expression](t)(expression.NewBuilder().
		WithKeyCondition(expression.Key("artist").Equal(expression.Value("Ada")).
			And(expression.Key("track").GreaterThan(expression.Value(2)))).
		WithFilter(expression.Name("length").NotEqual(expression.Value(5))).
		WithProjection(expression.NamesList(expression.Name("track"))).
		Build())
	pages := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
		TableName: aws.String("songs"), Limit: aws.Int32(3), ScanIndexForward: aws.Bool(false),
		KeyConditionExpression: built.KeyCondition(), FilterExpression: built.Filter(),
		ProjectionExpression: built.Projection(), ExpressionAttributeNames: built.Names(),
		ExpressionAttributeValues: built.Values(),
	})
	var tracks []int
	for pages.HasMorePages() {
		page := must[*dynamodb.QueryOutput](t)(pages.NextPage(ctx))
		for _, item := range page.Items {
			var track int
			if err := attributevalue.Unmarshal(item["track"], &track); err != nil {
				t.Fatal(err)
			}
			tracks = append(tracks, track)
		}
	}
	if want := []int{9, 8, 7, 6, 4, 3}; !reflect.DeepEqual(tracks, want) {
		t.Fatalf("got %v, want %v", tracks, want)
	}
	byTitle := must[*dynamodb.QueryOutput](t)(client.Query(ctx, &dynamodb.QueryInput{
		TableName: aws.String("songs"), IndexName: aws.String("by-title"),
		KeyConditionExpression: aws.String("title = :t"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":t": &types.AttributeValueMemberS{Value: "title 4"},
		},
	}))
	if len(byTitle.Items) != 1 || !reflect.DeepEqual(byTitle.Items[0]["track"], key("", 4)["track"]) {
		t.Fatalf("the index answers %v", byTitle.Items)
	}
}

func TestAFailedConditionIsItsOwnErrorAndShowsTheItem(t *testing.T) {
	client, _ := songs(t)
	put(t, client, Song{Artist: "Ada", Track: 1, Title: "first"})
	_, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String("songs"), Key: key("Ada", 1),
		UpdateExpression: aws.String("SET title = :t"), ConditionExpression: aws.String("title = :other"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":t":     &types.AttributeValueMemberS{Value: "second"},
			":other": &types.AttributeValueMemberS{Value: "none"},
		},
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	if title, ok := failed.Item["title"].(*types.AttributeValueMemberS); !ok || title.Value != "first" {
		t.Fatalf("the item in the error: %v", failed.Item)
	}
	_, err = client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("none"), Key: key("Ada", 1)})
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != "ResourceNotFoundException" ||
		refused.ErrorMessage() != "Requested resource not found" {
		t.Fatalf("got %v", err)
	}
}

func TestATransactionWritesAllOrSaysWhichActionFailed(t *testing.T) {
	client, _ := songs(t)
	put(t, client, Song{Artist: "Ada", Track: 1, Title: "first"})
	write := func(track int, condition string) types.TransactWriteItem {
		item := key("Ada", track)
		item["title"] = &types.AttributeValueMemberS{Value: "new"}
		return types.TransactWriteItem{Put: &types.Put{
			TableName: aws.String("songs"), Item: item, ConditionExpression: aws.String(condition),
		}}
	}
	_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		write(2, "attribute_not_exists(artist)"), write(1, "attribute_not_exists(artist)"),
	}})
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		t.Fatalf("got %v", err)
	}
	codes := []string{*cancelled.CancellationReasons[0].Code, *cancelled.CancellationReasons[1].Code}
	if want := []string{"None", "ConditionalCheckFailed"}; !reflect.DeepEqual(codes, want) {
		t.Fatalf("got %v", codes)
	}
	token := aws.String("a token")
	for range 2 { // the second is the first, answered again
		must[*dynamodb.TransactWriteItemsOutput](t)(client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
			ClientRequestToken: token, TransactItems: []types.TransactWriteItem{
				write(2, "attribute_not_exists(artist)"), write(3, "attribute_not_exists(artist)"),
			}}))
	}
	scan := must[*dynamodb.ScanOutput](t)(client.Scan(ctx, &dynamodb.ScanInput{
		TableName: aws.String("songs"), Select: types.SelectCount,
	}))
	if scan.Count != 3 {
		t.Fatalf("%d items", scan.Count)
	}
}

func TestABatchOfTwentyFiveIsWrittenAndReadBack(t *testing.T) {
	client, _ := songs(t)
	var writes []types.WriteRequest
	var keys []map[string]types.AttributeValue
	for track := 0; track < 25; track++ {
		writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: key("Ada", track)}})
		keys = append(keys, key("Ada", track))
	}
	written := must[*dynamodb.BatchWriteItemOutput](t)(client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{"songs": writes},
	}))
	read := must[*dynamodb.BatchGetItemOutput](t)(client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{"songs": {Keys: keys}},
	}))
	if len(written.UnprocessedItems) != 0 || len(read.UnprocessedKeys) != 0 || len(read.Responses["songs"]) != 25 {
		t.Fatalf("unprocessed %v, %v; read %d", written.UnprocessedItems, read.UnprocessedKeys, len(read.Responses["songs"]))
	}
}

func TestPartiQlReadsWhatItInserted(t *testing.T) {
	client, _ := songs(t)
	parameters := must[[]types.AttributeValue](t)(attributevalue.MarshalList([]any{"Ada", 7, "seven"}))
	must[*dynamodb.ExecuteStatementOutput](t)(client.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{
		Statement:  aws.String(`INSERT INTO "songs" VALUE {'artist': ?, 'track': ?, 'title': ?}`),
		Parameters: parameters,
	}))
	answer := must[*dynamodb.ExecuteStatementOutput](t)(client.ExecuteStatement(ctx, &dynamodb.ExecuteStatementInput{
		Statement: aws.String(`SELECT title FROM "songs" WHERE artist = ? AND track = ?`), Parameters: parameters[:2],
	}))
	want := []map[string]types.AttributeValue{{"title": &types.AttributeValueMemberS{Value: "seven"}}}
	if !reflect.DeepEqual(answer.Items, want) {
		t.Fatalf("got %v", answer.Items)
	}
}

func TestAStreamTellsEachChangeOnceAndInOrder(t *testing.T) {
	client, config := songs(t)
	for _, title := range []string{"one", "two", "two"} { // the third changes nothing
		put(t, client, Song{Artist: "Ada", Track: 1, Title: title})
	}
	must[*dynamodb.DeleteItemOutput](t)(client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String("songs"), Key: key("Ada", 1),
	}))
	table := must[*dynamodb.DescribeTableOutput](t)(client.DescribeTable(ctx, &dynamodb.DescribeTableInput{
		TableName: aws.String("songs"),
	}))
	reader := dynamodbstreams.NewFromConfig(config)
	described := must[*dynamodbstreams.DescribeStreamOutput](t)(reader.DescribeStream(ctx,
		&dynamodbstreams.DescribeStreamInput{StreamArn: table.Table.LatestStreamArn}))
	var names []streams.OperationType
	for _, shard := range described.StreamDescription.Shards {
		iterator := must[*dynamodbstreams.GetShardIteratorOutput](t)(reader.GetShardIterator(ctx,
			&dynamodbstreams.GetShardIteratorInput{
				StreamArn: table.Table.LatestStreamArn, ShardId: shard.ShardId,
				ShardIteratorType: streams.ShardIteratorTypeTrimHorizon,
			}))
		records := must[*dynamodbstreams.GetRecordsOutput](t)(reader.GetRecords(ctx,
			&dynamodbstreams.GetRecordsInput{ShardIterator: iterator.ShardIterator}))
		for _, record := range records.Records {
			names = append(names, record.EventName)
		}
	}
	want := []streams.OperationType{
		streams.OperationTypeInsert, streams.OperationTypeModify, streams.OperationTypeRemove,
	}
	if !reflect.DeepEqual(names, want) {
		t.Fatalf("got %v", names)
	}
}
