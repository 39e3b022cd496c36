package main

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// longestReadable keeps the name of a Lease below the 63 characters of a label value.
const longestReadable = 40

// leaseName is the name of an artifact's Lease. It is the same for every workload and release of the namespace, since
// ownership must outlive both. The readable part is for people; the digest tells apart what is written alike. Artifacts
// of different scopes are different artifacts. A workload is the same in every scope: so its pods wait for each other
// when an update changes the scope.
func leaseName(scope, artifact string) string {
	if strings.HasPrefix(artifact, "workload/") {
		scope = ""
	}
	digest := sha256.Sum256([]byte(scope + "\n" + artifact))
	readable := strings.Map(func(letter rune) rune {
		switch {
		case letter >= 'a' && letter <= 'z', letter >= '0' && letter <= '9':
			return letter
		case letter >= 'A' && letter <= 'Z':
			return letter - 'A' + 'a'
		default:
			return '-'
		}
	}, artifact)
	if len(readable) > longestReadable {
		readable = readable[:longestReadable]
	}
	return "mi-" + strings.Trim(readable, "-") + "-" + hex.EncodeToString(digest[:5])
}

// leaseNames returns the artifact of each Lease, and the Leases' names in the order in which every guard takes them.
func leaseNames(scope string, artifacts []string) (map[string]string, []string) {
	byName := map[string]string{}
	for _, artifact := range artifacts {
		byName[leaseName(scope, artifact)] = artifact
	}
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return byName, names
}
