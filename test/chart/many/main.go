// Renders a chart once for each line of standard input, in one process: as `helm template`, without its start-up. A
// line is {"values": {…}, "skipSchemaValidation": false}; each gives a line {"manifest": "…"} or {"error": "…"}, in
// order. The chart's templates and schema are read once; nothing of a render is kept for the next one.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"runtime"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
)

type request struct {
	Values               map[string]any `json:"values"`
	SkipSchemaValidation bool           `json:"skipSchemaValidation"`
}

type answer struct {
	Manifest string `json:"manifest"`
	Error    string `json:"error,omitempty"`
}

type job struct {
	line   []byte
	result chan answer
}

func main() {
	if len(os.Args) < 3 {
		fail(fmt.Errorf("usage: many CHART KUBERNETES-VERSION [API-VERSION...] < requests"))
	}
	// Helm warns about each value of another type than the default's.
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	folder := os.Args[1]
	schema, err := readSchema(folder)
	if err != nil {
		fail(err)
	}
	version, err := common.ParseKubeVersion(os.Args[2])
	if err != nil {
		fail(err)
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	capabilities.APIVersions = append(capabilities.APIVersions, os.Args[3:]...)
	workers := runtime.NumCPU()
	waiting, ordered := make(chan job, workers), make(chan job, 4*workers)
	for range workers {
		go func() {
			// Each worker has a chart of its own: helm changes what it renders.
			parsed, err := loader.Load(folder)
			if err != nil {
				fail(err)
			}
			for one := range waiting {
				one.result <- render(parsed, schema, capabilities, one.line)
			}
		}()
	}
	go func() {
		lines := bufio.NewReaderSize(os.Stdin, 1<<20)
		for {
			line, err := lines.ReadBytes('\n')
			if len(bytes.TrimSpace(line)) > 0 {
				one := job{line: line, result: make(chan answer, 1)}
				ordered <- one
				waiting <- one
			}
			if err != nil {
				close(ordered)
				return
			}
		}
	}()
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for one := range ordered {
		if err := encoder.Encode(<-one.result); err != nil {
			fail(err)
		}
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func readSchema(folder string) (*jsonschema.Schema, error) {
	parsed, err := loader.Load(folder)
	if err != nil {
		return nil, err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(parsed.Schema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("file:///values.schema.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("file:///values.schema.json")
}

func render(parsed *chart.Chart, schema *jsonschema.Schema, capabilities *common.Capabilities, line []byte) answer {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: err.Error()}
	}
	release := common.ReleaseOptions{Name: "orders", Namespace: "orders", Revision: 1, IsInstall: true}
	top, err := util.ToRenderValuesWithSchemaValidation(parsed, asked.Values, release, capabilities, true)
	if err != nil {
		return answer{Error: err.Error()}
	}
	if !asked.SkipSchemaValidation {
		values, err := top.Table("Values")
		if err != nil {
			return answer{Error: err.Error()}
		}
		if err := schema.Validate(values.AsMap()); err != nil {
			text := strings.TrimPrefix(err.Error(), "jsonschema validation failed with 'file:///values.schema.json#'\n")
			return answer{Error: fmt.Sprintf("values don't meet the specifications of the schema(s) in the following chart(s):\n%s:\n%s\n", parsed.Name(), text)}
		}
	}
	files, err := engine.Render(parsed, top)
	if err != nil {
		return answer{Error: err.Error()}
	}
	names := make([]string, 0, len(files))
	for name := range files {
		if strings.HasSuffix(name, ".yaml") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var manifest strings.Builder
	for _, name := range names {
		fmt.Fprintf(&manifest, "---\n# Source: %s\n%s\n", name, files[name])
	}
	return answer{Manifest: manifest.String()}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
