package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

// outcome of one request. An empty kind is a success.
type outcome struct {
	kind string
	body string
	end  time.Time
}

// client has one connection at most. It is written on the bare connection because Go's own client silently sends a
// request again when a kept connection breaks, which would hide the very failures that are to be counted.
type client struct {
	settings
	connection net.Conn
	reader     *bufio.Reader
	retire     time.Time
}

func (c *client) close() {
	if c.connection != nil {
		c.connection.Close()
		c.connection = nil
	}
}

func (c *client) ask() outcome {
	kind, body := c.exchange()
	if kind != "" || !c.keepAlive {
		c.close()
	}
	return outcome{kind, body, time.Now()}
}

func (c *client) exchange() (kind, body string) {
	deadline := time.Now().Add(c.timeout)
	if c.connection != nil && (c.closedByServer() || (c.age > 0 && time.Now().After(c.retire))) {
		c.close()
	}
	reused := c.connection != nil
	if !reused {
		if err := c.connect(deadline); err != nil {
			return "connect: " + describe(err), ""
		}
	}
	c.connection.SetDeadline(deadline)
	choice := "keep-alive"
	if !c.keepAlive {
		choice = "close"
	}
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: %s\r\nAccept: */*\r\n\r\n", c.target.RequestURI(), c.target.Host, choice)
	on := "new connection: "
	if reused {
		on = "kept connection: "
	}
	if _, err := io.WriteString(c.connection, request); err != nil {
		return on + describe(err), ""
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return on + describe(err), ""
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return on + describe(err), ""
	}
	if answer.Close {
		c.close()
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Sprintf("status %d", answer.StatusCode), ""
	}
	return "", string(content)
}

func (c *client) connect(deadline time.Time) error {
	connection, err := net.DialTimeout("tcp", c.address, time.Until(deadline))
	if err != nil {
		return err
	}
	if c.target.Scheme == "https" {
		secured := tls.Client(connection, &tls.Config{InsecureSkipVerify: true, ServerName: c.target.Hostname()})
		secured.SetDeadline(deadline)
		if err := secured.Handshake(); err != nil {
			connection.Close()
			return err
		}
		connection = secured
	}
	// Ages differ by up to a quarter, so that not all connections are made anew at the same moment.
	c.connection, c.reader = connection, bufio.NewReader(connection)
	c.retire = time.Now().Add(c.age - rand.N(c.age/4+1))
	return nil
}

// closedByServer finds a connection that the server has closed while it was idle, as pooling clients do before they use
// one again. It looks at the bare socket: a closed one has an end of file or a reset to tell, an open one has nothing.
func (c *client) closedByServer() bool {
	bare := c.connection
	if secured, is := bare.(*tls.Conn); is {
		bare = secured.NetConn()
	}
	raw, err := bare.(*net.TCPConn).SyscallConn()
	if err != nil {
		return true
	}
	closed := false
	err = raw.Read(func(descriptor uintptr) bool {
		var one [1]byte
		n, _, err := syscall.Recvfrom(int(descriptor), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		if err == nil && n > 0 && c.target.Scheme == "https" {
			closed = true // between answers, the only thing a TLS server says is that it closes
			return true
		}
		closed = (err == nil && n == 0) || (err != nil && !errors.Is(err, syscall.EAGAIN))
		return true
	})
	return closed || err != nil
}

func describe(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "reset"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "closed without an answer"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "timeout"
	}
	return err.Error()
}
