// Command publication is what the tests of publishing need from outside: an OCI registry that holds everything in
// memory, and key rings of a key that nobody else has.
//
//	publication registry          serves on a free port of the loopback address, prints host:port, ends with stdin
//	publication keys FOLDER NAME  writes FOLDER/secret.gpg and FOLDER/public.gpg in the format that helm reads
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "registry":
		err = serve()
	case len(os.Args) == 4 && os.Args[1] == "keys":
		err = writeKeys(os.Args[2], os.Args[3])
	default:
		err = fmt.Errorf("usage: publication registry | publication keys FOLDER NAME")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	// Whoever started the registry holds its stdin: it ends with that process, however that ends.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	return http.Serve(listener, registry.New(registry.Logger(log.New(io.Discard, "", 0))))
}

func writeKeys(folder, name string) error {
	entity, err := openpgp.NewEntity(name, "", name+"@example.com", &packet.Config{RSABits: 3072})
	if err != nil {
		return err
	}
	if err := write(filepath.Join(folder, "secret.gpg"), func(file io.Writer) error { return entity.SerializePrivate(file, nil) }); err != nil {
		return err
	}
	return write(filepath.Join(folder, "public.gpg"), entity.Serialize)
}

func write(path string, serialize func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := serialize(file); err != nil {
		return err
	}
	return file.Close()
}
