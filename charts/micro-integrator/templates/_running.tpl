{{/*
mi.running: sets .Values.resolved.running, unless it is there: the stateful workloads that the release has in the
cluster, a list of key and kind, object (deployment/NAME), pods, guarded, database, artifacts, roles (as `role/NAME`).
Empty where no cluster is asked (helm template, Argo CD), and where nothing stateful is to run. Takes the root, after
mi.decide; prints nothing.
*/}}
{{- define "mi.running" -}}
{{- if not (hasKey .Values.resolved "running") -}}
{{- $found := list -}}
{{- $namespace := include "mi.namespace" . -}}
{{- /* helm template --is-upgrade is always of revision 1, and starts nothing. */ -}}
{{- $asks := and .Release.IsUpgrade (gt (int64 .Release.Revision) 1) (ne false .Values.checkRunningPods) -}}
{{- if and $asks .Values.resolved.stateful -}}
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
{{- $_ := set .Values.resolved "running" $found -}}
{{- end -}}
{{- end -}}
