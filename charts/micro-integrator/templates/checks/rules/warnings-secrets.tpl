{{/*
mi.warnings.secrets: secrets in plain text anywhere in the values, each at its key. `global` belongs to the parent
chart, and a Secret among extraObjects is meant to hold some. The values of hundreds of workloads are read once, as
JSON: only where that looks like a secret is it looked for. Takes the root.
*/}}
{{- define "mi.warnings.secrets" -}}
{{- $values := omit .Values "resolved" "resolvedCollecting" "global" -}}
{{- if include "mi.plainSecrets.isSuspicious" $values -}}
{{- range $key, $value := $values -}}
{{- if eq $key "extraObjects" -}}
{{- range $name, $object := $value | default dict }}{{ include "mi.warnings.secrets.object" (list $ (list "extraObjects" $name) $object) }}{{ end -}}
{{- else -}}
{{- include "mi.warnings.secrets.in" (list $ (list $key) $value (include "mi.warnings.secrets.isSettings" (list $key)) $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.secrets.isSettings: "true" for a key whose map has names of settings, or whose text has lines of them; what
brings secrets from elsewhere has only names in them. Takes (key, first key of the path).
*/}}
{{- define "mi.warnings.secrets.isSettings" -}}
{{- if and (has (first .) (list "env" "properties" "deploymentToml" "files" "log4j2" "options" "poolOptions")) (not (has (last .) (list "externalSecrets" "secretProviderClasses"))) }}true{{ end -}}
{{- end -}}

{{/*
mi.warnings.secrets.object: secrets in one of extraObjects, before templates are filled in. Takes (root, keys of its
path, object or text).
*/}}
{{- define "mi.warnings.secrets.object" -}}
{{- $object := index . 2 -}}
{{- if kindIs "string" $object }}{{ with fromYaml $object }}{{ if .kind }}{{ $object = . }}{{ end }}{{ end }}{{ end -}}
{{- if not (kindIs "map" $object) -}}
{{- include "mi.warnings.secrets.in" (list (index . 0) (index . 1) $object "" "extraObjects") -}}
{{- else if ne "Secret" (toString $object.kind) -}}
{{- include "mi.warnings.secrets.in" (list (index . 0) (index . 1) (omit $object "data") "" "extraObjects") -}}
{{- include "mi.warnings.secrets.in" (list (index . 0) (append (index . 1) "data") $object.data (ternary "true" "" (eq "ConfigMap" (toString $object.kind))) "data") -}}
{{- end -}}
{{- end -}}

{{/*
mi.warnings.secrets.in: secrets in a value and what is in it. Takes (root, keys of its path, value, "true" where names
and lines are those of settings, name of the value).
*/}}
{{- define "mi.warnings.secrets.in" -}}
{{- $root := index . 0 -}}
{{- $keys := index . 1 -}}
{{- $data := index . 2 -}}
{{- $settings := index . 3 -}}
{{- $of := index . 4 -}}
{{- if or (kindIs "invalid" $data) (kindIs "bool" $data) -}}
{{- else if include "mi.plainSecrets.isSuspicious" (dict $of $data) -}}
{{- $isEncrypted := and (kindIs "string" $data) (regexMatch "(^|[/ ])cipher-text\\.properties( text)?$" (slice $keys (max 0 (sub (len $keys) 2) | int) | join " ")) -}}
{{- if $isEncrypted -}}
{{- /* As of [secrets] below. */ -}}
{{- if regexMatch "(?m)^[^#!\\n]*[=:][ \\t]*\\[[^$\\]\\n]+\\][ \\t\\r]*$" $data }}{{ include "mi.warnings.secrets.found" (list $root $keys $of false) }}{{ end -}}
{{- else if not (or (kindIs "map" $data) (kindIs "slice" $data)) -}}
{{- $isNamed := eq "true" (include "mi.plainSecrets.isNamed" (list $of $data $settings)) -}}
{{- if or $isNamed (include "mi.plainSecrets.isHeld" (list $data $settings)) }}{{ include "mi.warnings.secrets.found" (list $root $keys $of $isNamed) }}{{ end -}}
{{- else if and $settings (eq $of "secrets") (has "deploymentToml" $keys) -}}
{{- /* What is in brackets is not encrypted yet (ciphertool, Utils.java). */ -}}
{{- range $key, $value := $data }}{{ if regexMatch "^\\[[^$]+\\]$" (toString $value) }}{{ include "mi.warnings.secrets.found" (list $root (append $keys $key) $key true) }}{{ end }}{{ end -}}
{{- else -}}
{{- $isMap := kindIs "map" $data -}}
{{- range $key, $value := $data -}}
{{- $name := ternary $key $of $isMap -}}
{{- if and $isMap (eq $name "value") (kindIs "string" $data.name) }}{{ $name = $data.name }}{{ end -}}
{{- /* What follows an option such as `--password` in a list is its value. */ -}}
{{- $option := "" -}}
{{- if and (not $isMap) $key }}{{ $option = index $data (sub $key 1 | int) | toString }}{{ end -}}
{{- if and (regexMatch "^--?[A-Za-z][A-Za-z0-9._-]*$" $option) (kindIs "string" $value) (not (hasPrefix "-" $value)) (include "mi.plainSecrets.isNamed" (list $option $value "true")) -}}
{{- include "mi.warnings.secrets.found" (list $root (append $keys $key) $name false) -}}
{{- else -}}
{{- include "mi.warnings.secrets.in" (list $root (append $keys $key) $value (or $settings (include "mi.warnings.secrets.isSettings" (list $name (first $keys)))) $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.plainSecrets.isSuspicious: "true" where a value may be or hold a secret. Takes a map.
*/}}
{{- define "mi.plainSecrets.isSuspicious" -}}
{{- $text := toRawJson . | lower -}}
{{- if or (contains "private key-----" $text) (contains "jdbc:oracle:" $text) (contains "\"secrets\":" $text) (contains "basic " $text) (contains "bearer " $text) (include "mi.plainSecrets.hasToken" $text) (regexMatch (include "mi.plainSecrets.expression" "addressSuspicion") $text) (regexMatch (include "mi.plainSecrets.expression" "suspicion") $text) }}true{{ end -}}
{{- end -}}

{{/*
mi.plainSecrets.hasToken: "true" where a text in lower case may have a token, or an address that is a key. Takes it.
*/}}
{{- define "mi.plainSecrets.hasToken" -}}
{{- $text := . -}}
{{- range list "gho_" "ghp_" "ghr_" "ghs_" "ghu_" "github_pat_" "glpat-" "xox" "aiza" "k_live_" "sg." "npm_" "nral" "eyj" "sig=" "x-amz-signature=" "hooks.slack.com/" -}}
{{- if contains . $text }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.plainSecrets.isNamed: "true" where the value of a setting is a secret by its name. Takes (name, value, whether it
is a setting).
*/}}
{{- define "mi.plainSecrets.isNamed" -}}
{{- $value := index . 1 -}}
{{- if and (index . 2) (regexMatch (include "mi.plainSecrets.expression" "name") (index . 0)) -}}
{{- if not (include "mi.plainSecrets.isHarmless" (include "mi.plain" $value | trim)) }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.plainSecrets.isHarmless: "true" where a value is no secret, and no variable in it has one as its default. Takes it.
*/}}
{{- define "mi.plainSecrets.isHarmless" -}}
{{- $harmless := include "mi.plainSecrets.expression" "harmless" -}}
{{- $otherwise := include "mi.plainSecrets.expression" "otherwise" -}}
{{- $is := regexMatch $harmless . -}}
{{- range regexFindAll $otherwise . -1 }}{{ $is = and $is (regexMatch $harmless (regexReplaceAll $otherwise . "${1}")) }}{{ end -}}
{{- if $is }}true{{ end -}}
{{- end -}}

