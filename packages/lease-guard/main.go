// Command lease-guard runs a server while it holds a Kubernetes Lease, and kills it before another can hold that Lease.
// See README.md.
package main

import (
	"crypto/rand"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const usage = `usage: lease-guard install FOLDER
       lease-guard run --lease NAME [options] -- COMMAND [ARGUMENT...]

install copies this program into FOLDER. run waits for the Lease, runs COMMAND while it is held, and ends as COMMAND does;
it ends with 75 when the Lease could not be renewed and everything was killed.

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
		e, command, err := prepare(words[1:], say)
		if err != nil {
			say("%v", err)
			os.Exit(exitUsage)
		}
		os.Exit(guard(e, command))
	default:
		_, _ = fmt.Fprint(os.Stderr, usage)
		os.Exit(exitUsage)
	}
}

// prepare reads options, credentials and the pod's name for itself.
func prepare(words []string, say func(string, ...any)) (*elector, []string, error) {
	options := flag.NewFlagSet("run", flag.ContinueOnError)
	options.Usage = func() {
		_, _ = fmt.Fprint(options.Output(), usage)
		options.PrintDefaults()
	}
	lease := options.String("lease", "", "name of the Lease, in the pod's namespace")
	credentials := options.String("credentials", "/var/run/lease-guard", "folder with token, ca.crt, namespace and uid")
	server := options.String("server", "", "HOST:PORT of the API server (default: the cluster's own, from the environment)")
	var t times
	options.DurationVar(&t.renew, "renew", 5*time.Second, "time between two renewals")
	options.DurationVar(&t.limit, "limit", 25*time.Second, "how long after the start of the last renewal COMMAND may run")
	options.DurationVar(&t.duration, "duration", 40*time.Second, "how long the Lease must stand unchanged before it is taken from another")
	options.DurationVar(&t.request, "request", 4*time.Second, "longest time for one request")
	if err := options.Parse(words); err != nil {
		return nil, nil, err
	}
	command := options.Args()
	if *lease == "" || len(command) == 0 {
		return nil, nil, fmt.Errorf("--lease NAME and a command behind -- are needed")
	}
	if err := t.check(); err != nil {
		return nil, nil, err
	}
	namespace, err := firstWord(filepath.Join(*credentials, "namespace"))
	if err != nil {
		return nil, nil, err
	}
	identity, err := firstWord(filepath.Join(*credentials, "uid"))
	if err != nil {
		return nil, nil, err
	}
	if os.Getpid() != 1 {
		// What an earlier guard of this pod started may still run, so that one is another holder.
		var own [4]byte
		if _, err := rand.Read(own[:]); err != nil {
			return nil, nil, err
		}
		identity += "/" + hex.EncodeToString(own[:])
	}
	if *server == "" {
		host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
		if host == "" || port == "" {
			return nil, nil, fmt.Errorf("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; outside a pod name the API server by --server")
		}
		*server = net.JoinHostPort(host, port)
	}
	return &elector{store: newKubernetes(*server, *credentials, namespace, *lease), identity: identity, times: t, now: boottime, say: say}, command, nil
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
