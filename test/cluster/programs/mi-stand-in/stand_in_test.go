package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// writeCar writes an archive of one API and one isolated task; folders says whether it lists its folders.
func writeCar(t *testing.T, folder, name string, folders bool, task string) {
	t.Helper()
	file, err := os.Create(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	put := func(path, text string) {
		entry, _ := archive.Create(path)
		entry.Write([]byte(text))
	}
	put("artifacts.xml", `<artifacts><artifact name="App" version="1" type="carbon/application"><dependency artifact="orders" version="1" serverRole="EnterpriseServiceBus"/><dependency artifact="hourly" version="1" serverRole="MiIsolatedHourly"/></artifact></artifacts>`)
	for _, one := range [][3]string{{"orders", "synapse/api", `<api context="/orders"/>`}, {"hourly", "synapse/task", task}} {
		if folders {
			archive.Create(one[0] + "_1/")
		}
		put(one[0]+"_1/artifact.xml", `<artifact name="`+one[0]+`" version="1" type="`+one[1]+`"><file>a.xml</file></artifact>`)
		put(one[0]+"_1/a.xml", one[2])
	}
	archive.Close()
}

const hourly = `<task xmlns="http://ws.apache.org/ns/synapse" name="hourly"><trigger interval="2" count="3"/></task>`

func TestRolesDecideWhatIsDeployed(t *testing.T) {
	folder := t.TempDir()
	writeCar(t, folder, "a.car", true, hourly)
	plain := deploy(folder, serverRoles(nil))
	if len(plain.apis) != 1 || len(plain.tasks) != 0 {
		t.Fatalf("default roles: %+v", plain)
	}
	isolated := deploy(folder, serverRoles([]string{"-DserverRoles=EnterpriseServiceBus,MiIsolated.*"}))
	if len(isolated.apis) != 1 || len(isolated.tasks) != 1 || isolated.tasks[0].interval != 2*time.Second || isolated.tasks[0].count != 3 {
		t.Fatalf("isolated role: %+v", isolated)
	}
}

func TestOnlyAnArtifactErrorMakesAnArchiveFaulty(t *testing.T) {
	folder := t.TempDir()
	writeCar(t, folder, "a.car", true, `<task`)
	if found := deploy(folder, []string{".*"}); len(found.faulty) != 1 || len(found.apis) != 0 {
		t.Fatalf("broken artifact: %+v", found)
	}
	folder = t.TempDir()
	writeCar(t, folder, "a.car", false, hourly)
	if found := deploy(folder, []string{".*"}); len(found.faulty) != 0 || len(found.applications) != 0 {
		t.Fatalf("no directory entries: %+v", found)
	}
}

func TestSameApplicationTwiceIsDeployedOnce(t *testing.T) {
	folder := t.TempDir()
	writeCar(t, folder, "a.car", true, hourly)
	writeCar(t, folder, "b.car", true, hourly)
	if found := deploy(folder, []string{".*"}); len(found.applications) != 1 || len(found.tasks) != 1 {
		t.Fatalf("%+v", found)
	}
}

func TestConfiguration(t *testing.T) {
	read := func(text string) (configuration, error) {
		path := filepath.Join(t.TempDir(), "deployment.toml")
		os.WriteFile(path, []byte(text), 0o600)
		return readConfiguration(path)
	}
	good, err := read("# comment\n[server]\nhostname = \"x\"\noffset = 12\ngraceful_shutdown_enabled = true\ngraceful_shutdown_timeout = 30000\n[[datasource]]\nid = \"A\"\nlist = [\n  1,\n]\n")
	if err != nil || good.offset != 12 || good.patience != 30*time.Second {
		t.Fatalf("%+v %v", good, err)
	}
	for _, broken := range []string{"[server]\noffset = ten\n", "[server]\noffset = 10.0\n", "no toml\n", "a = yes, please\n"} {
		if _, err := read(broken); err == nil {
			t.Errorf("no error for %q", broken)
		}
	}
}
