package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// configuration is what the stand-in takes from deployment.toml.
type configuration struct {
	offset int
	// patience is how long a stop waits for requests under way: http.socket.timeout when nothing else is said.
	patience time.Duration
	// keepAlive says whether a connection serves more than one request.
	keepAlive bool
}

var (
	table = regexp.MustCompile(`^\s*\[\[?\s*([^\[\]]+?)\s*\]?\]\s*(#.*)?$`)
	// valueStart is how a TOML value can begin: text, a list, a table, a number, a date or a truth value.
	valueStart = regexp.MustCompile(`^("|'|\[|\{|[+-]?[0-9]|[+-]?(inf|nan)\b|(true|false)\s*(#.*)?$)`)
	// environment is a reference to a variable; MI does not start when one is not set (config-mapper,
	// ReferenceResolver).
	environment = regexp.MustCompile(`\$env\{([^}]+)\}`)
	keyValue    = regexp.MustCompile(`^\s*("[^"]+"|'[^']+'|[\w.-]+)(\s*\.\s*("[^"]+"|[\w-]+))*\s*=\s*(\S.*)$`)
)

// readConfiguration reads the keys of [server] that matter here. A line that cannot be TOML is an error, as a broken
// file keeps MI from starting; values over several lines are passed over without a look.
func readConfiguration(path string) (configuration, error) {
	read := configuration{offset: 10, patience: 180 * time.Second, keepAlive: true}
	file, err := os.Open(path)
	if err != nil {
		return read, err
	}
	defer file.Close()
	values := map[string]string{}
	section, closing := "", ""
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		if closing != "" {
			if strings.Contains(line, closing) {
				closing = ""
			}
			continue
		}
		if trimmed := strings.TrimSpace(line); trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if found := table.FindStringSubmatch(line); found != nil {
			section = found[1]
			continue
		}
		found := keyValue.FindStringSubmatch(line)
		if found == nil || !valueStart.MatchString(found[4]) {
			return read, fmt.Errorf("%s:%d: not TOML: %s", path, number, line)
		}
		value := found[4]
		for _, variable := range environment.FindAllStringSubmatch(value, -1) {
			if _, set := os.LookupEnv(variable[1]); !set {
				return read, fmt.Errorf("Environment variable %s not defined in system", variable[1])
			}
		}
		values[section+"."+found[1]] = strings.TrimSpace(value)
		closing = openEnd(value)
	}
	whole := func(key string) (int, bool) {
		number, err := strconv.Atoi(values[key])
		return number, err == nil
	}
	if offset, is := whole("server.offset"); is {
		read.offset = offset
	} else if text, given := values["server.offset"]; given {
		return read, fmt.Errorf("%s: [server] offset = %s: a whole number is wanted", path, text)
	}
	if milliseconds, is := whole("server.graceful_shutdown_timeout"); is && values["server.graceful_shutdown_enabled"] == "true" {
		read.patience = time.Duration(milliseconds) * time.Millisecond
	}
	read.keepAlive = !strings.HasPrefix(values["transport.http.disable_connection_keepalive"], "true")
	return read, lines.Err()
}

// openEnd tells what closes a value that does not end on its line.
func openEnd(value string) string {
	for _, quotes := range []string{`"""`, "'''"} {
		if strings.HasPrefix(value, quotes) && strings.Count(value, quotes) == 1 {
			return quotes
		}
	}
	if strings.HasPrefix(value, "[") && !strings.Contains(value, "]") {
		return "]"
	}
	return ""
}

// serverRoles reads -DserverRoles=A,B; the default is MI's own.
func serverRoles(arguments []string) []string {
	for _, argument := range arguments {
		if roles, is := strings.CutPrefix(argument, "-DserverRoles="); is {
			return strings.Split(roles, ",")
		}
	}
	return []string{"EnterpriseIntegrator", "EnterpriseServiceBus", "DataServicesServer"}
}
