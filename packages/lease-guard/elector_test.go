package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// scripted is a store that a test bends; by default it is the world, at once and without faults.
type scripted struct {
	*world
	onGet  func(ctx context.Context, name string) (record, error)
	onPut  func(ctx context.Context, next record) (record, error)
	onMake func(next record) (record, error)
}

func (s *scripted) get(ctx context.Context, name string) (record, error) {
	if s.onGet != nil {
		return s.onGet(ctx, name)
	}
	return s.read(name)
}

func (s *scripted) create(_ context.Context, next record) (record, error) {
	if s.onMake != nil {
		return s.onMake(next)
	}
	return s.make(next)
}

func (s *scripted) put(ctx context.Context, next record) (record, error) {
	if s.onPut != nil {
		return s.onPut(ctx, next)
	}
	return s.write(next)
}

type scene struct {
	store *scripted
	shift time.Duration // of every guard's clock
	begin time.Time
	said  []string
}

func play(t *testing.T, act func(*scene)) {
	synctest.Test(t, func(*testing.T) { act(&scene{store: &scripted{world: newWorld(1)}, begin: time.Now()}) })
}

func (s *scene) guard(identity string, artifacts ...string) *elector {
	if len(artifacts) == 0 {
		artifacts = []string{"task"}
	}
	byName, names := leaseNames("", artifacts)
	return &elector{store: s.store, identity: identity, names: names, artifacts: byName, renew: make(chan struct{}, 1), times: usual, now: func() time.Duration { return time.Since(s.begin) + s.shift }, say: func(format string, values ...any) { s.said = append(s.said, fmt.Sprintf(format, values...)) }}
}

// acquire returns how long it took.
func (s *scene) acquire(t *testing.T, e *elector) (held, time.Duration) {
	t.Helper()
	from := time.Now()
	ctx, stop := context.WithTimeout(context.Background(), time.Hour)
	defer stop()
	has, err := e.acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return has, time.Since(from)
}

// keep renews for some time and returns the last end of the time to work.
func (s *scene) keep(e *elector, has held, length time.Duration) (held, error) {
	ctx, stop := context.WithTimeout(context.Background(), length)
	defer stop()
	return e.keep(ctx, has, func(time.Duration) {})
}

func TestWaitsForALeaseThatNobodyIsKnownToHold(t *testing.T) {
	play(t, func(s *scene) {
		if _, took := s.acquire(t, s.guard("a")); took < usual.duration || took > usual.duration+2*time.Second {
			t.Errorf("took %s", took)
		}
		if !strings.Contains(s.said[0], "nobody is known to have held") {
			t.Error(s.said)
		}
	})
}

func TestTakesWhatWasGivenBackAndItsOwnAtOnce(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a")
		has, _ := s.acquire(t, a)
		if _, took := s.acquire(t, s.guard("a")); took > time.Second {
			t.Errorf("its own took %s", took)
		}
		has.records[task], _ = s.store.read(task)
		if err := a.release(context.Background(), has); err != nil {
			t.Fatal(err)
		}
		got, took := s.acquire(t, s.guard("b"))
		if took > time.Second || got.records[task].holder() != "b" {
			t.Errorf("given back: took %s, holder %s", took, got.records[task].holder())
		}
		if number(got.records[task].spec()["leaseTransitions"]) != 2 {
			t.Errorf("transitions: %v", got.records[task].spec()["leaseTransitions"])
		}
	})
}

func TestCountsOnlyItsOwnClockWhileItWaits(t *testing.T) {
	play(t, func(s *scene) {
		// The record says that it is years old; the holder's clock may be wrong.
		_, _ = s.store.make(newRecord(task, "task"))
		s.store.objects[task]["spec"] = map[string]any{"holderIdentity": "a", "leaseTransitions": int64(1), "renewTime": "2001-01-01T00:00:00.000000Z", "leaseDurationSeconds": int64(1)}
		if _, took := s.acquire(t, s.guard("b")); took < usual.duration {
			t.Errorf("took it after %s", took)
		}
	})
	play(t, func(s *scene) {
		_, _ = s.acquire(t, s.guard("a"))
		time.AfterFunc(30*time.Second, func() { s.store.touch(task) })
		if _, took := s.acquire(t, s.guard("b")); took < 30*time.Second+usual.duration {
			t.Errorf("took it %s after a write that came at 30 s", took)
		}
	})
}

