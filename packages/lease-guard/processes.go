package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// processes are those that the guard answers for. As process 1 of its container these are all in it, and the kernel
// ends them when the guard ends, however that comes about. Elsewhere they are its descendants, which stay its own since
// it takes on orphans (child subreaper); then nobody ends the children's children when the guard itself is killed.
type processes struct {
	first bool // the guard is process 1
	main  int  // the command's process, 0 before it is started
	// fenced is set before everything is killed for want of the Lease: the end of the command is then no end in order.
	fenced atomic.Bool
}

const setChildSubreaper = 36 // PR_SET_CHILD_SUBREAPER

func newProcesses() (*processes, error) {
	if os.Getpid() == 1 {
		return &processes{first: true}, nil
	}
	if _, _, failure := syscall.Syscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); failure != 0 {
		return nil, fmt.Errorf("prctl(PR_SET_CHILD_SUBREAPER): %w", failure)
	}
	return &processes{}, nil
}

// start runs the command with the guard's own environment, working folder and output, in a process group of its own. To
// be called by a goroutine that is locked to its thread for good: when that thread ends, so does the command.
func (p *processes) start(command []string) error {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return err
	}
	p.main, err = syscall.ForkExec(path, command, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	})
	return err
}

// signalAll tells every process but the guard; that none is there is no error.
func (p *processes) signalAll(signal syscall.Signal) {
	if p.first {
		_ = syscall.Kill(-1, signal)
		return
	}
	if p.main != 0 {
		_ = syscall.Kill(-p.main, signal)
	}
	for _, pid := range descendants(os.Getpid()) {
		_ = syscall.Kill(pid, signal)
	}
}

// reap takes the ended children from the kernel. It returns the exit code of the command once that has ended, and
// whether no child is left at all. Every orphan is a child of the guard, so then nothing of the command runs any more.
func (p *processes) reap() (code int, ended, none bool) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.ECHILD):
			return code, ended, true
		case err != nil || pid == 0:
			return code, ended, false
		}
		if pid == p.main {
			ended = true
			code = status.ExitStatus()
			if status.Signaled() {
				code = 128 + int(status.Signal())
			}
		}
	}
}

// kill ends every process by SIGKILL, again and again until none is left or the time is over: a process may just be
// starting another. Process 1 need not wait: no process outlives it.
func (p *processes) kill(most time.Duration) {
	for begin := boottime(); ; {
		p.signalAll(syscall.SIGKILL)
		if p.first {
			return
		}
		if _, _, none := p.reap(); none || boottime()-begin > most {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// descendants of a process, found in /proc.
func descendants(of int) []int {
	folders, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	children := map[int][]int{}
	for _, folder := range folders {
		pid, err := strconv.Atoi(folder.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + folder.Name() + "/stat")
		if err != nil {
			continue
		}
		// The name in brackets may hold anything; state and parent stand after its last bracket.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) < 2 {
			continue
		}
		if parent, err := strconv.Atoi(string(fields[1])); err == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	var found []int
	for next := []int{of}; len(next) > 0; next = next[1:] {
		found = append(found, children[next[0]]...)
		next = append(next, children[next[0]]...)
	}
	return found
}
