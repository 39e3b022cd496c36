package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// Annotations of a Lease. They are for the guards; people see the pod's name in them too.
const (
	annotationArtifact = "mi-patterns.io/artifact" // whose Lease this is
	annotationLead     = "mi-patterns.io/lead"     // name of the Lease that the holder renews instead of this one
	annotationNext     = "mi-patterns.io/next"     // who started to wait last, and takes a Lease that is given back
	annotationEnding   = "mi-patterns.io/ending"   // the holder was asked to stop
	annotationPod      = "mi-patterns.io/pod"      // name of the holder's pod
	annotationAddress  = "mi-patterns.io/address"  // address of the holder's pod
	annotationWorkload = "mi-patterns.io/workload" // workload of the holder's pod
	annotationTemplate = "mi-patterns.io/template" // hash of the template that the holder's pod was made from
	annotationServer   = "mi-patterns.io/server"   // starting or up: the holder's server, in the Lease that it renews
)

// record is a Lease (coordination.k8s.io/v1) as the API server returned it. It is kept whole, because an update
// replaces the whole object and must not remove labels, annotations or owners that others wrote.
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

// newRecord is a Lease to create: nobody holds it.
func newRecord(name, artifact string) record {
	return record{map[string]any{
		"apiVersion": "coordination.k8s.io/v1",
		"kind":       "Lease",
		"metadata": map[string]any{
			"name":        name,
			"labels":      map[string]any{"app.kubernetes.io/managed-by": "mi-patterns-lease-guard"},
			"annotations": map[string]any{annotationArtifact: artifact},
		},
	}}
}

func section(of map[string]any, name string) map[string]any {
	inner, _ := of[name].(map[string]any)
	return inner
}

func text(value any) string {
	said, _ := value.(string)
	return said
}

func (r record) metadata() map[string]any { return section(r.object, "metadata") }
func (r record) spec() map[string]any     { return section(r.object, "spec") }
func (r record) name() string             { return text(r.metadata()["name"]) }
func (r record) annotation(name string) string {
	return text(section(r.metadata(), "annotations")[name])
}

// version changes with every write, whoever makes it and whatever it changes, and when the Lease is created again.
func (r record) version() string {
	version := text(r.metadata()["resourceVersion"])
	if version == "" {
		return ""
	}
	return text(r.metadata()["uid"]) + "/" + version
}

// holder is empty when nobody holds the Lease.
func (r record) holder() string { return text(r.spec()["holderIdentity"]) }

// lead is the Lease that the holder renews instead of this one, or empty when the holder renews this one.
func (r record) lead() string { return r.annotation(annotationLead) }

// duration is how long the holder says that its Lease must not change before another takes it.
func (r record) duration() time.Duration {
	return time.Duration(number(r.spec()["leaseDurationSeconds"])) * time.Second
}

// released reports whether the last holder gave the Lease back or lost it, so that nobody works under it. A guard that
// gives back removes its pod's name too: a Lease that still has it was emptied by hand, and its holder may still work.
func (r record) released() bool {
	_, held := r.spec()["leaseTransitions"]
	return held && r.holder() == "" && r.annotation(annotationPod) == ""
}

// isOf reports whether a guard of this holder wrote the record. A person who makes another pod the holder names that
// pod's uid, and leaves the name of the pod that still works.
func (r record) isOf(identity, pod string) bool {
	return r.holder() == identity && r.annotation(annotationPod) == pod
}

// lost reports whether the holder of another Lease, which names this one as its lead, has given this one back or lost
// it. A lead that still names the holder's pod was changed by hand.
func (r record) lost(of record) bool {
	if r.holder() == "" {
		return r.released()
	}
	return r.holder() != of.holder() && r.annotation(annotationPod) != of.annotation(annotationPod)
}

// unknown reports whether nobody has held this Lease since it was created, or somebody emptied it by hand. A new one
// may replace a deleted one that somebody still works under: only waiting shows that nobody does.
func (r record) unknown() bool { return r.holder() == "" && !r.released() }

const leaseTime = "2006-01-02T15:04:05.000000Z07:00"

// claim is what a holder writes into a Lease.
type claim struct {
	identity string
	lead     string // empty in the lead itself
	pod      string
	address  string
	workload string
	template string
	server   string
	ending   bool
	duration time.Duration
	owner    map[string]any // owner reference, or nil to leave the owners as they are
}

// heldBy is the record to write for a holder who takes or renews the Lease. Its times are for people: nothing compares
// them with another machine's clock. Because renewTime differs each time, each write changes the version.
func (r record) heldBy(c claim, now time.Time) record {
	written := r.copied()
	spec := written.spec()
	moment := now.UTC().Format(leaseTime)
	if r.holder() != c.identity {
		spec["acquireTime"] = moment
		spec["leaseTransitions"] = number(spec["leaseTransitions"]) + 1
		written.annotate(annotationNext, "")
	}
	spec["holderIdentity"] = c.identity
	spec["leaseDurationSeconds"] = int64(c.duration / time.Second)
	spec["renewTime"] = moment
	written.annotate(annotationLead, c.lead)
	written.annotate(annotationPod, c.pod)
	written.annotate(annotationAddress, c.address)
	written.annotate(annotationWorkload, c.workload)
	written.annotate(annotationTemplate, c.template)
	written.annotate(annotationServer, c.server)
	written.annotate(annotationEnding, map[bool]string{true: "true"}[c.ending])
	if c.owner != nil {
		written.metadata()["ownerReferences"] = []any{c.owner}
	}
	return written
}

// givenBack is the record to write when the holder's work has ended, or surely must have.
func (r record) givenBack(now time.Time) record {
	written := r.copied()
	spec := written.spec()
	spec["holderIdentity"] = ""
	spec["leaseTransitions"] = number(spec["leaseTransitions"])
	spec["renewTime"] = now.UTC().Format(leaseTime)
	for _, name := range []string{annotationLead, annotationEnding, annotationPod, annotationAddress, annotationWorkload, annotationTemplate, annotationServer} {
		written.annotate(name, "")
	}
	return written
}

// withNext is the record with the name of the one who is to take it next; empty for nobody.
func (r record) withNext(identity string) record {
	written := r.copied()
	written.annotate(annotationNext, identity)
	return written
}

// annotate sets an annotation, or removes it when the value is empty. Only for a copy.
func (r record) annotate(name, value string) {
	annotations := section(r.metadata(), "annotations")
	if value == "" {
		delete(annotations, name)
	} else {
		annotations[name] = value
	}
}

// copied is a copy whose spec, metadata and annotations can be changed; the rest is shared and never changed.
func (r record) copied() record {
	object := cloned(r.object)
	metadata := cloned(r.metadata())
	metadata["annotations"] = cloned(section(r.metadata(), "annotations"))
	object["metadata"], object["spec"] = metadata, cloned(r.spec())
	return record{object}
}

func cloned(of map[string]any) map[string]any {
	next := make(map[string]any, len(of)+1)
	for key, value := range of {
		next[key] = value
	}
	return next
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
