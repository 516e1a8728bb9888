package main

import (
	"flag"
	"fmt"
	"sort"
	"time"
)

// invoke: a Python function's latency with one client, warm and cold, and that
// of a call that runs no function (GetFunction), the API's own cost.
func cmdInvoke(args []string) {
	f := flag.NewFlagSet("invoke", flag.ExitOnError)
	ep, key, secret := commonFlags(f)
	warm := f.Int("warm", 2000, "warm calls")
	cold := f.Int("cold", 10, "functions called for the first time")
	f.Parse(args)
	e := newEnv(*ep, *key, *secret, 30*time.Second)
	e.function = "benchwarm"
	must(lambdaSetup(e))
	call := e.invokeReq(`{"bench":1}`)
	get := e.rest("lambda", "GET", "/2015-03-31/functions/"+e.function, "")
	measure := func(r request) time.Duration {
		t := time.Now()
		_, err := e.call(r)
		must(err)
		return time.Since(t)
	}
	var calls, gets, colds []time.Duration
	for i := 0; i < *warm; i++ {
		calls = append(calls, measure(call))
		gets = append(gets, measure(get))
	}
	for i := 0; i < *cold; i++ {
		e.function = fmt.Sprintf("benchcold%02d", i)
		must(e.createFunction())
		colds = append(colds, measure(e.invokeReq(`{"bench":1}`)))
	}
	fmt.Printf("%.0f\t%.0f\t%.1f\n", medianUs(calls), medianUs(gets), medianUs(colds)/1000)
}

func medianUs(d []time.Duration) float64 {
	sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
	return float64(d[len(d)/2].Nanoseconds()) / 1000
}
