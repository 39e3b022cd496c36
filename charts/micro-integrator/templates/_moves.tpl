{{/*
Refusals of an upgrade that would run an artifact in two pods. Helm starts what is new before it ends what is old, and a
Deployment that grows while its pods change first adds pods of the old kind (kubernetes/kubernetes,
pkg/controller/deployment/sync.go, scale). A pod with a guard waits by itself until nobody else runs its artifacts, so
all of this is about workloads without one, and where nothing stateful is to run nothing is looked at.

What runs is read from objects by their names, which an account that upgrades the release may do; it need not list pods.
A ConfigMap of the release holds the names, because a workload that leaves the values is no longer among them.

mi.validate.moves: refuses the upgrade while a workload of the release runs what another is to run. Takes the root,
after mi.resolve.
*/}}
{{- define "mi.validate.moves" -}}
{{- $_ := set .Values.resolved "running" list -}}
{{- /* helm template --is-upgrade is always of revision 1, and starts nothing. */ -}}
{{- if and .Release.IsUpgrade (gt (int64 .Release.Revision) 1) (ne false .Values.checkRunningPods) -}}
{{- $_ := set .Values.resolved "running" (include "mi.running" . | fromJsonArray) -}}
{{- $moves := list -}}
{{- $old := dict -}}
{{- range $before := .Values.resolved.running -}}
{{- if $before.pods -}}
{{- $found := include "mi.moves.of" (list $ $before) | fromJsonArray -}}
{{- if $found }}{{ $moves = concat $moves $found }}{{ $_ := set $old $before.object true }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if $moves -}}
{{- fail (printf "\n\nThis upgrade would run stateful artifacts twice until the old pods have ended:\n- %s\nEnd them first; this waits until they are gone, and the upgrade creates again what it needs:\n  kubectl delete %s --namespace %s --cascade=foreground\nThen upgrade. `mi-patterns rollout` does both. checkRunningPods: false takes the risk." (join "\n- " $moves) (keys $old | sortAlpha | join " ") (include "mi.namespace" .)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.moves.of: why a running workload must end first, as a JSON list of sentences. Takes (root, running workload).
*/}}
{{- define "mi.moves.of" -}}
{{- $before := index . 1 -}}
{{- $root := index . 0 -}}
{{- $resolved := $root.Values.resolved -}}
{{- $now := get $resolved.workloads $before.key | default dict -}}
{{- if or (ne $before.kind ($now.kind | default "")) (ne $before.database $resolved.database) }}{{ $now = dict }}{{ end -}}
{{- $moves := list -}}
{{- $kept := list -}}
{{- range $next := $resolved.stateful -}}
{{- $shared := list -}}
{{- $named := ($next.values.artifacts).stateful | default list -}}
{{- range $before.artifacts }}{{ if has . $named }}{{ $shared = append $shared . }}{{ end }}{{ end -}}
{{- /* Names are optional, and MI obeys roles: what the old servers deploy by a role counts whether it is named
       or not. */ -}}
{{- if not $shared -}}
{{- range $own := include "mi.ownRoles" (list $root $next) | fromJsonArray -}}
{{- range $before.roles -}}
{{- if or (include "mi.roleMatches" (list . $own)) (include "mi.roleMatches" (list $own .)) }}{{ $shared = append $shared $own | uniq }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $kept = concat $kept $shared -}}
{{- /* A guard waits for another guard; beside a pod without one it would work. */ -}}
{{- $waits := and $next.fenced $before.guarded -}}
{{- $same := and $now (eq $next.key $now.key) (or $before.guarded (not $next.surge) (not $next.fenced)) -}}
{{- if and $shared (not $waits) (not $same) -}}
{{- range $shared }}{{ $moves = append $moves (printf "%s runs in %s, and %s %s is to run it" . $before.object $next.kind $next.name) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $artifact := $before.artifacts -}}
{{- if and (not (has $artifact $kept)) $now (not $before.database) (not $before.guarded) $now.overlap (gt (int64 $now.fewest) 1) -}}
{{- $moves = append $moves (printf "%s runs in %s and ends, but %s %s grows to %d pods, the first of them still of the old kind" $artifact $before.object $now.kind $now.name (int64 $now.fewest)) -}}
{{- end -}}
{{- end -}}
{{- /* A workload that names nothing gives up what it runs when it ends or is stateful no more. */ -}}
{{- if and (not $before.artifacts) (not $before.roles) (not $before.database) (not $now.isolated) -}}
{{- $keys := list -}}
{{- range $resolved.running }}{{ $keys = append $keys .key }}{{ end -}}
{{- range $next := $resolved.stateful -}}
{{- if not (has $next.key $keys) -}}
{{- $moves = append $moves (printf "%s is stateful and does not name what it runs, so %s %s may be to run it" $before.object $next.kind $next.name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $moves | toJson -}}
{{- end -}}

{{/*
mi.running: the stateful workloads that the release has in the cluster, as a JSON list: key and kind, object
(deployment/NAME), pods, guarded, database, artifacts, roles (as `role/NAME`). Empty where no cluster is asked (helm
template, Argo CD), and where nothing stateful is to run. Takes the root.
*/}}
{{- define "mi.running" -}}
{{- $found := list -}}
{{- $namespace := include "mi.namespace" . -}}
{{- if .Values.resolved.stateful -}}
{{- $names := get ((lookup "v1" "ConfigMap" $namespace (include "mi.moves.record" .)).data | default dict) "workloads" | default "" -}}
{{- range splitList "," $names -}}
{{- $parts := splitList "/" . -}}
{{- if eq 2 (len $parts) -}}
{{- $kind := first $parts -}}
{{- $object := lookup "apps/v1" $kind $namespace (last $parts) | default dict -}}
{{- if $object -}}
{{- $template := $object.spec.template -}}
{{- $marks := $template.metadata.annotations | default dict -}}
{{- $artifacts := list -}}
{{- range splitList "," (get $marks "mi-patterns.io/stateful-artifacts") }}{{ with trim . }}{{ $artifacts = append $artifacts . }}{{ end }}{{ end -}}
{{- $roles := list -}}
{{- range (first $template.spec.containers).args -}}
{{- if hasPrefix "-DserverRoles=" . -}}
{{- range splitList "," (trimPrefix "-DserverRoles=" .) -}}
{{- if not (has . (list "" "EnterpriseIntegrator" "EnterpriseServiceBus" "DataServicesServer")) }}{{ $roles = append $roles (printf "role/%s" .) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $coordination := get $marks "mi-patterns.io/coordination" -}}
{{- $pods := ($object.status | default dict).replicas | default 0 -}}
{{- $found = append $found (dict "key" (get ($template.metadata.labels | default dict) "app.kubernetes.io/component") "kind" $kind "name" (last $parts) "object" (printf "%s/%s" (lower $kind) (last $parts)) "pods" (gt (int64 $pods) 0) "guarded" (eq $coordination "lease") "database" (eq $coordination "database") "artifacts" $artifacts "roles" $roles) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $found | toJson -}}
{{- end -}}

{{/*
mi.moves.record: name of the ConfigMap with the names of the stateful workloads. Takes the root.
*/}}
{{- define "mi.moves.record" -}}
{{- printf "%s-stateful" .Values.resolved.fullname -}}
{{- end -}}
