package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// times of a Lease. All are lengths on one machine's clock; no two clocks are ever compared.
type times struct {
	renew    time.Duration // between the starts of two renewals
	limit    time.Duration // how long after the start of its last renewal a holder may work
	duration time.Duration // how long a record must stay unchanged before another takes it
	request  time.Duration // longest time for one request
}

// smallestMargin lies between the moment at which a holder must have stopped and the one at which another may start:
// for the timer, for the kernel to end all processes, and for two clocks that do not run at quite the same speed.
const smallestMargin = 5 * time.Second

func (t times) check() error {
	switch {
	case t.renew < time.Second || t.request < 100*time.Millisecond:
		return errors.New("--renew must be at least 1s and --request at least 100ms")
	case t.limit < 2*t.renew+t.request:
		return fmt.Errorf("--limit %s is too short: with --renew %s and --request %s a single lost request would end the work; at least %s", t.limit, t.renew, t.request, 2*t.renew+t.request)
	case t.duration < t.limit+smallestMargin:
		return fmt.Errorf("--duration %s must exceed --limit %s by at least %s, or two could work at once", t.duration, t.limit, smallestMargin)
	}
	return nil
}

// elector takes, keeps and gives back the Leases of all artifacts that one server deploys.
//
// The first Lease in the order of names is the lead: it alone is renewed. The others name the lead and are only read.
// So a waiting guard takes such a Lease from a holder who is gone in two steps: it ends the lead by an update that
// fails if the holder renewed it in between, then it takes the Lease by an update that fails if anybody wrote it in
// between.
type elector struct {
	store     store
	identity  string
	names     []string          // of the Leases, sorted: the order in which every guard takes them
	artifacts map[string]string // by name of the Lease
	times     times
	pod       string
	workload  string        // of the pod: it alone serves the same clients
	template  string        // hash of the template that the pod was made from
	address   func() string // of the pod, once a request has shown it
	server    func() string // how far the server is, or nil where nothing tells
	owner     map[string]any
	// now is time since some fixed moment that goes on while the machine sleeps (CLOCK_BOOTTIME).
	now     func() time.Duration
	say     func(format string, values ...any)
	ending  atomic.Bool   // asked to stop: those who wait look more often, and who waits takes nothing any more
	awaited atomic.Bool   // another waits for a Lease that this holder has
	failing atomic.Bool   // the last renewal failed
	renew   chan struct{} // renews before its time
	// looked receives what each look while waiting shows, or why nothing could be read. It may be nil.
	looked func(view outlook, err error)
	// watch calls wake when a Lease may be free before the next look, until the context ends. It decides nothing, and
	// may be nil.
	watch func(ctx context.Context, name string, wake func())
}

// held is what the holder has: each record as it was last written or read, when that began, and until when it may work.
type held struct {
	records   map[string]record
	confirmed map[string]time.Duration
	until     time.Duration
}

// errTaken: another holds a Lease, so this holder must have stopped long ago.
var errTaken = errors.New("another holds the Lease")

const (
	retryInterval  = time.Second
	endingInterval = time.Second // between two renewals once the holder was asked to stop
)

func (e *elector) claim(name string) claim {
	c := claim{identity: e.identity, pod: e.pod, workload: e.workload, template: e.template, ending: e.ending.Load(), duration: e.times.duration, owner: e.owner}
	if e.address != nil {
		c.address = e.address()
	}
	switch {
	case name != e.names[0]:
		c.lead = e.names[0]
	case e.server != nil:
		c.server = e.server()
	}
	return c
}

// keep renews until the context ends, calling extend with each new end of the time to work; then it returns what it
// held last and no error. It returns errTaken as soon as it sees another holder. It does not end the work: its caller
// does, at the moment that extend received last.
func (e *elector) keep(ctx context.Context, has held, extend func(until time.Duration)) (held, error) {
	failing := false
	for last := has.confirmed[e.names[0]]; ; {
		pause := last + e.times.renew - e.now()
		if e.ending.Load() {
			pause = min(pause, endingInterval) // whether another waits yet decides when the work ends
		}
		if failing {
			pause = retryInterval
		}
		if !sleepOrWake(ctx, pause, e.renew) {
			return has, nil
		}
		start := e.now()
		err := e.renewAll(ctx, &has)
		e.awaited.Store(has.awaited())
		if ctx.Err() != nil {
			return has, nil
		}
		if errors.Is(err, errTaken) {
			return has, err
		}
		if until := has.end(e.times.limit); until > has.until {
			has.until = until
			extend(until)
		}
		if err != nil {
			if !failing || e.now()-start > retryInterval {
				e.say("could not renew the Lease (%v); %s left", err, (has.until - e.now()).Round(100*time.Millisecond))
			}
			failing = true
			e.failing.Store(true)
			continue
		}
		if failing {
			e.say("the Lease is renewed again")
		}
		failing, last = false, start
		e.failing.Store(false)
	}
}

// end is until when all that is held may be worked under.
func (h held) end(limit time.Duration) time.Duration {
	first, found := time.Duration(0), false
	for _, at := range h.confirmed {
		if !found || at < first {
			first, found = at, true
		}
	}
	return first + limit
}

// awaited reports whether another waits for something that is held.
func (h held) awaited() bool {
	for _, current := range h.records {
		if current.annotation(annotationNext) != "" {
			return true
		}
	}
	return false
}

