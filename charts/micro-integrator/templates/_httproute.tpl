{{/*
mi.httpRoute: an HTTPRoute. Without parentRefs of its own it is attached to the Gateways of `gateway`, or to the
release's own. Takes a dict: root, where (path of its settings), name, route (its settings).
*/}}
{{- define "mi.httpRoute" -}}
{{- $root := .root -}}
{{- $route := .route -}}
{{- $where := .where -}}
{{- $gateway := $root.Values.gateway -}}
{{- $parents := $route.parentRefs | default $gateway.parentRefs | default dict }}
{{- if and (not $parents) ($gateway.create).enabled }}{{ $parents = dict "own" (dict "name" (include "mi.fullname" $root)) }}{{ end }}
{{- if not $parents }}
{{- include "mi.fault" (list $root.Values.resolved.faults "MI-VALUES-NEEDS" (printf "%s.parentRefs" $where) "No Gateway is named. Set for example parentRefs: {public: {name: public, namespace: gateways}}; or gateway.create.enabled.") }}
{{- end }}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  {{- include "mi.metadata" (dict "root" $root "name" .name "component" "micro-integrator" "labels" $route.labels "annotations" $route.annotations) | nindent 2 }}
spec:
  parentRefs:
    {{- range $name, $parent := include "mi.without" (dict "root" $root "where" (printf "%s.parentRefs" $where) "map" $parents "default" (dict "" dict) "what" "Gateway") | fromJson }}
    - {{- toYaml $parent | nindent 6 }}
    {{- end }}
  {{- with $route.hostnames }}
  hostnames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range $name, $rule := $route.rules }}
    {{- if $rule }}
    {{- $backends := include "mi.without" (dict "root" $root "where" (printf "%s.rules.%s.backends" $where $name) "map" $rule.backends "default" (dict "" dict) "what" "workload") | fromJson }}
    -
      {{- with $rule.matches }}
      matches:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- include "mi.httpRoute.options" $rule | nindent 6 }}
      backendRefs:
        {{- range $key, $to := $backends }}
        {{- $backend := include "mi.backend" (dict "root" $root "where" (printf "%s.rules.%s" $where $name) "workload" $key "port" $to.port) | fromJson }}
        - name: {{ $backend.name | quote }}
          port: {{ $backend.port | int64 }}
          {{- if hasKey $to "weight" }}
          weight: {{ $to.weight | int64 }}
          {{- end }}
        {{- end }}
    {{- end }}
    {{- end }}
    {{- if or $route.paths (not $route.rules) }}
    {{- range $path, $to := include "mi.without" (dict "root" $root "where" (printf "%s.paths" $where) "map" $route.paths "default" (dict "/" dict) "what" "path") | fromJson }}
    {{- $backend := include "mi.backend" (dict "root" $root "where" (printf "%s.paths[%q]" $where $path) "workload" $to.workload "port" $to.port) | fromJson }}
    - matches:
        - path:
            type: {{ $to.type | default "PathPrefix" }}
            value: {{ $path | quote }}
      {{- with include "mi.httpRoute.options" $to | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      backendRefs:
        - name: {{ $backend.name | quote }}
          port: {{ $backend.port | int64 }}
    {{- end }}
    {{- end }}
{{ end -}}

{{/*
mi.httpRoute.options: filters and timeouts of a rule. Takes the rule.
*/}}
{{- define "mi.httpRoute.options" -}}
{{- with .filters }}
filters:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .timeouts }}
timeouts:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
mi.httpRoute.destinations: what the HTTPRoutes of the release lead to, as JSON: a list of {where, workload, port}. Takes
the root.
*/}}
{{- define "mi.httpRoute.destinations" -}}
{{- $gateway := .Values.gateway | default dict -}}
{{- $routes := dict "gateway" $gateway -}}
{{- range $key, $route := $gateway.additional }}{{ if $route }}{{ $_ := set $routes (printf "gateway.additional.%s" $key) $route }}{{ end }}{{ end -}}
{{- $found := list -}}
{{- range $where, $route := $routes -}}
{{- range $name, $rule := $route.rules -}}
{{- if $rule -}}
{{- range $key, $to := $rule.backends | default (dict "" dict) -}}
{{- if not (kindIs "invalid" $to) }}{{ $found = append $found (dict "where" (printf "%s.rules.%s" $where $name) "workload" $key "port" ($to.port | default "http")) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if or $route.paths (not $route.rules) -}}
{{- range $path, $to := $route.paths | default (dict "/" dict) -}}
{{- if not (kindIs "invalid" $to) }}{{ $found = append $found (dict "where" (printf "%s.paths[%q]" $where $path) "workload" ($to.workload | default "") "port" ($to.port | default "http")) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}
