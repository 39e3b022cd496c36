package main

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// forwarding passes connections on to the server of whichever pod works. A Service spreads connections over all pods
// that are ready, and those that stand by are ready too. A connection that comes while no server listens waits for the
// next one.
type forwarding struct {
	ports    map[int]int   // own port to the server's
	patience time.Duration // how long a connection waits for a server
	local    atomic.Bool   // the server is this pod's
	owner    atomic.Value  // address of the pod that works
}

// parseForward reads OWN:SERVER,OWN:SERVER.
func parseForward(words string) (map[int]int, error) {
	ports := map[int]int{}
	for _, word := range strings.Split(words, ",") {
		if word == "" {
			continue
		}
		from, to, _ := strings.Cut(word, ":")
		own, err := strconv.ParseUint(from, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("--forward takes OWN:SERVER, and not %q", word)
		}
		server, err := strconv.ParseUint(to, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("--forward takes OWN:SERVER, and not %q", word)
		}
		ports[int(own)] = int(server)
	}
	return ports, nil
}

func (f *forwarding) listen() error {
	for own, server := range f.ports {
		listener, err := net.Listen("tcp", ":"+strconv.Itoa(own))
		if err != nil {
			return err
		}
		go func() {
			for {
				connection, err := listener.Accept()
				if err != nil {
					time.Sleep(50 * time.Millisecond) // too many open files
					continue
				}
				go f.pass(connection, server)
			}
		}()
	}
	return nil
}

func (f *forwarding) pass(client net.Conn, port int) {
	defer func() { _ = client.Close() }()
	for end := time.Now().Add(f.patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		host := text(f.owner.Load())
		if f.local.Load() {
			host = "127.0.0.1"
		}
		if host == "" {
			continue
		}
		server, err := net.DialTimeout("tcp", net.JoinHostPort(host, strconv.Itoa(port)), time.Second)
		if err != nil {
			continue
		}
		join(client, server)
		return
	}
}

// join copies both ways until both have ended; the end of one direction is passed on by itself.
func join(client, server net.Conn) {
	defer func() { _ = server.Close() }()
	var both sync.WaitGroup
	oneWay := func(to, from net.Conn) {
		if _, err := io.Copy(to, from); err != nil {
			_ = to.Close()
			_ = from.Close()
			return
		}
		if half, ok := to.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
	}
	both.Go(func() { oneWay(server, client) })
	both.Go(func() { oneWay(client, server) })
	both.Wait()
}