// renewAll renews the lead and looks at some of the other Leases. Work under a Lease that was not confirmed for the
// limit ends, whichever it is, so whoever creates a deleted one again only has to wait as long as for any other.
func (e *elector) renewAll(ctx context.Context, has *held) error {
	lead := e.names[0]
	start := e.now()
	written, remade, err := e.hold(ctx, has.records[lead], lead)
	if err != nil {
		return err
	}
	if !remade {
		has.records[lead], has.confirmed[lead] = written, start
	}
	// A lead that was created again says nothing about the others: each is written, so that whoever counts on the old
	// lead sees the change, and the new one counts from then.
	others := e.due(has, start)
	if remade {
		others = e.names[1:]
	}
	for _, name := range others {
		at := e.now()
		next, err := e.confirm(ctx, has.records[name], name, remade)
		if errors.Is(err, errTaken) {
			return err
		}
		if err != nil {
			return err
		}
		has.records[name], has.confirmed[name] = next, at
	}
	if remade {
		has.records[lead], has.confirmed[lead] = written, start
	}
	return nil
}

// due are the Leases besides the lead that the last renewal did not look at: each is read at every second renewal.
func (e *elector) due(has *held, now time.Duration) []string {
	var names []string
	for _, name := range e.names[1:] {
		if now-has.confirmed[name] >= e.times.renew*3/2 {
			names = append(names, name)
		}
	}
	return names
}

// confirm reads one of the other Leases, and writes it when it must be changed or was deleted.
func (e *elector) confirm(ctx context.Context, last record, name string, write bool) (record, error) {
	if write {
		written, _, err := e.hold(ctx, last, name)
		return written, err
	}
	current, err := e.get(ctx, name)
	if errors.Is(err, errAbsent) || err == nil && (current.unknown() || current.holder() == e.identity && current.lead() != e.names[0]) {
		written, _, err := e.hold(ctx, last, name)
		return written, err
	}
	if err == nil && current.holder() != e.identity {
		return record{}, errTaken
	}
	return current, err
}

// hold writes a Lease that this holder has. `remade` reports that the Lease had been deleted and is created again:
// until then somebody else may have seen it missing.
func (e *elector) hold(ctx context.Context, last record, name string) (written record, remade bool, err error) {
	written, err = e.write(ctx, last, name)
	if !errors.Is(err, errConflict) && !errors.Is(err, errAbsent) {
		return written, false, err
	}
	// Our own write whose answer was lost, an upgrade, one who waits, another holder, a deleted Lease: the record
	// tells.
	current, err := e.get(ctx, name)
	if errors.Is(err, errAbsent) {
		written, err = e.create(ctx, newRecord(name, e.artifacts[name]).heldBy(e.claim(name), time.Now()))
		return written, true, err
	}
	if err != nil {
		return record{}, false, err
	}
	if current.holder() != e.identity && !current.unknown() {
		return record{}, false, errTaken
	}
	// What another created in place of a deleted one, or we did by a write whose answer was lost.
	remade = current.unknown() || text(current.metadata()["uid"]) != text(last.metadata()["uid"])
	written, err = e.write(ctx, current, name)
	return written, remade, err
}

// release gives everything back. Nothing of the work may run any more. It tries again for as long as the context lets
// it. The lead goes first: with it all others are free. They are cleared all the same, because the lead may be deleted
// later.
func (e *elector) release(ctx context.Context, has held) error {
	for index, name := range e.names {
		if err := e.giveBack(ctx, name, has.records[name]); err != nil && index == 0 {
			return err
		}
	}
	return nil
}

func (e *elector) giveBack(ctx context.Context, name string, current record) error {
	for {
		_, err := e.put(ctx, current.givenBack(time.Now()))
		if err == nil || errors.Is(err, errAbsent) {
			return nil
		}
		if !sleep(ctx, retryInterval/4) {
			return err
		}
		again, failure := e.get(ctx, name)
		if errors.Is(failure, errAbsent) {
			return nil
		}
		if failure == nil {
			if again.holder() != e.identity {
				return nil // given back by the write whose answer was lost, or another's already
			}
			current = again
		}
	}
}

// write takes or renews one Lease. A write that left the version as it was has changed nothing that a waiting one could
// see.
func (e *elector) write(ctx context.Context, current record, name string) (record, error) {
	written, err := e.put(ctx, current.heldBy(e.claim(name), time.Now()))
	if err != nil {
		return record{}, err
	}
	if written.version() == "" || written.version() == current.version() {
		return record{}, errors.New("the API server changed nothing")
	}
	if written.holder() != e.identity {
		return record{}, errors.New("the API server wrote something else")
	}
	return written, nil
}

func (e *elector) get(ctx context.Context, name string) (record, error) {
	bounded, cancel := context.WithTimeout(ctx, e.times.request)
	defer cancel()
	return e.store.get(bounded, name)
}

func (e *elector) put(ctx context.Context, next record) (record, error) {
	bounded, cancel := context.WithTimeout(ctx, e.times.request)
	defer cancel()
	return e.store.put(bounded, next)
}

func (e *elector) create(ctx context.Context, next record) (record, error) {
	if e.owner != nil {
		next = next.copied()
		next.metadata()["ownerReferences"] = []any{e.owner}
	}
	bounded, cancel := context.WithTimeout(ctx, e.times.request)
	defer cancel()
	return e.store.create(bounded, next)
}

// stopSoon says in the Lease that its holder was asked to stop, so that those who wait look more often.
func (e *elector) stopSoon() {
	if e.ending.Swap(true) || e.renew == nil {
		return
	}
	select {
	case e.renew <- struct{}{}:
	default:
	}
}

// sleepOrWake returns false when the context ended first, and early when it is woken.
func sleepOrWake(ctx context.Context, length time.Duration, woken <-chan struct{}) bool {
	if length <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-woken:
	}
	return ctx.Err() == nil
}

// sleep returns false when the context ended first.
func sleep(ctx context.Context, length time.Duration) bool {
	return sleepOrWake(ctx, length, nil)
}
