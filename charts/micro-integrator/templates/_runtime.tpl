{{/*
mi.version: version of MI as the user wrote it, else the one that the chart is made for.
*/}}
{{- define "mi.version" -}}
{{- (.Values.runtime).version | default .Chart.AppVersion -}}
{{- end -}}

{{/*
mi.atLeast: "true" when the runtime's version is at least the one given, alphas included; else empty.
Compares only major.minor.patch, since update levels (4.6.0.12) are no semantic versions. Takes (root, version).
*/}}
{{- define "mi.atLeast" -}}
{{- $found := include "mi.version" (index . 0) | regexFind "^[0-9]+\\.[0-9]+\\.[0-9]+" -}}
{{- if ge (include "mi.sortableVersion" $found) (include "mi.sortableVersion" (index . 1)) }}true{{ end -}}
{{- end -}}

{{/*
mi.sortableVersion: a version whose numbers have as many digits as any other's, so that texts compare as versions do.
semverCompare would take 0.1 ms. Takes major.minor.patch.
*/}}
{{- define "mi.sortableVersion" -}}
{{- range splitList "." . }}{{ printf ".%09d" (atoi .) }}{{ end -}}
{{- end -}}

{{/*
mi.home: MI's home folder. WSO2's images have /home/wso2carbon/wso2mi-<version>, without the update level
(docker-ei, dockerfiles/ubuntu/micro-integrator/Dockerfile).
*/}}
{{- define "mi.home" -}}
{{- $home := (.Values.runtime).home -}}
{{- if $home -}}
{{- trimSuffix "/" $home -}}
{{- else -}}
{{- printf "/home/wso2carbon/wso2mi-%s" (regexReplaceAll "^([0-9]+\\.[0-9]+\\.[0-9]+)\\..*$" (include "mi.version" .) "${1}") -}}
{{- end -}}
{{- end -}}

{{/*
mi.configVolume: folder whose content the image's entry point lays over MI's home before the start. Takes the home.
*/}}
{{- define "mi.configVolume" -}}
{{- printf "%s/wso2-config-volume" (dir .) -}}
{{- end -}}

{{/*
mi.userId: user and group id in WSO2's images: 802 up to MI 4.3, 10802 from 4.4 (docker-ei, ARG USER_ID per branch).
*/}}
{{- define "mi.userId" -}}
{{- if include "mi.has" (list . "imageUser10802") }}10802{{ else }}802{{ end -}}
{{- end -}}

{{/*
mi.int: an integer, the fallback where the value is null; 0 is a value. Helm reads numbers as floats. Takes (value,
fallback).
*/}}
{{- define "mi.int" -}}
{{- if kindIs "invalid" (index . 0) }}{{ index . 1 }}{{ else }}{{ index . 0 | int64 }}{{ end -}}
{{- end -}}

{{/*
mi.mebibytes: a Kubernetes quantity of memory in whole MiB, rounded down.
*/}}
{{- define "mi.mebibytes" -}}
{{- divf (include "mi.quantity" . | float64) 1048576.0 | floor | int64 -}}
{{- end -}}

{{/*
mi.quantity: a Kubernetes quantity as a number, as k8s.io/apimachinery reads it (pkg/api/resource/quantity.go).
*/}}
{{- define "mi.quantity" -}}
{{- $text := include "mi.plain" . -}}
{{- $number := regexFind "^[+]?[0-9.]+([eE][-+]?[0-9]+)?" $text -}}
{{- $factors := dict "" 1.0 "n" 1e-9 "u" 1e-6 "m" 0.001 "k" 1e3 "Ki" 1024.0 "M" 1e6 "Mi" 1048576.0 "G" 1e9 "Gi" 1073741824.0 "T" 1e12 "Ti" 1099511627776.0 "P" 1e15 "Pi" 1125899906842624.0 "E" 1e18 "Ei" 1152921504606846976.0 -}}
{{- mulf ($number | float64) (get $factors (trimPrefix $number $text)) -}}
{{- end -}}

{{/*
mi.duration: seconds in words.
*/}}
{{- define "mi.duration" -}}
{{- $seconds := int64 . -}}
{{- if lt $seconds 120 }}{{ $seconds }} s{{ else }}{{ div (add $seconds 59) 60 }} min{{ end -}}
{{- end -}}

{{/*
mi.intOrPercent: a number or a share; the fallback where the value is null. Takes (value, fallback).
*/}}
{{- define "mi.intOrPercent" -}}
{{- if kindIs "string" (index . 0) }}{{ index . 0 | quote }}{{ else }}{{ include "mi.int" . }}{{ end -}}
{{- end -}}

{{/*
mi.versionIsGuessed: "true" when the values name an image but not the version of MI in it. The chart's appVersion then
stands in for it, and moves with the chart while the image stays, so nothing that counts may follow from it. Takes the
root.
*/}}
{{- define "mi.versionIsGuessed" -}}
{{- $image := .Values.image | default dict -}}
{{- $runtime := .Values.runtime | default dict -}}
{{- if and (not $runtime.version) (not $runtime.home) (or (ne "wso2/wso2mi" ($image.repository | default "wso2/wso2mi")) $image.tag $image.digest) }}true{{ end -}}
{{- end -}}
