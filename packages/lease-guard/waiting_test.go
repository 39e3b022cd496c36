package main

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func TestAChangeByHandLetsNobodyInBeforeTheHolderStopped(t *testing.T) {
	empty := func(spec map[string]any) { spec["holderIdentity"] = "" }
	name := func(holder string) func(map[string]any) {
		return func(spec map[string]any) { spec["holderIdentity"] = holder }
	}
	for what, edit := range map[string]func(map[string]any){
		"emptied":             empty,
		"without holder":      func(spec map[string]any) { delete(spec, "holderIdentity") },
		"given to who waits":  name("b"),
		"given to a stranger": name("admin"),
		"made short":          func(spec map[string]any) { spec["leaseDurationSeconds"] = int64(1) },
	} {
		for _, artifacts := range [][]string{{"task"}, {"p", "q"}} {
			t.Run(fmt.Sprint(what, len(artifacts)), func(t *testing.T) {
				play(t, func(s *scene) {
					a, b := s.guard("a", artifacts...), s.guard("b", artifacts...)
					a.pod, b.pod = "pod-a", "pod-b"
					has, _ := s.acquire(t, a)
					edited := time.Now()
					for name := range s.store.objects {
						object := record{s.store.objects[name]}.copied()
						edit(object.spec())
						s.store.objects[name] = object.object
						s.store.touch(name)
					}
					ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
					defer stop()
					ended := make(chan time.Time, 1)
					go func() {
						_, _ = a.keep(ctx, has, func(time.Duration) {})
						ended <- time.Now()
					}()
					waiting, giveUp := context.WithTimeout(ctx, 2*time.Minute)
					defer giveUp()
					_, err := b.acquire(waiting)
					took := time.Now()
					select {
					case end := <-ended:
						if err != nil || took.Before(end) {
							t.Errorf("the first stopped after %s, the other began after %s (%v)", end.Sub(edited), took.Sub(edited), err)
						}
					default:
						if err == nil {
							t.Errorf("the other began after %s, beside the first", took.Sub(edited))
						}
					}
				})
			})
		}
	}
}

func TestSeveralLeasesAreWaitedForAtTheSameTime(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a", "p", "q", "r")
		has, _ := s.acquire(t, a)
		go func() { _, _ = s.keep(a, has, time.Minute) }()
		if _, took := s.acquire(t, s.guard("b", "p", "q", "r")); took > time.Minute+usual.duration+usual.renew {
			t.Errorf("took %s, a minute of which the first worked", took)
		}
	})
}
