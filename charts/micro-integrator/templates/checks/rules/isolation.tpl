{{- /*
Isolation: what a stateful workload runs is deployed by the servers of no other. A server deploys an artifact when it
gets the archive and one of the server's roles, as a regular expression, matches the artifact's role as a whole
(ApplicationConfiguration.java, AppDeployerUtils.java of wso2/product-integrator-mi). So both are compared: the roles
that servers start with, and the archives that reach them.
*/ -}}
{{- include "mi.decide" . -}}
{{- if eq .Values.resolved.pattern "coordinated" }}{{ include "mi.validate.isolation" . }}{{ end -}}
{{- if not (or .Values.resolved.database (eq .Values.resolved.pattern "single-replica")) }}{{ include "mi.validate.looseFiles" . }}{{ end -}}

{{/*
mi.validate.isolation: every isolated workload beside all others; with coordination databases, of which each workload
has its own, every workload. Takes the root.
*/}}
{{- define "mi.validate.isolation" -}}
{{- $resolved := .Values.resolved -}}
{{- $carriers := dict -}}
{{- $patterns := list -}}
{{- /* Most servers have the same roles: each is looked at once. */ -}}
{{- $kinds := dict -}}
{{- range $workload := $resolved.workloads -}}
{{- range $role := $workload.roles -}}
{{- if not (hasKey $kinds $role) }}{{ $_ := set $kinds $role (dict "comparable" (include "mi.isComparable" $role) "pattern" (include "mi.isPattern" $role)) }}{{ end -}}
{{- $kind := get $kinds $role -}}
{{- if not $kind.comparable -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-FORMAT" (include "mi.path" (list "workloads" $workload.key "artifacts" "roles")) (printf "MI reads the server role %q as a regular expression, which cannot be compared with the roles of other workloads. Use letters, digits, - and _, or a pattern such as Orders.*" $role)) -}}
{{- end -}}
{{- if not (hasKey $carriers $role) }}{{ $_ := set $carriers $role dict }}{{ end -}}
{{- $_ := set (get $carriers $role) $workload.key true -}}
{{- if $kind.pattern }}{{ $patterns = append $patterns (list $workload.key $role) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $workload := $resolved.workloads -}}
{{- if or $workload.isolated (and $resolved.database (gt (len $resolved.workloads) 1)) -}}
{{- $others := dict -}}
{{- range $role := $workload.ownRoles | default $workload.roles -}}
{{- range $key, $_ := get $carriers $role }}{{ $_ := set $others $key $role }}{{ end -}}
{{- range $patterns }}{{ if regexMatch (printf "^(?:%s)$" (index . 1)) $role }}{{ $_ := set $others (index . 0) $role }}{{ end }}{{ end -}}
{{- if (get $kinds $role).pattern -}}
{{- range $patterns -}}
{{- $theirs := include "mi.rolePrefix" (index . 1) -}}
{{- $ours := include "mi.rolePrefix" $role -}}
{{- if or (hasPrefix $ours $theirs) (hasPrefix $theirs $ours) }}{{ $_ := set $others (index . 0) $role }}{{ end -}}
{{- end -}}
{{- range $other, $keys := $carriers -}}
{{- if regexMatch (printf "^(?:%s)$" $role) $other }}{{ range $key, $_ := $keys }}{{ $_ := set $others $key $other }}{{ end }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $_ := unset $others $workload.key -}}
{{- range $key, $role := $others -}}
{{- $other := get $resolved.workloads $key -}}
{{- /* What has roles of its own may be all that is stateful. */ -}}
{{- $compares := or (eq $workload.type "stateful") ($workload.values.artifacts).stateful $workload.ownRoles (not $other.ownRoles) -}}
{{- /* One database for both is refused as such (mi.validate.owners). */ -}}
{{- if $resolved.database }}{{ $compares = not (or (not $compares) $other.isAlike (eq (include "mi.coordination.at" $workload.coordinates) (include "mi.coordination.at" $other.coordinates))) }}{{ end -}}
{{- if $compares }}{{ include "mi.validate.apart" (list $ $workload $other $role) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.apart: an isolated workload and another one whose servers take a role of it get no archive in common.
Takes (root, workload, other workload, role).
*/}}
{{- define "mi.validate.apart" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- $other := index . 2 -}}
{{- $role := index . 3 -}}
{{- $pair := list $workload.key $other.key | sortAlpha -}}
{{- $database := $root.Values.resolved.database -}}
{{- $why := ternary "each has a coordination database of its own" "one of them is stateful" $database -}}
{{- if and (has $role $workload.ownRoles) (has $role $other.ownRoles) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-ROLE-TWICE" (include "mi.path" (list "workloads" (index $pair 1) "artifacts" "roles")) (printf "The workloads with server role %s are %s and %s, and %s: artifacts with this role would run in both. List it under artifacts.roles of one of them." $role (index $pair 0) (index $pair 1) $why)) -}}
{{- else if include "mi.shareArchives" (list $root $workload $other) -}}
{{- if $workload.ownRoles -}}
{{- $path := "artifacts.roles" -}}
{{- range $other.tomlRoles }}{{ if include "mi.roleMatches" (list . $role) }}{{ $path = "deploymentToml.server.roles" }}{{ end }}{{ end -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-ROLE-TWICE" (printf "%s.%s" $other.path $path) (printf "The workloads with server role %s are %s and %s, and %s: artifacts with this role would run in both. MI reads the roles of a server as regular expressions. Remove it from %s of workload %s, or give that workload roles of its own in deploymentToml.server.roles." $role (index $pair 0) (index $pair 1) $why $path $other.key)) -}}
{{- else if not $workload.isAlike -}}
{{- /* One other workload says it; the way out is the same for all. */ -}}
{{- $_ := set $workload "isAlike" true -}}
{{- $begins := printf "The workload %s is stateful, but every pod of it and of %s would run the same artifacts" $workload.key $other.key -}}
{{- if $database }}{{ $begins = printf "The workloads %s and %s have a coordination database each, so each would run the same stateful artifacts" $workload.key $other.key }}{{ end -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-NOT-ISOLATED" (include "mi.path" (list "workloads" $workload.key (ternary "artifacts" "type" $database))) (printf "%s: both have the same archives (two versions of one image count as the same) and no server role of their own. Give the stateful artifacts a role (serverRole in the archive's artifacts.xml, or in metadata.xml if it has one; mi-patterns package does it), and list it under workloads.%s.artifacts.roles; or use other archives, from an image with another name or from a volume." $begins $workload.key)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.rolePrefix: the text that everything begins with that a pattern matches; two patterns of which neither begins as the
other have nothing in common. Takes the role.
*/}}
{{- define "mi.rolePrefix" -}}
{{- if not (regexMatch "[|(]" .) }}{{ regexReplaceAll "([A-Za-z0-9_-][?*+]|[^A-Za-z0-9_-]).*$" . "" }}{{ end -}}
{{- end -}}

{{/*
mi.shareArchives: "true" when one archive can reach the servers of both workloads: two places are one, or one is inside
of the other. Takes (root, workload, other workload).
*/}}
{{- define "mi.shareArchives" -}}
{{- $one := index . 1 -}}
{{- $other := index . 2 -}}
{{- include "mi.archiveSources" (list (index . 0) $one) -}}
{{- include "mi.archiveSources" (list (index . 0) $other) -}}
{{- $shared := false -}}
{{- range $our := $one.archiveSources -}}
{{- range $their := $other.archiveSources -}}
{{- if eq $our.of $their.of -}}
{{- if eq $our.path $their.path -}}
{{- range $glob := $our.files -}}
{{- range $their.files }}{{ if include "mi.globsMeet" (list $glob .) }}{{ $shared = true }}{{ end }}{{ end -}}
{{- end -}}
{{- else if or (hasPrefix (printf "%s/" (trimSuffix "/" $our.path)) $their.path) (hasPrefix (printf "%s/" (trimSuffix "/" $their.path)) $our.path) -}}
{{- $shared = true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $shared }}true{{ end -}}
{{- end -}}

{{/*
mi.globsMeet: "true" when one file can match both patterns; two patterns with wildcards are taken to meet unless they
begin or end in different ways. Takes (pattern, pattern).
*/}}
{{- define "mi.globsMeet" -}}
{{- $first := index . 0 -}}
{{- $second := index . 1 -}}
{{- $wild := "[*?\\[]" -}}
{{- if eq $first $second }}true
{{- else if and (regexMatch $wild $first) (regexMatch $wild $second) -}}
{{- $starts := list (regexFind "^[^*?\\[\\\\]*" $first) (regexFind "^[^*?\\[\\\\]*" $second) -}}
{{- $ends := list (regexFind "[^*?\\]\\\\]*$" $first) (regexFind "[^*?\\]\\\\]*$" $second) -}}
{{- if and (or (hasPrefix (index $starts 0) (index $starts 1)) (hasPrefix (index $starts 1) (index $starts 0))) (or (hasSuffix (index $ends 0) (index $ends 1)) (hasSuffix (index $ends 1) (index $ends 0))) }}true{{ end }}
{{- else if regexMatch $wild $first }}{{ if regexMatch (include "mi.globExpression" $first) $second }}true{{ end }}
{{- else if regexMatch $wild $second }}{{ if regexMatch (include "mi.globExpression" $second) $first }}true{{ end }}
{{- end -}}
{{- end -}}

{{/*
mi.globExpression: a shell pattern as a regular expression. Takes the pattern.
*/}}
{{- define "mi.globExpression" -}}
{{- printf "^%s$" (regexQuoteMeta . | replace "\\*" ".*" | replace "\\?" "." | replace "\\[!" "[^" | replace "\\[" "[" | replace "\\]" "]") -}}
{{- end -}}

{{/*
mi.validate.looseFiles: a task or message processor outside of an archive has no server role, so MI deploys it in every
pod. Takes the root.
*/}}
{{- define "mi.validate.looseFiles" -}}
{{- $carriers := dict -}}
{{- range $workload := .Values.resolved.workloads -}}
{{- range $path, $file := $workload.files -}}
{{- if and $file (regexMatch "^repository/deployment/server/synapse-configs/[^/]+/(tasks|message-processors)/" $path) -}}
{{- if or (hasKey $carriers $path) (not $workload.isolated) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-NOT-ISOLATED" (include "mi.path" (list "workloads" $workload.key "files" $path)) "A file outside an archive has no server role, so every pod that has this file runs what is in it. Write it under files of one stateful workload, or put it into an archive with a server role.") -}}
{{- end -}}
{{- $_ := set $carriers $path true -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
