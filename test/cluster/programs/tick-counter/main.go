// Command tick-counter keeps a list of who did what when: a task calls /tick/NAME each time it fires, and GET /ticks
// gives all calls so far. It runs outside the pods that it watches.
package main

import (
	"encoding/json"
	"flag"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// tick is one call. The caller is known by its address: whatever server fires the task, it has one. The stand-in also
// says which of its firings it is, from 1 on.
type tick struct {
	Task   string `json:"task"`
	Source string `json:"source"`
	At     int64  `json:"at"`
	Firing int    `json:"firing,omitempty"`
}

// most bounds the memory; a proof makes some thousands.
const most = 1_000_000

func main() {
	address := flag.String("listen", ":8080", "address to listen on")
	flag.Parse()
	var lock sync.Mutex
	ticks := []tick{}
	routes := http.NewServeMux()
	routes.HandleFunc("/tick/{task}", func(answer http.ResponseWriter, call *http.Request) {
		source, _, _ := net.SplitHostPort(call.RemoteAddr)
		firing, _ := strconv.Atoi(call.URL.Query().Get("firing"))
		lock.Lock()
		defer lock.Unlock()
		if len(ticks) < most {
			ticks = append(ticks, tick{call.PathValue("task"), source, time.Now().UnixMilli(), firing})
		}
		answer.Header().Set("Content-Type", "application/json")
		answer.Write([]byte("{}\n"))
	})
	routes.HandleFunc("GET /ticks", func(answer http.ResponseWriter, _ *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		answer.Header().Set("Content-Type", "application/json")
		json.NewEncoder(answer).Encode(ticks)
	})
	routes.HandleFunc("GET /ready", func(answer http.ResponseWriter, _ *http.Request) {})
	go func() {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
		<-stop
		os.Exit(0)
	}()
	if err := http.ListenAndServe(*address, routes); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}
