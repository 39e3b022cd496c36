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
	"time"
)

// store reads and writes the one Lease. A write succeeds only if the record is still the one that was read.
type store interface {
	get(ctx context.Context) (record, error)
	put(ctx context.Context, next record) (record, error)
}

// errConflict: somebody wrote in between, so nothing was written now.
var errConflict = errors.New("the Lease was written by somebody else in between")

// longestAnswer bounds what is read of an answer. A Lease has some hundred bytes, and some thousand with managedFields.
const longestAnswer = 1 << 20

// kubernetes is the Lease at an API server.
type kubernetes struct {
	client  *http.Client
	address string
	// credentials is a folder with token and ca.crt. Both are read again, since both are renewed while the pod runs.
	credentials string
}

// newKubernetes speaks HTTP/1.1 only: after a time-out such a connection is closed, while one of HTTP/2 would be used again
// although nothing comes back on it any more.
func newKubernetes(server, credentials, namespace, lease string) *kubernetes {
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
		return dialer.DialContext(ctx, network, address)
	}
	transport := &http.Transport{DialTLSContext: dial, MaxIdleConns: 1, IdleConnTimeout: 30 * time.Second, DisableCompression: true}
	return &kubernetes{
		client: &http.Client{
			Transport:     transport, // without Proxy: the proxy of MI's backends leads away from the cluster
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		address:     fmt.Sprintf("https://%s/apis/coordination.k8s.io/v1/namespaces/%s/leases/%s", server, namespace, lease),
		credentials: credentials,
	}
}

func (k *kubernetes) get(ctx context.Context) (record, error) {
	return k.call(ctx, http.MethodGet, nil)
}

func (k *kubernetes) put(ctx context.Context, next record) (record, error) {
	body, err := json.Marshal(next.object)
	if err != nil {
		return record{}, err
	}
	return k.call(ctx, http.MethodPut, body)
}

func (k *kubernetes) call(ctx context.Context, method string, body []byte) (record, error) {
	token, err := os.ReadFile(filepath.Join(k.credentials, "token"))
	if err != nil {
		return record{}, err
	}
	request, err := http.NewRequestWithContext(ctx, method, k.address, bytes.NewReader(body))
	if err != nil {
		return record{}, err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "mi-patterns-lease-guard")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
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
	switch response.StatusCode {
	case http.StatusOK:
		return parseRecord(answer)
	case http.StatusConflict:
		return record{}, errConflict
	case http.StatusUnauthorized, http.StatusForbidden:
		return record{}, fmt.Errorf("the API server refuses the pod's service account (%d): it needs get and update on this Lease, by the chart's Role and RoleBinding", response.StatusCode)
	case http.StatusNotFound:
		return record{}, errors.New("the Lease does not exist; the chart makes it")
	default:
		return record{}, fmt.Errorf("the API server answered %d", response.StatusCode)
	}
}
