package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

type env struct {
	cr       creds
	addr     string // host:port
	size     int
	clients  int
	keys     int // objects of a listed bucket, items of a large table
	function string // lambda function name
	url      string // apigateway: full path to GET; empty: make an API
	host     string // apigateway: Host header
	noSetup  bool
	timeout  time.Duration
	c        *hconn
	iter     []string // kinesis shard iterators
}

func (e *env) raw(method, path, query, host, authHdr string, hdr string, body []byte) request {
	if host == "" {
		host = e.addr
	}
	p := path
	if query != "" {
		p += "?" + query
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: awsbench\r\n%s%s", method, p, host, hdr, authHdr)
	if body != nil || method == "PUT" || method == "POST" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	return request{[]byte(b.String()), body, marks(body)}
}

func (e *env) s3req(method, path, query string, body []byte) request {
	hash := "UNSIGNED-PAYLOAD"
	if body == nil {
		hash = hexSHA(nil)
	}
	return e.raw(method, path, query, "", sign(e.cr, "s3", method, e.addr, path, query, hash, nil), "", body)
}

// A PUT whose body is signed, so it is the same in each send.
func (e *env) s3signed(path string, body []byte) request {
	r := e.raw("PUT", path, "", "", sign(e.cr, "s3", "PUT", e.addr, path, "", hexSHA(body), nil), "", body)
	r.vary = nil
	return r
}

func (e *env) jsonreq(service, target, ctype, body string) request {
	extra := map[string]string{"x-amz-target": target, "content-type": ctype}
	a := sign(e.cr, service, "POST", e.addr, "/", "", hexSHA([]byte(body)), extra)
	return e.raw("POST", "/", "", "", a, "Content-Type: "+ctype+"\r\nX-Amz-Target: "+target+"\r\n", []byte(body))
}

func (e *env) ddb(op, body string) request {
	return e.jsonreq("dynamodb", "DynamoDB_20120810."+op, "application/x-amz-json-1.0", body)
}

func (e *env) kin(op, body string) request {
	return e.jsonreq("kinesis", "Kinesis_20131202."+op, "application/x-amz-json-1.1", body)
}

func (e *env) rest(service, method, path string, body string) request {
	var b []byte
	if body != "" {
		b = []byte(body)
	}
	a := sign(e.cr, service, method, e.addr, path, "", hexSHA(b), nil)
	return e.raw(method, path, "", "", a, "Content-Type: application/json\r\n", b)
}

// call is for set-up: sends r, gives back a copy of the body; non-2xx is an error.
func (e *env) call(r request) ([]byte, error) {
	st, body, _, err := e.c.do(&r, true)
	if err != nil {
		return nil, err
	}
	b := append([]byte(nil), body...)
	if st/100 != 2 {
		if len(body) > 300 {
			body = body[:300]
		}
		return b, fmt.Errorf("HTTP %d: %s", st, body)
	}
	return b, nil
}

func has(b []byte, alts ...string) bool {
	for _, a := range alts {
		if bytes.Contains(b, []byte(a)) {
			return true
		}
	}
	return false
}

type op struct {
	service, name string
	pool          int // requests built per client
	items         int // items per request
	setup         func(e *env) error
	build         func(e *env, client, n int) request
	check         func(e *env, st int, body []byte, n int64) bool
	keep          bool
}

var filler = strings.Repeat("abcdefghijklmnopqrstuvwxyz012345", 40000)

// n bytes, the mark in front where there is room.
func filling(n int) string {
	if n < len(changeMark) {
		return filler[:n]
	}
	return string(changeMark) + filler[:n-len(changeMark)]
}

func ok2(_ *env, st int, _ []byte, _ int64) bool { return st/100 == 2 }

func s3Bucket(name string) func(e *env) error {
	return func(e *env) error {
		_, err := e.call(e.s3req("PUT", "/"+name, "", []byte{}))
		if err != nil && !strings.Contains(err.Error(), "Already") {
			return err
		}
		return nil
	}
}

func s3Body(n int) []byte {
	b := make([]byte, n)
	for i := 0; i < n; i += 8192 {
		copy(b[i:], filler[:8192])
	}
	if n >= 16+len(changeMark) {
		copy(b[16:], changeMark)
	}
	return b
}

const s3GetKeys = 64

// parallel set-up over e.clients connections, at most 5 minutes.
func (e *env) parallel(n int, f func(i int) request, bad func(b []byte) bool) error {
	errc := make(chan error, e.clients)
	deadline := time.Now().Add(5 * time.Minute)
	for w := 0; w < e.clients; w++ {
		go func(w int) {
			c := newConn(e.addr, e.timeout)
			defer c.close()
			for i := w; i < n; i += e.clients {
				if time.Now().After(deadline) {
					errc <- errors.New("set-up took over 5 minutes")
					return
				}
				r := f(i)
				var st int
				var b []byte
				var err error
				for try := 0; try < 3; try++ {
					st, b, _, err = c.do(&r, true)
					if err == nil && st/100 == 2 && (bad == nil || !bad(b)) {
						err = nil
						break
					}
					if err == nil {
						err = fmt.Errorf("set-up HTTP %d: %.200s", st, b)
					}
					time.Sleep(50 * time.Millisecond)
				}
				if err != nil {
					errc <- err
					return
				}
			}
			errc <- nil
		}(w)
	}
	var first error
	for w := 0; w < e.clients; w++ {
		if err := <-errc; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func item(pk, sk string, size int) string {
	pad := size - len(pk) - len(sk) - 30
	if pad < 1 {
		pad = 1
	}
	return fmt.Sprintf(`{"pk":{"S":"%s"},"sk":{"S":"%s"},"n":{"N":"42"},"ok":{"BOOL":true},"data":{"S":"%s"}}`, pk, sk, filling(pad))
}

// view: the stream's view type, "" for no stream.
func (e *env) table(name, view string) error { return e.tableWith(name, view, "") }

// A global index by the table's keys, the other way round.
const byEnd = `"GlobalSecondaryIndexes":[{"IndexName":"end","KeySchema":[{"AttributeName":"sk","KeyType":"HASH"},{"AttributeName":"pk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],`

func (e *env) tableWith(name, view, more string) error {
	stream := more
	if view != "" {
		stream += `"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"` + view + `"},`
	}
	_, err := e.call(e.ddb("CreateTable", fmt.Sprintf(`{"TableName":"%s","BillingMode":"PAY_PER_REQUEST",`+stream+`"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]}`, name)))
	if err != nil && !strings.Contains(err.Error(), "ResourceInUse") {
		return err
	}
	for i := 0; i < 300; i++ {
		b, err := e.call(e.ddb("DescribeTable", `{"TableName":"`+name+`"}`))
		if err != nil {
			return err
		}
		if has(b, `"TableStatus":"ACTIVE"`, `"TableStatus": "ACTIVE"`) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("table not ACTIVE in 30 s")
}

func ddbEmpty(e *env) error { return e.table("bench", "") }

// 100 partitions of 20 items
func ddbFull(e *env) error {
	if err := e.table("benchq", ""); err != nil {
		return err
	}
	return e.parallel(100, func(i int) request {
		var w []string
		for k := 0; k < 20; k++ {
			w = append(w, `{"PutRequest":{"Item":`+item(fmt.Sprintf("p%03d", i), fmt.Sprintf("s%03d", k), e.size)+`}}`)
		}
		return e.ddb("BatchWriteItem", `{"RequestItems":{"benchq":[`+strings.Join(w, ",")+`]}}`)
	}, func(b []byte) bool { return has(b, "PutRequest") })
}

// Partitions of 20 items; the tables of two sizes stand beside each other.
func ddbOf(e *env) error {
	if err := e.table(fmt.Sprintf("bench%d", e.keys), ""); err != nil {
		return err
	}
	return e.parallel(e.keys/20, func(i int) request {
		var w []string
		for k := 0; k < 20; k++ {
			w = append(w, `{"PutRequest":{"Item":`+item(fmt.Sprintf("p%07d", i), fmt.Sprintf("s%03d", k), e.size)+`}}`)
		}
		return e.ddb("BatchWriteItem", fmt.Sprintf(`{"RequestItems":{"bench%d":[%s]}}`, e.keys, strings.Join(w, ",")))
	}, func(b []byte) bool { return has(b, "PutRequest") })
}

func (e *env) stream(name string, shards int) error {
	_, err := e.call(e.kin("CreateStream", fmt.Sprintf(`{"StreamName":"%s","ShardCount":%d}`, name, shards)))
	if err != nil && !strings.Contains(err.Error(), "ResourceInUse") {
		return err
	}
	for i := 0; i < 300; i++ {
		b, err := e.call(e.kin("DescribeStream", `{"StreamName":"`+name+`"}`))
		if err == nil && has(b, `"StreamStatus":"ACTIVE"`, `"StreamStatus": "ACTIVE"`) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("stream not ACTIVE in 30 s")
}

func kinRecords(n, size, seed int) string {
	d := base64.StdEncoding.EncodeToString([]byte(filler[:size]))
	var w []string
	for k := 0; k < n; k++ {
		w = append(w, fmt.Sprintf(`{"Data":"%s","PartitionKey":"k%d"}`, d, seed*n+k))
	}
	return "[" + strings.Join(w, ",") + "]"
}

const handlerSrc = `import json
def handler(event, context):
    if isinstance(event, dict) and ("httpMethod" in event or "requestContext" in event):
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps({"bench": 1, "path": event.get("path")})}
    return event
`

func pyZip() string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "app.py", Method: zip.Deflate}
	h.SetMode(0o644)
	w, _ := z.CreateHeader(h)
	w.Write([]byte(handlerSrc))
	z.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func (e *env) invokeReq(payload string) request {
	return e.rest("lambda", "POST", "/2015-03-31/functions/"+e.function+"/invocations", payload)
}

// createFunction makes e.function and waits until it can be called.
func (e *env) createFunction() error {
	body := fmt.Sprintf(`{"FunctionName":"%s","Runtime":"python3.11","Role":"arn:aws:iam::000000000000:role/bench","Handler":"app.handler","Timeout":30,"MemorySize":256,"Code":{"ZipFile":"%s"}}`, e.function, pyZip())
	if _, err := e.call(e.rest("lambda", "POST", "/2015-03-31/functions", body)); err != nil && !strings.Contains(err.Error(), "exist") {
		return err
	}
	for i := 0; i < 300; i++ {
		b, err := e.call(e.rest("lambda", "GET", "/2015-03-31/functions/"+e.function, ""))
		if err == nil && !has(b, `"State":"Pending"`, `"State": "Pending"`) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("%s is not Active after 30 s", e.function)
}

func lambdaSetup(e *env) error {
	if !e.noSetup {
		if err := e.createFunction(); err != nil {
			return err
		}
	}
	b, err := e.call(e.invokeReq(`{"bench":1}`))
	if err == nil && !has(b, "bench") {
		err = fmt.Errorf("invoke gave %.200s", b)
	}
	return err
}

func apigwSetup(e *env) error {
	if e.url != "" {
		b, err := e.call(e.raw("GET", e.url, "", e.host, "", "", nil))
		if err == nil && !has(b, "bench") {
			err = fmt.Errorf("GET gave %.200s", b)
		}
		return err
	}
	if err := lambdaSetup(e); err != nil {
		return fmt.Errorf("lambda: %w", err)
	}
	get := func(r request, field ...string) (string, error) {
		b, err := e.call(r)
		if err != nil {
			return "", err
		}
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			return "", err
		}
		if l, ok := m["item"].([]any); ok && len(l) > 0 {
			m = l[0].(map[string]any)
		} else if em, ok := m["_embedded"].(map[string]any); ok {
			switch v := em["item"].(type) {
			case []any:
				m = v[0].(map[string]any)
			case map[string]any:
				m = v
			}
		}
		s, _ := m[field[0]].(string)
		return s, nil
	}
	g := func(method, path, body string) request { return e.rest("apigateway", method, path, body) }
	api, err := get(g("POST", "/restapis", `{"name":"bench"}`), "id")
	if err != nil {
		return fmt.Errorf("CreateRestApi: %w", err)
	}
	root, err := get(g("GET", "/restapis/"+api+"/resources", ""), "id")
	if err != nil {
		return fmt.Errorf("GetResources: %w", err)
	}
	res, err := get(g("POST", "/restapis/"+api+"/resources/"+root, `{"pathPart":"{proxy+}"}`), "id")
	if err != nil {
		return fmt.Errorf("CreateResource: %w", err)
	}
	m := "/restapis/" + api + "/resources/" + res + "/methods/ANY"
	if _, err = e.call(g("PUT", m, `{"authorizationType":"NONE"}`)); err != nil {
		return fmt.Errorf("PutMethod: %w", err)
	}
	uri := "arn:aws:apigateway:" + e.cr.region + ":lambda:path/2015-03-31/functions/arn:aws:lambda:" + e.cr.region + ":000000000000:function:" + e.function + "/invocations"
	if _, err = e.call(g("PUT", m+"/integration", `{"type":"AWS_PROXY","httpMethod":"POST","uri":"`+uri+`"}`)); err != nil {
		return fmt.Errorf("PutIntegration: %w", err)
	}
	if _, err = e.call(g("POST", "/restapis/"+api+"/deployments", `{"stageName":"dev"}`)); err != nil {
		return fmt.Errorf("CreateDeployment: %w", err)
	}
	var last error
	for _, t := range [][2]string{
		{"/restapis/" + api + "/dev/_user_request_/hi", ""},
		{"/_aws/execute-api/" + api + "/dev/hi", ""},
		{"/execute-api/" + api + "/dev/hi", ""},
		{"/dev/hi", api + ".execute-api." + e.cr.region + ".amazonaws.com"},
		{"/dev/hi", api + ".execute-api.localhost"},
	} {
		b, err := e.call(e.raw("GET", t[0], "", t[1], "", "", nil))
		if err == nil && has(b, "bench") {
			e.url, e.host = t[0], t[1]
			return nil
		}
		if err != nil {
			last = err
		} else {
			last = fmt.Errorf("GET %s gave %.150s", t[0], b)
		}
	}
	return fmt.Errorf("no data-plane address answered: %w", last)
}
