{{/*
mi.externalSecret: an ExternalSecret and so a Secret of its name, where the API is seen or forced. Takes a dict: root,
name, external (its settings), annotations.
*/}}
{{- define "mi.externalSecret" -}}
{{- $external := .external -}}
{{- $versions := .root.Capabilities.APIVersions -}}
{{- $version := ternary "v1beta1" "v1" (and (not $external.force) (not ($versions.Has "external-secrets.io/v1")) ($versions.Has "external-secrets.io/v1beta1")) -}}
{{- if include "mi.optional" (list .root (printf "external-secrets.io/%s" $version) $external.force) }}
---
apiVersion: external-secrets.io/{{ $version }}
kind: ExternalSecret
metadata:
  {{- include "mi.metadata" (dict "root" .root "name" .name "component" "micro-integrator" "labels" dict "annotations" .annotations) | nindent 2 }}
spec:
  refreshInterval: {{ $external.refreshInterval | default "1h" | quote }}
  secretStoreRef:
    name: {{ $external.store.name | quote }}
    kind: {{ $external.store.kind | default "SecretStore" | quote }}
  target:
    name: {{ .name | quote }}
    creationPolicy: Owner
  {{- with $external.data }}
  data:
    {{- range $key, $from := . }}
    {{- if $from }}
    - secretKey: {{ $key | quote }}
      remoteRef:
        {{- toYaml $from | nindent 8 }}
    {{- end }}
    {{- end }}
  {{- end }}
  {{- with $external.extract }}
  dataFrom:
    {{- range . }}
    - extract:
        key: {{ . | quote }}
    {{- end }}
  {{- end }}
{{ end -}}
{{- end -}}
