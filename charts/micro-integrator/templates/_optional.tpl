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
mi.monitor.endpoint: what PodMonitor and ServiceMonitor say about an endpoint alike. Takes a monitor.
*/}}
{{- define "mi.monitor.endpoint" -}}
port: internal
path: /metric-service/metrics
{{- with .interval }}
interval: {{ . | quote }}
{{- end }}
{{- with .scrapeTimeout }}
scrapeTimeout: {{ . | quote }}
{{- end }}
{{- with .relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
mi.releaseSelector: labels that all pods or Services of the release have. Takes the root.
*/}}
{{- define "mi.releaseSelector" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
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
