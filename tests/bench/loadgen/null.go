package main

import (
	"flag"
	"io"
	"net"
	"time"
)

// null: answers 200 to everything; shows the bench's own ceiling.
func cmdNull(args []string) {
	f := flag.NewFlagSet("null", flag.ExitOnError)
	addr := f.String("addr", "127.0.0.1:4999", "")
	f.Parse(args)
	l, err := net.Listen("tcp", hostPort(*addr))
	must(err)
	for {
		c, err := l.Accept()
		must(err)
		go serveNull(c)
	}
}

func serveNull(c net.Conn) {
	defer c.Close()
	h := newConn("", time.Minute)
	h.c = c
	h.br = newReader(c)
	resp := []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
	for {
		if _, err := h.br.ReadSlice('\n'); err != nil {
			return
		}
		clen, _, err := h.headers()
		if err != nil {
			return
		}
		if clen > 0 {
			if _, err := io.CopyN(io.Discard, h.br, clen); err != nil {
				return
			}
		}
		if _, err := c.Write(resp); err != nil {
			return
		}
	}
}
