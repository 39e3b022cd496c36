package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// sighting is what a waiting guard knows of one Lease: what it read, and since when that has not changed.
type sighting struct {
	record record
	// lead is the Lease that the record's holder renews, when that is another one; empty when that does not exist.
	lead  record
	token string // versions of both
	since time.Duration
	own   time.Duration // since when the record alone has not changed
}

const (
	// courtesy is how long a Lease that was given back is left to the guard that started to wait last: after a change
	// of the release that is the new pod, and a pod that is about to end should not start its server once more.
	courtesy = 3 * time.Second
	// quickly is the time between two looks while the holder is about to end.
	quickly = 250 * time.Millisecond
)

// acquire waits until this holder has the Leases of all artifacts. It takes only when it may take all, so no guard
// waits for one Lease while it keeps another from its owner; and in the order of names, so of two guards one takes all.
func (e *elector) acquire(ctx context.Context) (held, error) {
	w := &waiting{elector: e, seen: map[string]*sighting{}}
	woken := make(chan struct{}, 1)
	if e.watch != nil {
		watching, stop := context.WithCancel(ctx)
		defer stop()
		go e.watch(watching, e.names[0], func() {
			select {
			case woken <- struct{}{}:
			default:
			}
		})
	}
	for first := true; ; first = false {
		if !first && !sleepOrWake(ctx, w.pause, woken) {
			return held{}, ctx.Err()
		}
		reason, err := w.look(ctx, first)
		if e.looked != nil {
			e.looked(w.outlook(), err)
		}
		if err != nil {
			w.pause = retryInterval
			w.explain(fmt.Sprintf("cannot read the Lease (%v); trying again", err))
			continue
		}
		if e.ending.Load() {
			continue
		}
		if reason != "" {
			w.explain(reason)
			continue
		}
		got, err := w.take(ctx)
		if err == nil && e.now() < got.until {
			return got, nil
		}
		if err != nil {
			w.pause = quickly + e.times.renew/8
			w.explain(fmt.Sprintf("could not take the Lease (%v); trying again", err))
		}
	}
}

// waiting is one wait of an elector.
type waiting struct {
	*elector
	seen       map[string]*sighting
	pause      time.Duration // until the next look
	said       string
	registered bool
}

func (w *waiting) explain(reason string) {
	if reason != w.said {
		w.say("%s", reason)
		w.said = reason
	}
}

// look reads the Leases and returns why they cannot be taken yet. The first look reads all, so that the waits for those
// that nobody is known to hold begin together; later ones end at the first Lease that cannot be taken.
func (w *waiting) look(ctx context.Context, all bool) (reason string, err error) {
	w.pause = w.times.renew / 4
	for _, name := range w.names {
		changed, err := w.read(ctx, name)
		if err != nil {
			return "", err
		}
		s := w.seen[name]
		blocked, left := w.blocked(s)
		if blocked == "" || reason != "" {
			continue
		}
		reason = blocked
		if changed {
			w.pause = w.times.renew * 9 / 10 // shortly before the next renewal, so that it is seen soon after it
		}
		if s.record.annotation(annotationEnding) != "" || s.lead.annotation(annotationEnding) != "" || s.record.released() {
			w.pause = quickly
		}
		w.pause = min(w.pause, left)
		if !all {
			break
		}
	}
	if reason != "" && !w.ending.Load() {
		w.register(ctx)
	}
	return reason, nil
}

// outlook is what a look shows for the connections that come to a pod that waits.
type outlook struct {
	address string // of the pod of the same workload that works, or empty
	served  bool   // that pod works on, or this one follows it
	follows bool   // nobody works, and this pod is the next
}

// outlook leaves out what pods of other workloads do: they need not have what the clients of this one ask for.
func (w *waiting) outlook() (view outlook) {
	for _, name := range w.names {
		s := w.seen[name]
		if s == nil {
			continue
		}
		next := s.record.annotation(annotationNext)
		if s.record.holder() == "" {
			view.follows = view.follows || s.record.released() && next == w.identity
			continue
		}
		owner := s.owner()
		if of := owner.annotation(annotationWorkload); of != w.workload && of != "" {
			continue
		}
		view.address = owner.annotation(annotationAddress)
		view.served = owner.annotation(annotationEnding) == "" || next == w.identity
		return view
	}
	return view
}

// owner is the record that the holder renews, which says most about it.
func (s *sighting) owner() record {
	if s.lead.object != nil && s.lead.holder() == s.record.holder() {
		return s.lead
	}
	return s.record
}

// read looks at one Lease, which is created when it does not exist, and at the lead of its holder.
func (w *waiting) read(ctx context.Context, name string) (changed bool, err error) {
	current, err := w.get(ctx, name)
	if errors.Is(err, errAbsent) {
		current, err = w.create(ctx, newRecord(name, w.artifacts[name]))
	}
	if err != nil {
		return false, err
	}
	next := &sighting{record: current, token: current.version()}
	if lead := current.lead(); current.holder() != "" && lead != "" && current.holder() != w.identity {
		next.lead, err = w.get(ctx, lead)
		if err != nil && !errors.Is(err, errAbsent) {
			return false, err
		}
		next.token += " " + next.lead.version()
	}
	next.since = w.now() // after the answers: what they say was true at this moment at the latest
	next.own = next.since
	last := w.seen[name]
	if last != nil && last.record.version() == current.version() {
		next.own = last.own
	}
	if last != nil && last.token == next.token {
		next.since = last.since
		w.seen[name] = next
		return false, nil
	}
	// A look ends at the first Lease that cannot be taken, which is mostly the lead of the others: since when that has
	// not changed is known, and they need not be waited for one after the other.
	if lead := w.seen[current.lead()]; next.lead.object != nil && lead != nil && lead.record.version() == next.lead.version() {
		next.since = max(next.own, lead.own)
	}
	w.seen[name] = next
	return true, nil
}

