package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

func ops(size int) []op {
	var all []op
	for _, list := range [][]op{floorOps(), s3Ops(size), dynamodbOps(), kinesisOps(), lambdaOps()} {
		all = append(all, list...)
	}
	return all
}

// For servers that answer anything: what HTTP itself costs.
func floorOps() []op {
	return []op{
		{service: "floor", name: "get", pool: 10, items: 1, setup: func(*env) error { return nil },
			build: func(e *env, c, n int) request { return e.s3req("GET", fmt.Sprintf("/bench/%05d", n), "", nil) },
			check: ok2},
		{service: "floor", name: "echo", pool: 10, items: 1, setup: func(*env) error { return nil },
			build: func(e *env, c, n int) request {
				return e.s3req("PUT", fmt.Sprintf("/bench/%05d", n), "", s3Body(e.size))
			},
			check: func(e *env, st int, _ []byte, n int64) bool { return st == 200 && n == int64(e.size) }},
	}
}

func s3Ops(size int) []op {
	return []op{
		{service: "s3", name: "put", pool: poolFor(size), items: 1, setup: s3Bucket("bench"),
			build: func(e *env, c, n int) request {
				return e.s3req("PUT", fmt.Sprintf("/bench/put/%02d/%05d", c, n), "", s3Shared(e.size))
			}, check: ok2},
		{service: "s3", name: "putsigned", pool: poolFor(size), items: 1, setup: s3Bucket("bench"),
			build: func(e *env, c, n int) request {
				return e.s3signed(fmt.Sprintf("/bench/put/%02d/%05d", c, n), s3Shared(e.size))
			}, check: ok2},
		{service: "s3", name: "get", pool: s3GetKeys, items: 1,
			setup: func(e *env) error {
				if err := s3Bucket("bench")(e); err != nil {
					return err
				}
				n := getKeys(e.size)
				return e.parallel(n, func(i int) request {
					return e.s3req("PUT", fmt.Sprintf("/bench/get-%d/%05d", e.size, i), "", s3Shared(e.size))
				}, nil)
			},
			build: func(e *env, c, n int) request {
				return e.s3req("GET", fmt.Sprintf("/bench/get-%d/%05d", e.size, (n*7+c)%getKeys(e.size)), "", nil)
			},
			check: func(e *env, st int, _ []byte, n int64) bool { return st == 200 && n == int64(e.size) }},
		{service: "s3", name: "list", pool: 10, items: 1000, keep: true,
			setup: func(e *env) error {
				if err := s3Bucket(listed(e))(e); err != nil {
					return err
				}
				return e.parallel(e.keys, func(i int) request {
					return e.s3req("PUT", fmt.Sprintf("/%s/k%07d", listed(e), i), "", []byte("0123456789abcdef"))
				}, nil)
			},
			build: func(e *env, c, n int) request {
				q := "list-type=2&max-keys=1000"
				if n > 0 {
					q += "&start-after=" + url.QueryEscape(fmt.Sprintf("k%07d", n*(e.keys/10)-1))
				}
				return e.s3req("GET", "/"+listed(e), q, nil)
			},
			check: func(e *env, st int, b []byte, _ int64) bool {
				return st == 200 && bytes.Count(b, []byte("<Contents>")) == 1000
			}},
	}
}