{{/*
mi.plainSecrets.isHeld: "true" where a text holds a secret. Takes (text, whether its lines are those of settings).
*/}}
{{- define "mi.plainSecrets.isHeld" -}}
{{- $text := toString (index . 0) -}}
{{- $read := regexReplaceAllLiteral (include "mi.plainSecrets.expression" "comment") $text "" -}}
{{- $found := dict -}}
{{- range $kind, $text := dict "address" $text "header" $read "parameter" $read "line" (ternary $read "" (eq "true" (index . 1))) -}}
{{- $expression := include "mi.plainSecrets.expression" $kind -}}
{{- range regexFindAll $expression $text -1 -}}
{{- if not (include "mi.plainSecrets.isHarmless" (regexReplaceAll $expression . "${1}${2}${3}${4}${5}")) }}{{ $_ := set $found "it" true }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if $found }}true{{ end -}}
{{- end -}}

{{/*
mi.warnings.secrets.found: warns of one. Takes (root, keys of its path, name of the setting or variable, whether that
name says so).
*/}}
{{- define "mi.warnings.secrets.found" -}}
{{- $keys := index . 1 -}}
{{- $name := toString (index . 2) -}}
{{- $first := first $keys -}}
{{- $says := ", and it is in plain text. Put it into a Secret, and refer to that." -}}
{{- if and (has "env" $keys) (index . 3) -}}
{{- $says = printf ", and it is in plain text. Refer to a Secret: `%s: {secretKeyRef: {name: …, key: …}}`." (ternary "valueFrom" $name (eq "value" (last $keys | toString))) -}}
{{- else if has "env" $keys -}}
{{- $says = ", and it is in plain text. Put it into a Secret, refer to it under env, and write $(NAME) in its place." -}}
{{- else if or (has "deploymentToml" $keys) (has $first (list "hashicorpVault" "tracing" "userStore")) (and (eq $first "coordination") (not (has "schemaJob" $keys))) -}}
{{- $says = ", and deployment.toml is in a ConfigMap. Put it into a Secret, refer to it under env, and write $env{NAME} in its place." -}}
{{- else if has "properties" $keys -}}
{{- $says = printf ", and file.properties is in a ConfigMap. Put the value into a Secret, refer to it under env, and read it as $SYSTEM:NAME in place of $FILE:%s." $name -}}
{{- else if has "jvm" $keys -}}
{{- $says = ", and it is in plain text. Put it into a Secret, refer to it under env, and write $env{NAME} under deploymentToml.system.parameter." -}}
{{- end -}}
{{- include "mi.warning" (list (index . 0) "MI-VALUES-SECRET-INLINE" $keys (printf "`%s` %s%s" $name (ternary "looks like a secret" "holds what looks like a secret" (index . 3)) $says)) -}}
{{- end -}}
