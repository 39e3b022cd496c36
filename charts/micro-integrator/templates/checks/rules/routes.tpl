{{- /* Rules over all public routes. */ -}}
{{- include "mi.decide" . -}}
{{- $taken := dict -}}
{{- $ingress := .Values.ingress | default dict -}}
{{- if and $ingress.enabled $ingress.hosts }}{{ include "mi.validate.ingressPaths" (list . $taken "ingress" $ingress) }}{{ end -}}
{{- if $ingress.enabled -}}
{{- range $key, $additional := $ingress.additional }}{{ if $additional }}{{ include "mi.validate.ingressPaths" (list $ $taken (printf "ingress.additional.%s" $key) $additional) }}{{ end }}{{ end -}}
{{- end -}}
{{- $gateway := .Values.gateway | default dict -}}
{{- if and $gateway.enabled $gateway.additional -}}
{{- include "mi.validate.routePaths" (list . $taken "gateway" $gateway) -}}
{{- range $key, $additional := $gateway.additional }}{{ if $additional }}{{ include "mi.validate.routePaths" (list $ $taken (printf "gateway.additional.%s" $key) $additional) }}{{ end }}{{ end -}}
{{- end -}}

{{/*
mi.validate.ingressPaths: no path of a host leads to two workloads. Ingresses of another class or with other annotations
may be meant so: another controller, a canary, another entry point. Takes (root, what is taken, path of the settings,
settings).
*/}}
{{- define "mi.validate.ingressPaths" -}}
{{- $dot := . -}}
{{- $ingress := index . 3 -}}
{{- $front := toJson (list ($ingress.className | default "") ($ingress.annotations | default dict)) -}}
{{- range $host, $settings := $ingress.hosts -}}
{{- range $path, $to := ($settings | default dict).paths | default (dict "/" dict) -}}
{{- $type := ($to | default dict).pathType | default "Prefix" -}}
{{- /* Of a prefix Kubernetes ignores a slash at the end. */ -}}
{{- $said := ternary (trimSuffix "/" $path) $path (eq "Prefix" $type) -}}
{{- if and $settings $to }}{{ include "mi.validate.pathOnce" (concat (slice $dot 0 2) (list (printf "%s.hosts[%q].paths[%q]" (index $dot 2) $host $path) (printf "%s %s %s %s" $front $host $type $said) (printf "path %s of host %s" $path $host) $to)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.routePaths: the same for HTTPRoutes: of two that match alike, the Gateway API takes the older one, and then
the first by name. Takes (root, what is taken, path of the settings, settings).
*/}}
{{- define "mi.validate.routePaths" -}}
{{- $dot := . -}}
{{- $route := index . 3 -}}
{{- $front := toJson ($route.parentRefs | default ((index . 0).Values.gateway).parentRefs) -}}
{{- $paths := $route.paths | default (ternary dict (dict "/" dict) (gt (len ($route.rules | default dict)) 0)) -}}
{{- range $host := $route.hostnames | default (list "") -}}
{{- range $path, $to := $paths -}}
{{- $type := ($to | default dict).type | default "PathPrefix" -}}
{{- $said := ternary (trimSuffix "/" $path) $path (eq "PathPrefix" $type) -}}
{{- if not (kindIs "invalid" $to) }}{{ include "mi.validate.pathOnce" (concat (slice $dot 0 2) (list (printf "%s.paths[%q]" (index $dot 2) $path) (printf "route %s %s %s %s" $front $host $type $said) (printf "path %s of %s" $path (ternary (printf "host %s" $host) "every host" (ne "" $host))) $to)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.pathOnce: notes a fault where a path leads elsewhere than before. Takes (root, what is taken, where, what
requests match, the same in words, settings of the path).
*/}}
{{- define "mi.validate.pathOnce" -}}
{{- $taken := index . 1 -}}
{{- $to := index . 5 -}}
{{- $leads := printf "%s %s" ($to.workload | default "") ($to.port | default "http") -}}
{{- $before := get $taken (index . 3) -}}
{{- if and $before (ne $leads $before.leads) -}}
{{- include "mi.fault" (list (index . 0).Values.resolved.faults "MI-VALUES-CONDITION" (index . 2) (printf "The %s has another target in %s, and only one of them gets the requests. Keep one of them, or give them different paths or hosts." (index . 4) $before.where)) -}}
{{- else if not $before -}}
{{- $_ := set $taken (index . 3) (dict "leads" $leads "where" (index . 2)) -}}
{{- end -}}
{{- end -}}
