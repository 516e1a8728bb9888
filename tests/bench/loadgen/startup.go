package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"
)

func start(cmd, dir, logf string) *exec.Cmd {
	c := exec.Command("/bin/sh", "-c", "exec "+cmd)
	c.Dir = dir
	lf, err := os.OpenFile(logf, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	must(err)
	c.Stdout, c.Stderr = lf, lf
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	must(c.Start())
	lf.Close()
	go c.Wait()
	return c
}

func probe(e *env, service, url string) error {
	var r request
	switch service {
	case "s3":
		r = e.s3req("GET", "/", "", nil)
	case "dynamodb":
		r = e.ddb("ListTables", "{}")
	case "kinesis":
		r = e.kin("ListStreams", "{}")
	case "lambda":
		r = e.rest("lambda", "GET", "/2015-03-31/functions", "")
	case "http":
		r = e.raw("GET", url, "", "", "", "", nil)
	default:
		return fmt.Errorf("no probe for %s", service)
	}
	_, err := e.call(r)
	return err
}

func waitUp(e *env, service, url string, pid int, t0 time.Time, limit time.Duration) (port, first time.Duration, err error) {
	for time.Since(t0) < limit {
		if syscall.Kill(pid, 0) != nil {
			return port, 0, fmt.Errorf("process ended")
		}
		if port == 0 {
			c, e2 := net.DialTimeout("tcp", e.addr, time.Second)
			if e2 != nil {
				time.Sleep(2 * time.Millisecond)
				continue
			}
			c.Close()
			port = time.Since(t0)
		}
		if err = probe(e, service, url); err == nil {
			return port, time.Since(t0), nil
		}
		e.c.close()
		time.Sleep(2 * time.Millisecond)
	}
	return port, 0, fmt.Errorf("no answer in %v: %v", limit, err)
}

func stopTree(pid int) {
	ps := descendants(pid)
	syscall.Kill(pid, syscall.SIGTERM)
	for i := 0; i < 100 && syscall.Kill(pid, 0) == nil; i++ {
		time.Sleep(100 * time.Millisecond)
	}
	for _, p := range ps {
		syscall.Kill(p, syscall.SIGKILL)
	}
}

func killTree(pid int) {
	for _, p := range descendants(pid) {
		syscall.Kill(p, syscall.SIGKILL)
	}
}

func cmdStartup(args []string) {
	f := flag.NewFlagSet("startup", flag.ExitOnError)
	ep, key, secret := commonFlags(f)
	service := f.String("service", "s3", "first call: s3|dynamodb|kinesis|lambda|http")
	url := f.String("url", "/", "path for --service http")
	cmd := f.String("cmd", "", "start command")
	dir := f.String("dir", "", "work directory, emptied before each start")
	runs := f.Int("runs", 3, "starts")
	idle := f.Float64("idle", 3, "seconds before the idle RSS is read")
	keep := f.String("keep", "", "leave the last one running and write its pid here")
	limit := f.Duration("limit", 120*time.Second, "give up after")
	tsv := f.Bool("tsv", false, "one tab-separated line")
	f.Parse(args)
	if *cmd == "" || *dir == "" {
		must(fmt.Errorf("--cmd and --dir are needed"))
	}
	var ports, firsts []float64
	rss, n := 0.0, 0
	for i := 0; i < *runs; i++ {
		must(os.RemoveAll(*dir))
		must(os.MkdirAll(*dir, 0o755))
		e := newEnv(*ep, *key, *secret, 60*time.Second)
		t0 := time.Now()
		c := start(*cmd, *dir, filepath.Join(filepath.Dir(*dir), filepath.Base(*dir)+".log"))
		p, fi, err := waitUp(e, *service, *url, c.Process.Pid, t0, *limit)
		if err != nil {
			killTree(c.Process.Pid)
			must(err)
		}
		ports = append(ports, float64(p.Microseconds())/1000)
		firsts = append(firsts, float64(fi.Microseconds())/1000)
		last := i == *runs-1
		if last {
			time.Sleep(time.Duration(*idle * float64(time.Second)))
			rss, _, n = tree(c.Process.Pid)
		}
		e.c.close()
		if last && *keep != "" {
			must(os.WriteFile(*keep, []byte(fmt.Sprint(c.Process.Pid)), 0o644))
		} else {
			stopTree(c.Process.Pid)
			time.Sleep(200 * time.Millisecond)
		}
	}
	med := func(v []float64) float64 { s := append([]float64(nil), v...); sort.Float64s(s); return s[len(s)/2] }
	if *tsv {
		fmt.Printf("startup\t%.0f\t%.0f\t%.0f\t%d\n", med(ports), med(firsts), rss, n)
		return
	}
	fmt.Printf("port open %.0f ms, first %s call answered %.0f ms (median of %d: %.0f), idle RSS after %.0f s %.1f MiB in %d processes\n",
		med(ports), *service, med(firsts), *runs, firsts, *idle, rss, n)
}

func cmdRSS(args []string) {
	f := flag.NewFlagSet("rss", flag.ExitOnError)
	pid := f.Int("pid", 0, "")
	f.Parse(args)
	r, cpu, n := tree(*pid)
	fmt.Printf("%.0f\t%.1f\t%d\n", r, cpu, n)
}

func cmdStop(args []string) {
	f := flag.NewFlagSet("stop", flag.ExitOnError)
	pid := f.Int("pid", 0, "")
	f.Parse(args)
	if *pid > 1 {
		stopTree(*pid)
	}
}

// ready: process start to the line "Ready." of its output, then the memory at rest.
func cmdReady(args []string) {
	f := flag.NewFlagSet("ready", flag.ExitOnError)
	cmd := f.String("cmd", "", "start command")
	dir := f.String("dir", "", "work directory, emptied before each start")
	runs := f.Int("runs", 5, "starts")
	idle := f.Float64("idle", 3, "seconds before the idle RSS is read")
	f.Parse(args)
	var took []float64
	rss := 0.0
	for i := 0; i < *runs; i++ {
		must(os.RemoveAll(*dir))
		must(os.MkdirAll(*dir, 0o755))
		c := exec.Command("/bin/sh", "-c", "exec "+*cmd)
		c.Dir = *dir
		c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		out, in := io.Pipe()
		c.Stdout, c.Stderr = in, in
		t0 := time.Now()
		must(c.Start())
		lines := bufio.NewScanner(out)
		seen := false
		for !seen && lines.Scan() {
			seen = strings.HasSuffix(lines.Text(), "Ready.")
		}
		if !seen {
			must(fmt.Errorf("no line Ready."))
		}
		took = append(took, float64(time.Since(t0).Microseconds())/1000)
		go io.Copy(io.Discard, out)
		if i == *runs-1 {
			time.Sleep(time.Duration(*idle * float64(time.Second)))
			rss, _, _ = tree(c.Process.Pid)
		}
		go c.Wait()
		stopTree(c.Process.Pid)
	}
	sort.Float64s(took)
	fmt.Printf("%.1f\t%.1f\n", took[len(took)/2], rss)
}
