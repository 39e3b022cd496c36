package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// world is an API server with Leases, a bad network to it, and a record of who works on what. Its time is that of
// synctest.
type world struct {
	mutex    sync.Mutex
	random   *rand.Rand
	version  int
	objects  map[string]map[string]any  // Leases by name
	working  map[string]map[string]bool // who works, by artifact
	overlaps []string
	takings  int
	moves    int // times an artifact was worked on by a pod of another set than before
	last     map[string]string
	worked   time.Duration
}

// task is the name of the Lease in tests with one artifact.
var task = leaseName("", "task")

func newWorld(seed int64) *world {
	return &world{random: rand.New(rand.NewSource(seed)), objects: map[string]map[string]any{}, working: map[string]map[string]bool{}, last: map[string]string{}}
}

func (w *world) chance(of float64) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.random.Float64() < of
}

func (w *world) between(least, most time.Duration) time.Duration {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return least + time.Duration(w.random.Int63n(int64(most-least)))
}

// touch writes what is not the guards' business, as another controller may.
func (w *world) touch(name string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.objects[name] != nil {
		w.stamp(name)
	}
}

func (w *world) remove(name string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.objects, name)
}

// stamp gives a Lease the next version.
func (w *world) stamp(name string) {
	w.version++
	object := record{w.objects[name]}.copied().object
	object["metadata"].(map[string]any)["resourceVersion"] = strconv.Itoa(w.version)
	w.objects[name] = object
}

func (w *world) read(name string) (record, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.objects[name] == nil {
		return record{}, errAbsent
	}
	return record{w.objects[name]}, nil
}

func (w *world) write(next record) (record, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	current := w.objects[next.name()]
	switch {
	case current == nil:
		return record{}, errAbsent
	case next.version() != (record{current}).version():
		return record{}, errConflict
	}
	w.objects[next.name()] = next.object
	w.stamp(next.name())
	return record{w.objects[next.name()]}, nil
}

func (w *world) make(next record) (record, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.objects[next.name()] != nil {
		return record{}, errConflict
	}
	object := next.copied().object
	object["metadata"].(map[string]any)["uid"] = fmt.Sprintf("uid-%d", w.version+1)
	w.objects[next.name()] = object
	w.stamp(next.name())
	return record{w.objects[next.name()]}, nil
}

func (w *world) begin(who string, artifacts []string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	set := strings.Join(artifacts, "+")
	for _, artifact := range artifacts {
		for other := range w.working[artifact] {
			w.overlaps = append(w.overlaps, fmt.Sprintf("%s: %s and %s", artifact, who, other))
		}
		if w.working[artifact] == nil {
			w.working[artifact] = map[string]bool{}
		}
		w.working[artifact][who] = true
		if w.last[artifact] != "" && w.last[artifact] != set {
			w.moves++
		}
		w.last[artifact] = set
	}
	w.takings++
}

func (w *world) end(who string, artifacts []string, after time.Duration) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, artifact := range artifacts {
		delete(w.working[artifact], who)
	}
	w.worked += after
}

// line is one guard's way to the API server. A request can be late, by more than its sender waits, and is then carried
// out all the same; it or its answer can be lost.
type line struct {
	world    *world
	cutUntil time.Time
}

type answer struct {
	record record
	err    error
}

func (l *line) do(ctx context.Context, work func() (record, error)) (record, error) {
	w := l.world
	answered := make(chan answer, 1)
	cut := time.Now().Before(l.cutUntil)
	go func() {
		switch {
		case w.chance(0.05):
			time.Sleep(w.between(0, 30*time.Second))
		default:
			time.Sleep(w.between(0, 300*time.Millisecond))
		}
		if cut || w.chance(0.05) {
			return
		}
		if w.chance(0.03) {
			answered <- answer{err: errors.New("the API server answered 500")}
			return
		}
		got, err := work()
		if w.chance(0.1) {
			return
		}
		time.Sleep(w.between(0, 300*time.Millisecond))
		answered <- answer{got, err}
	}()
	select {
	case <-ctx.Done():
		return record{}, ctx.Err()
	case got := <-answered:
		return got.record, got.err
	}
}

func (l *line) get(ctx context.Context, name string) (record, error) {
	return l.do(ctx, func() (record, error) { return l.world.read(name) })
}
func (l *line) put(ctx context.Context, next record) (record, error) {
	return l.do(ctx, func() (record, error) { return l.world.write(next) })
}
func (l *line) create(ctx context.Context, next record) (record, error) {
	return l.do(ctx, func() (record, error) { return l.world.make(next) })
}

// plan is what a simulation does. `sets` are the artifacts of the workloads that the release has had at one time or
// another: its pods live side by side, as they do while it changes.
type plan struct {
	seed   int64
	sets   [][]string
	pods   int
	length time.Duration
	times  times
	other  times         // of some of the pods, when a change of the release changes the times
	late   time.Duration // the longest time by which the end of a server's processes may be late
	// protocol makes a guard's Leases for a pod; a wrong one is the proof that the simulation finds what it looks for.
	protocol func(way store, pod string, set []string) (store, map[string]string, []string)
	deletes  float64 // share of the disturbances that delete a Lease
}

