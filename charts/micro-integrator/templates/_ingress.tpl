{{/*
mi.ingress: an Ingress. Takes a dict: root, where (path of its settings), name, ingress (its settings).
*/}}
{{- define "mi.ingress" -}}
{{- $ingress := .ingress -}}
{{- $root := .root -}}
{{- $certificates := dict }}
{{- $hosts := include "mi.without" (dict "root" $root "where" (printf "%s.hosts" .where) "map" $ingress.hosts "default" dict "what" "host") | fromJson }}
{{- range $host, $settings := $hosts }}
{{- with $settings.tlsSecret }}
{{- $_ := set $certificates . (append (get $certificates . | default list) $host) }}
{{- end }}
{{- end }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "mi.metadata" (dict "root" $root "name" .name "component" "micro-integrator" "labels" $ingress.labels "annotations" $ingress.annotations) | nindent 2 }}
spec:
  {{- with $ingress.className }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  {{- with $certificates }}
  tls:
    {{- range $secret, $hosts := . }}
    - secretName: {{ $secret | quote }}
      {{- with without $hosts "*" }}
      hosts:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
  {{- end }}
  rules:
    {{- range $host, $settings := $hosts }}
    - {{ if ne $host "*" }}host: {{ $host | quote }}
      {{ end }}http:
        paths:
          {{- $where := printf "%s.hosts[%q].paths" $.where $host }}
          {{- range $path, $to := include "mi.without" (dict "root" $root "where" $where "map" $settings.paths "default" (dict "/" dict) "what" "path") | fromJson }}
          {{- $backend := include "mi.backend" (dict "root" $root "where" (printf "%s[%q]" $where $path) "workload" $to.workload "port" $to.port) | fromJson }}
          - path: {{ $path | quote }}
            pathType: {{ $to.pathType | default "Prefix" }}
            backend:
              service:
                name: {{ $backend.name | quote }}
                port:
                  name: {{ $backend.portName | quote }}
          {{- end }}
    {{- end }}
{{ end -}}
