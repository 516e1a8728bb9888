// Package sdk holds the tests of the AWS SDK for Go v2: one daemon for all of them, an account of its own for each.
package sdk

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

var endpoint string

// TestMain starts the daemon of FOGBANK_BUILD (build/dev where not set), or takes the one at FOGBANK_ENDPOINT.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if endpoint = os.Getenv("FOGBANK_ENDPOINT"); endpoint != "" {
		return m.Run()
	}
	build := os.Getenv("FOGBANK_BUILD")
	if build == "" {
		build = "../../../build/dev"
	}
	state, err := os.MkdirTemp("", "fogbank-go-")
	check(err)
	defer os.RemoveAll(state)
	daemon, address := start(filepath.Join(build, "emulator/fogbank"), filepath.Join(state, "state"))
	endpoint = "http://" + address
	code := m.Run()
	check(daemon.Process.Signal(syscall.SIGTERM))
	if err := daemon.Wait(); err != nil {
		fmt.Println("the daemon did not stop cleanly:", err)
		code = 1
	}
	return code
}

func start(binary, state string) (*exec.Cmd, string) {
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	address := probe.Addr().String()
	probe.Close()
	daemon := exec.Command(binary, "start", "--listen", address, "--state-dir", state)
	output, err := daemon.StdoutPipe()
	check(err)
	check(daemon.Start())
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if lines.Text() == "Ready." {
			return daemon, address
		}
	}
	panic("the daemon ended before it was ready: " + binary)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// configuration is a client's: retries off, so that a refusal is seen once.
func configuration() aws.Config {
	account := fmt.Sprintf("%011d4", rand.Int64N(100_000_000_000))
	return aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider(account, "test", ""),
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
		// What a loaded configuration has by itself.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
	}
}

// must is the answer of a call that does not fail: must[*dynamodb.GetItemOutput](t)(client.GetItem(ctx, input)).
func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(answer T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

var ctx = context.Background()
