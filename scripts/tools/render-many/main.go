// Renders a chart once for each line of standard input, in one process: as `helm template`, without its start-up. A
// line is a request as JSON; each gives a line {"manifest": "…"} or {"error": "…"}, in order. A request with a text has
// its values read from it and from further ones, as from files of `--values`, and the answer holds them. Templates and
// schema of a chart are read once; nothing of a render is kept for the next one.
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
	"text/template"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
)

type request struct {
	Chart                string         `json:"chart"`
	Values               map[string]any `json:"values"`
	Text                 *string        `json:"text"`
	Further              []string       `json:"further"`
	OnlyRead             bool           `json:"onlyRead"`
	Release              string         `json:"release"`
	Namespace            string         `json:"namespace"`
	KubernetesVersion    string         `json:"kubernetesVersion"`
	APIVersions          []string       `json:"apiVersions"`
	IsUpgrade            bool           `json:"isUpgrade"`
	SkipSchemaValidation bool           `json:"skipSchemaValidation"`
}

// What is read of a chart once.
type loaded struct {
	chart     *chart.Chart
	schema    *jsonschema.Schema
	templates *template.Template
}

type answer struct {
	Manifest string `json:"manifest"`
	Error    string `json:"error,omitempty"`
	// What was read from a text; missing where there was none, or where it could not be read.
	Values json.RawMessage `json:"values,omitempty"`
}

type job struct {
	line   []byte
	result chan answer
}

func main() {
	// Helm warns about each value of another type than the default's.
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	workers := runtime.NumCPU()
	waiting, ordered := make(chan job, workers), make(chan job, 4*workers)
	for range workers {
		go func() {
			// Each worker has charts of its own: helm changes what it renders.
			charts := map[string]loaded{}
			for one := range waiting {
				one.result <- render(charts, one.line)
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
		// Whoever asks one after the other waits for each answer.
		if err := out.Flush(); err != nil {
			fail(err)
		}
	}
}

func load(charts map[string]loaded, folder string) (loaded, error) {
	if known, ok := charts[folder]; ok {
		return known, nil
	}
	parsed, err := loader.Load(folder)
	if err != nil {
		return loaded{}, err
	}
	schema, err := schemaOf(parsed)
	if err != nil {
		return loaded{}, err
	}
	templates, err := readTemplates(parsed)
	if err != nil {
		return loaded{}, err
	}
	charts[folder] = loaded{parsed, schema, templates}
	return charts[folder], nil
}

// schemaOf is the schema of a chart's values; a chart without one takes all.
func schemaOf(parsed *chart.Chart) (*jsonschema.Schema, error) {
	text := parsed.Schema
	if len(text) == 0 {
		text = []byte("true")
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("file:///values.schema.json", document); err != nil {
		return nil, err
	}
	return compiler.Compile("file:///values.schema.json")
}

func capabilitiesOf(asked request) (*common.Capabilities, error) {
	version, err := common.ParseKubeVersion(asked.KubernetesVersion)
	if err != nil {
		return nil, err
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	capabilities.APIVersions = append(capabilities.APIVersions, asked.APIVersions...)
	return capabilities, nil
}

func validate(one loaded, top common.Values) error {
	values, err := top.Table("Values")
	if err != nil {
		return err
	}
	if err := one.schema.Validate(values.AsMap()); err != nil {
		text := strings.TrimPrefix(err.Error(), "jsonschema validation failed with 'file:///values.schema.json#'\n")
		return fmt.Errorf("values don't meet the specifications of the schema(s) in the following chart(s):\n%s:\n%s\n", one.chart.Name(), text)
	}
	return nil
}

func render(charts map[string]loaded, line []byte) answer {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: err.Error()}
	}
	var values json.RawMessage
	if asked.Text != nil {
		read, err := valuesOf(append([]string{*asked.Text}, asked.Further...))
		if err != nil {
			return answer{Error: err.Error()}
		}
		// Rendering changes what it is given.
		if values, err = json.Marshal(read); err != nil {
			return answer{Error: err.Error()}
		}
		asked.Values = read
	}
	if asked.OnlyRead {
		return answer{Values: values}
	}
	manifest, err := manifestOf(charts, asked)
	if err != nil {
		return answer{Error: err.Error(), Values: values}
	}
	return answer{Manifest: manifest, Values: values}
}

// Values of several files, as `--values` reads them: the later one wins.
func valuesOf(texts []string) (map[string]any, error) {
	merged := map[string]any{}
	for _, text := range texts {
		read, err := loader.LoadValues(strings.NewReader(text))
		if err != nil {
			return nil, err
		}
		merged = loader.MergeMaps(merged, read)
	}
	return merged, nil
}

func manifestOf(charts map[string]loaded, asked request) (string, error) {
	one, err := load(charts, asked.Chart)
	if err != nil {
		return "", err
	}
	capabilities, err := capabilitiesOf(asked)
	if err != nil {
		return "", err
	}
	release := common.ReleaseOptions{Name: asked.Release, Namespace: asked.Namespace, Revision: 1, IsInstall: !asked.IsUpgrade, IsUpgrade: asked.IsUpgrade}
	top, err := util.ToRenderValuesWithSchemaValidation(one.chart, asked.Values, release, capabilities, true)
	if err != nil {
		return "", err
	}
	if !asked.SkipSchemaValidation {
		if err := validate(one, top); err != nil {
			return "", err
		}
	}
	files, err := execute(one.templates, one.chart, top)
	if err != nil {
		return "", err
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
	return manifest.String(), nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
