package main

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

// bigput: streams one large object and reads the server's largest memory since
// its start (VmHWM), so give it a fresh server.
func cmdBigPut(args []string) {
	f := flag.NewFlagSet("bigput", flag.ExitOnError)
	ep, key, secret := commonFlags(f)
	size := f.Int64("bytes", 5<<30, "bytes of the object")
	pid := f.Int("pid", 0, "server's pid")
	f.Parse(args)
	e := newEnv(*ep, *key, *secret, 10*time.Minute)
	must(s3Bucket("benchbig")(e))
	r := e.s3req("PUT", "/benchbig/large", "", []byte{})
	head := strings.Replace(string(r.head), "Content-Length: 0", fmt.Sprintf("Content-Length: %d", *size), 1)
	head = strings.Replace(head, hexSHA(nil), "UNSIGNED-PAYLOAD", 1)
	c, err := net.Dial("tcp", e.addr)
	must(err)
	t := time.Now()
	_, err = c.Write([]byte(head))
	must(err)
	piece := s3Body(1 << 20)
	for left := *size; left > 0; left -= int64(len(piece)) {
		piece = piece[:min(int64(len(piece)), left)]
		_, err = c.Write(piece)
		must(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	must(err)
	took := time.Since(t).Seconds()
	if !strings.HasPrefix(line, "HTTP/1.1 200") {
		must(fmt.Errorf("the server answered %q", line))
	}
	c.Close()
	peak := peakMiB(*pid)
	_, err = e.call(e.s3req("DELETE", "/benchbig/large", "", nil))
	must(err)
	fmt.Printf("%.1f\t%.0f\n", peak, float64(*size)/(1<<20)/took)
}

func peakMiB(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	must(err)
	var kib float64
	for _, line := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(line, "VmHWM:") {
			_, err = fmt.Sscanf(line, "VmHWM: %f", &kib)
			must(err)
		}
	}
	return kib / 1024
}
