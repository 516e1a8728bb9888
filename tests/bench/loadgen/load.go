package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

type loadPlan struct {
	op      *op
	env     *env
	clients int
	warm    time.Duration
	window  time.Duration
	pid     int
	tsv     bool
}

// What one client saw.
type clientResult struct {
	lat       []time.Duration
	errs      int
	reconn    int
	firstErr  string
	doneInWin int
	last      time.Time
}

// What all saw together, and what it cost.
type loadResult struct {
	clientResult
	rate     float64
	benchCPU float64 // seconds
	srvUs    float64 // server CPU per request
	rss      float64 // MiB
	setup    float64 // seconds
}

func findOp(service, name string, size int) *op {
	for _, c := range ops(size) {
		if c.service == service && c.name == name {
			found := c
			return &found
		}
	}
	must(fmt.Errorf("no op %s %s", service, name))
	return nil
}

func parseLoad(args []string) *loadPlan {
	f := flag.NewFlagSet("load", flag.ExitOnError)
	ep, key, secret := commonFlags(f)
	service := f.String("service", "s3", "s3|dynamodb|kinesis|lambda|apigateway|floor")
	opName := f.String("op", "put", "see: awsbench ops")
	clients := f.Int("clients", 16, "connections")
	seconds := f.Float64("seconds", 5, "timed seconds (at most 60)")
	warm := f.Float64("warmup", 1, "untimed seconds first")
	size := f.Int("size", 0, "bytes of an object, item or record (default 1024; kinesis 100)")
	keys := f.Int("keys", 10000, "s3 list: objects of the bucket; dynamodb getof: items of the table")
	pid := f.Int("pid", 0, "server's pid: adds its CPU and RSS")
	fn := f.String("function", "bench", "lambda function name")
	url := f.String("url", "", "apigateway: path to GET (default: make a REST API)")
	noSetup := f.Bool("no-setup", false, "lambda: the function is there")
	tsv := f.Bool("tsv", false, "one tab-separated line")
	procs := f.Int("procs", 1, "GOMAXPROCS")
	timeout := f.Duration("timeout", 30*time.Second, "per request")
	f.Parse(args)
	runtime.GOMAXPROCS(*procs)
	if *size == 0 {
		*size = 1024
		if *service == "kinesis" {
			*size = 100
		}
	}
	e := newEnv(*ep, *key, *secret, *timeout)
	e.keys = *keys
	e.size, e.clients, e.function, e.url, e.noSetup = *size, *clients, *fn, *url, *noSetup
	return &loadPlan{op: findOp(*service, *opName, *size), env: e, clients: *clients, pid: *pid, tsv: *tsv,
		warm: time.Duration(*warm * float64(time.Second)), window: time.Duration(min(*seconds, 60) * float64(time.Second))}
}

func cmdLoad(args []string) {
	p := parseLoad(args)
	t0 := time.Now()
	if err := p.op.setup(p.env); err != nil {
		if p.tsv {
			fmt.Printf("%s\t%s\t%d\tsetup-failed\t\t\t\t\t\t\t\t%s\n", p.op.service, p.op.name, p.env.size, oneLine(err.Error()))
			os.Exit(3)
		}
		must(fmt.Errorf("set-up: %w", err))
	}
	setup := time.Since(t0).Seconds()
	r := p.run()
	r.setup = setup
	if p.tsv {
		r.printTSV(p)
	} else {
		r.print(p)
	}
}

// One client: the next request when the last is answered, until the window ends.
func (p *loadPlan) client(c int, reqs []request, start, end time.Time) (r clientResult) {
	h := newConn(p.env.addr, p.env.timeout)
	defer h.close()
	for i := 0; ; i++ {
		t := time.Now()
		// each client ends one timed request at least, however slow
		if t.After(end) && (len(r.lat)+r.errs > 0 || t.After(end.Add(p.env.timeout))) {
			break
		}
		req := &reqs[i%len(reqs)]
		req.change(c, i)
		st, body, n, err := h.do(req, p.op.keep)
		d := time.Now()
		bad := err != nil || !p.op.check(p.env, st, body, n)
		if t.Before(start) && (!bad || d.Before(start)) {
			continue
		}
		if bad {
			r.errs++
			if r.firstErr == "" {
				r.firstErr = fmt.Sprintf("HTTP %d err=%v body=%.160s", st, err, body)
			}
			if err != nil {
				time.Sleep(20 * time.Millisecond)
			}
			continue
		}
		r.lat = append(r.lat, d.Sub(t))
		if d.After(r.last) {
			r.last = d
		}
		if d.Before(end) {
			r.doneInWin++
		}
	}
	r.reconn = h.reconnects
	return r
}

