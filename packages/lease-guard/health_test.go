package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// micro is a server with the probes of a Micro Integrator.
type micro struct {
	*httptest.Server
	refused string // path that answers 503, if any
	asked   int
}

func newMicro(t *testing.T) *micro {
	t.Helper()
	m := &micro{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		m.asked++
		if request.URL.Path == m.refused {
			http.Error(w, "faulty CApps", http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *micro) address() string { return strings.TrimPrefix(m.URL, "http://") }

// freePort is a port that nobody listens at. It stays bound until the test ends, so nobody else gets it. That keeps
// none from listening who wants to share the address, as Go does.
func freePort(t *testing.T) int {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(socket) })
	if err := errors.Join(
		syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}),
		syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1),
	); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	return bound.(*syscall.SockaddrInet4).Port
}

// probed are the answers of /ready and /live, as "STATUS TEXT".
func probed(t *testing.T, port int) (ready, live string) {
	t.Helper()
	return probe(t, port, "/ready"), probe(t, port, "/live")
}

// probe is the answer of a path, as "STATUS TEXT".
func probe(t *testing.T, port int, path string) string {
	t.Helper()
	response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d%s", port, path))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, _ := io.ReadAll(response.Body)
	return strconv.Itoa(response.StatusCode) + " " + strings.TrimSpace(string(body))
}

func expectProbes(t *testing.T, port int, ready, live string) {
	t.Helper()
	if gotReady, gotLive := probed(t, port); gotReady != ready || gotLive != live {
		t.Fatalf("/ready says %q and /live %q, and not %q and %q", gotReady, gotLive, ready, live)
	}
}

func TestStandingByIsReadyWhileTheLeaseCanBeRead(t *testing.T) {
	clock := time.Duration(0)
	h := &health{server: "127.0.0.1:1", started: "127.0.0.1:1", stale: 15 * time.Second, now: func() time.Duration { return clock }}
	port := freePort(t)
	if err := h.serve(port); err != nil {
		t.Fatal(err)
	}
	expectProbes(t, port, "503 the Lease has not been read yet", "200 standing by")
	h.look(outlook{}, errors.New("no route to host"))
	expectProbes(t, port, "503 cannot read the Lease: no route to host", "200 standing by")
	clock = time.Second
	h.look(outlook{}, nil)
	expectProbes(t, port, "200 standing by", "200 standing by")
	h.look(outlook{}, errors.New("no route to host"))
	clock += 14 * time.Second
	expectProbes(t, port, "200 standing by", "200 standing by")
	clock += 2 * time.Second
	expectProbes(t, port, "503 cannot read the Lease: no route to host", "200 standing by")
}

func TestWhoServesIsReadyWhileConnectionsAreAnswered(t *testing.T) {
	clock := time.Second
	h := &health{server: "127.0.0.1:1", started: "127.0.0.1:1", serves: true, hold: time.Minute, stale: 15 * time.Second, now: func() time.Duration { return clock }}
	expect := func(after string, ready bool) {
		t.Helper()
		if said, err := h.ready(); (err == nil) != ready {
			t.Fatalf("%s: %q, %v", after, said, err)
		}
	}
	h.look(outlook{}, nil)
	expect("nobody of the workload works", false)
	h.look(outlook{follows: true}, nil)
	expect("it is to work, and has never been in the Service", false)
	h.look(outlook{address: "10.0.0.1", served: true}, nil)
	expect("another works", true)
	h.look(outlook{address: "10.0.0.1"}, nil)
	expect("that one ends, and a third follows it", false)
	h.look(outlook{address: "10.0.0.1", served: true}, nil)
	h.look(outlook{follows: true}, nil)
	expect("that one has ended, and this one follows it", true)
	h.work()
	expect("its server starts, and connections wait", true)
	clock += time.Minute
	expect("its server starts for longer than connections wait", false)

	late := &health{server: "127.0.0.1:1", started: "127.0.0.1:1", serves: true, hold: time.Minute, now: boottime}
	late.look(outlook{}, nil)
	late.work()
	if said, err := late.ready(); err == nil {
		t.Fatalf("its server starts, and nothing was promised to connections: %q", said)
	}
	// Without connections to pass on, it stands by all the same.
	idle := &health{stale: 15 * time.Second, now: boottime}
	idle.look(outlook{}, nil)
	if said, err := idle.ready(); err != nil || said != "standing by" {
		t.Fatalf("%q, %v", said, err)
	}
	idle.server, idle.started, idle.tolerance = "127.0.0.1:1", "127.0.0.1:1", 10*time.Second
	idle.now = func() time.Duration { return clock }
	idle.work()
	if said, err := idle.ready(); err != nil {
		t.Fatalf("%q, %v", said, err)
	}
	clock += 10 * time.Second
	if said, err := idle.ready(); err == nil {
		t.Fatalf("its server starts for long: %q", said)
	}
}

