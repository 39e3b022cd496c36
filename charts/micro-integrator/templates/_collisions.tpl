{{/*
What two entries of the values may not both be. Kubernetes keys these lists by name or number, and server-side apply
refuses the whole object when a key is there twice.

mi.validate.collisions: volumes, containers, mounts and Service ports of a workload. Takes (root, workload).
*/}}
{{- define "mi.validate.collisions" -}}
{{- $workload := index . 1 -}}
{{- $values := $workload.values -}}
{{- if or $values.extraVolumes $values.extraVolumeMounts $values.extraContainers $values.extraInitContainers -}}
{{- $where := printf "workloads.%s" $workload.key -}}
{{- $volumes := dict -}}
{{- range include "mi.volumes" . | fromYamlArray -}}
{{- if hasKey $volumes .name }}{{ include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "%s.extraVolumes.%s" $where .name) "The chart has a volume of this name itself. Rename it; what is to lie over MI's home belongs under files or persistence.") }}{{ end -}}
{{- $_ := set $volumes .name true -}}
{{- end -}}
{{- range $path, $mount := $values.extraVolumeMounts | default dict -}}
{{- if and $mount (not (hasKey $volumes ($mount.name | default ""))) }}{{ include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "%s.extraVolumeMounts[%q]" $where $path) (printf "The pod has no volume %q. Add it to extraVolumes; there are: %s." ($mount.name | default "") (keys $volumes | sortAlpha | join ", "))) }}{{ end -}}
{{- end -}}
{{- $containers := dict "micro-integrator" true -}}
{{- range concat (include "mi.initContainers" . | fromYamlArray) (include "mi.extraContainers" $values.extraContainers | fromYamlArray) -}}
{{- if hasKey $containers .name }}{{ include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "%s.%s.%s" $where (ternary "extraContainers" "extraInitContainers" (hasKey ($values.extraContainers | default dict) .name)) .name) (printf "Two containers would be called %s. Rename it; the chart's own are micro-integrator, copy-home, copy-archives, import-certificates and install-lease-guard." .name)) }}{{ end -}}
{{- $_ := set $containers .name true -}}
{{- end -}}
{{- end -}}
{{- if and $workload.hasService (or $values.ports ($workload.service.http).port ($workload.service.https).port ($values.unitTest).enabled) -}}
{{- $taken := dict -}}
{{- range $port := include "mi.servicePorts" $workload | fromYamlArray -}}
{{- $id := printf "%s/%d" ($port.protocol | default "TCP") (int64 $port.port) -}}
{{- with get $taken $id -}}
{{- $path := ternary (list "workloads" $workload.key "service" $port.name "port") (list "workloads" $workload.key "ports" $port.name) (has $port.name (list "http" "https")) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (include "mi.path" $path) (printf "The Service would have the port %s twice, for %s and %s. Give one of them another port: service.http.port, service.https.port, or servicePort under ports." $id . $port.name)) -}}
{{- end -}}
{{- $_ := set $taken $id $port.name -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.requests: no request above its limit, which Kubernetes refuses. Takes a workload.
*/}}
{{- define "mi.validate.requests" -}}
{{- $workload := . -}}
{{- $limits := ($workload.values.resources).limits | default dict -}}
{{- range $name, $request := ($workload.values.resources).requests | default dict -}}
{{- $limit := get $limits $name -}}
{{- if and (eq $name "memory") (not (hasKey $limits $name)) }}{{ $limit = printf "%dMi" (int64 $workload.memory) }}{{ end -}}
{{- if and $request $limit (has $name (list "cpu" "memory")) -}}
{{- if gt (include "mi.quantity" $request | float64) (include "mi.quantity" $limit | float64) -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (printf "workloads.%s.resources.requests.%s" $workload.key $name) (printf "The request %v is above its limit (%v). Lower it, or raise resources.limits.%s." $request $limit $name)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
mi.quantity: a Kubernetes quantity as a number.
*/}}
{{- define "mi.quantity" -}}
{{- $text := include "mi.plain" . -}}
{{- $factors := dict "" 1.0 "m" 0.001 "k" 1e3 "Ki" 1024.0 "M" 1e6 "Mi" 1048576.0 "G" 1e9 "Gi" 1073741824.0 "T" 1e12 "Ti" 1099511627776.0 -}}
{{- mulf (regexFind "^[0-9]+(\\.[0-9]+)?" $text | float64) (get $factors (regexReplaceAll "^[0-9.]+" $text "") | default 1.0) -}}
{{- end -}}