func TestTimeToWorkCountsFromBeforeTheRequest(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a")
		has, _ := s.acquire(t, a)
		var started time.Duration
		s.store.onPut = func(_ context.Context, next record) (record, error) {
			started = a.now()
			time.Sleep(3 * time.Second)
			return s.store.write(next)
		}
		has, err := s.keep(a, has, 9*time.Second)
		if err != nil || has.until != started+usual.limit {
			t.Errorf("%v: until %s, request from %s", err, has.until, started)
		}
	})
}

func TestTakesNothingWhenItsClockJumpedMeanwhile(t *testing.T) {
	play(t, func(s *scene) {
		jumped := false
		s.store.onPut = func(_ context.Context, next record) (record, error) {
			got, err := s.store.write(next)
			if !jumped { // the machine slept with the answer on its way
				s.shift, jumped = 2*time.Minute, true
			}
			return got, err
		}
		a := s.guard("a")
		if has, _ := s.acquire(t, a); a.now() >= has.until || !jumped {
			t.Errorf("works at %s until %s", a.now(), has.until)
		}
	})
}

func TestALostAnswerIsNoLoss(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a")
		has, _ := s.acquire(t, a)
		first := true
		s.store.onPut = func(ctx context.Context, next record) (record, error) {
			got, err := s.store.write(next)
			if first {
				first = false
				<-ctx.Done()
				return record{}, ctx.Err()
			}
			return got, err
		}
		before := has.until
		has, err := s.keep(a, has, 14*time.Second)
		if err != nil || has.until <= before || has.records[task].holder() != "a" {
			t.Errorf("%v, until %s after %s", err, has.until, before)
		}
	})
}

func TestUpgradesAndServerErrorsEndNothing(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a")
		has, _ := s.acquire(t, a)
		s.store.touch(task)
		failures := 3
		s.store.onPut = func(_ context.Context, next record) (record, error) {
			if failures--; failures > 0 {
				return record{}, errors.New("the API server answered 503")
			}
			return s.store.write(next)
		}
		before := has.until
		has, err := s.keep(a, has, 12*time.Second)
		if err != nil || has.until <= before {
			t.Errorf("%v, until %s after %s", err, has.until, before)
		}
	})
}

func TestAServerThatHangsExtendsNothingAndIsAskedAgain(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a")
		has, _ := s.acquire(t, a)
		asked := 0
		s.store.onPut = func(ctx context.Context, _ record) (record, error) {
			asked++
			<-ctx.Done()
			return record{}, ctx.Err()
		}
		kept, err := s.keep(a, has, 30*time.Second)
		if err != nil || kept.until != has.until || asked < 4 {
			t.Errorf("%v, until %s instead of %s, asked %d times", err, kept.until, has.until, asked)
		}
	})
}

func TestAnAnswerThatChangedNothingIsNoRenewal(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a")
		has, _ := s.acquire(t, a)
		s.store.onPut = func(context.Context, record) (record, error) { return s.store.read(task) }
		if kept, _ := s.keep(a, has, 12*time.Second); kept.until != has.until {
			t.Error("an unchanged record extended the time to work")
		}
	})
}

func TestAnotherHolderEndsTheWorkAtOnce(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a")
		has, _ := s.acquire(t, a)
		current, _ := s.store.read(task)
		if _, err := s.store.write(current.heldBy(claim{identity: "b", duration: usual.duration}, time.Now())); err != nil {
			t.Fatal(err)
		}
		from := time.Now()
		if _, err := s.keep(a, has, time.Minute); !errors.Is(err, errTaken) || time.Since(from) > usual.renew {
			t.Errorf("%v after %s", err, time.Since(from))
		}
	})
}

func TestAnotherHolderOfOneOfSeveralLeasesEndsTheWork(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a", "p", "q", "r")
		has, _ := s.acquire(t, a)
		current, _ := s.store.read(a.names[2])
		if _, err := s.store.write(current.heldBy(claim{identity: "b", duration: usual.duration}, time.Now())); err != nil {
			t.Fatal(err)
		}
		from := time.Now()
		// Those beside the first are read at every second renewal.
		if _, err := s.keep(a, has, time.Minute); !errors.Is(err, errTaken) || time.Since(from) > 2*usual.renew {
			t.Errorf("%v after %s", err, time.Since(from))
		}
	})
}