func TestAServerMayAnswerBadlyForSomeTimeOnceItHasAnsweredWell(t *testing.T) {
	m := newMicro(t)
	clock := time.Second
	h := &health{server: m.address(), started: m.address(), tolerance: 10 * time.Second, now: func() time.Duration { return clock }}
	expect := func(after string, ready bool) {
		t.Helper()
		if said, err := h.ready(); (err == nil) != ready {
			t.Fatalf("%s: %q, %v", after, said, err)
		}
	}
	h.work()
	m.refused = "/healthz"
	expect("it has a faulty archive", false)
	m.refused = ""
	expect("it is well", true)
	m.refused = "/healthz"
	clock += 9 * time.Second
	expect("it failed within the time", true)
	clock += time.Second
	expect("it failed for longer", false)
	m.refused = ""
	expect("it is well again", true)
}

func TestWorkingIsAsReadyAndAliveAsTheServer(t *testing.T) {
	m := newMicro(t)
	listener := freePort(t)
	clock := time.Second
	h := &health{
		server: m.address(), started: fmt.Sprintf("127.0.0.1:%d", listener), patience: time.Minute, stale: 15 * time.Second,
		now: func() time.Duration { return clock },
	}
	port := freePort(t)
	if err := h.serve(port); err != nil {
		t.Fatal(err)
	}
	h.work()
	expectProbes(t, port, "503 the server is starting", "200 the server is starting")
	if m.asked != 0 {
		t.Fatal("MI's probes were asked before its listener was open")
	}
	clock += 2 * time.Minute
	expectProbes(t, port, "503 the server is starting", "503 the server has not started within 1m0s")
	open, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", listener))
	if err != nil {
		t.Fatal(err)
	}
	expectProbes(t, port, "200 working", "200 working")
	// Once up, the listener is not asked again.
	_ = open.Close()
	expectProbes(t, port, "200 working", "200 working")
	m.refused = "/healthz"
	expectProbes(t, port, "503 /healthz answers 503 faulty CApps", "200 working")
	if said := probe(t, port, "/live?check=healthz"); said != "503 /healthz answers 503 faulty CApps" {
		t.Fatalf("/live?check=healthz says %q", said)
	}
	m.refused = "/liveness"
	expectProbes(t, port, "200 working", "503 /liveness answers 503 faulty CApps")
}

func TestAnotherSignOfTheStartMayBeNamed(t *testing.T) {
	m := newMicro(t)
	h := &health{server: m.address(), started: "127.0.0.1:1", check: "/liveness", patience: time.Minute, now: boottime}
	m.refused = "/liveness"
	h.work()
	if _, err := h.ready(); err == nil || err.Error() != "the server is starting" {
		t.Fatalf("ready although %s is refused: %v", m.refused, err)
	}
	m.refused = ""
	if said, err := h.ready(); err != nil || said != "working" {
		t.Fatalf("%q, %v", said, err)
	}
}

func TestTheLeaseSaysHowFarTheServerIs(t *testing.T) {
	t.Parallel()
	a := newAPIServer(t)
	started, listen := freePort(t), freePort(t)
	g := run(t, a, false, "echo up > up; while :; do sleep 0.1; done", "--listen", strconv.Itoa(listen), "--started", strconv.Itoa(started))
	says := func(phase string) func() bool {
		return func() bool {
			_ = probe(t, listen, "/ready")
			current, _ := a.read(task)
			return current.annotation(annotationServer) == phase
		}
	}
	g.until(t, "the command", func() bool { return g.file("up") != "" })
	g.until(t, "a server that starts", says("starting"))
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", started))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	g.until(t, "a server that is up", says("up"))
	_ = g.Process.Signal(syscall.SIGTERM)
	_ = g.exit(t)
	if current, _ := a.read(task); current.annotation(annotationServer) != "" {
		t.Error("the Lease that was given back still tells of a server")
	}
}
