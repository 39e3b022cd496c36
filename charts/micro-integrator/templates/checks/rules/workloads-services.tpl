{{- /* What Kubernetes refuses in the Services of workloads. */ -}}
{{- include "mi.decide" . -}}
{{- $nodePorts := dict -}}
{{- range .Values.resolved.workloads -}}
{{- if .hasService -}}
{{- include "mi.validate.service" . -}}
{{- if ne "ClusterIP" (.service.type | default "ClusterIP") }}{{ include "mi.validate.nodePorts" (list . $nodePorts) }}{{ end -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.service: an address, families and node ports that fit each other. Takes a workload.
*/}}
{{- define "mi.validate.service" -}}
{{- $faults := .faults -}}
{{- $service := .service -}}
{{- $type := $service.type | default "ClusterIP" -}}
{{- $where := list "workloads" .key "service" -}}
{{- if and (eq "None" ($service.clusterIP | default "")) (ne $type "ClusterIP") -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (include "mi.path" (append $where "clusterIP")) (printf "A headless Service (clusterIP: None) has no address to which a %s could lead, and Kubernetes refuses it. Remove clusterIP, or set type: ClusterIP." $type)) -}}
{{- end -}}
{{- if and (gt (len ($service.ipFamilies | default list)) 1) (not (has ($service.ipFamilyPolicy | default "") (list "PreferDualStack" "RequireDualStack"))) -}}
{{- include "mi.fault" (list $faults "MI-VALUES-CONDITION" (include "mi.path" (append $where "ipFamilyPolicy")) "Kubernetes takes two ipFamilies only with PreferDualStack or RequireDualStack. Set one of them, or keep one family.") -}}
{{- end -}}
{{- end -}}

{{/*
mi.validate.nodePorts: a node port belongs to one port of one Service. Takes (workload, what is taken by protocol and
number).
*/}}
{{- define "mi.validate.nodePorts" -}}
{{- $workload := index . 0 -}}
{{- $taken := index . 1 -}}
{{- range $port := include "mi.servicePorts" $workload | fromYamlArray -}}
{{- if $port.nodePort -}}
{{- $id := printf "%s/%d" ($port.protocol | default "TCP") (int64 $port.nodePort) -}}
{{- with get $taken $id -}}
{{- $path := concat (list "workloads" $workload.key) (ternary (list "service" $port.name) (list "ports" $port.name) (has $port.name (list "http" "https"))) (list "nodePort") -}}
{{- include "mi.fault" (list $workload.faults "MI-VALUES-CONDITION" (include "mi.path" $path) (printf "The node port %d is also used by %s. Give each its own." (int64 $port.nodePort) (trimSuffix (printf " of workload %s" $workload.key) .))) -}}
{{- end -}}
{{- $_ := set $taken $id (printf "%s of workload %s" $port.name $workload.key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
