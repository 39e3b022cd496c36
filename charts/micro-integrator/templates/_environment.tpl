{{/*
mi.environment.entry: one EnvVar; nothing for null. Takes (name, value).
*/}}
{{- define "mi.environment.entry" -}}
{{- $value := index . 1 -}}
{{- if not (kindIs "invalid" $value) }}
- name: {{ index . 0 | quote }}
  {{- if kindIs "map" $value }}
  {{- include "mi.dropNulls" $value }}
  valueFrom:
    {{- toYaml $value | nindent 4 }}
  {{- else }}
  value: {{ if kindIs "string" $value }}{{ $value | quote }}{{ else }}{{ include "mi.plain" $value | quote }}{{ end }}
  {{- end }}
{{- end -}}
{{- end -}}
