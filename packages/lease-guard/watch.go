package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

const (
	// watchLength is how long the API server keeps one watch; then the next one begins.
	watchLength = 5 * time.Minute
	// watchPause lies between two watches, for instance when the account may not watch.
	watchPause = 10 * time.Second
	// longestEvent is more than a Lease takes; after a longer one the watch begins again.
	longestEvent = 64 << 10
)

// watch calls wake each time the Lease shows that it may soon be free: its holder was asked to stop, gave it back, or
// it was deleted. So a planned move need not wait for the next look. It decides nothing: whoever is woken looks, and a
// watch that hangs, ends, or is refused only leaves those who wait to their own looks.
func (k *kubernetes) watch(ctx context.Context, name string, wake func()) {
	for {
		_ = k.watchOnce(ctx, name, wake)
		if !sleep(ctx, watchPause) {
			return
		}
	}
}

func (k *kubernetes) watchOnce(ctx context.Context, name string, wake func()) error {
	bounded, cancel := context.WithTimeout(ctx, watchLength+watchPause)
	defer cancel()
	query := url.Values{
		"watch":          {"true"},
		"fieldSelector":  {"metadata.name=" + name},
		"timeoutSeconds": {"300"},
	}
	request, err := k.request(bounded, http.MethodGet, "?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	response, err := k.client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return errRefused
	}
	for lines := bufio.NewReaderSize(response.Body, longestEvent); ; {
		line, tooLong, err := lines.ReadLine()
		if err != nil || tooLong {
			return err
		}
		var event struct {
			Type   string
			Object json.RawMessage
		}
		if json.Unmarshal(line, &event) != nil {
			continue
		}
		lease, err := parseRecord(event.Object)
		if event.Type == "DELETED" || err == nil && (lease.holder() == "" || lease.annotation(annotationEnding) != "") {
			wake()
		}
	}
}
