package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The tests below run the built program with real processes, as process 1 of a new namespace where the machine lets
// them, and as any other process.

var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "lease-guard-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "lease-guard")
	build := exec.Command("go", "build", "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := build.CombinedOutput()
	if err != nil {
		return "", errors.New(string(said))
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// patience is for what never comes: a busy machine is no fault of the guard.
const patience = 2 * time.Minute

// journal is what the guard says, read while it says it.
type journal struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(piece []byte) (int, error) {
	j.lock.Lock()
	defer j.lock.Unlock()
	return j.text.Write(piece)
}

func (j *journal) String() string {
	j.lock.Lock()
	defer j.lock.Unlock()
	return j.text.String()
}

type running struct {
	*exec.Cmd
	log    *journal
	folder string // its working folder, in which the command leaves files
	ended  chan struct{}
}

// hasty are times for a test that waits for the limit. They leave a busy machine little time for a renewal.
var hasty = []string{"--request", "500ms", "--limit", "3s"}

// run starts the guard with short times around a shell script. The Lease was given back before, so it is taken at once.
func run(t *testing.T, a *apiServer, first bool, script string, options ...string) *running {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.read(task); err != nil {
		_, _ = a.make(newRecord(task, "task").givenBack(time.Now()))
	}
	words := []string{"run", "--artifact", "task", "--credentials", a.credentials, "--server", a.address(), "--renew", "1s", "--request", "3s", "--limit", "20s", "--duration", "40s"}
	words = append(append(words, options...), "--", "/bin/sh", "-c", script)
	g := &running{Cmd: exec.Command(path, words...), log: &journal{}, folder: t.TempDir(), ended: make(chan struct{})}
	g.Dir, g.Stdout, g.Stderr = g.folder, g.log, g.log
	g.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if first {
		g.SysProcAttr.Cloneflags = syscall.CLONE_NEWPID
		if os.Getuid() != 0 {
			g.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		}
	}
	g.WaitDelay = 3 * time.Second
	if err := g.Start(); err != nil {
		if first && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC)) {
			t.Skipf("this machine makes no process namespace: %v", err)
		}
		t.Fatal(err)
	}
	go func() { _ = g.Wait(); close(g.ended) }()
	t.Cleanup(func() { _ = g.Process.Kill(); <-g.ended })
	return g
}

func both(t *testing.T, test func(t *testing.T, first bool)) {
	t.Parallel()
	t.Run("as process 1", func(t *testing.T) { t.Parallel(); test(t, true) })
	t.Run("as any process", func(t *testing.T) { t.Parallel(); test(t, false) })
}

func (g *running) file(name string) string {
	content, _ := os.ReadFile(filepath.Join(g.folder, name))
	return string(content)
}

