package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// store reads and writes Leases. put succeeds only if the Lease is still the one that was read, create only if there is
// none.
type store interface {
	get(ctx context.Context, name string) (record, error)
	put(ctx context.Context, next record) (record, error)
	create(ctx context.Context, next record) (record, error)
}

var (
	// errConflict: somebody wrote in between, so nothing was written now.
	errConflict = errors.New("the Lease was written by somebody else in between")
	errAbsent   = errors.New("the Lease does not exist")
	errRefused  = errors.New("the API server refuses the pod's service account: it needs create, get and update on Leases of its namespace, by the chart's Role and RoleBinding")
)

// longestAnswer bounds what is read of an answer. A Lease has some hundred bytes, and some thousand with managedFields.
const longestAnswer = 1 << 20

// kubernetes is the Leases of one namespace at an API server.
type kubernetes struct {
	client  *http.Client
	address string
	// credentials is a folder with token and ca.crt. Both are read again, since both are renewed while the pod runs.
	credentials string
	// local is the pod's own address, as the last connection shows it.
	local atomic.Value
}

// newKubernetes speaks HTTP/1.1 only: after a time-out such a connection is closed, while one of HTTP/2 would be used
// again although nothing comes back on it any more.
func newKubernetes(server, credentials, namespace string) *kubernetes {
	k := &kubernetes{}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		authority, err := os.ReadFile(filepath.Join(credentials, "ca.crt"))
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(authority) {
			return nil, fmt.Errorf("%s has no certificate", filepath.Join(credentials, "ca.crt"))
		}
		dialer := tls.Dialer{Config: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}}
		connection, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if host, _, err := net.SplitHostPort(connection.LocalAddr().String()); err == nil {
			k.local.Store(host)
		}
		return connection, nil
	}
	transport := &http.Transport{DialTLSContext: dial, MaxIdleConns: 1, IdleConnTimeout: 30 * time.Second, DisableCompression: true}
	k.client = &http.Client{
		Transport:     transport, // without Proxy: the proxy of MI's backends leads away from the cluster
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	k.address = fmt.Sprintf("https://%s/apis/coordination.k8s.io/v1/namespaces/%s/leases", server, namespace)
	k.credentials = credentials
	return k
}

func (k *kubernetes) get(ctx context.Context, name string) (record, error) {
	return k.call(ctx, http.MethodGet, "/"+name, nil)
}

// put names the uid of what was read, so that a late write does not create a Lease that was deleted since: the API
// server lets an update create a Lease, but not one with a uid.
func (k *kubernetes) put(ctx context.Context, next record) (record, error) {
	if text(next.metadata()["uid"]) == "" {
		return record{}, errors.New("a Lease without uid is not updated")
	}
	return k.call(ctx, http.MethodPut, "/"+next.name(), next.object)
}

func (k *kubernetes) create(ctx context.Context, next record) (record, error) {
	next = next.copied()
	for _, name := range []string{"uid", "resourceVersion", "creationTimestamp", "managedFields"} {
		delete(next.metadata(), name)
	}
	return k.call(ctx, http.MethodPost, "", next.object)
}

// podAddress is the pod's own address, or empty before the first connection.
func (k *kubernetes) podAddress() string { return text(k.local.Load()) }

func (k *kubernetes) call(ctx context.Context, method, path string, object map[string]any) (record, error) {
	var body []byte
	if object != nil {
		var err error
		if body, err = json.Marshal(object); err != nil {
			return record{}, err
		}
	}
	request, err := k.request(ctx, method, path, body)
	if err != nil {
		return record{}, err
	}
	response, err := k.client.Do(request)
	if err != nil {
		return record{}, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer))
	if err != nil {
		return record{}, err
	}
	return parseAnswer(method, response.StatusCode, answer)
}

func (k *kubernetes) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	token, err := os.ReadFile(filepath.Join(k.credentials, "token"))
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, k.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "mi-patterns-lease-guard")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	return request, nil
}

func parseAnswer(method string, status int, answer []byte) (record, error) {
	switch status {
	case http.StatusOK:
		return parseRecord(answer)
	case http.StatusCreated:
		if method != http.MethodPost {
			return record{}, errors.New("the API server created a Lease that was to be updated")
		}
		return parseRecord(answer)
	case http.StatusConflict:
		return record{}, errConflict
	case http.StatusUnauthorized, http.StatusForbidden:
		return record{}, fmt.Errorf("%w (%d)", errRefused, status)
	case http.StatusNotFound:
		return record{}, errAbsent
	default:
		return record{}, fmt.Errorf("the API server answered %d", status)
	}
}