func (p *loadPlan) run() (r loadResult) {
	reqs := make([][]request, p.clients)
	for c := range reqs {
		for n := 0; n < p.op.pool; n++ {
			reqs[c] = append(reqs[c], p.op.build(p.env, c, n))
		}
	}
	runtime.GC()
	res := make([]clientResult, p.clients)
	start := time.Now().Add(p.warm)
	end := start.Add(p.window)
	var wg sync.WaitGroup
	for c := 0; c < p.clients; c++ {
		wg.Add(1)
		go func(c int) {
			defer wg.Done()
			res[c] = p.client(c, reqs[c], start, end)
		}(c)
	}
	time.Sleep(time.Until(start))
	cpu0, scpu0, scpu1 := selfCPU(), 0.0, 0.0
	if p.pid > 0 {
		_, scpu0, _ = tree(p.pid)
	}
	time.Sleep(time.Until(end))
	r.benchCPU = selfCPU() - cpu0
	wg.Wait()
	if p.pid > 0 {
		r.rss, scpu1, _ = tree(p.pid)
	}
	for _, c := range res {
		r.add(c)
	}
	sort.Slice(r.lat, func(i, j int) bool { return r.lat[i] < r.lat[j] })
	r.rate = float64(r.doneInWin) / p.window.Seconds()
	if r.last.Sub(end) > 200*time.Millisecond { // slow ops: count those that ended after the window too
		r.rate = float64(len(r.lat)) / r.last.Sub(start).Seconds()
	}
	if len(r.lat) > 0 && p.pid > 0 {
		r.srvUs = (scpu1 - scpu0) / float64(len(r.lat)) * 1e6
	}
	return r
}

func (r *clientResult) add(c clientResult) {
	r.lat = append(r.lat, c.lat...)
	r.errs += c.errs
	r.reconn += c.reconn
	r.doneInWin += c.doneInWin
	if r.firstErr == "" {
		r.firstErr = c.firstErr
	}
	if c.last.After(r.last) {
		r.last = c.last
	}
}

// The latency in ms under which the share `p` of the requests lies.
func (r *clientResult) pct(p float64) float64 {
	if len(r.lat) == 0 {
		return 0
	}
	return float64(r.lat[int(p*float64(len(r.lat)-1))].Microseconds()) / 1000
}

func oneLine(s string) string {
	return strings.NewReplacer("\n", " ", "\t", " ", "\r", "").Replace(s)
}

func (r *loadResult) printTSV(p *loadPlan) {
	fmt.Printf("%s\t%s\t%d\t%.1f\t%.3f\t%.3f\t%.3f\t%d\t%.0f\t%.1f\t%.0f\t%s\n", p.op.service, p.op.name, p.env.size, r.rate,
		r.pct(.5), r.pct(.95), r.pct(.99), r.errs, r.benchCPU/p.window.Seconds()*100, r.srvUs, r.rss, oneLine(r.firstErr))
}

func (r *loadResult) print(p *loadPlan) {
	fmt.Printf("%s %s size=%d clients=%d: %.1f ops/s", p.op.service, p.op.name, p.env.size, p.clients, r.rate)
	if p.op.items > 1 {
		fmt.Printf(" (%.0f items/s)", r.rate*float64(p.op.items))
	}
	if p.env.size >= 1<<20 {
		fmt.Printf(" (%.1f MiB/s)", r.rate*float64(p.env.size)/(1<<20))
	}
	fmt.Printf("  p50 %.2f  p95 %.2f  p99 %.2f ms  errors %d  reconnects %d  set-up %.1f s  bench CPU %.0f%%", r.pct(.5), r.pct(.95),
		r.pct(.99), r.errs, r.reconn, r.setup, r.benchCPU/p.window.Seconds()*100)
	if p.pid > 0 {
		fmt.Printf("  server CPU %.1f us/op  RSS %.0f MiB", r.srvUs, r.rss)
	}
	fmt.Println()
	if r.firstErr != "" {
		fmt.Fprintln(os.Stderr, "first error:", r.firstErr)
	}
}
