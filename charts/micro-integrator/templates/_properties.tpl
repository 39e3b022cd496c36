{{/*
mi.properties: a Java properties file from a map, sorted, in ASCII, with the escapes that java.util.Properties reads.
*/}}
{{- define "mi.properties" -}}
{{- range $key, $value := . -}}
{{- if not (kindIs "invalid" $value) }}
{{ include "mi.properties.text" $key | replace " " "\\ " }}={{ regexReplaceAll "^ " (include "mi.properties.text" (include "mi.plain" $value)) "\\ " }}
{{- end -}}
{{- end }}
{{ end -}}

{{/*
mi.properties.text: text with escapes; characters outside ASCII as \uXXXX, those beyond 16 bits as two surrogates.
*/}}
{{- define "mi.properties.text" -}}
{{- $text := . | replace "\\" "\\\\" | replace "\n" "\\n" | replace "\r" "\\r" | replace "\t" "\\t" | replace "=" "\\=" | replace ":" "\\:" | replace "#" "\\#" | replace "!" "\\!" -}}
{{- if regexMatch "[^\\x20-\\x7e]" $text -}}
{{- $short := dict "\\a" 7 "\\b" 8 "\\f" 12 "\\v" 11 -}}
{{- $parts := list -}}
{{- range $character := regexFindAll "(?s)." $text -1 -}}
{{- if regexMatch "[\\x20-\\x7e]" $character -}}
{{- $parts = append $parts $character -}}
{{- else -}}
{{- $quoted := printf "%+q" $character | trimAll "\"" -}}
{{- $code := get $short $quoted | default (printf "0x%s" (regexFind "[0-9a-f]+$" $quoted)) | int64 -}}
{{- if gt $code 65535 -}}
{{- $above := sub $code 65536 -}}
{{- $parts = append $parts (printf "\\u%04x\\u%04x" (add 55296 (div $above 1024)) (add 56320 (mod $above 1024))) -}}
{{- else -}}
{{- $parts = append $parts (printf "\\u%04x" $code) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $text = join "" $parts -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/*
mi.plain: a scalar as text; whole numbers without a decimal point or an exponent.
*/}}
{{- define "mi.plain" -}}
{{- if kindIs "float64" . -}}
{{- if and (eq (floor .) .) (lt . 9.2e18) (gt . -9.2e18) }}{{ printf "%.0f" . }}{{ else }}{{ . }}{{ end -}}
{{- else -}}
{{- toString . -}}
{{- end -}}
{{- end -}}
