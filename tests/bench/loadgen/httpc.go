package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// A request is prebuilt and presigned before the clock starts; the timed loop
// only writes bytes and parses the answer.
type request struct {
	head []byte
	body []byte
	vary []int // where the body holds changeMark
}

// Twelve characters of a body that differ each time it is sent: a store that
// is given equal bytes again may skip the write.
var changeMark = []byte("CHANGES-HERE")

// change makes the body one that was not sent before. Bodies are not signed
// (S3: UNSIGNED-PAYLOAD; elsewhere the test keys' signatures are not verified).
func (r *request) change(client, n int) {
	for _, begin := range r.vary {
		at := r.body[begin : begin+len(changeMark)]
		for i, v := len(at)-1, n*100+client; i >= 0; i, v = i-1, v/10 {
			at[i] = byte('0' + v%10)
		}
	}
}

// marks finds every changeMark: a batch has one in each of its items.
func marks(body []byte) []int {
	var all []int
	for from := 0; ; {
		at := bytes.Index(body[from:], changeMark)
		if at < 0 {
			return all
		}
		all = append(all, from+at)
		from += at + len(changeMark)
	}
}

// hconn is one keep-alive HTTP/1.1 connection with the least work per request.
type hconn struct {
	addr       string
	c          net.Conn
	br         *bufio.Reader
	buf        []byte
	used       bool
	mustClose  bool
	reconnects int
	timeout    time.Duration
}

func newConn(addr string, timeout time.Duration) *hconn {
	return &hconn{addr: addr, timeout: timeout, buf: make([]byte, 0, 64<<10)}
}

func (h *hconn) dial() error {
	c, err := net.DialTimeout("tcp", h.addr, 5*time.Second)
	if err != nil {
		return err
	}
	c.(*net.TCPConn).SetNoDelay(true)
	h.c, h.used, h.mustClose = c, false, false
	if h.br == nil {
		h.br = bufio.NewReaderSize(c, 256<<10)
	} else {
		h.br.Reset(c)
	}
	return nil
}

func (h *hconn) close() {
	if h.c != nil {
		h.c.Close()
		h.c = nil
	}
}

var errStale = errors.New("stale connection")

// do sends r; keep says whether to hand the body back (else it is counted and dropped).
func (h *hconn) do(r *request, keep bool) (status int, body []byte, n int64, err error) {
	for try := 0; ; try++ {
		if h.c != nil && h.mustClose {
			h.close()
			h.reconnects++
		}
		if h.c == nil {
			if err = h.dial(); err != nil {
				return
			}
		}
		reused := h.used
		status, body, n, err = h.once(r, keep)
		if err == nil {
			h.used = true
			return
		}
		h.close()
		if errors.Is(err, errStale) && reused && try == 0 {
			h.reconnects++
			continue
		}
		return
	}
}

func (h *hconn) once(r *request, keep bool) (int, []byte, int64, error) {
	h.c.SetDeadline(time.Now().Add(h.timeout))
	if len(r.body) < 64<<10 {
		h.buf = append(append(h.buf[:0], r.head...), r.body...)
		if _, err := h.c.Write(h.buf); err != nil {
			return 0, nil, 0, errStale
		}
	} else {
		bufs := net.Buffers{r.head, r.body}
		if _, err := bufs.WriteTo(h.c); err != nil {
			return 0, nil, 0, fmt.Errorf("write: %w", err)
		}
	}
	var status int
	for {
		line, err := h.br.ReadSlice('\n')
		if err != nil {
			if len(line) == 0 && errors.Is(err, io.EOF) {
				return 0, nil, 0, errStale
			}
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				return 0, nil, 0, err
			}
			return 0, nil, 0, errStale
		}
		if len(line) < 12 {
			return 0, nil, 0, fmt.Errorf("bad status line %q", line)
		}
		status, err = strconv.Atoi(string(line[9:12]))
		if err != nil {
			return 0, nil, 0, err
		}
		if bytes.HasPrefix(line, []byte("HTTP/1.0")) {
			h.mustClose = true
		}
		clen, chunked, err := h.headers()
		if err != nil {
			return 0, nil, 0, err
		}
		if status/100 == 1 {
			continue
		}
		if status == 204 || status == 304 {
			return status, nil, 0, nil
		}
		return h.readBody(status, clen, chunked, keep)
	}
}

func (h *hconn) headers() (clen int64, chunked bool, err error) {
	clen = -1
	for {
		line, e := h.br.ReadSlice('\n')
		if e != nil {
			return 0, false, e
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return
		}
		i := bytes.IndexByte(line, ':')
		if i < 0 {
			continue
		}
		k, v := line[:i], bytes.TrimSpace(line[i+1:])
		switch {
		case len(k) == 14 && bytes.EqualFold(k, []byte("content-length")):
			clen, err = strconv.ParseInt(string(v), 10, 64)
			if err != nil {
				return
			}
		case len(k) == 17 && bytes.EqualFold(k, []byte("transfer-encoding")):
			chunked = bytes.EqualFold(v, []byte("chunked"))
		case len(k) == 10 && bytes.EqualFold(k, []byte("connection")):
			if bytes.EqualFold(v, []byte("close")) {
				h.mustClose = true
			}
		}
	}
}

func (h *hconn) take(dst []byte, n int64, keep bool) ([]byte, error) {
	if !keep {
		_, err := io.CopyN(io.Discard, h.br, n)
		return dst, err
	}
	o := len(dst)
	for int64(cap(dst)) < int64(o)+n {
		dst = append(dst[:cap(dst)], 0)
	}
	dst = dst[:int64(o)+n]
	_, err := io.ReadFull(h.br, dst[o:])
	return dst, err
}

func (h *hconn) readBody(status int, clen int64, chunked, keep bool) (int, []byte, int64, error) {
	keep = keep || status/100 != 2
	body := h.buf[:0]
	if chunked {
		var total int64
		for {
			line, err := h.br.ReadSlice('\n')
			if err != nil {
				return status, nil, total, err
			}
			line = bytes.TrimSpace(line)
			if i := bytes.IndexByte(line, ';'); i >= 0 {
				line = line[:i]
			}
			n, err := strconv.ParseInt(string(line), 16, 64)
			if err != nil {
				return status, nil, total, err
			}
			if n == 0 {
				for {
					l, err := h.br.ReadSlice('\n')
					if err != nil {
						return status, nil, total, err
					}
					if len(bytes.TrimSpace(l)) == 0 {
						break
					}
				}
				h.buf = body
				return status, body, total, nil
			}
			if body, err = h.take(body, n, keep); err != nil {
				return status, nil, total, err
			}
			total += n
			if _, err = h.br.Discard(2); err != nil {
				return status, nil, total, err
			}
		}
	}
	if clen >= 0 {
		body, err := h.take(body, clen, keep)
		h.buf = body
		return status, body, clen, err
	}
	h.mustClose = true // no length: until end of stream
	b, err := io.ReadAll(h.br)
	return status, b, int64(len(b)), err
}

func newReader(r io.Reader) *bufio.Reader { return bufio.NewReaderSize(r, 256<<10) }
