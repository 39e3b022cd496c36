package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// echo is a server that answers each line with its name and the line.
func echo(t *testing.T, address, name string) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = connection.Close() }()
				for lines := bufio.NewScanner(connection); lines.Scan(); {
					_, _ = fmt.Fprintf(connection, "%s %s\n", name, lines.Text())
				}
				_, _ = fmt.Fprintln(connection, name, "end")
			}()
		}
	}()
}

// forwarded starts a forwarding from a free port to `server`, and returns that port.
func forwarded(t *testing.T, f *forwarding, server int) int {
	t.Helper()
	own := freePort(t)
	f.ports = map[int]int{own: server}
	if err := f.listen(); err != nil {
		t.Fatal(err)
	}
	return own
}

// talk sends a line, ends its own direction, and returns everything that comes back.
func talk(t *testing.T, port int, line string) string {
	t.Helper()
	connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(2 * time.Minute))
	_, _ = fmt.Fprintln(connection, line)
	_ = connection.(*net.TCPConn).CloseWrite()
	answer, err := io.ReadAll(connection)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.TrimSpace(string(answer)), "\n", ", ")
}

func TestAConnectionGoesToThePodThatWorks(t *testing.T) {
	server := freePort(t)
	echo(t, fmt.Sprintf("127.0.0.2:%d", server), "owner")
	echo(t, fmt.Sprintf("127.0.0.1:%d", server), "own")
	f := &forwarding{patience: time.Minute}
	port := forwarded(t, f, server)
	f.owner.Store("127.0.0.2")
	if said := talk(t, port, "hello"); said != "owner hello, owner end" {
		t.Fatalf("standing by: %q", said)
	}
	f.local.Store(true)
	if said := talk(t, port, "hello"); said != "own hello, own end" {
		t.Fatalf("working: %q", said)
	}
}

func TestAConnectionWaitsForAServer(t *testing.T) {
	server := freePort(t)
	f := &forwarding{patience: time.Minute}
	port := forwarded(t, f, server)
	// Nobody is known at first; then the owner is, and its server listens later still.
	time.AfterFunc(200*time.Millisecond, func() { f.owner.Store("127.0.0.2") })
	time.AfterFunc(500*time.Millisecond, func() { echo(t, fmt.Sprintf("127.0.0.2:%d", server), "late") })
	if said := talk(t, port, "hello"); said != "late hello, late end" {
		t.Fatal(said)
	}
}

func TestAConnectionIsClosedWhenNobodyListensForLong(t *testing.T) {
	f := &forwarding{patience: 300 * time.Millisecond}
	port := forwarded(t, f, freePort(t))
	f.owner.Store("127.0.0.2")
	connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	_ = connection.SetReadDeadline(time.Now().Add(2 * time.Minute))
	if _, err := connection.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("%v, and not the end", err)
	}
}

func TestPortsToForwardAreRead(t *testing.T) {
	ports, err := parseForward("28290:8290,28253:8253,")
	if err != nil || len(ports) != 2 || ports[28290] != 8290 || ports[28253] != 8253 {
		t.Fatalf("%v, %v", ports, err)
	}
	for _, wrong := range []string{"8290", "a:8290", "8290:b", "70000:1", "1:-1"} {
		if _, err := parseForward(wrong); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}
