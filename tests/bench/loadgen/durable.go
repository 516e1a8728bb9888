package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// durable: put N things, kill -9 the process tree right after the last ack, start again, count.
func cmdDurable(args []string) {
	f := flag.NewFlagSet("durable", flag.ExitOnError)
	ep, key, secret := commonFlags(f)
	service := f.String("service", "dynamodb", "s3|dynamodb|kinesis")
	cmd := f.String("cmd", "", "start command (with its persistence on)")
	dir := f.String("dir", "", "work directory, emptied before the first start only")
	n := f.Int("n", 1000, "items")
	clients := f.Int("clients", 4, "connections")
	wait := f.Duration("wait", 0, "wait between the last ack and the kill")
	limit := f.Duration("limit", 120*time.Second, "start limit")
	f.Parse(args)
	must(os.RemoveAll(*dir))
	must(os.MkdirAll(*dir, 0o755))
	logf := filepath.Join(filepath.Dir(*dir), filepath.Base(*dir)+".log")
	up := func() (*exec.Cmd, *env) {
		e := newEnv(*ep, *key, *secret, 60*time.Second)
		e.size, e.clients = 1024, *clients
		if *service == "kinesis" {
			e.size = 100
		}
		c := start(*cmd, *dir, logf)
		if _, _, err := waitUp(e, *service, "", c.Process.Pid, time.Now(), *limit); err != nil {
			killTree(c.Process.Pid)
			must(err)
		}
		return c, e
	}
	c, e := up()
	fail := func(err error) {
		if err != nil {
			killTree(c.Process.Pid)
			must(err)
		}
	}
	var put func(i int) request
	switch *service {
	case "s3":
		fail(s3Bucket("bench")(e))
		put = func(i int) request { return e.s3req("PUT", fmt.Sprintf("/bench/k%05d", i), "", s3Body(1024)) }
	case "dynamodb":
		fail(e.table("bench", ""))
		put = func(i int) request {
			return e.ddb("PutItem", `{"TableName":"bench","Item":`+item(fmt.Sprintf("k%05d", i), "s", 1024)+`}`)
		}
	case "kinesis":
		fail(e.stream("bench", 1))
		put = func(i int) request {
			return e.kin("PutRecord", fmt.Sprintf(`{"StreamName":"bench","Data":"aGVsbG8=","PartitionKey":"k%05d"}`, i))
		}
	}
	t0 := time.Now()
	fail(e.parallel(*n, put, nil))
	took := time.Since(t0)
	time.Sleep(*wait)
	killTree(c.Process.Pid)
	time.Sleep(500 * time.Millisecond)
	c, e = up()
	found := 0
	switch *service {
	case "s3":
		for i := 0; i < *n; i++ {
			if b, err := e.call(e.s3req("GET", fmt.Sprintf("/bench/k%05d", i), "", nil)); err == nil && len(b) == 1024 {
				found++
			}
		}
	case "dynamodb":
		for i := 0; i < *n; i++ {
			if b, err := e.call(e.ddb("GetItem", fmt.Sprintf(`{"TableName":"bench","Key":{"pk":{"S":"k%05d"},"sk":{"S":"s"}}}`, i))); err == nil && len(b) > 900 {
				found++
			}
		}
	case "kinesis":
		b, err := e.call(e.kin("GetShardIterator", `{"StreamName":"bench","ShardId":"shardId-000000000000","ShardIteratorType":"TRIM_HORIZON"}`))
		for k := 0; err == nil && k < 20; k++ {
			it := jsonStr(b, "ShardIterator")
			if it == "" {
				it = jsonStr(b, "NextShardIterator")
			}
			b, err = e.call(e.kin("GetRecords", `{"ShardIterator":"`+it+`","Limit":1000}`))
			found += strings.Count(string(b), `"PartitionKey"`)
			if found >= *n {
				break
			}
		}
	}
	fmt.Printf("durable\t%s\t%d acknowledged in %.1f s, kill -9 after %v, restarted: %d found\n", *service, *n, took.Seconds(), *wait, found)
	stopTree(c.Process.Pid)
}
