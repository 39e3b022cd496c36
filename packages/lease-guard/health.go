package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// health answers the kubelet's probes: a guard that stands by is ready when it could take over, and a guard that works
// is as ready and as alive as its server.
type health struct {
	server   string        // address of the server's own probes
	started  string        // address that accepts connections once the server is up
	check    string        // path at `server` that shows the same, or empty
	patience time.Duration // for the server's start
	stale    time.Duration // how long a look at the Leases counts
	now      func() time.Duration

	serves    bool          // connections come to this pod, and are passed on to the one that works
	hold      time.Duration // how long a connection waits for a server
	tolerance time.Duration // how long the server may answer /healthz badly

	mutex   sync.Mutex
	working bool
	stoodBy bool          // the pod was ready before it worked
	served  bool          // who connects to this pod is answered, at once or after the hand-over
	begun   time.Duration // of the work
	up      bool          // the server has been seen up
	well    bool          // the server answers /healthz well, or has until lately
	good    time.Duration // when it last did
	looked  time.Duration // when the Leases could last be read
	problem string
}

// look records what a look at the Leases gave while waiting.
func (h *health) look(view outlook, err error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err != nil {
		h.problem = err.Error()
		return
	}
	h.looked, h.problem = h.now(), ""
	h.served = view.served || view.follows && h.served
}

func (h *health) work() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.working, h.begun = true, h.now()
}

// phase is how far the server is, as the probes have seen it last.
func (h *health) phase() string {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.up {
		return "up"
	}
	return "starting"
}

func (h *health) serve(port int) error {
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	pages := http.NewServeMux()
	pages.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) { answerProbe(w, h.ready) })
	pages.HandleFunc("/live", func(w http.ResponseWriter, r *http.Request) {
		path := "/liveness"
		if r.URL.Query().Get("check") == "healthz" {
			path = "/healthz"
		}
		answerProbe(w, func() (string, error) { return h.alive(path) })
	})
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	return nil
}

func answerProbe(w http.ResponseWriter, probe func() (string, error)) {
	said, err := probe()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, said+"\n")
}

// ready returns what the guard does, or why it is of no use now.
func (h *health) ready() (string, error) {
	h.mutex.Lock()
	working, looked, problem, served, begun, stoodBy := h.working, h.looked, h.problem, h.served, h.begun, h.stoodBy
	h.mutex.Unlock()
	switch {
	case !working && looked != 0 && h.serves && !served:
		return "", fmt.Errorf("no pod of this workload works that this one could pass connections on to")
	case !working && looked != 0 && (problem == "" || h.now()-looked < h.stale):
		h.mutex.Lock()
		defer h.mutex.Unlock()
		h.stoodBy = true
		return "standing by", nil
	case !working && problem != "":
		return "", fmt.Errorf("cannot read the Lease: %s", problem)
	case !working:
		return "", fmt.Errorf("the Lease has not been read yet")
	case h.isUp():
		return "working", h.askPatiently("/healthz")
	// Between a server that ended and its own, the pod stays in the Service, so that connections wait and are not
	// refused.
	case h.serves && served && h.now()-begun < h.hold:
		return "the server is starting, and connections wait for it", nil
	// Without connections the start is no news to anybody, unless it takes long.
	case !h.serves && stoodBy && h.now()-begun < h.tolerance:
		return "the server is starting", nil
	}
	return "", fmt.Errorf("the server is starting")
}

// askPatiently fails once the answers have been bad for some time. The kubelet counts no failures of a guard, so that
// one that stands by leaves the Service at once.
func (h *health) askPatiently(path string) error {
	err := h.ask(path)
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if err == nil {
		h.well, h.good = true, h.now()
	}
	if h.well && h.now()-h.good < h.tolerance {
		return nil
	}
	h.well = false
	return err
}

// alive returns what the guard does, or why it has to be restarted. A server that works is as alive as the path of its
// own says.
func (h *health) alive(path string) (string, error) {
	h.mutex.Lock()
	working, begun := h.working, h.begun
	h.mutex.Unlock()
	switch {
	case !working:
		return "standing by", nil
	case h.isUp():
		return "working", h.ask(path)
	case h.now()-begun < h.patience:
		return "the server is starting", nil
	}
	return "", fmt.Errorf("the server has not started within %s", h.patience)
}

// isUp does not ask MI's own probes before its listener is open: a check in between ends in an error inside MI, and
// holds up a later stop.
func (h *health) isUp() bool {
	h.mutex.Lock()
	up := h.up
	h.mutex.Unlock()
	if up {
		return true
	}
	if h.check != "" {
		up = h.ask(h.check) == nil
	} else if connection, err := net.DialTimeout("tcp", h.started, time.Second); err == nil {
		_ = connection.Close()
		up = true
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.up = h.up || up
	return h.up
}

var probeClient = &http.Client{Timeout: 4 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func (h *health) ask(path string) error {
	response, err := probeClient.Get("http://" + h.server + path)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		return fmt.Errorf("%s answers %d %s", path, response.StatusCode, said)
	}
	return nil
}
