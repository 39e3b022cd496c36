package main

import (
	"archive/zip"
	"bufio"
	"fmt"
	"net"
	"net/http"
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
	if err != nil || good.offset != 12 || good.patience != 30*time.Second || !good.keepAlive {
		t.Fatalf("%+v %v", good, err)
	}
	for _, broken := range []string{"[server]\noffset = ten\n", "[server]\noffset = 10.0\n", "no toml\n", "a = yes, please\n", "[server]\nhostname = \"$env{STANDIN_NOWHERE_SET}\"\n"} {
		if _, err := read(broken); err == nil {
			t.Errorf("no error for %q", broken)
		}
	}
}

func TestStopAnswersKeptConnectionsUntilNothingIsUnderWay(t *testing.T) {
	secureDelay = 50 * time.Millisecond
	entered, leave := make(chan struct{}, 2), make(chan struct{})
	handler := counted(http.HandlerFunc(func(writer http.ResponseWriter, call *http.Request) {
		if call.URL.Path == "/slow" {
			entered <- struct{}{}
			<-leave
		}
	}))
	opened, err := listen(0, false, true, handler)
	if err != nil {
		t.Fatal(err)
	}
	address := opened.listener.Addr().String()
	ask := func(connection net.Conn, path string) error {
		fmt.Fprintf(connection, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
		_, err := http.ReadResponse(bufio.NewReader(connection), nil)
		return err
	}
	dial := func() net.Conn {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		return connection
	}
	slow, kept := dial(), dial()
	if err := ask(kept, "/"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() { answered <- ask(slow, "/slow") }()
	<-entered
	ended := make(chan int64, 1)
	go func() { ended <- stop([]port{opened}, 10*time.Second) }()
	for {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			break // no new connection
		}
		connection.Close()
	}
	if err := ask(kept, "/"); err != nil {
		t.Errorf("kept connection while a request is under way: %v", err)
	}
	close(leave)
	if err := <-answered; err != nil {
		t.Errorf("request under way: %v", err)
	}
	if left := <-ended; left != 0 {
		t.Errorf("%d requests cut off", left)
	}
	if err := ask(kept, "/"); err == nil {
		t.Error("kept connection answered after the stop")
	}
}
