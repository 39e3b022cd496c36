package main

import (
	"sort"
	"sync"
	"time"
)

// second is what happened to the requests that were due in one second of the run.
type second struct {
	At     int `json:"at"`
	Good   int `json:"good"`
	Failed int `json:"failed"`
}

// report of one run. Times are milliseconds since 1970, lengths of time milliseconds.
type report struct {
	URL       string `json:"url"`
	Rate      int    `json:"rate"`
	KeepAlive bool   `json:"keepAlive"`
	// ConnectionAge is the longest use of one connection, 0 for ever.
	ConnectionAge  int64          `json:"connectionAge"`
	Begin          int64          `json:"begin"`
	End            int64          `json:"end"`
	Requests       int            `json:"requests"`
	Good           int            `json:"good"`
	Failed         int            `json:"failed"`
	FailuresByKind map[string]int `json:"failuresByKind"`
	FirstFailure   int64          `json:"firstFailure,omitempty"`
	LastFailure    int64          `json:"lastFailure,omitempty"`
	// LongestGap is the longest time between two answers, the start and the end of the run counting as answers.
	LongestGap int64 `json:"longestGap"`
	// Answers counts the first ten different contents, cut to 200 characters.
	Answers   map[string]int `json:"answers"`
	Latency   latency        `json:"latency"`
	PerSecond []second       `json:"perSecond"`
}

type latency struct {
	Median  float64 `json:"median"`
	Percent float64 `json:"percent99"`
	Most    float64 `json:"most"`
}

type collector struct {
	sync.Mutex
	report
	durations []float64
	good      []time.Time
	seconds   map[int64]*second
}

func newCollector(chosen settings) *collector {
	return &collector{
		report: report{
			URL:            chosen.target.String(),
			Rate:           chosen.rate,
			KeepAlive:      chosen.keepAlive,
			ConnectionAge:  chosen.age.Milliseconds(),
			FailuresByKind: map[string]int{},
			Answers:        map[string]int{},
		},
		seconds: map[int64]*second{},
	}
}

func (c *collector) add(due time.Time, result outcome) {
	c.Lock()
	defer c.Unlock()
	c.Requests++
	slot := c.seconds[due.Unix()]
	if slot == nil {
		slot = &second{}
		c.seconds[due.Unix()] = slot
	}
	if result.kind != "" {
		c.Failed++
		slot.Failed++
		c.FailuresByKind[result.kind]++
		at := due.UnixMilli()
		if c.FirstFailure == 0 || at < c.FirstFailure {
			c.FirstFailure = at
		}
		c.LastFailure = max(c.LastFailure, at)
		return
	}
	c.Good++
	slot.Good++
	c.good = append(c.good, result.end)
	c.durations = append(c.durations, float64(result.end.Sub(due).Microseconds())/1000)
	content := result.body
	if len(content) > 200 {
		content = content[:200]
	}
	if _, known := c.Answers[content]; known || len(c.Answers) < 10 {
		c.Answers[content]++
	}
}

func (c *collector) finish(begin time.Time) report {
	end := time.Now()
	c.Begin, c.End = begin.UnixMilli(), end.UnixMilli()
	sort.Slice(c.good, func(a, b int) bool { return c.good[a].Before(c.good[b]) })
	previous := begin
	for _, at := range append(c.good, end) {
		c.LongestGap = max(c.LongestGap, at.Sub(previous).Milliseconds())
		previous = at
	}
	sort.Float64s(c.durations)
	if count := len(c.durations); count > 0 {
		c.Latency = latency{c.durations[count/2], c.durations[count*99/100], c.durations[count-1]}
	}
	for at, slot := range c.seconds {
		slot.At = int(at - begin.Unix())
		c.PerSecond = append(c.PerSecond, *slot)
	}
	sort.Slice(c.PerSecond, func(a, b int) bool { return c.PerSecond[a].At < c.PerSecond[b].At })
	return c.report
}
