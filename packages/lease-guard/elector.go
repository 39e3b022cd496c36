package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// times of a Lease. All are lengths on one machine's clock; no two clocks are ever compared.
type times struct {
	renew    time.Duration // between the starts of two renewals
	limit    time.Duration // how long after the start of its last renewal a holder may work
	duration time.Duration // how long a record must stand unchanged before another takes it
	request  time.Duration // longest time for one request
}

// smallestMargin lies between the moment a holder must have stopped and the one in which another may start: for the timer,
// the kernel's end of all processes, and two clocks that do not run at quite the same speed.
const smallestMargin = 5 * time.Second

func (t times) check() error {
	switch {
	case t.renew < time.Second || t.request < 100*time.Millisecond:
		return errors.New("--renew is at least 1s and --request at least 100ms")
	case t.limit < 2*t.renew+t.request:
		return fmt.Errorf("--limit %s is too short: with --renew %s and --request %s a single lost request would end the work; at least %s", t.limit, t.renew, t.request, 2*t.renew+t.request)
	case t.duration < t.limit+smallestMargin:
		return fmt.Errorf("--duration %s must exceed --limit %s by at least %s, or two could work at once", t.duration, t.limit, smallestMargin)
	}
	return nil
}

// elector takes, keeps and gives back the Lease for one holder.
type elector struct {
	store    store
	identity string
	times    times
	// now is time since some fixed moment that goes on while the machine sleeps (CLOCK_BOOTTIME).
	now func() time.Duration
	say func(format string, values ...any)
}

// held is the Lease in the holder's hands: the record it wrote last, and until when it may work.
type held struct {
	record record
	until  time.Duration
}

// errTaken: another holds the Lease, so this holder must have stopped long ago.
var errTaken = errors.New("another holds the Lease")

const (
	pollInterval  = time.Second
	retryInterval = time.Second
)

// acquire waits until this holder has the Lease. It takes a Lease that it holds already (its container was restarted), one
// that was given back, and one that it has itself seen unchanged for the whole duration.
func (e *elector) acquire(ctx context.Context) (held, error) {
	var seen, said string
	var since time.Duration
	explain := func(reason string) {
		if reason != said {
			e.say("%s", reason)
			said = reason
		}
	}
	for first := true; ; first = false {
		if !first && !sleep(ctx, pollInterval) {
			return held{}, ctx.Err()
		}
		current, err := e.get(ctx)
		at := e.now() // after the answer: what it says was true at this moment at the latest
		if err != nil {
			explain(fmt.Sprintf("cannot read the Lease (%v); trying on", err))
			continue
		}
		if seen != current.version() {
			seen, since = current.version(), at
		}
		if current.holder() != e.identity && !current.released() && at-since < e.times.duration {
			if current.holder() == "" {
				explain(fmt.Sprintf("nobody is known to have held the Lease; waiting until it has stood unchanged for %s", e.times.duration))
			} else {
				explain(fmt.Sprintf("the Lease is held by %s; waiting until that one gives it back, or has not renewed it for %s", current.holder(), e.times.duration))
			}
			continue
		}
		got, err := e.write(ctx, current)
		if err != nil {
			explain(fmt.Sprintf("could not take the Lease (%v); trying on", err))
			continue
		}
		if e.now() < got.until {
			return got, nil
		}
	}
}

// keep renews until the context ends, calling extend with each new end of the time to work; then it returns the last that it
// held and no error. It returns errTaken as soon as it sees another holder. It does not end the work: whoever calls it does,
// at the moment that extend gave last.
func (e *elector) keep(ctx context.Context, has held, extend func(until time.Duration)) (held, error) {
	last := has.until - e.times.limit
	failing := false
	for {
		pause := last + e.times.renew - e.now()
		if failing {
			pause = retryInterval
		}
		if !sleep(ctx, pause) {
			return has, nil
		}
		start := e.now()
		got, err := e.write(ctx, has.record)
		if errors.Is(err, errConflict) {
			// Our own write whose answer was lost, an upgrade of the release, or another holder: the record tells.
			var current record
			if current, err = e.get(ctx); err == nil {
				if current.holder() != "" && current.holder() != e.identity {
					return has, errTaken
				}
				got, err = e.write(ctx, current)
			}
		}
		if ctx.Err() != nil {
			return has, nil
		}
		if err != nil {
			if !failing || e.now()-start > retryInterval {
				e.say("could not renew the Lease (%v); %s left", err, (has.until - e.now()).Round(100*time.Millisecond))
			}
			failing = true
			continue
		}
		if failing {
			e.say("the Lease is renewed again")
		}
		failing = false
		last, has = got.until-e.times.limit, got
		extend(has.until)
	}
}

// release gives the Lease back. Nothing of the work may run any more. It tries again for as long as the context lets it.
func (e *elector) release(ctx context.Context, has held) error {
	current := has.record
	for {
		_, err := e.put(ctx, current.givenBack(time.Now()))
		if err == nil {
			return nil
		}
		if !sleep(ctx, retryInterval/4) {
			return err
		}
		if again, failure := e.get(ctx); failure == nil {
			if again.holder() != e.identity {
				return nil // given back by the write whose answer was lost, or another's already
			}
			current = again
		}
	}
}

// write takes or renews. The time to work counts from before the request: the record may have been written at any moment
// since. A write that left the version as it was has changed nothing that a waiting one could see.
func (e *elector) write(ctx context.Context, current record) (held, error) {
	start := e.now()
	written, err := e.put(ctx, current.heldBy(e.identity, e.times.duration, time.Now()))
	if err != nil {
		return held{}, err
	}
	if written.version() == "" || written.version() == current.version() {
		return held{}, errors.New("the API server changed nothing")
	}
	if written.holder() != e.identity {
		return held{}, errors.New("the API server wrote something else")
	}
	return held{written, start + e.times.limit}, nil
}

func (e *elector) get(ctx context.Context) (record, error) {
	bounded, cancel := context.WithTimeout(ctx, e.times.request)
	defer cancel()
	return e.store.get(bounded)
}

func (e *elector) put(ctx context.Context, next record) (record, error) {
	bounded, cancel := context.WithTimeout(ctx, e.times.request)
	defer cancel()
	return e.store.put(bounded, next)
}

// sleep returns false when the context ended first.
func sleep(ctx context.Context, length time.Duration) bool {
	if length <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return ctx.Err() == nil
	}
}
