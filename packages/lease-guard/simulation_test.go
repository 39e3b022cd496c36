package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// world is an API server with one Lease, a bad network to it, and a count of who works. Its time is that of synctest.
type world struct {
	mutex    sync.Mutex
	random   *rand.Rand
	version  int
	object   map[string]any // nil while the Lease is deleted
	working  map[string]bool
	overlaps []string
	takings  int
	worked   time.Duration
}

func newWorld(seed int64) *world {
	w := &world{random: rand.New(rand.NewSource(seed)), working: map[string]bool{}}
	w.create()
	return w
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

// create makes the Lease as the chart does: without a spec.
func (w *world) create() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.version++
	w.object = map[string]any{"kind": "Lease", "metadata": map[string]any{"name": "task"}}
}

// touch writes what is not the guards' business, as an upgrade of the release does.
func (w *world) touch() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.version++
}

func (w *world) remove() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.object = nil
}

func (w *world) current() record {
	object := map[string]any{}
	for key, value := range w.object {
		object[key] = value
	}
	object["metadata"] = map[string]any{"name": "task", "resourceVersion": strconv.Itoa(w.version)}
	return record{object}
}

func (w *world) read() (record, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.object == nil {
		return record{}, errors.New("not found")
	}
	return w.current(), nil
}

func (w *world) write(next record) (record, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.object == nil {
		return record{}, errors.New("not found")
	}
	if next.version() != strconv.Itoa(w.version) {
		return record{}, errConflict
	}
	w.version++
	w.object = next.object
	return w.current(), nil
}

func (w *world) begin(who string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for other := range w.working {
		w.overlaps = append(w.overlaps, fmt.Sprintf("%s beside %s", who, other))
	}
	w.working[who] = true
	w.takings++
}

func (w *world) end(who string, after time.Duration) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.working, who)
	w.worked += after
}

// line is one guard's way to the API server. A request can be late, by more than its sender waits, and is then carried out
// all the same; it or its answer can be lost.
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

func (l *line) get(ctx context.Context) (record, error) { return l.do(ctx, l.world.read) }
func (l *line) put(ctx context.Context, next record) (record, error) {
	return l.do(ctx, func() (record, error) { return l.world.write(next) })
}

// live is the life of a pod's containers, one after another, until the world ends: each waits for the Lease, works, and ends
// in order, by a crash, or because the time to work is over. `late` is the longest time by which its end may be late.
func live(world context.Context, w *world, pod string, t times, late time.Duration) {
	drift := 1 + (w.between(0, 2*time.Millisecond) - time.Millisecond).Seconds() // clocks run faster or slower by up to 1 in 1000
	start := time.Now()
	now := func() time.Duration { return time.Duration(float64(time.Since(start))*drift) + time.Hour }
	way := &line{world: w}
	for world.Err() == nil {
		e := &elector{store: way, identity: pod, times: t, now: now, say: func(string, ...any) {}}
		if w.chance(0.2) {
			e.identity = fmt.Sprintf("%s-%d", pod, w.between(0, time.Second)) // a new pod in the place of the old one
		}
		acquiring, give := context.WithTimeout(world, w.between(time.Second, 10*time.Minute))
		has, err := e.acquire(acquiring)
		give()
		if err == nil {
			work(world, w, e, way, has, late)
		}
		sleep(world, w.between(0, 20*time.Second))
	}
}

func work(world context.Context, w *world, e *elector, way *line, has held, late time.Duration) {
	until := make(chan time.Duration, 100)
	until <- has.until
	keeping, stop := context.WithCancel(world)
	defer stop()
	kept, taken := make(chan held, 1), make(chan struct{})
	begun := time.Now()
	w.begin(e.identity)
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
			w.end(e.identity, time.Since(begun))
			if w.chance(0.6) {
				stop()
				giving, enough := context.WithTimeout(world, releasePatience)
				_ = e.release(giving, <-kept)
				enough()
			}
			return
		}
		w.end(e.identity, time.Since(begun))
		return
	}
}

func simulate(t *testing.T, seed int64, guards int, length time.Duration, of times, late time.Duration) (result *world) {
	synctest.Test(t, func(*testing.T) {
		w := newWorld(seed)
		ctx, end := context.WithTimeout(context.Background(), length)
		defer end()
		var all sync.WaitGroup
		for index := range guards {
			all.Go(func() { live(ctx, w, fmt.Sprintf("pod-%d", index), of, late) })
		}
		all.Go(func() {
			for sleep(ctx, w.between(time.Second, 5*time.Minute)) {
				w.touch()
				if w.chance(0.2) {
					w.remove()
					sleep(ctx, w.between(0, time.Minute))
					w.create()
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

// Several guards, clocks that differ, a network that delays, loses and cuts, restarts, new pods, upgrades, a Lease that is
// deleted and made again: never two at work. The seeds say what happens, though not in which order at the same moment.
func TestNeverTwoAtWork(t *testing.T) {
	takings, worked := 0, time.Duration(0)
	seeds, hours := int64(24), 2*time.Hour
	for seed := range seeds {
		w := simulate(t, seed, 2+int(seed%3), hours, usual, 4*time.Second)
		if len(w.overlaps) > 0 {
			t.Fatalf("seed %d: %v", seed, w.overlaps)
		}
		takings += w.takings
		worked += w.worked
	}
	share := worked.Hours() / (float64(seeds) * hours.Hours())
	t.Logf("%d times at work, %.0f %% of the time", takings, 100*share)
	if takings < 500 || share < 0.3 {
		t.Fatalf("too little happened to prove anything: %d times at work, %.2f of the time", takings, share)
	}
}

// The same with times that cannot be right is seen to go wrong: the simulation finds what it looks for.
func TestSimulationFindsTwoAtWork(t *testing.T) {
	wrong := usual
	wrong.duration = 20 * time.Second
	for seed := range int64(60) {
		if w := simulate(t, seed, 3, 2*time.Hour, wrong, 4*time.Second); len(w.overlaps) > 0 {
			return
		}
	}
	t.Fatal("a duration below the limit went unnoticed")
}
