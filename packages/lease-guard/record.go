package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// record is a Lease (coordination.k8s.io/v1) as the API server gave it. It is kept whole, since an update replaces the whole
// object and must not take away labels, annotations or owners that others wrote.
type record struct {
	object map[string]any
}

func parseRecord(text []byte) (record, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return record{}, err
	}
	if object["kind"] != "Lease" {
		return record{}, errors.New("the answer is not a Lease")
	}
	return record{object}, nil
}

func (r record) section(name string) map[string]any {
	section, _ := r.object[name].(map[string]any)
	return section
}

func text(value any) string {
	said, _ := value.(string)
	return said
}

// version changes with every write, whoever makes it and whatever it changes.
func (r record) version() string { return text(r.section("metadata")["resourceVersion"]) }

// holder is empty when nobody holds the Lease.
func (r record) holder() string { return text(r.section("spec")["holderIdentity"]) }

// released tells a Lease that its last holder gave back from one that nobody has held since it was made. The second may have
// been made in the place of one that is still held: only a wait shows that.
func (r record) released() bool {
	_, held := r.section("spec")["leaseTransitions"]
	return held && r.holder() == ""
}

// heldBy is the record to write for a holder who takes or renews the Lease. The times in it are for people: nothing compares
// them with another machine's clock. Since renewTime differs each time, each write changes the version.
func (r record) heldBy(identity string, duration time.Duration, now time.Time) record {
	written := r.withSpec()
	spec := written.section("spec")
	moment := now.UTC().Format("2006-01-02T15:04:05.000000Z07:00")
	if r.holder() != identity {
		spec["acquireTime"] = moment
		spec["leaseTransitions"] = number(spec["leaseTransitions"]) + 1
	}
	spec["holderIdentity"] = identity
	spec["leaseDurationSeconds"] = int64(duration / time.Second)
	spec["renewTime"] = moment
	return written
}

// givenBack is the record to write when the work has ended in order.
func (r record) givenBack(now time.Time) record {
	written := r.withSpec()
	spec := written.section("spec")
	spec["holderIdentity"] = ""
	spec["renewTime"] = now.UTC().Format("2006-01-02T15:04:05.000000Z07:00")
	return written
}

// withSpec is a copy whose spec can be changed; the rest is shared and never changed.
func (r record) withSpec() record {
	object := map[string]any{}
	for key, value := range r.object {
		object[key] = value
	}
	spec := map[string]any{}
	for key, value := range r.section("spec") {
		spec[key] = value
	}
	object["spec"] = spec
	return record{object}
}

func number(value any) int64 {
	switch counted := value.(type) {
	case json.Number:
		whole, _ := counted.Int64()
		return whole
	case int64:
		return counted
	default:
		return 0
	}
}
