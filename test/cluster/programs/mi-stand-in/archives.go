package main

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// application is the name and version of an archive.
type application struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type api struct{ context, answer string }

// deployment is what came out of all archives.
type deployment struct {
	applications []application
	faulty       []application
	apis         []api
	tasks        []task
	inboundPorts []int
}

// artifactXML is <artifact> of metadata.xml, artifacts.xml and each artifact.xml.
type artifactXML struct {
	Name         string        `xml:"name,attr"`
	Version      string        `xml:"version,attr"`
	Type         string        `xml:"type,attr"`
	File         string        `xml:"file"`
	Artifacts    []artifactXML `xml:"artifact"`
	Dependencies []struct {
		Artifact string  `xml:"artifact,attr"`
		Version  string  `xml:"version,attr"`
		Role     *string `xml:"serverRole,attr"`
	} `xml:"dependency"`
}

// errFaulty marks an archive that MI counts as faulty, so that readiness fails. After every other error the archive is
// just not there and readiness does not tell.
var errFaulty = errors.New("faulty")

// deploy reads the archives of a folder in the order of their names and keeps, of each, what its roles let through.
func deploy(folder string, roles []string) deployment {
	paths, _ := filepath.Glob(filepath.Join(folder, "*.car"))
	sort.Strings(paths)
	all := deployment{}
	for _, path := range paths {
		one, err := readArchive(path, roles, all.applications)
		switch {
		case errors.Is(err, errFaulty):
			warn("Error while deploying carbon application %s: %v", filepath.Base(path), err)
			all.faulty = append(all.faulty, one.applications...)
		case err != nil:
			warn("Error while deploying carbon application %s: %v", filepath.Base(path), err)
		default:
			all.applications = append(all.applications, one.applications...)
			all.apis = append(all.apis, one.apis...)
			all.tasks = append(all.tasks, one.tasks...)
			all.inboundPorts = append(all.inboundPorts, one.inboundPorts...)
			say("Successfully Deployed Carbon Application : %s", filepath.Base(path))
		}
	}
	return all
}

func readArchive(path string, roles []string, present []application) (deployment, error) {
	files, err := unpack(path)
	if err != nil {
		return deployment{}, err
	}
	root, found := files["metadata.xml"]
	if !found {
		root, found = files["artifacts.xml"]
	}
	var list artifactXML
	if !found || xml.Unmarshal(root, &list) != nil {
		return deployment{}, errors.New("no readable metadata.xml or artifacts.xml")
	}
	var main *artifactXML
	for index := range list.Artifacts {
		if list.Artifacts[index].Type == "carbon/application" {
			main = &list.Artifacts[index]
			break
		}
	}
	if main == nil {
		return deployment{}, errors.New("no artifact of type carbon/application")
	}
	this := application{main.Name, main.Version}
	for _, other := range present {
		if other == this {
			return deployment{}, fmt.Errorf("%s %s already exists", this.Name, this.Version)
		}
	}
	contents, err := wantedArtifacts(main, files, roles)
	if err != nil {
		return deployment{}, err
	}
	if len(contents) == 0 {
		return deployment{}, errors.New("no artifact for the roles of this server")
	}
	result := deployment{applications: []application{this}}
	return result, deployArtifacts(&result, contents)
}

// content is one artifact of an archive: its kind and the text of its file.
type content struct {
	kind, name string
	text       []byte
}

func wantedArtifacts(main *artifactXML, files map[string][]byte, roles []string) ([]content, error) {
	known := map[string]content{}
	for path, text := range files {
		// What metadata.xml lists beyond artifacts.xml lies a folder deeper.
		if parts := strings.Split(strings.TrimPrefix(path, "metadata/"), "/"); len(parts) != 2 || parts[1] != "artifact.xml" {
			continue
		}
		var artifact artifactXML
		if err := xml.Unmarshal(text, &artifact); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		file := filepath.Dir(path) + "/" + strings.TrimSpace(artifact.File)
		known[artifact.Name+"\n"+artifact.Version] = content{artifact.Type, artifact.Name, files[file]}
	}
	wanted := []content{}
	for _, dependency := range main.Dependencies {
		if dependency.Role == nil {
			return nil, fmt.Errorf("dependency %s has no serverRole", dependency.Artifact)
		}
		if !allowed(*dependency.Role, roles) {
			continue
		}
		artifact, found := known[dependency.Artifact+"\n"+dependency.Version]
		if !found {
			return nil, fmt.Errorf("some dependencies were not satisfied: %s %s", dependency.Artifact, dependency.Version)
		}
		wanted = append(wanted, artifact)
	}
	return wanted, nil
}

// allowed matches as MI does: each role of the server is a regular expression for the whole role of the artifact.
func allowed(role string, roles []string) bool {
	for _, pattern := range roles {
		if matched, err := regexp.MatchString("^(?:"+strings.TrimSpace(pattern)+")$", role); err == nil && matched {
			return true
		}
	}
	return false
}

var (
	payload     = regexp.MustCompile(`(?s)<format>\s*(.*?)\s*</format>`)
	inboundPort = regexp.MustCompile(`name="inbound\.http\.port"[^>]*>\s*(\d+)`)
)

func deployArtifacts(result *deployment, contents []content) error {
	sequences := map[string][]byte{}
	for _, artifact := range contents {
		if artifact.kind == "synapse/sequence" {
			sequences[artifact.name] = artifact.text
		}
	}
	for _, artifact := range contents {
		if !strings.HasPrefix(artifact.kind, "synapse/") || artifact.kind == "synapse/lib" || artifact.kind == "synapse/metadata" {
			continue
		}
		var any struct {
			Context string `xml:"context,attr"`
		}
		if err := xml.Unmarshal(artifact.text, &any); err != nil {
			return fmt.Errorf("%w: %s %s: %v", errFaulty, artifact.kind, artifact.name, err)
		}
		switch artifact.kind {
		case "synapse/api":
			answer := `{"server":"stand-in"}`
			if found := payload.FindSubmatch(artifact.text); found != nil {
				answer = string(found[1])
			}
			result.apis = append(result.apis, api{any.Context, answer})
		case "synapse/task":
			task, err := readTask(artifact.name, artifact.text, sequences)
			if err != nil {
				return fmt.Errorf("%w: task %s: %v", errFaulty, artifact.name, err)
			}
			result.tasks = append(result.tasks, task)
		case "synapse/inbound-endpoint":
			if found := inboundPort.FindSubmatch(artifact.text); found != nil {
				port, _ := strconv.Atoi(string(found[1]))
				result.inboundPorts = append(result.inboundPorts, port)
			}
		}
	}
	return nil
}

// unpack reads an archive. MI makes no folders that the archive does not list before the files in them.
func unpack(path string) (map[string][]byte, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	files, folders := map[string][]byte{}, map[string]bool{"./": true}
	for _, entry := range archive.File {
		if strings.HasPrefix(entry.Name, "META-INF/") || strings.HasPrefix(entry.Name, "dependencies/") {
			continue
		}
		if strings.HasSuffix(entry.Name, "/") {
			folders[entry.Name] = true
			continue
		}
		if folder := filepath.Dir(entry.Name) + "/"; !folders[folder] {
			return nil, fmt.Errorf("no directory entry %s before %s", folder, entry.Name)
		}
		reader, err := entry.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(io.LimitReader(reader, 64<<20))
		reader.Close()
		if err != nil {
			return nil, err
		}
		files[entry.Name] = text
	}
	return files, nil
}