func dynamodbOps() []op {
	return []op{
		{service: "dynamodb", name: "putstream", pool: 1000, items: 1, keep: true,
			setup: func(e *env) error { return e.table("benchs", "NEW_AND_OLD_IMAGES") },
			build: func(e *env, c, n int) request {
				return e.ddb("PutItem", `{"TableName":"benchs","Item":`+item(fmt.Sprintf("c%02d-%05d", c, n), "s", e.size)+`}`)
			}, check: ok2},
		{service: "dynamodb", name: "putindexed", pool: 1000, items: 1, keep: true,
			setup: func(e *env) error { return e.tableWith("benchi", "NEW_AND_OLD_IMAGES", byEnd) },
			build: func(e *env, c, n int) request {
				return e.ddb("PutItem", `{"TableName":"benchi","Item":`+item(fmt.Sprintf("c%02d-%05d", c, n), fmt.Sprintf("s%03d", n%500), e.size)+`}`)
			}, check: ok2},
		{service: "dynamodb", name: "updateitem", pool: 500, items: 1, setup: ddbFull, keep: true,
			build: func(e *env, c, n int) request {
				return e.ddb("UpdateItem", fmt.Sprintf(`{"TableName":"benchq","Key":{"pk":{"S":"p%03d"},"sk":{"S":"s%03d"}},"UpdateExpression":"SET #d = :d","ConditionExpression":"attribute_exists(pk) AND n = :n","ExpressionAttributeNames":{"#d":"data"},"ExpressionAttributeValues":{":n":{"N":"42"},":d":{"S":"%s"}}}`, (n*13+c)%100, n%20, filling(max(1, e.size-40))))
			}, check: ok2},
		{service: "dynamodb", name: "putitem", pool: 1000, items: 1, setup: ddbEmpty, keep: true,
			build: func(e *env, c, n int) request {
				return e.ddb("PutItem", `{"TableName":"bench","Item":`+item(fmt.Sprintf("c%02d-%05d", c, n), "s", e.size)+`}`)
			}, check: ok2},
		{service: "dynamodb", name: "getitem", pool: 500, items: 1, setup: ddbFull, keep: true,
			build: func(e *env, c, n int) request {
				return e.ddb("GetItem", fmt.Sprintf(`{"TableName":"benchq","Key":{"pk":{"S":"p%03d"},"sk":{"S":"s%03d"}}}`, (n*13+c)%100, n%20))
			},
			check: func(e *env, st int, b []byte, _ int64) bool { return st == 200 && len(b) > e.size && has(b, `"Item"`) }},
		{service: "dynamodb", name: "getof", pool: 2000, items: 1, setup: ddbOf, keep: true,
			build: func(e *env, c, n int) request {
				at := (n*16 + c) * 7919 % e.keys
				return e.ddb("GetItem", fmt.Sprintf(`{"TableName":"bench%d","Key":{"pk":{"S":"p%07d"},"sk":{"S":"s%03d"}}}`, e.keys, at/20, at%20))
			},
			check: func(e *env, st int, b []byte, _ int64) bool { return st == 200 && len(b) > e.size && has(b, `"Item"`) }},
		{service: "dynamodb", name: "query", pool: 100, items: 20, setup: ddbFull, keep: true,
			build: func(e *env, c, n int) request {
				return e.ddb("Query", fmt.Sprintf(`{"TableName":"benchq","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"p%03d"}}}`, (n*7+c)%100))
			},
			check: func(e *env, st int, b []byte, _ int64) bool { return st == 200 && has(b, `"Count":20`, `"Count": 20`) }},
		{service: "dynamodb", name: "batchwrite", pool: 40, items: 25, setup: ddbEmpty, keep: true,
			build: func(e *env, c, n int) request {
				var w []string
				for k := 0; k < 25; k++ {
					w = append(w, `{"PutRequest":{"Item":`+item(fmt.Sprintf("b%02d-%05d", c, n), fmt.Sprintf("s%02d", k), e.size)+`}}`)
				}
				return e.ddb("BatchWriteItem", `{"RequestItems":{"bench":[`+strings.Join(w, ",")+`]}}`)
			},
			check: func(e *env, st int, b []byte, _ int64) bool { return st == 200 && !has(b, "PutRequest") }},
		{service: "dynamodb", name: "transactwrite", pool: 200, items: 4, setup: ddbEmpty, keep: true,
			build: func(e *env, c, n int) request {
				var w []string
				for k := 0; k < 4; k++ {
					w = append(w, `{"Put":{"TableName":"bench","Item":`+item(fmt.Sprintf("t%02d-%05d", c, n), fmt.Sprintf("s%d", k), e.size)+`}}`)
				}
				return e.ddb("TransactWriteItems", `{"TransactItems":[`+strings.Join(w, ",")+`]}`)
			}, check: ok2},
	}
}