func TestReleaseLeavesAnotherHoldersRecord(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a")
		has, _ := s.acquire(t, a)
		current, _ := s.store.read(task)
		_, _ = s.store.write(current.heldBy(claim{identity: "b", duration: usual.duration}, time.Now()))
		_ = a.release(context.Background(), has)
		if current, _ = s.store.read(task); current.holder() != "b" {
			t.Errorf("holder is now %q", current.holder())
		}
	})
}

func TestRecordKeepsWhatOthersWrote(t *testing.T) {
	before, err := parseRecord([]byte(`{"kind":"Lease","metadata":{"resourceVersion":"7","labels":{"a":"b"},"generation":9007199254740993},"spec":{"strategy":"x","leaseTransitions":4},"other":[1]}`))
	if err != nil {
		t.Fatal(err)
	}
	after := before.heldBy(claim{identity: "a", duration: usual.duration}, time.Now())
	if text(after.metadata()["labels"].(map[string]any)["a"]) != "b" || fmt.Sprint(after.metadata()["generation"]) != "9007199254740993" || after.spec()["strategy"] != "x" || after.object["other"] == nil || number(after.spec()["leaseTransitions"]) != 5 {
		t.Errorf("%v", after.object)
	}
	if before.holder() != "" {
		t.Error("the record that was read has changed")
	}
}

func TestTimesThatCannotBeRightAreRefused(t *testing.T) {
	for _, wrong := range []times{
		{renew: 5 * time.Second, limit: 25 * time.Second, duration: 29 * time.Second, request: 4 * time.Second},
		{renew: 15 * time.Second, limit: 25 * time.Second, duration: 40 * time.Second, request: 4 * time.Second},
		{renew: 0, limit: 25 * time.Second, duration: 40 * time.Second, request: 4 * time.Second},
	} {
		if wrong.check() == nil {
			t.Errorf("%+v was taken", wrong)
		}
	}
	if err := usual.check(); err != nil {
		t.Error(err)
	}
}

func TestTakesAllOrNothing(t *testing.T) {
	play(t, func(s *scene) {
		has, _ := s.acquire(t, s.guard("old", "b"))
		ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
		defer stop()
		old := s.guard("old", "b")
		go func() { _, _ = old.keep(ctx, has, func(time.Duration) {}) }()
		waiting, giveUp := context.WithTimeout(context.Background(), 20*time.Second)
		defer giveUp()
		if _, err := s.guard("both", "a", "b").acquire(waiting); err == nil {
			t.Fatal("took an artifact that another works on")
		}
		if a, _ := s.store.read(leaseName("", "a")); a.holder() != "" {
			t.Errorf("a is held by %q, who waits for b", a.holder())
		}
		for name := range has.records {
			has.records[name], _ = s.store.read(name)
		}
		stop()
		if err := old.release(context.Background(), has); err != nil {
			t.Fatal(err)
		}
		got, _ := s.acquire(t, s.guard("both", "a", "b"))
		if b := got.records[leaseName("", "b")]; b.holder() != "both" || b.lead() != leaseName("", "a") {
			t.Errorf("%v", b.object)
		}
	})
}

func TestRenewsOneLeaseHoweverManyArtifacts(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a", "p", "q", "r", "s", "t")
		has, _ := s.acquire(t, a)
		puts, gets := 0, 0
		s.store.onPut = func(_ context.Context, next record) (record, error) { puts++; return s.store.write(next) }
		s.store.onGet = func(_ context.Context, name string) (record, error) { gets++; return s.store.read(name) }
		if _, err := s.keep(a, has, 101*time.Second); err != nil || puts != 20 || gets != 40 {
			t.Errorf("%v: %d updates and %d reads in 20 renewals", err, puts, gets)
		}
	})
}

// Each Lease alone keeps another out, so the one that was confirmed longest ago decides until when the holder may work.
func TestTheLeaseConfirmedLongestAgoEndsTheWork(t *testing.T) {
	has := held{confirmed: map[string]time.Duration{"a": 10 * time.Second, "b": 4 * time.Second, "c": 7 * time.Second}}
	if end := has.end(25 * time.Second); end != 29*time.Second {
		t.Errorf("the work ends after %s, want 29s", end)
	}
}