// rightProtocol: the Leases belong to the artifacts.
func rightProtocol(way store, _ string, set []string) (store, map[string]string, []string) {
	artifacts, names := leaseNames("", set)
	return way, artifacts, names
}

// live is the life of a pod's containers, one after another, until the world ends: each waits for the Leases, works,
// and ends in order, by a crash, or because the time to work is over. At times a pod of another workload takes its
// place.
func live(world context.Context, w *world, pod string, p plan) {
	drift := 1 + (w.between(0, 2*time.Millisecond) - time.Millisecond).Seconds() // clocks run faster or slower by up to 1 in 1000
	start := time.Now()
	now := func() time.Duration { return time.Duration(float64(time.Since(start))*drift) + time.Hour }
	way := &line{world: w}
	identity, set := pod, p.sets[w.between(0, time.Duration(len(p.sets)))]
	for world.Err() == nil {
		if w.chance(0.4) { // a new pod, of the same workload or of another
			identity, set = fmt.Sprintf("%s-%d", pod, w.between(0, time.Second)), p.sets[w.between(0, time.Duration(len(p.sets)))]
		}
		leases, artifacts, names := p.protocol(way, identity, set)
		own := p.times
		if p.other.renew > 0 && len(identity)%2 == 0 {
			own = p.other
		}
		e := &elector{store: leases, identity: identity, names: names, artifacts: artifacts, times: own, now: now, renew: make(chan struct{}, 1), say: func(string, ...any) {}}
		acquiring, give := context.WithTimeout(world, w.between(time.Second, 10*time.Minute))
		has, err := e.acquire(acquiring)
		give()
		if err == nil {
			work(world, w, e, way, has, p.late, set)
		}
		sleep(world, w.between(0, 20*time.Second))
	}
}

func work(world context.Context, w *world, e *elector, way *line, has held, late time.Duration, set []string) {
	until := make(chan time.Duration, 100)
	until <- has.until
	keeping, stop := context.WithCancel(world)
	defer stop()
	kept, taken := make(chan held, 1), make(chan struct{})
	begun := time.Now()
	w.begin(e.identity, set)
	go func() {
		last, err := e.keep(keeping, has, func(next time.Duration) { until <- next })
		if err != nil {
			close(taken)
		}
		kept <- last
	}()
	own := time.After(w.between(time.Second, 10*time.Minute))
	cut := time.After(w.between(time.Second, 5*time.Minute))
	timer := time.NewTimer(0)
	ends := has.until
	for {
		timer.Reset(ends - e.now())
		select {
		case ends = <-until:
			continue
		case <-cut:
			way.cutUntil = time.Now().Add(w.between(0, 2*time.Minute))
			continue
		case <-taken:
		case <-timer.C:
			time.Sleep(w.between(0, late)) // the timer, the kill and the processes take their time
		case <-world.Done():
		case <-own:
			if w.chance(0.7) {
				e.stopSoon()
				time.Sleep(w.between(0, e.times.limit/4)) // the server ends
			}
			w.end(e.identity, set, time.Since(begun))
			if w.chance(0.6) {
				stop()
				giving, enough := context.WithTimeout(world, releasePatience)
				_ = e.release(giving, <-kept)
				enough()
			}
			return
		}
		w.end(e.identity, set, time.Since(begun))
		return
	}
}

func simulate(t *testing.T, p plan) (result *world) {
	if p.protocol == nil {
		p.protocol = rightProtocol
	}
	synctest.Test(t, func(*testing.T) {
		w := newWorld(p.seed)
		ctx, end := context.WithTimeout(context.Background(), p.length)
		defer end()
		var all sync.WaitGroup
		for index := range p.pods {
			all.Go(func() { live(ctx, w, fmt.Sprintf("pod-%d", index), p) })
		}
		all.Go(func() {
			for sleep(ctx, w.between(time.Second, 3*time.Minute)) {
				set := p.sets[w.between(0, time.Duration(len(p.sets)))]
				name := leaseName("", set[w.between(0, time.Duration(len(set)))])
				w.touch(name)
				for w.chance(p.deletes) { // sometimes several times within moments
					w.remove(name)
					sleep(ctx, w.between(0, 10*time.Second))
				}
			}
		})
		all.Wait()
		time.Sleep(time.Minute) // what is still under way
		result = w
	})
	return result
}

var usual = times{renew: 5 * time.Second, limit: 25 * time.Second, duration: 40 * time.Second, request: 4 * time.Second}

// quick are the times of workloads that have a standby: those of client-go.
var quick = times{renew: 2 * time.Second, limit: 10 * time.Second, duration: 15 * time.Second, request: 4 * time.Second}

// patterns are the workloads of a release that goes from one server for all to one for each, is regrouped, and back.
var patterns = [][]string{{"a", "b", "c", "d"}, {"a"}, {"b"}, {"c"}, {"d"}, {"a", "b"}, {"b", "c"}, {"c", "d"}, {"d", "a", "b"}}

