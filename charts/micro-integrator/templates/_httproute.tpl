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