func (g *running) until(t *testing.T, what string, test func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !test(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (g *running) exit(t *testing.T) int {
	t.Helper()
	select {
	case <-g.ended:
		return g.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatal("the guard goes on")
		return 0
	}
}

// stopped tells whether the files that the processes write four times a second stand still.
func (g *running) stopped(names ...string) bool {
	before := make([]int, len(names))
	for index, name := range names {
		before[index] = len(g.file(name))
	}
	time.Sleep(time.Second)
	for index, name := range names {
		if len(g.file(name)) != before[index] {
			return false
		}
	}
	return true
}

// A server as MI's image starts it: a shell that passes no signal on, the server below it, and one more process that
// has left the session.
const tree = `(while :; do printf x >> server; sleep 0.25; done) & setsid sh -c 'trap "" TERM HUP; while :; do printf x >> away; sleep 0.25; done' & while :; do sleep 0.25; done`

func TestKillsEverythingWhenTheServerHangs(t *testing.T) {
	both(t, func(t *testing.T, first bool) {
		a := newAPIServer(t)
		g := run(t, a, first, tree, hasty...)
		g.until(t, "both processes", func() bool { return len(g.file("server")) > 6 && len(g.file("away")) > 6 })
		a.misbehave(0, true)
		if code := g.exit(t); code != exitFenced {
			t.Errorf("ended with %d: %s", code, g.log)
		}
		// An answer that took longer than a request may is not counted.
		if took := time.Since(a.answered()); took > 40*time.Second || took < 2500*time.Millisecond {
			t.Errorf("ended %s after the last renewal", took)
		}
		if !g.stopped("server", "away") {
			t.Error("a process goes on")
		}
		if current, _ := a.read(task); !strings.HasPrefix(current.holder(), "pod-a") {
			t.Errorf("the Lease is held by %q", current.holder())
		}
		if !strings.Contains(g.log.String(), "every process was killed: the Lease could not be renewed for 3s") {
			t.Error(g.log)
		}
	})
}

func TestKillsEverythingWhenAnotherHolds(t *testing.T) {
	both(t, func(t *testing.T, first bool) {
		a := newAPIServer(t)
		g := run(t, a, first, tree)
		g.until(t, "both processes", func() bool { return len(g.file("server")) > 2 && len(g.file("away")) > 2 })
		for {
			current, _ := a.read(task)
			if _, err := a.write(current.heldBy(claim{identity: "another"}, time.Now())); err == nil {
				break
			}
		}
		if code := g.exit(t); code != exitFenced || !g.stopped("server", "away") {
			t.Errorf("ended with %d: %s", code, g.log)
		}
	})
}

func TestEndsAsTheCommandDoesAndGivesTheLeaseBack(t *testing.T) {
	both(t, func(t *testing.T, first bool) {
		for script, code := range map[string]int{"exit 0": 0, "exit 121": 121, "kill -9 $$": 128 + 9, "sh -c 'trap \"\" TERM; sleep 1' & exit 3": 3} {
			a := newAPIServer(t)
			g := run(t, a, first, script)
			if got := g.exit(t); got != code {
				t.Errorf("%s: ended with %d: %s", script, got, g.log)
			}
			if current, _ := a.read(task); !current.released() {
				t.Errorf("%s: held by %q: %s", script, current.holder(), g.log)
			}
		}
	})
}

func TestStopsInOrderAndRenewsMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, first bool) {
		a := newAPIServer(t)
		g := run(t, a, first, `sh -c 'trap "echo asked > asked; until [ -e go ]; do sleep 0.1; done; echo done > stopped; exit" TERM; echo up > up; while :; do sleep 0.1; done' & wait; wait`)
		g.until(t, "the server", func() bool { return g.file("up") != "" })
		_ = g.Process.Signal(syscall.SIGTERM)
		g.until(t, "the server to be asked", func() bool { return g.file("asked") != "" })
		before := a.renewals()
		g.until(t, "renewals", func() bool { return a.renewals() > before+3 })
		if current, _ := a.read(task); current.released() {
			t.Error("given back while the server still stopped")
		}
		if err := os.WriteFile(filepath.Join(g.folder, "go"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if code := g.exit(t); code != 128+15 || g.file("stopped") == "" {
			t.Errorf("ended with %d: %s", code, g.log)
		}
		if current, _ := a.read(task); !current.released() {
			t.Errorf("held by %q", current.holder())
		}
	})
}

func TestWaitsForTheLeaseAndCanBeAskedToStopMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, first bool) {
		a := newAPIServer(t)
		_, _ = a.make(newRecord(task, "task").heldBy(claim{identity: "another"}, time.Now()))
		g := run(t, a, first, "echo up > up")
		g.until(t, "the word that it waits", func() bool { return strings.Contains(g.log.String(), "is held by another") })
		_ = g.Process.Signal(syscall.SIGTERM)
		if code := g.exit(t); code != 0 || g.file("up") != "" {
			t.Errorf("ended with %d: %s", code, g.log)
		}
	})
}