func kinesisOps() []op {
	return []op{
		{service: "kinesis", name: "putrecord", pool: 500, items: 1, keep: true,
			setup: func(e *env) error { return e.stream("bench", 4) },
			build: func(e *env, c, n int) request {
				d := base64.StdEncoding.EncodeToString([]byte(filler[:e.size]))
				return e.kin("PutRecord", fmt.Sprintf(`{"StreamName":"bench","Data":"%s","PartitionKey":"k%d-%d"}`, d, c, n))
			},
			check: func(e *env, st int, b []byte, _ int64) bool { return st == 200 && has(b, "SequenceNumber") }},
		{service: "kinesis", name: "putrecords", pool: 10, items: 500, keep: true,
			setup: func(e *env) error { return e.stream("bench", 4) },
			build: func(e *env, c, n int) request {
				return e.kin("PutRecords", `{"StreamName":"bench","Records":`+kinRecords(500, e.size, c*10+n)+`}`)
			},
			check: func(e *env, st int, b []byte, _ int64) bool {
				return st == 200 && has(b, `"FailedRecordCount":0`, `"FailedRecordCount": 0`)
			}},
		{service: "kinesis", name: "getrecords", pool: 1, items: 500, keep: true,
			setup: func(e *env) error {
				if err := e.stream("benchget", 1); err != nil {
					return err
				}
				if _, err := e.call(e.kin("PutRecords", `{"StreamName":"benchget","Records":`+kinRecords(500, e.size, 1)+`}`)); err != nil {
					return err
				}
				for i := 0; i < e.clients; i++ {
					b, err := e.call(e.kin("GetShardIterator", `{"StreamName":"benchget","ShardId":"shardId-000000000000","ShardIteratorType":"TRIM_HORIZON"}`))
					if err != nil {
						return err
					}
					var m struct{ ShardIterator string }
					json.Unmarshal(b, &m)
					e.iter = append(e.iter, m.ShardIterator)
				}
				return nil
			},
			build: func(e *env, c, n int) request {
				it, _ := json.Marshal(e.iter[c]) // moto's iterators hold a newline
				return e.kin("GetRecords", `{"ShardIterator":`+string(it)+`,"Limit":500}`)
			},
			check: func(e *env, st int, b []byte, _ int64) bool {
				return st == 200 && bytes.Count(b, []byte(`"PartitionKey"`)) == 500
			}},
	}
}

func lambdaOps() []op {
	return []op{
		{service: "lambda", name: "invoke", pool: 1, items: 1, setup: lambdaSetup, keep: true,
			build: func(e *env, c, n int) request {
				return e.invokeReq(fmt.Sprintf(`{"bench":1,"client":%d,"text":"%s"}`, c, filler[:64]))
			},
			check: func(e *env, st int, b []byte, _ int64) bool {
				return st == 200 && has(b, `"bench"`) && has(b, "client")
			}},
		{service: "apigateway", name: "proxyget", pool: 1, items: 1, setup: apigwSetup, keep: true,
			build: func(e *env, c, n int) request {
				return e.raw("GET", e.url, "", e.host, "", "", nil)
			},
			check: func(e *env, st int, b []byte, _ int64) bool { return st == 200 && has(b, "bench") }},
	}
}

func listed(e *env) string { return fmt.Sprintf("benchlist%d", e.keys) }

func poolFor(size int) int {
	if size >= 1<<20 {
		return 4
	}
	return 1000
}

func getKeys(size int) int {
	if size >= 1<<20 {
		return 16
	}
	return 1000
}

var sharedBody []byte

// Small bodies are each request's own; large ones are one for all.
func s3Shared(n int) []byte {
	if n < 1<<20 {
		return s3Body(n)
	}
	if len(sharedBody) != n {
		sharedBody = s3Body(n)
	}
	return sharedBody
}
