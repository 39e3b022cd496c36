// Command load sends requests at a constant rate for a bounded time and reports, as one JSON document, what became of
// each. It repeats nothing: every request that got no success is one failure.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// settings of one run. The bounds on rate, duration and workers keep a mistake from becoming a flood.
type settings struct {
	target    *url.URL
	address   string
	rate      int
	duration  time.Duration
	timeout   time.Duration
	workers   int
	keepAlive bool
	// age is how long a connection is used before a new one takes its place; 0 is for ever.
	age time.Duration
}

func main() {
	chosen, err := readSettings(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	result := run(chosen, stop)
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		os.Exit(1)
	}
}

func readSettings(arguments []string) (settings, error) {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	target := flags.String("url", "", "address to ask")
	rate := flags.Int("rate", 100, "requests a second, 1000 at most")
	duration := flags.Duration("duration", 10*time.Second, "how long, 15 minutes at most")
	timeout := flags.Duration("timeout", 5*time.Second, "time for one request with its connection")
	workers := flags.Int("workers", 100, "requests under way at most, each on a connection of its own")
	keepAlive := flags.Bool("keep-alive", true, "use a connection for many requests")
	age := flags.Duration("connection-age", 0, "longest use of one connection, 0 for ever")
	if err := flags.Parse(arguments); err != nil {
		return settings{}, err
	}
	parsed, err := url.Parse(*target)
	if err != nil || parsed.Hostname() == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return settings{}, fmt.Errorf("-url %q: an http or https address is wanted", *target)
	}
	if *rate < 1 || *rate > 1000 || *duration <= 0 || *duration > 15*time.Minute || *workers < 1 || *workers > 500 || *age < 0 {
		return settings{}, fmt.Errorf("out of bounds: -rate 1 to 1000, -duration up to 15m, -workers 1 to 500")
	}
	address, err := privateAddress(parsed)
	if err != nil {
		return settings{}, err
	}
	return settings{parsed, address, *rate, *duration, *timeout, *workers, *keepAlive, *age}, nil
}

// privateAddress resolves the target once and refuses a public address: load is for test clusters only.
func privateAddress(target *url.URL) (string, error) {
	addresses, err := net.LookupIP(target.Hostname())
	if err != nil {
		return "", err
	}
	for _, address := range addresses {
		if address.To4() == nil {
			continue
		}
		if !address.IsPrivate() && !address.IsLoopback() {
			return "", fmt.Errorf("%s is %s, a public address: refused", target.Hostname(), address)
		}
		port := target.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[target.Scheme]
		}
		return net.JoinHostPort(address.String(), port), nil
	}
	return "", fmt.Errorf("%s has no IPv4 address", target.Hostname())
}

// patience is how long a request waits for a worker: a hiccup of the client's own machine is no failure of the server.
const patience = 250 * time.Millisecond

// run keeps the rate whatever the answers take: a slow server does not slow the client, it uses up its workers, and a
// request that finds none free is counted as "not sent".
func run(chosen settings, stop <-chan os.Signal) report {
	turns := make(chan time.Time)
	collector := newCollector(chosen)
	var workers sync.WaitGroup
	for range chosen.workers {
		workers.Add(1)
		go func() {
			defer workers.Done()
			client := client{settings: chosen}
			defer client.close()
			for due := range turns {
				collector.add(due, client.ask())
			}
		}()
	}
	begin := time.Now()
	interval := time.Second / time.Duration(chosen.rate)
loop:
	for count := 0; ; count++ {
		due := begin.Add(time.Duration(count) * interval)
		if due.Sub(begin) >= chosen.duration {
			break
		}
		select {
		case <-stop:
			break loop
		case <-time.After(time.Until(due)):
		}
		select {
		case turns <- due:
		case <-time.After(patience):
			collector.add(due, outcome{kind: "not sent: no worker free", end: time.Now()})
		}
	}
	close(turns)
	workers.Wait()
	return collector.finish(begin)
}
