// Command lease-guard runs a server while it holds a Kubernetes Lease, and kills it before another can hold that Lease.
// See README.md.
package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const usage = `usage: lease-guard install FOLDER
       lease-guard run --artifact NAME [--artifact NAME...] [options] -- COMMAND [ARGUMENT...]

install copies this program into FOLDER. run waits for the Leases of all artifacts, runs COMMAND while they are held, and ends
as COMMAND does; it ends with 75 when they could not be renewed and everything was killed.

`

func main() {
	say := func(format string, values ...any) {
		_, _ = fmt.Fprintf(os.Stderr, "lease-guard: "+format+"\n", values...)
	}
	words := os.Args[1:]
	switch {
	case len(words) == 2 && words[0] == "install":
		if err := install(words[1]); err != nil {
			say("cannot install into %s: %v", words[1], err)
			os.Exit(exitCannot)
		}
	case len(words) > 0 && words[0] == "run":
		os.Exit(runCommand(words[1:], say))
	default:
		_, _ = fmt.Fprint(os.Stderr, usage)
		os.Exit(exitUsage)
	}
}

// options of `run`, as given.
type options struct {
	artifacts   list
	scope       string
	credentials string
	server      string
	times       times
	listen      int
	health      int
	started     int
	check       string
	patience    time.Duration
	forward     string
	hold        time.Duration
	tolerance   time.Duration
	workload    string
	last        farewell
}

