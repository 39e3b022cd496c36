{{/*
mi.optional: "true" when an optional kind shall be written: the API is seen, or the user forces it. Takes (root, API,
force).
*/}}
{{- define "mi.optional" -}}
{{- if or (index . 2) ((index . 0).Capabilities.APIVersions.Has (index . 1)) }}true{{ end -}}
{{- end -}}

{{/*
mi.serviceMonitor.wanted: "true" when metrics are read through Services. Takes the root.
*/}}
{{- define "mi.serviceMonitor.wanted" -}}
{{- if and (.Values.metrics).enabled ((.Values.metrics).serviceMonitor).enabled }}true{{ end -}}
{{- end -}}

{{/*
mi.gateway.renders, mi.route.renders: "true" when the kind shall be written: enabled, and the API seen or forced.
*/}}
{{- define "mi.gateway.renders" -}}
{{- $gateway := .Values.gateway | default dict -}}
{{- if and $gateway.enabled (or $gateway.force (.Capabilities.APIVersions.Has "gateway.networking.k8s.io/v1")) }}true{{ end -}}
{{- end -}}

{{- define "mi.route.renders" -}}
{{- $route := .Values.route | default dict -}}
{{- if and $route.enabled (or $route.force (.Capabilities.APIVersions.Has "route.openshift.io/v1")) }}true{{ end -}}
{{- end -}}

{{/*
mi.test.wanted: "true" for a workload that a pod of `helm test` can ask. Takes the workload.
*/}}
{{- define "mi.test.wanted" -}}
{{- if and .serves .hasService (gt (int64 .fewest) 0) (not .values.paused) (dig "enabled" true (.service.http | default dict)) }}true{{ end -}}
{{- end -}}
