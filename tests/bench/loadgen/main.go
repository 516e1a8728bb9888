// awsbench: a load bench for local AWS emulators. See README.md.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

func hostPort(endpoint string) string {
	h := strings.TrimPrefix(strings.TrimSuffix(endpoint, "/"), "http://")
	if !strings.Contains(h, ":") {
		h += ":80"
	}
	host, _, err := net.SplitHostPort(h)
	must(err)
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		must(fmt.Errorf("%s: only loopback endpoints are allowed", endpoint))
	}
	return h
}

func newEnv(endpoint, key, secret string, timeout time.Duration) *env {
	e := &env{cr: creds{key, secret, "us-east-1"}, addr: hostPort(endpoint), timeout: timeout}
	e.c = newConn(e.addr, timeout)
	return e
}

func commonFlags(f *flag.FlagSet) (ep, key, secret *string) {
	ep = f.String("endpoint", "http://127.0.0.1:4566", "loopback endpoint")
	key = f.String("key", "test", "access key id")
	secret = f.String("secret", "test", "secret key")
	return
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: awsbench load|startup|ready|crowd|bigput|invoke|rss|stop|durable|null|ops [flags]")
		os.Exit(2)
	}
	args := os.Args[2:]
	switch os.Args[1] {
	case "load":
		cmdLoad(args)
	case "startup":
		cmdStartup(args)
	case "rss":
		cmdRSS(args)
	case "stop":
		cmdStop(args)
	case "durable":
		cmdDurable(args)
	case "ready":
		cmdReady(args)
	case "crowd":
		cmdCrowd(args)
	case "bigput":
		cmdBigPut(args)
	case "invoke":
		cmdInvoke(args)
	case "null":
		cmdNull(args)
	case "ops":
		for _, o := range ops(1024) {
			fmt.Println(o.service, o.name)
		}
	default:
		fmt.Fprintln(os.Stderr, "unknown subcommand", os.Args[1])
		os.Exit(2)
	}
}