var (
	alone  = [][]string{{"task"}}
	cycles = map[string]struct {
		times, other times
		sets         [][]string
		pods         int
		deletes      float64
	}{
		"one artifact":                    {usual, times{}, alone, 2, 0.3},
		"one artifact, quick times":       {quick, times{}, alone, 3, 0.3},
		"moves between sets":              {usual, times{}, patterns, 6, 0.3},
		"moves between sets, quick times": {quick, times{}, patterns, 8, 0.3},
		// A Lease that was deleted does not say how long its holder may work, so this is the one thing that is not
		// promised.
		"times that change": {quick, usual, patterns, 8, 0},
	}
)

// Pods of many workloads side by side, clocks that differ, a network that delays, loses and cuts, restarts, upgrades,
// artifacts that move, Leases that are deleted: no artifact is ever worked on by two. The seeds say what happens,
// though not in which order at the same moment.
func TestNeverTwoAtWork(t *testing.T) {
	for name, cycle := range cycles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			takings, moves, worked := 0, 0, time.Duration(0)
			seeds, hours := int64(12), 2*time.Hour
			for seed := range seeds {
				w := simulate(t, plan{seed: seed, sets: cycle.sets, pods: cycle.pods, length: hours, times: cycle.times, other: cycle.other, late: 4 * time.Second, deletes: cycle.deletes})
				if len(w.overlaps) > 0 {
					t.Fatalf("seed %d: %v", seed, w.overlaps)
				}
				takings += w.takings
				moves += w.moves
				worked += w.worked
			}
			share := worked.Hours() / (float64(seeds) * hours.Hours())
			t.Logf("%d times at work, %d moves, %.0f %% of the time", takings, moves, 100*share)
			if takings < 250 || share < 0.3 || len(cycle.sets) > 1 && moves < 100 {
				t.Fatalf("too little happened to prove anything: %d times at work, %d moves, %.2f of the time", takings, moves, share)
			}
		})
	}
}

// unverified is a guard's way whose reads of its other Leases always show what it wrote: so they are not looked at.
type unverified struct {
	store
	mine map[string]record
}

func (u unverified) put(ctx context.Context, next record) (record, error) {
	written, err := u.store.put(ctx, next)
	if err == nil && written.lead() != "" && written.holder() != "" {
		u.mine[written.name()] = written
	}
	return written, err
}

func (u unverified) get(ctx context.Context, name string) (record, error) {
	if last, ok := u.mine[name]; ok {
		return last, nil
	}
	return u.store.get(ctx, name)
}

// unwritten is a guard's way on which a guard that starts again does not write the other Leases that name it already.
type unwritten struct {
	store
	pod string
}

func (u unwritten) put(ctx context.Context, next record) (record, error) {
	if current, err := u.store.get(ctx, next.name()); err == nil && next.lead() != "" && current.holder() == u.pod && next.holder() == u.pod {
		fresh := current.copied()
		fresh.metadata()["resourceVersion"] = "as it was"
		return fresh, nil
	}
	return u.store.put(ctx, next)
}

// Wrong protocols are seen to go wrong: the simulation finds what it looks for.
func TestSimulationFindsTwoAtWork(t *testing.T) {
	short := usual
	short.duration = 20 * time.Second
	tight := quick
	tight.duration = 10 * time.Second
	wrong := map[string]plan{
		"a duration below the limit":       {sets: alone, pods: 3, times: short, protocol: rightProtocol},
		"a duration without margin":        {sets: alone, pods: 3, times: tight, protocol: rightProtocol},
		"a duration without margin, moves": {sets: patterns, pods: 6, times: tight, protocol: rightProtocol},
		"a Lease for each workload": {sets: patterns, pods: 6, times: usual, protocol: func(way store, _ string, set []string) (store, map[string]string, []string) {
			artifacts, names := leaseNames("", []string{strings.Join(set, "+")})
			return way, artifacts, names
		}},
		"other Leases are never looked at": {sets: patterns, pods: 8, times: quick, deletes: 0.7, protocol: func(way store, pod string, set []string) (store, map[string]string, []string) {
			artifacts, names := leaseNames("", set)
			return unverified{way, map[string]record{}}, artifacts, names
		}},
		"other Leases are not written by a guard that starts again": {sets: [][]string{{"a", "b"}, {"b"}}, pods: 6, times: quick, protocol: func(way store, pod string, set []string) (store, map[string]string, []string) {
			artifacts, names := leaseNames("", set)
			return unwritten{way, pod}, artifacts, names
		}},
	}
	for name, p := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range int64(100) {
				p.seed, p.length, p.late = seed, 2*time.Hour, 4*time.Second
				if w := simulate(t, p); len(w.overlaps) > 0 {
					t.Logf("seed %d: %s", seed, w.overlaps[0])
					return
				}
			}
			t.Fatal("went unnoticed")
		})
	}
}
