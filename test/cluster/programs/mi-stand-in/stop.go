package main

import (
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// port is one open port with what serves it.
type port struct {
	server   *http.Server
	listener net.Listener
	secure   bool
}

// underWay counts the requests that have no answer yet.
var underWay atomic.Int64

func counted(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(writer http.ResponseWriter, call *http.Request) {
		underWay.Add(1)
		defer underWay.Add(-1)
		handler.ServeHTTP(writer, call)
	})
}

// stop ends the transports as MI 4.3.0 was seen to (PassThroughHttpListener.stop): no new connection is taken at once;
// kept connections go on being answered, and nothing tells their clients to leave; at the first moment without a
// request under way, or when patience ends, the plain ones are closed, and 3 s later the secure ones. A request that
// arrives in that moment gets no answer. Tasks fire until all of this is done: with one request under way for 59 s they
// fired for 59 s. It returns what was still under way.
func stop(transports []port, patience time.Duration) int64 {
	for _, transport := range transports {
		transport.listener.Close()
	}
	for end := time.Now().Add(patience); underWay.Load() > 0 && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	left := underWay.Load()
	closeAll := func(secure bool) {
		for _, transport := range transports {
			if transport.secure == secure {
				transport.server.Close()
			}
		}
	}
	closeAll(false)
	time.Sleep(secureDelay)
	left = max(left, underWay.Load())
	closeAll(true)
	return left
}

// secureDelay was 3.1 s in each of two runs.
var secureDelay = 3 * time.Second