// blocked says why a Lease cannot be taken yet, and after what time it may be when nothing changes.
func (w *waiting) blocked(s *sighting) (reason string, left time.Duration) {
	stood := w.now() - s.since
	left = w.patience(s) - stood
	switch {
	case s.record.isOf(w.identity, w.pod):
		return "", 0
	case s.record.released():
		next := s.record.annotation(annotationNext)
		if next == "" || next == w.identity || stood >= courtesy {
			return "", 0
		}
		return "the Lease was given back, and left to a pod that started later", courtesy - stood
	case s.record.lead() != "" && s.lead.lost(s.record):
		return "", 0 // its holder gave back the lead, or lost it: it had ended before that was written
	case left <= 0:
		return "", 0
	case s.record.unknown():
		return fmt.Sprintf("nobody is known to have held the Lease of %s; waiting until it has not changed for %s", w.artifacts[s.record.name()], w.patience(s)), left
	default:
		return fmt.Sprintf("the Lease of %s is held by %s; waiting until it is given back, or was not renewed for %s", w.artifacts[s.record.name()], holderName(s.record), w.patience(s)), left
	}
}

// patience is how long a Lease must not change before it is taken: as long as this guard's own times say, and as long
// as the holder's do, which may be those of another release or of an earlier one.
func (w *waiting) patience(s *sighting) time.Duration {
	return max(w.times.duration, s.record.duration(), s.lead.duration())
}

func holderName(r record) string {
	if pod := r.annotation(annotationPod); pod != "" {
		return "pod " + pod
	}
	return r.holder()
}

// register notes in each Lease that another holds that this guard is to take it next: in its first look if it may be
// preferred to the one that is noted, later only where nobody is. When the note is lost, nothing but the courtesy is.
func (w *waiting) register(ctx context.Context) {
	first := !w.registered
	w.registered = true
	for _, name := range w.names {
		for range 3 {
			s := w.seen[name]
			if s == nil || s.record.holder() == "" || s.record.holder() == w.identity || !w.precedes(s, first) {
				break
			}
			if _, err := w.put(ctx, s.record.withNext(w.identity)); !errors.Is(err, errConflict) {
				break
			}
			if _, err := w.read(ctx, name); err != nil {
				break
			}
		}
	}
}

// precedes reports whether this guard takes the Lease rather than the one that is noted to be next. One that starts
// goes before those that started earlier. But a pod of the holder's own template that starts while the holder is to go
// on is there because a change adds replicas first, and the change replaces it soon (kubernetes/kubernetes,
// pkg/controller/deployment/sync.go, scale).
func (w *waiting) precedes(s *sighting, first bool) bool {
	switch next, owner := s.record.annotation(annotationNext), s.owner(); {
	case next == "":
		return true
	case next == w.identity || !first:
		return false
	default:
		return w.template == "" || owner.annotation(annotationTemplate) != w.template || owner.annotation(annotationEnding) != ""
	}
}

// unregister takes the note back: a guard that is asked to stop while it waits takes nothing any more.
func (e *elector) unregister(ctx context.Context) {
	for _, name := range e.names {
		for range 5 {
			current, err := e.get(ctx, name)
			if err != nil || current.annotation(annotationNext) != e.identity {
				break
			}
			if _, err = e.put(ctx, current.withNext("")); !errors.Is(err, errConflict) {
				break
			}
		}
	}
}

// take writes all Leases, the lead first. When one cannot be taken, those taken before are given back.
func (w *waiting) take(ctx context.Context) (held, error) {
	has := held{records: map[string]record{}, confirmed: map[string]time.Duration{}}
	start := w.now()
	for _, name := range w.names {
		s := w.seen[name]
		err := w.endLead(ctx, s, has)
		if err == nil {
			var written record
			if written, err = w.write(ctx, s.record, name); err == nil {
				has.records[name], has.confirmed[name] = written, start
				continue
			}
		}
		if errors.Is(err, errRefused) {
			w.owner = nil // some clusters let nobody change owners who may not delete; the Leases then stay with their first
		}
		w.undo(ctx, has)
		return held{}, err
	}
	has.until = start + w.times.limit
	return has, nil
}

// endLead ends the lead of a holder that has not renewed it for the whole duration. Its next renewal then fails,
// however late it comes. A lead that this guard has taken itself is ended already.
func (w *waiting) endLead(ctx context.Context, s *sighting, has held) error {
	lead := s.lead
	if lead.object == nil || lead.holder() != s.record.holder() || s.record.holder() == "" {
		return nil
	}
	if _, own := has.records[lead.name()]; own {
		return nil
	}
	_, err := w.put(ctx, lead.givenBack(time.Now()))
	return err
}

func (w *waiting) undo(ctx context.Context, has held) {
	for _, name := range w.names {
		if current, taken := has.records[name]; taken {
			_, _ = w.put(ctx, current.givenBack(time.Now()))
		}
	}
}