func TestGoesOnForTheDrainAndUntilAnotherWaits(t *testing.T) {
	const counting = `trap "echo asked > asked; exit" TERM; echo up > up; while :; do sleep 0.1; done`
	t.Parallel()
	t.Run("drain", func(t *testing.T) {
		t.Parallel()
		a := newAPIServer(t)
		g := run(t, a, false, counting, "--drain", "2s")
		g.until(t, "the server", func() bool { return g.file("up") != "" })
		from := time.Now()
		_ = g.Process.Signal(syscall.SIGTERM)
		g.until(t, "the note that it ends", func() bool {
			current, _ := a.read(task)
			return current.annotation(annotationEnding) != ""
		})
		g.until(t, "the end of the drain", func() bool { return g.file("asked") != "" })
		if took := time.Since(from); took < 2*time.Second {
			t.Errorf("asked during the drain, after %s", took)
		}
		_ = g.exit(t)
	})
	t.Run("nobody waits", func(t *testing.T) {
		t.Parallel()
		g := run(t, newAPIServer(t), false, counting, "--handover", "3s")
		g.until(t, "the server", func() bool { return g.file("up") != "" })
		from := time.Now()
		_ = g.Process.Signal(syscall.SIGTERM)
		g.until(t, "the end of the hand-over", func() bool { return g.file("asked") != "" })
		if took := time.Since(from); took < 3*time.Second {
			t.Errorf("asked although nobody waits, after %s", took)
		}
	})
	t.Run("no renewals", func(t *testing.T) {
		t.Parallel()
		a := newAPIServer(t)
		g := run(t, a, false, counting, "--drain", "1h", "--handover", "1h")
		g.until(t, "the server", func() bool { return g.file("up") != "" })
		a.misbehave(403, false)
		_ = g.Process.Signal(syscall.SIGTERM)
		if code := g.exit(t); g.file("asked") == "" {
			t.Errorf("ended with %d, and the server was not asked: %s", code, g.log)
		}
	})
	t.Run("another comes", func(t *testing.T) {
		t.Parallel()
		a := newAPIServer(t)
		one := run(t, a, false, counting, "--handover", "1h")
		one.until(t, "the server", func() bool { return one.file("up") != "" })
		_ = one.Process.Signal(syscall.SIGTERM)
		if time.Sleep(time.Second); one.file("asked") != "" {
			t.Error("asked although nobody waits")
		}
		two := run(t, a, false, counting)
		two.until(t, "the second server", func() bool { return two.file("up") != "" })
	})
	t.Run("its standby ends with it, and another comes", func(t *testing.T) {
		t.Parallel()
		a := newAPIServer(t)
		one := run(t, a, false, counting, "--handover", "1h")
		one.until(t, "the server", func() bool { return one.file("up") != "" })
		standby := run(t, a, false, counting)
		waits := func() bool {
			current, _ := a.read(task)
			return current.annotation(annotationNext) != ""
		}
		one.until(t, "the standby", waits)
		before := a.renewals()
		one.until(t, "the holder to see it", func() bool { return a.renewals() > before+2 })
		// The holder goes on for two seconds in any case, which is enough for a standby that ends at the same time.
		_ = standby.Process.Signal(syscall.SIGTERM)
		one.until(t, "the standby to wait no longer", func() bool { return !waits() })
		_ = one.Process.Signal(syscall.SIGTERM)
		_ = standby.exit(t)
		if time.Sleep(4 * time.Second); one.file("asked") != "" {
			t.Error("asked although nobody waits any more")
		}
		two := run(t, a, false, counting)
		two.until(t, "the second server", func() bool { return two.file("up") != "" })
	})
	t.Run("it waits itself", func(t *testing.T) {
		t.Parallel()
		a := newAPIServer(t)
		_, _ = a.make(newRecord(task, "task").heldBy(claim{identity: "another"}, time.Now()))
		g := run(t, a, false, "echo up > up", "--drain", "2s")
		noted := func() bool {
			current, _ := a.read(task)
			return current.annotation(annotationNext) != ""
		}
		g.until(t, "the note that it is the next", noted)
		from := time.Now()
		_ = g.Process.Signal(syscall.SIGTERM)
		g.until(t, "the note to be taken back", func() bool { return !noted() })
		current, _ := a.read(task)
		_, _ = a.write(current.givenBack(time.Now()))
		if code := g.exit(t); code != 0 || g.file("up") != "" || time.Since(from) < 2*time.Second {
			t.Errorf("ended with %d after %s: %s", code, time.Since(from), g.log)
		}
	})
}