func TestLeavesAReleasedLeaseToWhoStartedLast(t *testing.T) {
	play(t, func(s *scene) {
		owner := s.guard("owner")
		has, _ := s.acquire(t, owner)
		takes := func(e *elector) <-chan time.Time {
			taken := make(chan time.Time, 1)
			go func() {
				if _, err := e.acquire(context.Background()); err == nil {
					taken <- time.Now()
				}
			}()
			return taken
		}
		ctx, stop := context.WithCancel(context.Background())
		earlier := s.guard("earlier")
		earlierTakes := takes(earlier)
		time.Sleep(3 * time.Second)
		laterTakes := takes(s.guard("later"))
		kept := make(chan held, 1)
		go func() { got, _ := owner.keep(ctx, has, func(time.Duration) {}); kept <- got }()
		time.Sleep(20 * time.Second)
		owner.stopSoon()
		time.Sleep(4 * time.Second)
		stop()
		has = <-kept
		from := time.Now()
		if err := owner.release(context.Background(), has); err != nil {
			t.Fatal(err)
		}
		select {
		case at := <-laterTakes:
			if at.Sub(from) > quickly*2 {
				t.Errorf("took it %s after it was given back", at.Sub(from))
			}
		case <-earlierTakes:
			t.Error("the one that waits longer took it")
		}
		<-earlierTakes // the later one does not renew in this test
	})
}

// A change of pattern: the old pod, one more of its kind that the change adds first, and the pod of another workload
// that takes over.
func TestAPodOfTheHoldersTemplateIsNotPreferred(t *testing.T) {
	for name, order := range map[string][]string{"the added pod first": {"added", "new"}, "the new pod first": {"new", "added"}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(s *scene) {
				pod := func(identity, workload, template string) *elector {
					e := s.guard(identity)
					e.workload, e.template = workload, template
					return e
				}
				views := map[string]outlook{}
				taken := make(chan string, 2)
				ctx, stop := context.WithCancel(context.Background())
				defer stop()
				old := pod("old", "integration", "1")
				old.address = func() string { return "10.0.0.1" }
				has, _ := s.acquire(t, old)
				keeping, end := context.WithCancel(context.Background())
				kept := make(chan held, 1)
				go func() { got, _ := old.keep(keeping, has, func(time.Duration) {}); kept <- got }()
				waits := map[string]*elector{"added": pod("added", "integration", "1"), "new": pod("new", "isolated", "2")}
				for _, who := range order {
					waits[who].looked = func(view outlook, _ error) { views[who] = view }
					go func() {
						if _, err := waits[who].acquire(ctx); err == nil {
							taken <- who
						}
					}()
					time.Sleep(6 * time.Second)
				}
				if view := views["added"]; view.address != "10.0.0.1" || !view.served {
					t.Errorf("the added pod passes nothing on: %+v", view)
				}
				if view := views["new"]; view.address != "" || view.served {
					t.Errorf("the new pod passes on to a pod of another workload: %+v", view)
				}
				if !old.awaited.Load() {
					t.Error("the old pod does not know that others wait")
				}
				old.stopSoon()
				time.Sleep(6 * time.Second)
				if view := views["added"]; view.served {
					t.Errorf("the added pod stays in the Service while the last server ends: %+v", view)
				}
				end()
				if err := old.release(context.Background(), <-kept); err != nil {
					t.Fatal(err)
				}
				if who := <-taken; who != "new" {
					t.Errorf("%s took the Lease", who)
				}
				if time.Sleep(time.Second); views["added"].served || views["added"].address != "" {
					t.Errorf("the added pod passes on to a pod of another workload: %+v", views["added"])
				}
			})
		})
	}
}

func TestAWorkloadHasOneLeaseInEveryScope(t *testing.T) {
	if leaseName("one", "workload/orders-night") != leaseName("", "workload/orders-night") {
		t.Error("pods of a workload do not wait for each other when its scope changes")
	}
}

func TestNamesOfLeasesTellArtifactsApart(t *testing.T) {
	names := map[string]bool{}
	for _, artifact := range []string{"Task/Nightly", "task/nightly", "Task-Nightly", strings.Repeat("x", 300), strings.Repeat("x", 301), "Äpfel", "-"} {
		for _, scope := range []string{"", "test"} {
			name := leaseName(scope, artifact)
			if names[name] || len(name) > 63 || strings.ToLower(name) != name || strings.HasSuffix(name, "-") {
				t.Errorf("%q in %q: %s", artifact, scope, name)
			}
			names[name] = true
		}
	}
}
