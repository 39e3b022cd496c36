{{/*
mi.replicas: spec.replicas of a workload; empty where an autoscaler decides. Takes (root, workload).

When an upgrade takes replicas out, because an autoscaler is switched on, the API server puts in 1 and ends the other
pods before the autoscaler starts them again. So the number that runs stays in the manifest as long as helm owns the
field: with server-side apply until the autoscaler has changed it once (metadata.managedFields says so), with
client-side apply always, since there what counts is whether the last manifest had it.
*/}}
{{- define "mi.replicas" -}}
{{- $root := index . 0 -}}
{{- $workload := index . 1 -}}
{{- if $workload.values.paused -}}
0
{{- else if $workload.standby -}}
2
{{- else if not (kindIs "invalid" $workload.replicas) -}}
{{- $workload.replicas -}}
{{- else if $root.Release.IsUpgrade -}}
{{- $running := lookup "apps/v1" $workload.kind (include "mi.namespace" $root) $workload.name | default dict -}}
{{- $pods := (($running.spec).replicas) | default 0 | int64 -}}
{{- $applied := false -}}
{{- $owned := false -}}
{{- range ($running.metadata).managedFields -}}
{{- if and (eq "helm" (.manager | default "")) (eq "Apply" (.operation | default "")) -}}
{{- $applied = true -}}
{{- if hasKey (get (.fieldsV1 | default dict) "f:spec" | default dict) "f:replicas" }}{{ $owned = true }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if and (gt $pods 0) (or $owned (not $applied)) }}{{ $pods }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.minReadySeconds: how long a new pod of a Deployment stays ready before it counts. Takes a workload.
*/}}
{{- define "mi.minReadySeconds" -}}
{{- include "mi.int" (list .values.minReadySeconds (ternary 20 (ternary 2 0 .overlap) .standby)) -}}
{{- end -}}
