package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// task fires at an interval, `count` times or without end (-1), and calls an address each time.
type task struct {
	name     string
	interval time.Duration
	count    int
	address  string
}

type taskXML struct {
	Trigger *struct {
		Count    string `xml:"count,attr"`
		Interval string `xml:"interval,attr"`
		Once     string `xml:"once,attr"`
		Cron     string `xml:"cron,attr"`
	} `xml:"trigger"`
	Properties []struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	} `xml:"property"`
}

var callAddress = regexp.MustCompile(`uri-template="(http://[^"]+)"`)

// readTask understands triggers of an interval, of `once`, and cron expressions of whole seconds ("0/5 * * * * ?").
func readTask(name string, text []byte, sequences map[string][]byte) (task, error) {
	var parsed taskXML
	if err := xml.Unmarshal(text, &parsed); err != nil {
		return task{}, err
	}
	read := task{name: name, count: 1}
	if trigger := parsed.Trigger; trigger != nil && trigger.Once != "true" {
		switch {
		case trigger.Interval != "" && trigger.Cron != "":
			return task{}, errors.New("both interval and cron")
		case trigger.Cron != "":
			seconds, found := strings.CutSuffix(trigger.Cron, " * * * * ?")
			step := seconds[strings.LastIndex(seconds, "/")+1:]
			number, err := strconv.Atoi(step)
			if !found || err != nil || !strings.Contains(seconds, "/") {
				return task{}, errors.New("the stand-in does not know the cron expression " + trigger.Cron)
			}
			read.interval, read.count = time.Duration(number)*time.Second, -1
		case trigger.Interval != "":
			number, err := strconv.Atoi(trigger.Interval)
			if err != nil || number < 1 {
				return task{}, errors.New("interval " + trigger.Interval)
			}
			read.interval, read.count = time.Duration(number)*time.Second, -1
			if count, err := strconv.Atoi(trigger.Count); err == nil {
				read.count = count
			}
		}
	}
	for _, property := range parsed.Properties {
		if property.Name != "sequenceName" {
			continue
		}
		if found := callAddress.FindSubmatch(sequences[property.Value]); found != nil {
			read.address = string(found[1])
		}
	}
	return read, nil
}

// run fires at once and then at each interval, until the context ends or the count is used up.
func (t task) run(end context.Context) {
	if t.count == 0 {
		return
	}
	pod, _ := os.Hostname()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for fired := 1; ; fired++ {
		// The line says who fired even when the network does not carry the call.
		say("TICK task=%s pod=%s at=%d", t.name, pod, time.Now().UnixMilli())
		if t.address != "" {
			go func() {
				answer, err := client.Get(t.address + "?firing=" + strconv.Itoa(fired))
				if err != nil {
					warn("task %s: %v", t.name, err)
					return
				}
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
			}()
		}
		if fired == t.count {
			return
		}
		select {
		case <-end.Done():
			return
		case <-time.After(t.interval):
		}
	}
}
