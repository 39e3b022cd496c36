// Command mi-stand-in behaves, towards Kubernetes, like a WSO2 Micro Integrator: the same ports, probes, order of
// start, slow start, role filter on archives, task ticks and stop. It runs no mediation: an API answers the text of its
// payload, and a task calls the address that its sequence names. What the tests need of MI, and nothing else.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

func main() {
	home := os.Getenv("CARBON_HOME")
	say("Starting WSO2 Micro Integrator stand-in in %s", home)
	// bin/micro-integrator.sh stop and preStop hooks read this file.
	if err := os.WriteFile(filepath.Join(home, "wso2carbon.pid"), []byte(strconv.Itoa(os.Getpid())), 0o644); err != nil {
		fail(err)
	}
	configuration, err := readConfiguration(filepath.Join(home, "conf", "deployment.toml"))
	if err != nil {
		fail(err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)

	begin := time.Now()
	rest(startTime(), signals)
	deployed := deploy(filepath.Join(home, "repository", "deployment", "server", "carbonapps"), serverRoles(os.Args[1:]))

	// Tasks fire from their deployment on, before anything listens.
	tasks, stopTasks := context.WithCancel(context.Background())
	for _, task := range deployed.tasks {
		go task.run(tasks)
	}
	transports := []port{}
	open := func(number int, secure bool, handler http.Handler) {
		opened, err := listen(number, secure, configuration.keepAlive, handler)
		if err != nil {
			fail(err)
		}
		transports = append(transports, opened)
	}
	internal := internalAPI(deployed)
	open(9191+configuration.offset, false, internal)
	open(9154+configuration.offset, true, internal)
	transports = nil                    // the internal ports serve to the end of the process
	rest(300*time.Millisecond, signals) // probes answer before the transports are up
	mediation := counted(apis(deployed))
	for _, number := range deployed.inboundPorts {
		open(number, false, mediation) // the port of an inbound endpoint takes no offset
	}
	open(8280+configuration.offset, false, mediation)
	rest(betweenListeners(), signals)
	open(8243+configuration.offset, true, mediation)
	say("WSO2 Micro Integrator started in %.2f seconds", time.Since(begin).Seconds())

	<-signals
	say("Shutting down: %s for requests under way", configuration.patience)
	if left := stop(transports, configuration.patience); left > 0 {
		say("%d requests were still under way", left)
	}
	stopTasks()
	say("Shutdown complete")
}

// startTime is how long a server takes until its archives are deployed; 9 s were seen for MI 4.3.0 on an idle machine.
func startTime() time.Duration {
	return duration("STANDIN_START_MILLISECONDS", 8000)
}

// betweenListeners is how long after HTTP the server listens for HTTPS: 1 to 84 ms were seen for MI 4.3.0, most of it
// on a busy machine.
func betweenListeners() time.Duration {
	return duration("STANDIN_BETWEEN_LISTENERS_MILLISECONDS", 100)
}

func duration(variable string, fallback int) time.Duration {
	if number, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return time.Duration(number) * time.Millisecond
	}
	return time.Duration(fallback) * time.Millisecond
}

// rest sleeps; a signal that comes meanwhile ends the process at once, as nothing has to be waited for.
func rest(length time.Duration, signals <-chan os.Signal) {
	select {
	case <-signals:
		say("Stopped while starting")
		os.Exit(143)
	case <-time.After(length):
	}
}

func say(format string, values ...any) {
	fmt.Printf("[%s]  INFO {stand-in} - %s\n", time.Now().UTC().Format("2006-01-02 15:04:05,000"), fmt.Sprintf(format, values...))
}

func warn(format string, values ...any) {
	fmt.Printf("[%s] ERROR {stand-in} - %s\n", time.Now().UTC().Format("2006-01-02 15:04:05,000"), fmt.Sprintf(format, values...))
}

func fail(err error) {
	warn("%v", err)
	os.Exit(1)
}