// The kernel ends the rest of a container with its process 1; elsewhere only the command itself.
func TestAKilledGuardTakesTheCommandWithIt(t *testing.T) {
	both(t, func(t *testing.T, first bool) {
		a := newAPIServer(t)
		g := run(t, a, first, "echo $$ > pid; "+tree)
		g.until(t, "both processes", func() bool { return len(g.file("server")) > 2 && len(g.file("away")) > 2 })
		for _, pid := range append(descendants(g.Process.Pid), g.Process.Pid) {
			defer func() { _ = syscall.Kill(pid, syscall.SIGKILL) }() // what outlives a guard that is not process 1
		}
		_ = g.Process.Kill()
		_ = g.exit(t)
		if first {
			if !g.stopped("server", "away") {
				t.Error("a process outlives process 1")
			}
			return
		}
		g.until(t, "the end of the command", func() bool {
			pid, err := strconv.Atoi(strings.TrimSpace(g.file("pid")))
			return err == nil && (syscall.Kill(pid, 0) != nil || zombie(pid))
		})
	})
}

func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || bytes.Contains(stat, []byte(") Z "))
}

// A guard that did not run when the time was over kills before anything else once it runs again, although the Lease is
// still its own.
func TestAGuardThatWasStoppedKillsWhenItWakes(t *testing.T) {
	both(t, func(t *testing.T, first bool) {
		a := newAPIServer(t)
		g := run(t, a, first, tree, hasty...)
		g.until(t, "both processes", func() bool { return len(g.file("server")) > 2 })
		_ = g.Process.Signal(syscall.SIGSTOP)
		time.Sleep(4 * time.Second)
		_ = g.Process.Signal(syscall.SIGCONT)
		if code := g.exit(t); code != exitFenced {
			t.Errorf("ended with %d: %s", code, g.log)
		}
	})
}

func TestNothingRevivesATimeToWorkThatIsOver(t *testing.T) {
	t.Parallel()
	fired := make(chan bool, 1)
	dog, err := newWatchdog(func() { fired <- true })
	if err != nil {
		t.Fatal(err)
	}
	// The timer is due and not read yet, as after a stop of the whole program: the renewal comes first.
	dog.until.Store(int64(boottime() - time.Millisecond))
	dog.extend(boottime() + time.Hour)
	if time.Duration(dog.until.Load()) > boottime() {
		t.Fatal("revived")
	}
	living, err := newWatchdog(func() { fired <- true })
	if err != nil {
		t.Fatal(err)
	}
	from := boottime()
	living.extend(from + 3*time.Second)
	living.extend(from + 4*time.Second)
	<-fired
	if took := boottime() - from; took < 4*time.Second {
		t.Errorf("fired after %s, in spite of the renewal", took)
	}
}

func TestASecondGuardStartsOnceTheFirstGaveBack(t *testing.T) {
	t.Parallel()
	a := newAPIServer(t)
	one := run(t, a, false, tree)
	one.until(t, "the first", func() bool { return len(one.file("server")) > 2 })
	two := run(t, a, false, "echo up > up; sleep 60")
	time.Sleep(2 * time.Second)
	if two.file("up") != "" {
		t.Fatal("two run")
	}
	_ = one.Process.Signal(syscall.SIGTERM)
	_ = syscall.Kill(one.Process.Pid, syscall.SIGTERM)
	// What ignores SIGTERM keeps the Lease with it.
	time.Sleep(2 * time.Second)
	if two.file("up") != "" {
		t.Fatal("the second started beside what the first left")
	}
	for _, pid := range descendants(one.Process.Pid) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	from := time.Now()
	two.until(t, "the second", func() bool { return two.file("up") != "" })
	// Otherwise it waits as long as a Lease lasts that nobody gave back.
	if took := time.Since(from); took > 30*time.Second {
		t.Errorf("the second waited %s", took)
	}
}

func TestInstallCopiesTheProgram(t *testing.T) {
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for range 2 { // the container that installs may run again
		if said, err := exec.Command(path, "install", folder).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
	}
	want, _ := os.ReadFile(path)
	got, _ := os.ReadFile(filepath.Join(folder, "lease-guard"))
	state, err := os.Stat(filepath.Join(folder, "lease-guard"))
	if err != nil || !bytes.Equal(want, got) || state.Mode().Perm() != 0o555 {
		t.Errorf("%v %v", state, err)
	}
	left, _ := os.ReadDir(folder)
	if len(left) != 1 {
		t.Errorf("%v", left)
	}
	var exit *exec.ExitError
	if err := exec.Command(path, "instal", folder).Run(); !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		t.Errorf("a wrong word: %v", err)
	}
}