// list is an option that may be given several times.
type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func readOptions(words []string) (options, []string, error) {
	var o options
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.Usage = func() {
		_, _ = fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	flags.Var(&o.artifacts, "artifact", "artifact that COMMAND deploys and nobody else may meanwhile; may be repeated")
	flags.StringVar(&o.scope, "scope", "", "tells artifacts of the same name in one namespace apart")
	flags.StringVar(&o.credentials, "credentials", "/var/run/lease-guard", "folder with token, ca.crt, namespace, uid and name of the pod")
	flags.StringVar(&o.server, "server", "", "HOST:PORT of the API server (default: the cluster's own, from the environment)")
	flags.DurationVar(&o.times.renew, "renew", 5*time.Second, "time between two renewals")
	flags.DurationVar(&o.times.limit, "limit", 25*time.Second, "how long after the start of the last renewal COMMAND may run")
	flags.DurationVar(&o.times.duration, "duration", 40*time.Second, "how long a Lease must stay unchanged before it is taken from another")
	flags.DurationVar(&o.times.request, "request", 4*time.Second, "longest time for one request")
	flags.IntVar(&o.listen, "listen", 0, "port for the probes /ready and /live (default: none)")
	flags.IntVar(&o.health, "health", 9201, "port at which COMMAND answers /healthz and /liveness")
	flags.IntVar(&o.started, "started", 8253, "port that COMMAND opens last in its start")
	flags.StringVar(&o.check, "check", "", "path at the port of --health that shows the end of the start instead")
	flags.DurationVar(&o.patience, "patience", 10*time.Minute, "how long COMMAND may take to start before /live fails")
	flags.StringVar(&o.forward, "forward", "", "OWN:SERVER,…: ports whose connections are passed on to the COMMAND of the pod that works")
	flags.DurationVar(&o.hold, "hold", time.Minute, "how long such a connection waits while no COMMAND listens")
	flags.DurationVar(&o.tolerance, "tolerance", 10*time.Second, "how long /healthz may fail before /ready does")
	flags.StringVar(&o.workload, "workload", "", "name of the pod's workload: connections are passed on to its pods only")
	flags.DurationVar(&o.last.drain, "drain", 0, "how long to go on when asked to stop, for connections that still come")
	flags.DurationVar(&o.last.handover, "handover", 0, "how long to go on at most when asked to stop and nobody waits for the Leases yet")
	if err := flags.Parse(words); err != nil {
		return o, nil, err
	}
	if len(o.artifacts) == 0 || slices.Contains(o.artifacts, "") || flags.NArg() == 0 {
		return o, nil, errors.New("--artifact NAME and a command after -- are needed")
	}
	if err := o.times.check(); err != nil {
		return o, nil, err
	}
	// A command that cannot be started shows before the guard is needed.
	if _, err := exec.LookPath(flags.Arg(0)); err != nil {
		return o, nil, err
	}
	return o, flags.Args(), nil
}

func runCommand(words []string, say func(string, ...any)) int {
	o, command, err := readOptions(words)
	if err != nil {
		say("%v", err)
		return exitUsage
	}
	e, err := newElector(o, say)
	if err != nil {
		say("%v", err)
		return exitUsage
	}
	ports, err := parseForward(o.forward)
	if err != nil {
		say("%v", err)
		return exitUsage
	}
	local := func(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
	state := &health{
		server:    local(o.health),
		started:   local(o.started),
		check:     o.check,
		patience:  o.patience,
		stale:     o.times.duration,
		now:       boottime,
		serves:    len(ports) > 0,
		hold:      o.hold,
		tolerance: o.tolerance,
	}
	through := &forwarding{ports: ports, patience: o.hold}
	e.looked = func(view outlook, err error) {
		state.look(view, err)
		if err == nil {
			through.owner.Store(view.address)
		}
	}
	if err := through.listen(); err != nil {
		say("cannot forward: %v", err)
		return exitCannot
	}
	if o.listen != 0 {
		if err := state.serve(o.listen); err != nil {
			say("cannot answer probes: %v", err)
			return exitCannot
		}
		e.server = state.phase
	}
	return guard(e, command, o.last, func() {
		state.work()
		through.local.Store(true)
	})
}

// newElector reads the credentials and the pod's name for itself.
func newElector(o options, say func(string, ...any)) (*elector, error) {
	words := map[string]string{}
	for _, name := range []string{"namespace", "uid"} {
		word, err := firstWord(filepath.Join(o.credentials, name))
		if err != nil {
			return nil, err
		}
		words[name] = word
	}
	identity := words["uid"]
	pod, err := firstWord(filepath.Join(o.credentials, "name"))
	if err != nil {
		pod = ""
	}
	template, err := firstWord(filepath.Join(o.credentials, "template"))
	if err != nil {
		template = ""
	}
	if os.Getpid() != 1 {
		// What an earlier guard of this pod started may still run, so that one is another holder.
		var own [4]byte
		if _, err := rand.Read(own[:]); err != nil {
			return nil, err
		}
		identity += "/" + hex.EncodeToString(own[:])
	}
	server := o.server
	if server == "" {
		host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
		if host == "" || port == "" {
			return nil, errors.New("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; outside a pod name the API server by --server")
		}
		server = net.JoinHostPort(host, port)
	}
	leases := newKubernetes(server, o.credentials, words["namespace"])
	artifacts, names := leaseNames(o.scope, o.artifacts)
	return &elector{
		store: leases, identity: identity, names: names, artifacts: artifacts, times: o.times, pod: pod, workload: o.workload, template: template,
		address: leases.podAddress, owner: accountOf(filepath.Join(o.credentials, "token")),
		now: boottime, say: say, renew: make(chan struct{}, 1), watch: leases.watch,
	}, nil
}

// accountOf is an owner reference to the pod's service account, so that the Leases are removed with the release that
// brought it; or nil when the token does not name it. The token is of the kind that the kubelet projects: a JSON web
// token with a claim `kubernetes.io` (kubernetes/kubernetes, pkg/serviceaccount/claims.go).
func accountOf(path string) map[string]any {
	token, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	parts := strings.Split(strings.TrimSpace(string(token)), ".")
	if len(parts) != 3 {
		return nil
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var said struct {
		Kubernetes struct {
			Account struct{ Name, UID string } `json:"serviceaccount"`
		} `json:"kubernetes.io"`
	}
	if json.Unmarshal(claims, &said) != nil || said.Kubernetes.Account.UID == "" {
		return nil
	}
	account := said.Kubernetes.Account
	return map[string]any{"apiVersion": "v1", "kind": "ServiceAccount", "name": account.Name, "uid": account.UID}
}

func firstWord(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	word := strings.TrimSpace(string(content))
	if word == "" || strings.ContainsAny(word, " \n/") {
		return "", fmt.Errorf("%s should hold one word", path)
	}
	return word, nil
}

// install writes beside the target and renames, so that nobody sees half a program.
func install(folder string) error {
	source, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	partial, err := os.CreateTemp(folder, ".lease-guard-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(partial.Name()) }()
	if _, err := io.Copy(partial, source); err != nil {
		return err
	}
	if err := partial.Chmod(0o555); err != nil {
		return err
	}
	if err := partial.Close(); err != nil {
		return err
	}
	return os.Rename(partial.Name(), filepath.Join(folder, "lease-guard"))
}
