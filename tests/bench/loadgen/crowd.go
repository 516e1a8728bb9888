package main

import (
	"flag"
	"fmt"
	"net"
	"sort"
	"time"
)

// crowd: how long a request on a new connection takes while many connections
// are idle and others send their headers a byte at a time.
func cmdCrowd(args []string) {
	f := flag.NewFlagSet("crowd", flag.ExitOnError)
	ep := f.String("endpoint", "http://127.0.0.1:4566", "loopback endpoint")
	idle := f.Int("idle", 2000, "idle connections")
	trickling := f.Int("trickling", 200, "connections that send a byte every 50 ms")
	n := f.Int("n", 200, "measured requests")
	path := f.String("path", "/_localstack/health", "what is asked")
	f.Parse(args)
	addr := hostPort(*ep)
	dial := func() net.Conn {
		c, err := net.DialTimeout("tcp", addr, 5*time.Second)
		must(err)
		return c
	}
	var crowd []net.Conn
	for i := 0; i < *idle; i++ {
		crowd = append(crowd, dial())
	}
	stop := make(chan bool)
	for i := 0; i < *trickling; i++ {
		go trickle(dial(), stop)
	}
	e := newEnv(*ep, "test", "test", 10*time.Second)
	var took []time.Duration
	for i := 0; i < *n; i++ {
		c := newConn(addr, 10*time.Second)
		r := e.raw("GET", *path, "", "", "", "", nil)
		t := time.Now()
		st, _, _, err := c.do(&r, true)
		took = append(took, time.Since(t))
		must(err)
		if st != 200 {
			must(fmt.Errorf("HTTP %d", st))
		}
		c.close()
		time.Sleep(5 * time.Millisecond)
	}
	close(stop)
	for _, c := range crowd {
		c.Close()
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Printf("%.2f\t%.2f\n", ms(took[len(took)/2]), ms(took[len(took)-1]))
}

func trickle(c net.Conn, stop chan bool) {
	defer c.Close()
	head := "GET /_localstack/health HTTP/1.1\r\nX-Slow: "
	for i := 0; ; i++ {
		b := byte('x')
		if i < len(head) {
			b = head[i]
		}
		if _, err := c.Write([]byte{b}); err != nil {
			return
		}
		select {
		case <-stop:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}
