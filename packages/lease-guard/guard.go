package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// Exit codes of the guard itself; otherwise it ends as the command did.
const (
	exitUsage  = 64
	exitCannot = 71
	exitFenced = 75 // ended because the Lease is not held any more: start the container again
)

const (
	stopPatience    = 10 * time.Second // for what the command left running when it ended by itself
	releasePatience = 5 * time.Second
	killPatience    = 5 * time.Second
	// farewellInterval lies between two looks at whether the command is to be asked to stop.
	farewellInterval = 50 * time.Millisecond
	// endingSettles is how long others that are asked to stop in the same change may take to say that they wait no
	// longer.
	endingSettles = 2 * time.Second
)

// farewell is how a guard that is asked to stop goes on until it passes that on.
type farewell struct {
	drain    time.Duration // for the connections that still come, in any case
	handover time.Duration // at most, until another waits for what this one does: that one starts meanwhile
}

// guard runs the command while the Lease is held, and returns the exit code. `working` is called before the command
// starts.
func guard(e *elector, command []string, last farewell, working func()) int {
	// The command dies with the thread that started it: this one, which stays to the end.
	runtime.LockOSThread()
	signals := make(chan os.Signal, 64)
	// SIGPIPE is only kept from ending the guard: the reader of its log may be gone.
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGPIPE)
	group, err := newProcesses()
	if err != nil {
		e.say("cannot answer for the command's processes: %v", err)
		return exitCannot
	}
	if !group.first {
		e.say("this is not process 1 of its container: if the guard itself is killed, what the command started goes on")
	}
	has, ok := await(e, group, signals, last.drain)
	if !ok {
		e.say("asked to stop before the Lease was held; nothing was started")
		return 0
	}
	dog, err := newWatchdog(func() { fence(e, group, "the Lease could not be renewed for "+e.times.limit.String()) })
	if err != nil {
		e.say("no timer to guard by: %v", err)
		return exitCannot
	}
	dog.extend(has.until)
	working()
	e.say("the Lease is held by %s; starting %s", e.identity, command[0])
	if err := group.start(command); err != nil {
		e.say("cannot start %s: %v", command[0], err)
		giveBack(e, has)
		return exitCannot
	}
	keeping, stop := context.WithCancel(context.Background())
	defer stop()
	kept := make(chan held, 1)
	go func() {
		last, err := e.keep(keeping, has, dog.extend)
		if err != nil {
			fence(e, group, err.Error())
		}
		kept <- last
	}()
	code := attend(e, group, signals, last)
	if group.fenced.Load() {
		select {} // fence ends the program
	}
	stop()
	giveBack(e, <-kept)
	return code
}

// await takes the Lease, unless a signal asks to stop first. Then connections are passed on for some time more.
func await(e *elector, group *processes, signals <-chan os.Signal, drain time.Duration) (held, bool) {
	acquiring, stop := context.WithCancel(context.Background())
	defer stop()
	taken := make(chan held, 1)
	go func() {
		defer close(taken)
		if has, err := e.acquire(acquiring); err == nil {
			taken <- has
		}
	}()
	for {
		select {
		case has, ok := <-taken:
			if ok && e.ending.Load() { // taken in the same moment
				giveBack(e, has)
			}
			return has, ok && !e.ending.Load()
		case received := <-signals:
			switch received {
			case syscall.SIGTERM, syscall.SIGINT:
				if e.ending.Swap(true) {
					break
				}
				go func() {
					from := time.Now()
					bounded, enough := context.WithTimeout(acquiring, releasePatience)
					defer enough()
					e.unregister(bounded)
					sleep(acquiring, drain-time.Since(from))
					stop()
				}()
			case syscall.SIGCHLD:
				group.reap()
			}
		}
	}
}

// attend passes signals on and reaps until nothing of the command runs any more; the Lease is renewed meanwhile. A stop
// goes to every process: the shells in MI's images pass none on.
func attend(e *elector, group *processes, signals <-chan os.Signal, last farewell) int {
	code, ended, asked := 0, false, false
	var patience <-chan time.Time
	var since time.Time // when the stop was asked for
	pass := time.NewTicker(farewellInterval)
	pass.Stop()
	defer pass.Stop()
	for {
		select {
		case received := <-signals:
			switch received {
			case syscall.SIGCHLD:
				status, now, none := group.reap()
				if now {
					code, ended = status, true
				}
				if none && group.fenced.Load() {
					return exitFenced
				}
				if none {
					e.say("the command has ended with %d, and all its processes", code)
					return code
				}
				// Who asked to stop also says how long that may take, and kills at the end of it.
				if now && !asked {
					group.signalAll(syscall.SIGTERM)
					patience = time.After(stopPatience)
				}
			case syscall.SIGTERM, syscall.SIGINT:
				if !asked {
					since = time.Now()
				}
				asked = true
				e.stopSoon()
				pass.Reset(farewellInterval)
			case syscall.SIGPIPE:
			default:
				if !ended {
					_ = syscall.Kill(group.main, received.(syscall.Signal))
				}
			}
		case <-pass.C:
			took := time.Since(since)
			waits := took < last.drain || took < last.handover && (took < endingSettles || !e.awaited.Load())
			// Without renewals (`helm uninstall` takes the right to them away) there is little time left to stop in
			// order.
			if waits && !ended && !e.failing.Load() {
				continue
			}
			pass.Stop()
			e.say("asked to stop; every process is asked, and the Lease is kept until the last has ended")
			group.signalAll(syscall.SIGTERM)
		case <-patience:
			e.say("the command has ended with %d, but not all its processes; they are killed", code)
			group.signalAll(syscall.SIGKILL)
			patience = time.After(stopPatience)
		}
	}
}

// fence ends everything at once. Nothing comes before the kill, not even a line in the log, which may block.
func fence(e *elector, group *processes, why string) {
	group.fenced.Store(true)
	group.kill(killPatience)
	time.AfterFunc(time.Second, func() { os.Exit(exitFenced) })
	e.say("every process was killed: %s", why)
	os.Exit(exitFenced)
}

func giveBack(e *elector, has held) {
	bounded, cancel := context.WithTimeout(context.Background(), releasePatience)
	defer cancel()
	if err := e.release(bounded, has); err != nil {
		e.say("could not give the Lease back (%v); who waits for it waits %s", err, e.times.duration)
		return
	}
	e.say("the Lease is given back")
}
