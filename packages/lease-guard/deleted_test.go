package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestWhatWasDeletedIsCreatedAgainAndKept(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a", "p", "q", "r")
		has, _ := s.acquire(t, a)
		for name := range s.store.objects {
			s.store.remove(name)
		}
		before := has.until
		kept, err := s.keep(a, has, 20*time.Second)
		if err != nil || kept.until <= before {
			t.Fatalf("%v, until %s after %s", err, kept.until, before)
		}
		for _, name := range a.names {
			if current, err := s.store.read(name); err != nil || current.holder() != "a" {
				t.Errorf("%s: %v %v", name, current.object, err)
			}
		}
	})
}

// Whoever counted on the old lead sees the others written, as after every other way in which a lead is created again.
func TestALeadWhoseCreationWasNotAnsweredIsANewOne(t *testing.T) {
	play(t, func(s *scene) {
		a := s.guard("a", "p", "q", "r")
		has, _ := s.acquire(t, a)
		s.store.remove(a.names[0])
		s.store.onMake = func(next record) (record, error) {
			s.store.onMake = nil
			if _, err := s.store.make(next); err != nil {
				t.Fatal(err)
			}
			return record{}, errors.New("the answer was lost")
		}
		written := map[string]int{}
		s.store.onPut = func(_ context.Context, next record) (record, error) {
			got, err := s.store.write(next)
			if err == nil {
				written[next.name()]++
			}
			return got, err
		}
		if _, err := s.keep(a, has, 20*time.Second); err != nil {
			t.Fatal(err)
		}
		for _, name := range a.names[1:] {
			if written[name] != 1 {
				t.Errorf("%s was written %d times", name, written[name])
			}
		}
	})
}
