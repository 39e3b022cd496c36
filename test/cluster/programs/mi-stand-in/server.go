package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// listen opens a port and serves it in the background. [transport.http] disable_connection_keepalive has MI say
// "Connection: Close" in each answer; keepAlive is its opposite.
func listen(number int, secure, keepAlive bool, handler http.Handler) (port, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", number))
	if err != nil {
		return port{}, err
	}
	serving := listener
	if secure {
		certificate, err := selfSigned()
		if err != nil {
			return port{}, err
		}
		serving = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}})
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	server.SetKeepAlivesEnabled(keepAlive)
	go server.Serve(serving)
	return port{server, listener, secure}, nil
}

// internalAPI serves the probes and as much of the management API as tells which archives are deployed.
func internalAPI(deployed deployment) http.Handler {
	routes := http.NewServeMux()
	answer := func(writer http.ResponseWriter, status int, value any) {
		writer.Header().Set("Content-Type", "application/json")
		writer.WriteHeader(status)
		json.NewEncoder(writer).Encode(value)
	}
	routes.HandleFunc("GET /liveness", func(writer http.ResponseWriter, _ *http.Request) {})
	routes.HandleFunc("GET /healthz", func(writer http.ResponseWriter, _ *http.Request) {
		if len(deployed.faulty) == 0 {
			answer(writer, http.StatusOK, map[string]string{"version": "stand-in", "status": "ready"})
			return
		}
		names := []string{}
		for _, application := range deployed.faulty {
			names = append(names, application.Name)
		}
		answer(writer, http.StatusInternalServerError, map[string]any{"version": "stand-in", "status": "not ready", "Faulty CAPPs": names})
	})
	routes.HandleFunc("GET /management/login", func(writer http.ResponseWriter, call *http.Request) {
		if user, password, given := call.BasicAuth(); !given || user != "admin" || password != "admin" {
			answer(writer, http.StatusUnauthorized, map[string]string{"Error": "Unauthorized"})
			return
		}
		answer(writer, http.StatusOK, map[string]string{"AccessToken": "stand-in-token"})
	})
	routes.HandleFunc("GET /management/applications", func(writer http.ResponseWriter, call *http.Request) {
		if call.Header.Get("Authorization") != "Bearer stand-in-token" {
			answer(writer, http.StatusUnauthorized, map[string]string{"Error": "Unauthorized"})
			return
		}
		list := func(of []application) []application { return append([]application{}, of...) }
		answer(writer, http.StatusOK, map[string]any{
			"totalCount": len(deployed.applications) + len(deployed.faulty), "activeCount": len(deployed.applications), "faultyCount": len(deployed.faulty),
			"activeList": list(deployed.applications), "faultyList": list(deployed.faulty),
		})
	})
	return routes
}

// apis answers under the context of each API. STANDIN_REQUEST_MILLISECONDS is how long an answer takes, and
// STANDIN_REQUEST_WORK_MILLISECONDS how much processor time it uses.
func apis(deployed deployment) http.Handler {
	pause, work := duration("STANDIN_REQUEST_MILLISECONDS", 20), duration("STANDIN_REQUEST_WORK_MILLISECONDS", 0)
	pod, _ := os.Hostname()
	return http.HandlerFunc(func(writer http.ResponseWriter, call *http.Request) {
		for _, api := range deployed.apis {
			if call.URL.Path != api.context && !strings.HasPrefix(call.URL.Path, strings.TrimSuffix(api.context, "/")+"/") {
				continue
			}
			time.Sleep(pause)
			for until := time.Now().Add(work); time.Now().Before(until); {
			}
			writer.Header().Set("Content-Type", "application/json")
			writer.Header().Set("X-Pod", pod)
			fmt.Fprint(writer, api.answer)
			return
		}
		http.NotFound(writer, call)
	})
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
