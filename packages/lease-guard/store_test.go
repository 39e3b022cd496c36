package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// apiServer speaks the part of the API that the guard uses, over TLS, and can be told to misbehave.
type apiServer struct {
	*world
	server      *httptest.Server
	credentials string

	trouble sync.Mutex
	status  int           // answered instead, when not 0
	hang    chan struct{} // requests wait for it, when not nil
	seen    []string      // method, protocol, and token of each request
	renewed []time.Time   // when each update was answered
}

func newAPIServer(t *testing.T) *apiServer {
	t.Helper()
	a := &apiServer{world: newWorld(1), credentials: t.TempDir()}
	a.server = httptest.NewUnstartedServer(http.HandlerFunc(a.serve))
	a.server.EnableHTTP2 = true
	a.server.Config.ErrorLog = nil
	a.server.StartTLS()
	t.Cleanup(func() { a.misbehave(0, false); a.server.CloseClientConnections(); a.server.Close() })
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.server.Certificate().Raw})
	for name, content := range map[string]string{"ca.crt": string(certificate), "token": "first\n", "namespace": "orders", "uid": "pod-a", "name": "orders-1"} {
		if err := os.WriteFile(filepath.Join(a.credentials, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func (a *apiServer) address() string { return strings.TrimPrefix(a.server.URL, "https://") }

// misbehave sets what the server does from now on.
func (a *apiServer) misbehave(status int, hang bool) {
	a.trouble.Lock()
	defer a.trouble.Unlock()
	a.status = status
	if a.hang != nil {
		close(a.hang)
		a.hang = nil
	}
	if hang {
		a.hang = make(chan struct{})
	}
}

// renewals is how many updates were answered.
func (a *apiServer) renewals() int {
	a.trouble.Lock()
	defer a.trouble.Unlock()
	return len(a.renewed)
}

// answered is when the last update was.
func (a *apiServer) answered() time.Time {
	a.trouble.Lock()
	defer a.trouble.Unlock()
	return a.renewed[len(a.renewed)-1]
}

func (a *apiServer) serve(response http.ResponseWriter, request *http.Request) {
	a.trouble.Lock()
	a.seen = append(a.seen, request.Method+" "+request.Proto+" "+request.Header.Get("Authorization"))
	status, hang := a.status, a.hang
	a.trouble.Unlock()
	if hang != nil {
		select {
		case <-hang:
		case <-request.Context().Done():
			return
		}
	}
	if status != 0 {
		response.Header().Set("Location", a.server.URL+"/elsewhere")
		response.WriteHeader(status)
		return
	}
	folder, name, named := strings.Cut(request.URL.Path, "/apis/coordination.k8s.io/v1/namespaces/orders/leases")
	if folder != "" || !named {
		response.WriteHeader(http.StatusNotFound)
		return
	}
	var got record
	var err error
	good := http.StatusOK
	if request.URL.Query().Get("watch") != "" {
		a.stream(response, request)
		return
	}
	if request.Method == http.MethodGet {
		got, err = a.read(strings.TrimPrefix(name, "/"))
	} else {
		body, _ := io.ReadAll(request.Body)
		var next record
		if next, err = parseRecord(body); err == nil && request.Method == http.MethodPut {
			got, err = a.write(next)
		} else if err == nil {
			good = http.StatusCreated
			got, err = a.make(next)
		}
	}
	switch {
	case errors.Is(err, errConflict):
		response.WriteHeader(http.StatusConflict)
	case err != nil:
		response.WriteHeader(http.StatusNotFound)
	default:
		if request.Method == http.MethodPut {
			a.trouble.Lock()
			a.renewed = append(a.renewed, time.Now())
			a.trouble.Unlock()
		}
		response.WriteHeader(good)
		_ = json.NewEncoder(response).Encode(got.object)
	}
}

// stream answers a watch of one Lease with each of its states, as the API server does.
func (a *apiServer) stream(response http.ResponseWriter, request *http.Request) {
	name := strings.TrimPrefix(request.URL.Query().Get("fieldSelector"), "metadata.name=")
	for last := ""; request.Context().Err() == nil; time.Sleep(5 * time.Millisecond) {
		current, err := a.read(name)
		if err != nil || current.version() == last {
			continue
		}
		last = current.version()
		_ = json.NewEncoder(response).Encode(map[string]any{"type": "MODIFIED", "object": current.object})
		response.(http.Flusher).Flush()
	}
}

func TestAWatchWakesWhoWaitsWhenTheHolderEnds(t *testing.T) {
	a := newAPIServer(t)
	k := newKubernetes(a.address(), a.credentials, "orders")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	woken := make(chan struct{}, 9)
	go k.watch(ctx, task, func() { woken <- struct{}{} })
	wakes := func(within time.Duration) bool {
		select {
		case <-woken:
			return true
		case <-time.After(within):
			return false
		}
	}
	current, err := k.create(ctx, newRecord(task, "task").heldBy(claim{identity: "other", duration: time.Minute}, time.Now()))
	if err != nil || wakes(300*time.Millisecond) {
		t.Fatalf("woken by a holder who works (%v)", err)
	}
	if current, err = k.put(ctx, current.heldBy(claim{identity: "other", ending: true, duration: time.Minute}, time.Now())); err != nil || !wakes(patience) {
		t.Fatalf("not woken by a holder who was asked to stop (%v)", err)
	}
	if _, err = k.put(ctx, current.givenBack(time.Now())); err != nil || !wakes(patience) {
		t.Fatalf("not woken when the Lease was given back (%v)", err)
	}
}

func TestWhoIsWokenTakesBeforeItsNextLook(t *testing.T) {
	a := newAPIServer(t)
	k := newKubernetes(a.address(), a.credentials, "orders")
	slow := times{renew: time.Hour, limit: 3 * time.Hour, duration: 4 * time.Hour, request: time.Minute}
	e := &elector{
		store: k, identity: "next", names: []string{task}, artifacts: map[string]string{task: "task"}, times: slow,
		now: boottime, say: t.Logf, watch: k.watch,
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	held, err := k.create(ctx, newRecord(task, "task").heldBy(claim{identity: "other", duration: slow.duration}, time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	given := make(chan error, 1)
	go func() {
		for held.annotation(annotationNext) == "" && err == nil {
			time.Sleep(20 * time.Millisecond)
			held, err = k.get(ctx, task)
		}
		if err == nil {
			_, err = k.put(ctx, held.givenBack(time.Now()))
		}
		given <- err
	}()
	if _, err := e.acquire(ctx); err != nil {
		t.Fatalf("the Lease was given back (%v), and not taken: %v", <-given, err)
	}
}

func TestCreatesReadsAndWritesTheLease(t *testing.T) {
	a := newAPIServer(t)
	k := newKubernetes(a.address(), a.credentials, "orders")
	ctx := context.Background()
	if _, err := k.get(ctx, task); !errors.Is(err, errAbsent) {
		t.Fatal(err)
	}
	made, err := k.create(ctx, newRecord(task, "task"))
	if err != nil || made.holder() != "" || !made.unknown() {
		t.Fatalf("%v %v", made, err)
	}
	if _, err := k.create(ctx, newRecord(task, "task")); !errors.Is(err, errConflict) {
		t.Errorf("created twice: %v", err)
	}
	first, err := k.get(ctx, task)
	if err != nil {
		t.Fatal(err)
	}
	written, err := k.put(ctx, first.heldBy(claim{identity: "pod-a", duration: usual.duration}, time.Now()))
	if err != nil || written.holder() != "pod-a" || written.version() == first.version() {
		t.Fatalf("%v %v", written, err)
	}
	if _, err := k.put(ctx, first.heldBy(claim{identity: "pod-b", duration: usual.duration}, time.Now())); !errors.Is(err, errConflict) {
		t.Errorf("a write over a newer record: %v", err)
	}
	a.remove(task)
	if _, err := k.put(ctx, written); !errors.Is(err, errAbsent) {
		t.Errorf("an update of a Lease that was deleted: %v", err)
	}
	if _, err := k.put(ctx, newRecord(task, "task")); err == nil {
		t.Error("an update without uid was sent")
	}
	if err := os.WriteFile(filepath.Join(a.credentials, "token"), []byte("second"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _ = k.get(ctx, task)
	if got := a.seen[0] + ", " + a.seen[len(a.seen)-1]; got != "GET HTTP/1.1 Bearer first, GET HTTP/1.1 Bearer second" {
		t.Error(got)
	}
	if k.podAddress() != "127.0.0.1" {
		t.Errorf("address %q", k.podAddress())
	}
}

func TestTheLeasesBelongToTheServiceAccount(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	for token, name := range map[string]string{
		"e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"kubernetes.io":{"namespace":"orders","serviceaccount":{"name":"shop","uid":"u-1"}}}`)) + ".sig": "shop",
		"e30.e30.sig": "", "a static token": "", "a.!.c": "",
	} {
		if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := accountOf(file); text(got["name"]) != name || name != "" && got["uid"] != "u-1" {
			t.Errorf("%s: %v", token, got)
		}
	}
}

func TestSaysWhyTheAPIServerRefuses(t *testing.T) {
	a := newAPIServer(t)
	k := newKubernetes(a.address(), a.credentials, "orders")
	for status, words := range map[int]string{401: "Role and RoleBinding", 403: "Role and RoleBinding", 404: "does not exist", 500: "answered 500", 302: "answered 302", 204: "answered 204"} {
		a.misbehave(status, false)
		if _, err := k.get(context.Background(), task); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestTrustsOnlyTheGivenAuthority(t *testing.T) {
	a := newAPIServer(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	stranger, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	for words, authority := range map[string][]byte{"unknown authority": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: stranger}), "has no certificate": []byte("nothing")} {
		if err := os.WriteFile(filepath.Join(a.credentials, "ca.crt"), authority, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := newKubernetes(a.address(), a.credentials, "orders").get(context.Background(), task); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
	}
}

func TestWaitsNoLongerThanItIsTold(t *testing.T) {
	a := newAPIServer(t)
	k := newKubernetes(a.address(), a.credentials, "orders")
	a.misbehave(0, true)
	ctx, stop := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer stop()
	begin := time.Now()
	if _, err := k.get(ctx, task); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > time.Minute {
		t.Errorf("%v after %s", err, time.Since(begin))
	}
	a.misbehave(0, false)
	if _, err := k.get(context.Background(), task); !errors.Is(err, errAbsent) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestOptionsNameWhatIsMissing(t *testing.T) {
	a := newAPIServer(t)
	for want, words := range map[string][]string{
		"--artifact NAME and a command": {"--artifact", "task"},
		"must exceed --limit":           {"--artifact", "task", "--duration", "26s", "--", "true"},
		"not found":                     {"--artifact", "task", "--", "no-such-command"},
	} {
		if _, _, err := readOptions(words); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", words, err)
		}
	}
	if _, err := newElector(options{credentials: t.TempDir()}, t.Logf); err == nil {
		t.Error("credentials are not needed")
	}
	o, command, err := readOptions([]string{"--credentials", a.credentials, "--server", a.address(), "--artifact", "task", "--artifact", "other", "--", "true", "--lease"})
	if err != nil || fmt.Sprint(command) != "[true --lease]" {
		t.Fatalf("%v %v", command, err)
	}
	e, err := newElector(o, t.Logf)
	if err != nil || !strings.HasPrefix(e.identity, "pod-a/") || e.pod != "orders-1" || len(e.names) != 2 || e.artifacts[task] != "task" {
		t.Errorf("%v %v", e, err)
	}
}
