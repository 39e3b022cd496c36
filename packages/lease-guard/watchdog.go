package main

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// clockBoottime goes on while the machine sleeps, and nobody can set it.
const clockBoottime = 7

// boottime is the time since the machine's start.
func boottime() time.Duration {
	var now syscall.Timespec
	if _, _, failure := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockBoottime, uintptr(unsafe.Pointer(&now)), 0); failure != 0 {
		panic(fmt.Sprintf("clock_gettime(CLOCK_BOOTTIME): %v", failure))
	}
	return time.Duration(now.Nano())
}

// watchdog calls `fire` once the time to work is over. It waits in the kernel, on a timer of CLOCK_BOOTTIME, so that a
// machine that slept or a program that was stopped comes to it first, and depends on no other part of this program.
type watchdog struct {
	timer int
	until atomic.Int64
}

const timerAbsolute = 1 // TFD_TIMER_ABSTIME

type timerSetting struct {
	interval, value syscall.Timespec
}

func newWatchdog(fire func()) (*watchdog, error) {
	timer, _, failure := syscall.Syscall(syscall.SYS_TIMERFD_CREATE, clockBoottime, syscall.O_CLOEXEC, 0)
	if failure != 0 {
		return nil, fmt.Errorf("timerfd_create: %w", failure)
	}
	dog := &watchdog{timer: int(timer)}
	go func() {
		var count [8]byte
		for {
			if _, err := syscall.Read(dog.timer, count[:]); err != nil && err != syscall.EINTR {
				fire() // without its timer nothing is sure
				return
			}
			if boottime() >= time.Duration(dog.until.Load()) {
				fire()
				return
			}
		}
	}()
	return dog, nil
}

// extend moves the end of the time to work. Once that is over nothing revives it: a program that was stopped may come
// to a renewal before it comes to its timer. Not for two callers at once.
func (w *watchdog) extend(until time.Duration) {
	if before := time.Duration(w.until.Load()); before != 0 && boottime() >= before {
		return
	}
	w.until.Store(int64(until))
	setting := timerSetting{value: syscall.NsecToTimespec(int64(until))}
	if _, _, failure := syscall.Syscall6(syscall.SYS_TIMERFD_SETTIME, uintptr(w.timer), timerAbsolute, uintptr(unsafe.Pointer(&setting)), 0, 0, 0); failure != 0 {
		panic(fmt.Sprintf("timerfd_settime: %v", failure))
	}
}
